//! What other servers say that they have.

use domain::UnixMillis;
use ports::Statement;

/// A copy at another server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewMirror<'a> {
    /// Row of the video.
    pub video_id: i64,
    /// Row of the actor whose it is.
    pub actor_id: i64,
    /// ActivityPub id.
    pub url: &'a str,
    /// Folder of its files.
    pub base_url: &'a str,
    /// `None`: until it is taken back.
    pub expires_at: Option<UnixMillis>,
    /// The time.
    pub now: UnixMillis,
}

/// Stores a copy or what has changed of it, unless it was taken back before it came, its id is another's or another
/// video's, or the video has `at_most` already.
#[must_use]
pub fn keep(mirror: NewMirror<'_>, at_most: u32) -> Statement {
    Statement::new(
        "INSERT INTO mirror (video_id,actor_id,remote_url,base_url,expires_at_unix_ms,\
         created_at_unix_ms,updated_at_unix_ms) SELECT ?1,?2,?3,?4,?5,?6,?6 \
         WHERE NOT EXISTS (SELECT 1 FROM seen_id WHERE url=?3 AND forget_after_unix_ms>?6) \
         AND NOT EXISTS (SELECT 1 FROM mirror WHERE remote_url=?3 AND (actor_id<>?2 OR video_id<>?1)) \
         AND (EXISTS (SELECT 1 FROM mirror WHERE video_id=?1 AND actor_id=?2) \
         OR (SELECT count(*) FROM mirror WHERE video_id=?1)<?7) \
         ON CONFLICT (video_id,coalesce(actor_id,0)) DO UPDATE SET remote_url=excluded.remote_url,\
         base_url=excluded.base_url,expires_at_unix_ms=excluded.expires_at_unix_ms,\
         updated_at_unix_ms=excluded.updated_at_unix_ms",
        vec![
            mirror.video_id.into(),
            mirror.actor_id.into(),
            mirror.url.into(),
            mirror.base_url.into(),
            mirror.expires_at.map(|at| at.0).into(),
            mirror.now.into(),
            at_most.into(),
        ],
    )
}

/// Forgets an actor's copy by its ActivityPub id, or by that of its `Create`.
#[must_use]
pub fn drop_by_url(actor_id: i64, url: &str) -> Statement {
    Statement::new(
        "DELETE FROM mirror WHERE actor_id=?1 AND (remote_url=?2 OR remote_url||'/activity'=?2)",
        vec![actor_id.into(), url.into()],
    )
}

/// Remembers that an actor has taken back a copy that is not there: it may still be on its way.
#[must_use]
pub fn remember_undone(actor_id: i64, url: &str, until: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO seen_id (url,forget_after_unix_ms) SELECT ?2,?3 \
         WHERE NOT EXISTS (SELECT 1 FROM mirror WHERE actor_id=?1 AND remote_url=?2) \
         ON CONFLICT (url) DO UPDATE SET forget_after_unix_ms=excluded.forget_after_unix_ms",
        vec![actor_id.into(), url.into(), until.into()],
    )
}

/// Forgets copies whose time is over, others' and ours.
#[must_use]
pub fn forget_ended(now: UnixMillis) -> Statement {
    Statement::new(
        "DELETE FROM mirror WHERE expires_at_unix_ms<=?1",
        vec![now.into()],
    )
}

/// Selects whether the instance follows an actor: one row, 0 or 1.
#[must_use]
pub fn select_is_followed(actor_id: i64) -> Statement {
    Statement::new(
        "SELECT EXISTS (SELECT 1 FROM followed_actor WHERE id=?1)",
        vec![actor_id.into()],
    )
}

/// Has what an actor says of its copy of a video of ours, by the video's UUID, told to all who follow that video, if
/// the copy is known. They hear the last word of ten minutes, whatever the actor says meanwhile.
#[must_use]
pub fn pass_on(video_uuid: &str, actor_id: i64, url: &str, activity: &str) -> Statement {
    Statement::new(
        "INSERT INTO outgoing_change (kind,subject,verb,details,laziness) \
         SELECT 'video',?1,'pass-on:'||actor_id,json_object('activity',?4),1 FROM mirror \
         WHERE actor_id=?2 AND remote_url=?3 ON CONFLICT (kind,subject,verb) DO UPDATE \
         SET version=version+1,details=excluded.details",
        vec![
            video_uuid.into(),
            actor_id.into(),
            url.into(),
            activity.into(),
        ],
    )
}
