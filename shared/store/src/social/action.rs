//! How often somebody may do something.

use domain::UnixMillis;
use ports::Statement;

/// Something that an account may do only so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Write a comment.
    Comment,
    /// Like or dislike.
    Rate,
    /// Report.
    Report,
}

impl Action {
    const fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Rate => "rate",
            Self::Report => "report",
        }
    }

    /// Milliseconds of a window.
    #[must_use]
    pub const fn window_ms(self) -> i64 {
        match self {
            Self::Comment | Self::Rate => 5 * domain::time::MINUTE_MS,
            Self::Report => domain::time::HOUR_MS,
        }
    }

    /// How often in a window.
    #[must_use]
    pub const fn times(self) -> u32 {
        match self {
            Self::Comment => 30,
            Self::Rate => 100,
            Self::Report => 30,
        }
    }
}

/// Counts an action; demands that the account has not done it too often in this window. The first statement
/// is the one whose demand may fail.
#[must_use]
pub fn count(account_id: i64, action: Action, now: UnixMillis) -> [Statement; 2] {
    let window = now.0.div_euclid(action.window_ms());
    [
        Statement::new(
            "INSERT INTO account_action (account_id, action, window, times) VALUES (?1,?2,?3,1) \
             ON CONFLICT DO UPDATE SET times=times+1 WHERE times<?4 RETURNING 1",
            vec![
                account_id.into(),
                action.name().into(),
                window.into(),
                action.times().into(),
            ],
        )
        .demanding(1),
        Statement::new(
            "DELETE FROM account_action WHERE account_id=?1 AND action=?2 AND window<?3",
            vec![account_id.into(), action.name().into(), window.into()],
        ),
    ]
}
