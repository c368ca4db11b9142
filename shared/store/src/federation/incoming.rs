//! What others do: follows, rates, shares, and what is remembered so that nothing counts twice.

use domain::UnixMillis;
use ports::Statement;

/// Notes something as seen; demands that it was not.
#[must_use]
pub fn see_once(url: &str, forget_after: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO seen_id (url, forget_after_unix_ms) VALUES (?1, ?2) ON CONFLICT DO NOTHING RETURNING 1",
        vec![url.into(), forget_after.into()],
    )
    .demanding(1)
}

/// Notes an id as done with, whether or not it was.
#[must_use]
pub fn see(url: &str, forget_after: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO seen_id (url, forget_after_unix_ms) VALUES (?1, ?2)
         ON CONFLICT (url) DO UPDATE SET forget_after_unix_ms = excluded.forget_after_unix_ms",
        vec![url.into(), forget_after.into()],
    )
}

/// Selects whether an id is noted: one row, 0 or 1.
#[must_use]
pub fn select_seen(url: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "SELECT EXISTS (SELECT 1 FROM seen_id WHERE url = ?1 AND forget_after_unix_ms > ?2)",
        vec![url.into(), now.into()],
    )
}

/// Takes an id out of memory: its origin says that it is there.
#[must_use]
pub fn unsee(url: &str) -> Statement {
    Statement::new("DELETE FROM seen_id WHERE url = ?1", vec![url.into()])
}

/// State of a follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowState {
    /// Waits for an answer.
    Pending,
    /// In force.
    Accepted,
    /// Refused or ended.
    Rejected,
}

impl FollowState {
    /// As in the column.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }
}

/// Stores that another server's actor follows one of ours, unless the follow was undone before it came. A
/// trigger tells them the answer. The same activity again changes nothing; a new one of the same actor is
/// answered again, and looked at anew if the last was refused.
#[must_use]
pub fn follow(
    follower_id: i64,
    target_id: i64,
    state: FollowState,
    url: Option<&str>,
    now: UnixMillis,
) -> Statement {
    Statement::new(
        "INSERT INTO follow (id, follower_id, target_id, state, url, created_at_unix_ms, updated_at_unix_ms)
         SELECT (SELECT id FROM next_follow), ?1, ?2, ?3, ?4, ?5, ?5 WHERE NOT EXISTS
            (SELECT 1 FROM seen_id WHERE url = ?4 AND forget_after_unix_ms > ?5)
         ON CONFLICT (follower_id, target_id) DO UPDATE SET
            state = CASE state WHEN 'accepted' THEN state ELSE excluded.state END,
            url = excluded.url, updated_at_unix_ms = excluded.updated_at_unix_ms
         WHERE url IS NOT excluded.url",
        vec![
            follower_id.into(),
            target_id.into(),
            state.name().into(),
            url.into(),
            now.into(),
        ],
    )
}

/// Follows back: ours follows theirs, unless it does or did already.
#[must_use]
pub fn follow_back(follower_id: i64, target_id: i64, now: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO follow (id, follower_id, target_id, state, created_at_unix_ms, updated_at_unix_ms)
         VALUES ((SELECT id FROM next_follow), ?1, ?2, 'pending', ?3, ?3) ON CONFLICT DO NOTHING",
        vec![follower_id.into(), target_id.into(), now.into()],
    )
}

/// Ends a follow of another server's actor: by whom it follows, or by the follow's id. Returns a row for each
/// that there was.
#[must_use]
pub fn unfollow(follower_id: i64, target_id: Option<i64>, url: Option<&str>) -> Statement {
    Statement::new(
        "DELETE FROM follow WHERE follower_id = ?1 AND (target_id = ?2 OR url = ?3) RETURNING 1",
        vec![follower_id.into(), target_id.into(), url.into()],
    )
}

/// Selects the state of our follow of `target_id` by its row id or by who follows: no row when there is none.
#[must_use]
pub fn select_our_follow(
    target_id: i64,
    follow_id: Option<i64>,
    follower_url: Option<&str>,
) -> Statement {
    Statement::new(
        "SELECT f.id, f.state FROM follow f JOIN actor me ON me.id = f.follower_id
         WHERE f.target_id = ?1 AND me.host = '' AND (f.id = ?2 OR me.url = ?3) LIMIT 1",
        vec![target_id.into(), follow_id.into(), follower_url.into()],
    )
}

