//! What grows old: copies of other servers' things, unanswered follows, ids that were seen.

use domain::UnixMillis;
use ports::Statement;

/// Takes up to `count` videos of other servers that were last read before `before`, oldest first, and has
/// the next try wait until they are as old again as at `next`: column 0 is the ActivityPub id.
#[must_use]
pub fn claim_stale_videos(count: u32, before: UnixMillis, next: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE remote_video SET fetched_at_unix_ms=?3 WHERE video_id IN \
         (SELECT video_id FROM remote_video WHERE fetched_at_unix_ms<?2 \
         ORDER BY fetched_at_unix_ms LIMIT +?1) \
         RETURNING (SELECT remote_url FROM video WHERE id=video_id)",
        vec![count.into(), before.into(), next.into()],
    )
}

/// The same for actors.
#[must_use]
pub fn claim_stale_actors(count: u32, before: UnixMillis, next: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE actor SET fetched_at_unix_ms=?3 WHERE id IN \
         (SELECT id FROM actor WHERE host<>'' AND fetched_at_unix_ms<?2 \
         ORDER BY fetched_at_unix_ms LIMIT +?1) RETURNING url",
        vec![count.into(), before.into(), next.into()],
    )
}

/// Has follows by ours that were made after `made_after` and last asked for before `asked_before` asked for
/// again, at most `count`: the trigger on `follow.state` notes them.
#[must_use]
pub fn ask_again(
    count: u32,
    made_after: UnixMillis,
    asked_before: UnixMillis,
    now: UnixMillis,
) -> Statement {
    Statement::new(
        "UPDATE follow SET state='pending',updated_at_unix_ms=?4 WHERE id IN \
         (SELECT w.id FROM actor a JOIN follow w ON w.follower_id=a.id \
         WHERE a.host='' AND w.state='pending' \
         AND w.created_at_unix_ms>?2 AND w.updated_at_unix_ms<?3 LIMIT +?1)",
        vec![
            count.into(),
            made_after.into(),
            asked_before.into(),
            now.into(),
        ],
    )
}

/// Forgets up to `count` ids that were seen long enough ago.
#[must_use]
pub fn forget_seen(count: u32, now: UnixMillis) -> Statement {
    Statement::new(
        "DELETE FROM seen_id WHERE url IN (SELECT url FROM seen_id \
         WHERE forget_after_unix_ms<?2 ORDER BY forget_after_unix_ms LIMIT +?1)",
        vec![count.into(), now.into()],
    )
}
