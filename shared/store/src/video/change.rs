//! What owners and moderators change.

use domain::UnixMillis;
use ports::{Statement, Value};

/// Demands that the video is there and that this account may change it: its owner, or anybody who
/// manages all videos.
#[must_use]
pub fn demand_manager(video_id: i64, account_id: i64, manages_all: bool) -> Statement {
    Statement::new(
        "SELECT 1 FROM video v JOIN channel c ON c.id=v.channel_id \
         WHERE v.id=?1 AND v.remote_url IS NULL AND (c.account_id=?2 OR ?3)",
        vec![video_id.into(), account_id.into(), manages_all.into()],
    )
    .demanding(1)
}

/// Demands that a channel belongs to the account that owns the video: a moderator cannot move a video
/// to somebody else's.
#[must_use]
pub fn demand_channel_of_owner(video_id: i64, channel_id: i64) -> Statement {
    Statement::new(
        "SELECT 1 FROM channel n WHERE n.id=?2 AND n.account_id=\
         (SELECT c.account_id FROM video v JOIN channel c ON c.id=v.channel_id WHERE v.id=?1)",
        vec![video_id.into(), channel_id.into()],
    )
    .demanding(1)
}

/// A column that the JSON object `?2` may name: named null clears it.
macro_rules! changed {
    ($($column:literal),* $(,)?) => {
        concat!($(
            $column,
            "=CASE WHEN json_type(?2,'$.",
            $column,
            "') IS NULL THEN ",
            $column,
            " ELSE ?2->>'$.",
            $column,
            "' END,",
        )*)
    };
}

/// Demands that the channel of that name is there and that this account may change it.
#[must_use]
pub fn demand_channel_manager(name: &str, account_id: i64, manages_all: bool) -> Statement {
    Statement::new(
        "SELECT 1 FROM channel c JOIN account a ON a.id=c.account_id \
         WHERE c.name=?1 AND a.user_id IS NOT NULL AND (a.id=?2 OR ?3)",
        vec![name.into(), account_id.into(), manages_all.into()],
    )
    .demanding(1)
}

/// Writes the columns of a channel that `changes` names, as [`update`] does.
#[must_use]
pub fn update_channel(name: &str, changes: &str, now: UnixMillis) -> Statement {
    Statement::new(
        concat!(
            "UPDATE channel SET ",
            changed!("display_name", "description", "support", "p2p_enabled"),
            "updated_at_unix_ms=?3 WHERE name=?1 RETURNING 1"
        ),
        vec![name.into(), changes.into(), now.into()],
    )
    .demanding(1)
}

/// Gives all videos of a channel its words about support.
#[must_use]
pub fn spread_support(name: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE video SET support=c.support,updated_at_unix_ms=?2 FROM channel c \
         WHERE c.name=?1 AND video.channel_id=c.id AND video.support IS NOT c.support",
        vec![name.into(), now.into()],
    )
}

/// Writes the columns that `changes` names, a JSON object of column name to number, text or null. A
/// video that becomes visible to strangers is published now.
#[must_use]
pub fn update(video_id: i64, changes: &str, now: UnixMillis) -> Statement {
    Statement::new(
        concat!(
            "UPDATE video SET published_at_unix_ms=CASE WHEN privacy NOT IN (1,2) \
             AND ?2->>'$.privacy' IN (1,2) THEN ?3 ELSE published_at_unix_ms END,",
            changed!(
                "channel_id",
                "name",
                "privacy",
                "category",
                "licence",
                "language",
                "description",
                "support",
                "comments_policy",
                "download_enabled",
                "nsfw",
                "nsfw_flags",
                "nsfw_summary",
                "wait_transcoding",
                "originally_published_at_unix_ms",
                "scheduled_privacy",
                "scheduled_at_unix_ms",
            ),
            "updated_at_unix_ms=?3 WHERE id=?1 RETURNING 1"
        ),
        vec![video_id.into(), changes.into(), now.into()],
    )
    .demanding(1)
}