/// Their answer to our follow.
#[must_use]
pub fn answer_our_follow(follow_id: i64, state: FollowState, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE follow SET state = ?2, updated_at_unix_ms = ?3 WHERE id = ?1
         AND (state = 'pending' OR (state = 'accepted' AND ?2 = 'rejected'))",
        vec![follow_id.into(), state.name().into(), now.into()],
    )
}

/// Stores somebody's like or dislike, unless it was undone before it came or the owner of the video blocks
/// them.
#[must_use]
pub fn rate(
    video_id: i64,
    account_id: i64,
    is_like: bool,
    url: Option<&str>,
    now: UnixMillis,
) -> Statement {
    Statement::new(
        "INSERT INTO video_rate (video_id, account_id, is_like, remote_url, created_at_unix_ms)
         SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS
            (SELECT 1 FROM seen_id WHERE url = ?4 AND forget_after_unix_ms > ?5)
         ON CONFLICT (video_id, account_id) DO UPDATE SET is_like = excluded.is_like,
            remote_url = excluded.remote_url
         WHERE is_like <> excluded.is_like OR remote_url IS NOT excluded.remote_url",
        vec![
            video_id.into(),
            account_id.into(),
            is_like.into(),
            url.into(),
            now.into(),
        ],
    )
}

/// Takes a rate back: by the video and what it was, or by its id. Returns a row for each that there was.
#[must_use]
pub fn unrate(account_id: i64, video: Option<(i64, bool)>, url: Option<&str>) -> Statement {
    Statement::new(
        "DELETE FROM video_rate WHERE account_id = ?1
         AND ((video_id = ?2 AND is_like = ?3) OR remote_url = ?4) RETURNING 1",
        vec![
            account_id.into(),
            video.map(|(video_id, _)| video_id).into(),
            video.map(|(_, is_like)| is_like).into(),
            url.into(),
        ],
    )
}

/// Stores that an actor shares a video, unless it was undone before it came.
#[must_use]
pub fn share(video_id: i64, actor_id: i64, url: Option<&str>, now: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO video_share (video_id, actor_id, remote_url, created_at_unix_ms)
         SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS
            (SELECT 1 FROM seen_id WHERE url = ?3 AND forget_after_unix_ms > ?4)
         ON CONFLICT DO NOTHING",
        vec![video_id.into(), actor_id.into(), url.into(), now.into()],
    )
}

/// Takes a share back: by the video, or by its id. Returns a row for each that there was.
#[must_use]
pub fn unshare(actor_id: i64, video_id: Option<i64>, url: Option<&str>) -> Statement {
    Statement::new(
        "DELETE FROM video_share WHERE actor_id = ?1 AND (video_id = ?2 OR remote_url = ?3) RETURNING 1",
        vec![actor_id.into(), video_id.into(), url.into()],
    )
}

/// Selects whether an actor did what it takes back: follows `target_id`, rates or shares `video_id`, or did
/// something with the id `url`. One row, 0 or 1.
#[must_use]
pub fn select_done(
    actor_id: i64,
    account_id: Option<i64>,
    target_id: Option<i64>,
    video_id: Option<i64>,
    url: Option<&str>,
) -> Statement {
    Statement::new(
        "SELECT EXISTS (SELECT 1 FROM follow WHERE follower_id = ?1 AND (target_id = ?3 OR url = ?5))
             OR EXISTS (SELECT 1 FROM video_rate WHERE account_id = ?2 AND (video_id = ?4 OR remote_url = ?5))
             OR EXISTS (SELECT 1 FROM video_share WHERE actor_id = ?1 AND (video_id = ?4 OR remote_url = ?5))",
        vec![
            actor_id.into(),
            account_id.into(),
            target_id.into(),
            video_id.into(),
            url.into(),
        ],
    )
}

/// Notes which form of signature a host uses.
#[must_use]
pub fn set_scheme(host: &str, scheme: &str) -> Statement {
    Statement::new(
        "INSERT INTO remote_host (host, scheme) VALUES (?1, ?2)
         ON CONFLICT (host) DO UPDATE SET scheme = excluded.scheme WHERE scheme <> excluded.scheme",
        vec![host.into(), scheme.into()],
    )
}
