//! Users' roles and the handles they may choose.

use crate::limits::HANDLE_MAX_CHARS;

/// What a user may do on the instance. Numbers are PeerTube's wire values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Administrator,
    /// Content of others, not the instance's settings.
    Moderator,
    /// Their own content.
    User,
}

impl Role {
    /// PeerTube's number, 0..=2.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Administrator => 0,
            Self::Moderator => 1,
            Self::User => 2,
        }
    }

    /// The role of that number; `None` outside 0..=2.
    #[must_use]
    pub const fn from_number(number: i64) -> Option<Self> {
        Some(match number {
            0 => Self::Administrator,
            1 => Self::Moderator,
            2 => Self::User,
            _ => return None,
        })
    }

    /// PeerTube's English label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Moderator => "Moderator",
            Self::User => "User",
        }
    }

    /// Whether this role may change or delete other people's videos.
    #[must_use]
    pub const fn manages_all_videos(self) -> bool {
        matches!(self, Self::Administrator | Self::Moderator)
    }
}

/// The name of the actor that is the instance itself, on every PeerTube.
pub const INSTANCE_HANDLE: &str = "peertube";

/// Whether `handle` may name an account or a channel: 1..=50 of `a-z 0-9 _ .`, as WebFinger and
/// PeerTube accept them, no dot at an end (Mastodon drops it), and not [`INSTANCE_HANDLE`].
#[must_use]
pub fn is_handle(handle: &str) -> bool {
    !handle.is_empty()
        && handle != INSTANCE_HANDLE
        && handle.len() <= HANDLE_MAX_CHARS
        && !handle.starts_with('.')
        && !handle.ends_with('.')
        && handle
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_names_that_nobody_else_has() {
        for handle in ["ada", "a", "ada_channel", "a.b", "peertube2"] {
            assert!(is_handle(handle), "{handle}");
        }
        for other in ["", "Ada", "a@b", ".a", "a.", "peertube", "a b", "a/b"] {
            assert!(!is_handle(other), "{other}");
        }
        assert!(!is_handle(&"a".repeat(HANDLE_MAX_CHARS + 1)));
    }
}
