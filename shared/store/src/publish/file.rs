//! Rows of playable files.

use domain::UnixMillis;
use ports::{Statement, Value};

/// A file to publish.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// The video's row id.
    pub video_id: i64,
    /// `web` or `hls`.
    pub kind: &'a str,
    /// Smaller side in pixels, 0 for sound alone.
    pub resolution: u32,
    /// Random name.
    pub filename: &'a str,
    /// Where its bytes are.
    pub object_key: &'a str,
    /// Its size.
    pub size_bytes: u64,
    /// Pixels, 0 without a picture.
    pub width: u32,
    /// Pixels, 0 without a picture.
    pub height: u32,
    /// Frames a second, 0 without a picture.
    pub fps: u32,
    /// Whether it has sound.
    pub has_audio: bool,
    /// Whether it has a picture.
    pub has_video: bool,
    /// Of an HLS rendition: what the master playlist says of it, JSON.
    pub report: Option<&'a str>,
    /// Of an HLS rendition: its media playlist.
    pub playlist_filename: Option<&'a str>,
    /// Its torrent.
    pub torrent_filename: &'a str,
    /// Of its torrent, 40 hex digits.
    pub info_hash: &'a str,
    /// When.
    pub now: UnixMillis,
}

/// Publishes a file in the place of another of the same kind and resolution, if there is one: that
/// one's objects become unowned, to be deleted after `delete_after`.
#[must_use]
pub fn replace_file(new: &NewFile<'_>, delete_after: UnixMillis) -> Vec<Statement> {
    let place = || -> Vec<Value> {
        vec![
            new.video_id.into(),
            new.kind.into(),
            new.resolution.into(),
            delete_after.into(),
        ]
    };
    vec![
        Statement::new(
            "INSERT INTO unowned_object (object_key, delete_after_unix_ms)
             SELECT f.object_key, ?4 FROM video_file f
             WHERE f.video_id = ?1 AND f.kind = ?2 AND f.resolution = ?3
               AND NOT EXISTS (SELECT 1 FROM video_source s WHERE s.object_key = f.object_key)
             UNION ALL
             SELECT 'torrents/' || f.torrent_filename, ?4 FROM video_file f
             WHERE f.video_id = ?1 AND f.kind = ?2 AND f.resolution = ?3
               AND f.torrent_filename IS NOT NULL
             UNION ALL
             SELECT 'streaming-playlists/hls/' || v.uuid || '/' || f.playlist_filename, ?4
             FROM video_file f JOIN video v ON v.id = f.video_id
             WHERE f.video_id = ?1 AND f.kind = ?2 AND f.resolution = ?3
               AND f.playlist_filename IS NOT NULL
             ON CONFLICT (object_key)
             DO UPDATE SET delete_after_unix_ms = excluded.delete_after_unix_ms",
            place(),
        ),
        Statement::new(
            "DELETE FROM video_file WHERE video_id = ?1 AND kind = ?2 AND resolution = ?3",
            vec![new.video_id.into(), new.kind.into(), new.resolution.into()],
        ),
        Statement::new(
            "INSERT INTO video_file (video_id, kind, resolution, filename, object_key, size_bytes,
                                     width, height, fps, has_audio, has_video, report,
                                     playlist_filename, torrent_filename, info_hash,
                                     created_at_unix_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, 0), nullif(?8, 0), ?9, ?10, ?11, ?12, ?13,
                     ?14, ?15, ?16)",
            vec![
                new.video_id.into(),
                new.kind.into(),
                new.resolution.into(),
                new.filename.into(),
                new.object_key.into(),
                size(new.size_bytes),
                new.width.into(),
                new.height.into(),
                new.fps.into(),
                new.has_audio.into(),
                new.has_video.into(),
                new.report.into(),
                new.playlist_filename.into(),
                new.torrent_filename.into(),
                new.info_hash.into(),
                new.now.into(),
            ],
        ),
    ]
}

/// Sizes are bounded far below 2^53; a larger one would be refused by the database.
fn size(bytes: u64) -> Value {
    Value::Integer(i64::try_from(bytes).unwrap_or(i64::MAX))
}

/// After an audio merge: the uploaded sound is no longer offered as a plain file, the merged video is.
#[must_use]
pub fn drop_sound_files(video_id: i64, delete_after: UnixMillis) -> [Statement; 2] {
    [
        Statement::new(
            "INSERT INTO unowned_object (object_key, delete_after_unix_ms)
             SELECT f.object_key, ?2 FROM video_file f
             WHERE f.video_id = ?1 AND f.kind = 'web' AND f.has_video = 0
               AND NOT EXISTS (SELECT 1 FROM video_source s WHERE s.object_key = f.object_key)
             UNION ALL
             SELECT 'torrents/' || f.torrent_filename, ?2 FROM video_file f
             WHERE f.video_id = ?1 AND f.kind = 'web' AND f.has_video = 0
               AND f.torrent_filename IS NOT NULL
             ON CONFLICT (object_key)
             DO UPDATE SET delete_after_unix_ms = excluded.delete_after_unix_ms",
            vec![video_id.into(), delete_after.into()],
        ),
        Statement::new(
            "DELETE FROM video_file WHERE video_id = ?1 AND kind = 'web' AND has_video = 0",
            vec![video_id.into()],
        ),
    ]
}
