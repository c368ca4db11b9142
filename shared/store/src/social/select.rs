//! Pieces of SQL text that the statements of this module share. Literals, so that `concat!` can join them.

use serde::Deserialize;

/// [`AuthorRow`] of account `$a` with its actor `$x`.
macro_rules! author_columns {
    ($a:literal, $x:literal) => {
        concat!(
            "json_array(",
            $a,
            ".id,",
            $a,
            ".name,",
            $a,
            ".display_name,",
            $a,
            ".description,",
            $a,
            ".user_id,",
            $a,
            ".created_at_unix_ms,",
            $a,
            ".updated_at_unix_ms,",
            $x,
            ".id,",
            $x,
            ".url,",
            $x,
            ".page_url,",
            $x,
            ".avatar_url,",
            $x,
            ".followers,",
            $x,
            ".following)"
        )
    };
}

/// Whether comment `$t` (its author `a`) may be seen by account `?3` on the video of account `s.owner`.
/// `?4` is 1 for those who see all that is held. Whom the instance, the reader or the video's owner
/// blocks is not there.
macro_rules! seen_by {
    ($t:literal) => {
        concat!(
            "(",
            $t,
            ".is_held=0 OR ?4 OR s.owner=?3 OR ",
            $t,
            ".account_id=?3) \
             AND coalesce(a.is_blocked,0)=0 \
             AND NOT EXISTS (SELECT 1 FROM account_block b WHERE b.blocked_id=",
            $t,
            ".account_id \
             AND b.blocker_id IN (?3,s.owner)) \
             AND NOT EXISTS (SELECT 1 FROM actor y JOIN host_block h ON h.host=y.host \
             WHERE y.account_id=",
            $t,
            ".account_id AND h.blocker_id IN (?3,s.owner))"
        )
    };
}

pub(super) use {author_columns, seen_by};

/// An account and, once it has spoken with others, its actor.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AuthorRow {
    /// Row id.
    pub id: i64,
    /// Handle; `name@host` for those of other servers.
    pub name: String,
    /// Name for people.
    pub display_name: String,
    /// Markdown.
    pub description: Option<String>,
    /// The user behind it; `None` for those of other servers.
    pub user_id: Option<i64>,
    /// When.
    pub created_at_unix_ms: i64,
    /// When.
    pub updated_at_unix_ms: i64,
    /// Row id in `actor`, where there is one.
    pub actor_id: Option<i64>,
    /// ActivityPub id, where there is a row for the actor.
    pub url: Option<String>,
    /// Page for people on their own server.
    pub page_url: Option<String>,
    /// Picture on their own server.
    pub avatar_url: Option<String>,
    /// As their own server counts.
    pub followers: Option<u64>,
    /// As their own server counts.
    pub following: Option<u64>,
}
