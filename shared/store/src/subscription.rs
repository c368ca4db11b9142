//! The channels that an account follows, by name: `name` for ours, `name@host` for others.

use ports::Statement;

use crate::json;
use crate::video::actor::owned_channel;
use crate::video::select::{account_columns, channel_columns};

/// Order of a list of subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionOrder {
    /// By the follow's row.
    Id,
    /// By when one subscribed.
    CreatedAt,
    /// By when the channel last changed.
    ChannelUpdatedAt,
}

/// Selects a page of an account's accepted subscriptions as channels; `search` is part of a name, lower case.
#[must_use]
pub fn select(
    account_id: i64,
    search: Option<&str>,
    (order, descending): (SubscriptionOrder, bool),
    (start, count): (u32, u32),
) -> Statement {
    let order: u32 = match order {
        SubscriptionOrder::Id => 0,
        SubscriptionOrder::CreatedAt => 1,
        SubscriptionOrder::ChannelUpdatedAt => 2,
    };
    Statement::new(
        owned_channel!(
            "JOIN actor t ON t.channel_id=c.id JOIN follow f ON f.target_id=t.id \
             WHERE f.follower_id=(SELECT id FROM actor WHERE account_id=?3) AND f.state='accepted' \
             AND (?4 IS NULL OR instr(lower(c.name),?4) OR instr(lower(c.display_name),?4)) \
             ORDER BY (CASE ?5 WHEN 0 THEN f.id WHEN 1 THEN f.created_at_unix_ms \
             ELSE c.updated_at_unix_ms END)*(1-2*?6),f.id DESC LIMIT +?2 OFFSET +?1"
        ),
        vec![
            start.into(),
            count.into(),
            account_id.into(),
            search.into(),
            order.into(),
            descending.into(),
        ],
    )
}

/// Selects how many subscriptions [`select`] finds.
#[must_use]
pub fn count(account_id: i64, search: Option<&str>) -> Statement {
    Statement::new(
        "SELECT count(*) FROM follow f JOIN actor t ON t.id=f.target_id \
         JOIN channel c ON c.id=t.channel_id \
         WHERE f.follower_id=(SELECT id FROM actor WHERE account_id=?1) AND f.state='accepted' \
         AND (?2 IS NULL OR instr(lower(c.name),?2) OR instr(lower(c.display_name),?2))",
        vec![account_id.into(), search.into()],
    )
}

/// Selects one subscription as its channel, if it is accepted.
#[must_use]
pub fn select_one(account_id: i64, name: &str) -> Statement {
    Statement::new(
        owned_channel!(
            "WHERE c.name=?2 AND EXISTS (SELECT 1 FROM follow f JOIN actor t ON t.id=f.target_id \
             WHERE t.channel_id=c.id AND f.state='accepted' \
             AND f.follower_id=(SELECT id FROM actor WHERE account_id=?1))"
        ),
        vec![account_id.into(), name.into()],
    )
}

/// Selects which of these channels the account follows: their names, one text a row.
#[must_use]
pub fn select_followed(account_id: i64, names: &[String]) -> Statement {
    Statement::new(
        "SELECT c.name FROM channel c JOIN actor t ON t.channel_id=c.id \
         JOIN follow f ON f.target_id=t.id WHERE c.name IN (SELECT value FROM json_each(?2)) \
         AND f.state='accepted' AND f.follower_id=(SELECT id FROM actor WHERE account_id=?1)",
        vec![account_id.into(), json::array(names).into()],
    )
}

/// Ends a subscription in whatever state it is; demands that there is one.
#[must_use]
pub fn end(account_id: i64, name: &str) -> Statement {
    Statement::new(
        "DELETE FROM follow WHERE follower_id=(SELECT id FROM actor WHERE account_id=?1) AND target_id=\
         (SELECT t.id FROM actor t JOIN channel c ON c.id=t.channel_id WHERE c.name=?2) RETURNING 1",
        vec![account_id.into(), name.into()],
    )
    .demanding(1)
}