/// Replaces the tags, a JSON array of texts.
#[must_use]
pub fn replace_tags(video_id: i64, tags: &str) -> [Statement; 2] {
    [
        Statement::new(
            "DELETE FROM video_tag WHERE video_id=?1",
            vec![video_id.into()],
        ),
        Statement::new(
            "INSERT INTO video_tag (video_id,position,tag) SELECT ?1,key,value FROM json_each(?2)",
            vec![video_id.into(), tags.into()],
        ),
    ]
}

/// Replaces the passwords, a JSON array of keyed hashes.
#[must_use]
pub fn replace_passwords(video_id: i64, hmacs: &str) -> [Statement; 2] {
    [
        Statement::new(
            "DELETE FROM video_password WHERE video_id=?1",
            vec![video_id.into()],
        ),
        Statement::new(
            "INSERT OR IGNORE INTO video_password (video_id,password_hmac) \
             SELECT ?1,value FROM json_each(?2)",
            vec![video_id.into(), hmacs.into()],
        ),
    ]
}

/// Makes the planned changes of privacy whose time has come; returns the UUIDs.
#[must_use]
pub fn apply_schedule(now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE video SET published_at_unix_ms=CASE WHEN privacy NOT IN (1,2) \
         AND scheduled_privacy IN (1,2) THEN ?1 ELSE published_at_unix_ms END,\
         privacy=coalesce(scheduled_privacy,privacy),scheduled_privacy=NULL,\
         scheduled_at_unix_ms=NULL,updated_at_unix_ms=?1 \
         WHERE scheduled_at_unix_ms<=?1 RETURNING uuid",
        vec![now.into()],
    )
}

/// The objects of a video, in statements of at most five terms each.
const DISOWN: [&str; 3] = [
    "INSERT INTO unowned_object (object_key,delete_after_unix_ms) \
     SELECT object_key,?2 FROM video_source WHERE video_id=?1 AND object_key IS NOT NULL \
     UNION SELECT object_key,?2 FROM video_file WHERE video_id=?1 \
     UNION SELECT 'torrents/'||torrent_filename,?2 FROM video_file \
     WHERE video_id=?1 AND torrent_filename IS NOT NULL \
     UNION SELECT 'streaming-playlists/hls/'||v.uuid||'/'||f.playlist_filename,?2 \
     FROM video_file f JOIN video v ON v.id=f.video_id \
     WHERE f.video_id=?1 AND f.playlist_filename IS NOT NULL \
     ON CONFLICT DO UPDATE SET delete_after_unix_ms=excluded.delete_after_unix_ms",
    "INSERT INTO unowned_object (object_key,delete_after_unix_ms) \
     SELECT 'streaming-playlists/hls/'||v.uuid||'/'||p.master_filename,?2 \
     FROM streaming_playlist p JOIN video v ON v.id=p.video_id WHERE p.video_id=?1 \
     UNION SELECT 'streaming-playlists/hls/'||v.uuid||'/'||p.sha256_filename,?2 \
     FROM streaming_playlist p JOIN video v ON v.id=p.video_id WHERE p.video_id=?1 \
     ON CONFLICT DO UPDATE SET delete_after_unix_ms=excluded.delete_after_unix_ms",
    "INSERT INTO unowned_object (object_key,delete_after_unix_ms) \
     SELECT 'thumbnails/'||filename,?2 FROM thumbnail WHERE video_id=?1 \
     UNION SELECT 'storyboards/'||filename,?2 FROM storyboard WHERE video_id=?1 \
     ON CONFLICT DO UPDATE SET delete_after_unix_ms=excluded.delete_after_unix_ms",
];

/// Removes a video: its objects become unowned, to be deleted after `delete_after`; its rows go.
#[must_use]
pub fn delete(video_id: i64, delete_after: UnixMillis) -> Vec<Statement> {
    let both = || -> Vec<Value> { vec![video_id.into(), delete_after.into()] };
    let mut statements: Vec<Statement> = DISOWN
        .into_iter()
        .map(|sql| Statement::new(sql, both()))
        .collect();
    statements.push(
        Statement::new(
            "DELETE FROM video WHERE id=?1 RETURNING 1",
            vec![video_id.into()],
        )
        .demanding(1),
    );
    statements
}
