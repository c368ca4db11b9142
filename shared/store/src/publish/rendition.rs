//! A video's HLS renditions and playlists as publishing needs them.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Rows, Statement};

/// What a video already shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Publication {
    /// Row id.
    pub video_id: i64,
    /// Public id.
    pub video_uuid: String,
    /// Its title.
    pub name: String,
    /// PeerTube's number of its privacy.
    pub privacy: i64,
    /// Current master playlist.
    pub master_filename: Option<String>,
    /// Current hash document.
    pub sha256_filename: Option<String>,
    /// Published renditions.
    pub hls_files: Vec<HlsFile>,
}

/// A published HLS rendition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HlsFile {
    /// Smaller side in pixels, 0 for sound alone.
    pub resolution: u32,
    /// Name of the MP4.
    pub filename: String,
    /// Name of its media playlist.
    pub playlist_filename: String,
    /// Pixels, 0 without a picture.
    pub width: u32,
    /// Pixels, 0 without a picture.
    pub height: u32,
    /// Frames a second.
    pub fps: u32,
    /// Whether it has sound.
    pub has_audio: bool,
    /// Whether it has a picture.
    pub has_video: bool,
    /// What the master playlist says of it, JSON.
    pub report: String,
}

/// Selects what [`publication`] reads, of the video that a job belongs to.
#[must_use]
pub fn select_publication(job_uuid: &str) -> [Statement; 2] {
    [
        Statement::new(
            "SELECT v.id, v.uuid, v.name, v.privacy, p.master_filename, p.sha256_filename
             FROM runner_job j JOIN video v ON v.id = j.video_id
             LEFT JOIN streaming_playlist p ON p.video_id = v.id WHERE j.uuid = ?1",
            vec![job_uuid.into()],
        ),
        Statement::new(
            "SELECT f.resolution, f.filename, f.playlist_filename, coalesce(f.width, 0),
                    coalesce(f.height, 0), f.fps, f.has_audio, f.has_video, f.report
             FROM runner_job j JOIN video_file f ON f.video_id = j.video_id AND f.kind = 'hls'
             WHERE j.uuid = ?1 ORDER BY f.resolution",
            vec![job_uuid.into()],
        ),
    ]
}

/// Reads [`select_publication`]; `None` when the video is gone.
///
/// # Errors
/// [`DatabaseError::Bug`] for rows of another shape.
pub fn publication(video: &Rows, files: &Rows) -> Result<Option<Publication>, DatabaseError> {
    let Some(row) = video.first() else {
        return Ok(None);
    };
    Ok(Some(Publication {
        video_id: row.integer(0)?,
        video_uuid: row.text(1)?,
        name: row.text(2)?,
        privacy: row.integer(3)?,
        master_filename: row.optional_text(4)?,
        sha256_filename: row.optional_text(5)?,
        hls_files: files.iter().map(hls_file).collect::<Result<_, _>>()?,
    }))
}

fn hls_file(row: &Row) -> Result<HlsFile, DatabaseError> {
    Ok(HlsFile {
        resolution: row.small(0)?,
        filename: row.text(1)?,
        playlist_filename: row.text(2)?,
        width: row.small(3)?,
        height: row.small(4)?,
        fps: row.small(5)?,
        has_audio: row.boolean(6)?,
        has_video: row.boolean(7)?,
        report: row.text(8)?,
    })
}

/// Names new master playlist and hash document; demands that `seen_master` is still the current one
/// (`None`: that there was none), so that of two renditions published at once the second starts over
/// from what the first has left.
#[must_use]
pub fn replace_playlist(
    video_id: i64,
    seen_master: Option<&str>,
    master_filename: &str,
    sha256_filename: &str,
    now: UnixMillis,
) -> Statement {
    match seen_master {
        Some(seen) => Statement::new(
            "UPDATE streaming_playlist
             SET master_filename = ?3, sha256_filename = ?4, updated_at_unix_ms = ?5
             WHERE video_id = ?1 AND master_filename = ?2 RETURNING 1",
            vec![
                video_id.into(),
                seen.into(),
                master_filename.into(),
                sha256_filename.into(),
                now.into(),
            ],
        ),
        None => Statement::new(
            "INSERT INTO streaming_playlist (video_id, master_filename, sha256_filename,
                                             updated_at_unix_ms)
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT (video_id) DO NOTHING RETURNING 1",
            vec![
                video_id.into(),
                master_filename.into(),
                sha256_filename.into(),
                now.into(),
            ],
        ),
    }
    .demanding(1)
}

/// Publishes a video that has waited for its first rendition, also one whose earlier attempts failed.
#[must_use]
pub fn publish_video(video_id: i64, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE video SET state = 1, published_at_unix_ms = ?2, updated_at_unix_ms = ?2
         WHERE id = ?1 AND state IN (2, 7)",
        vec![video_id.into(), now.into()],
    )
}

/// Notes duration and shape of a video if the upload could not tell them.
#[must_use]
pub fn describe_video(video_id: i64, duration_secs: u32, width: u32, height: u32) -> Statement {
    let aspect_ratio = (width > 0 && height > 0)
        .then(|| (f64::from(width) / f64::from(height) * 10_000.0).round() / 10_000.0);
    Statement::new(
        "UPDATE video SET duration_secs = iif(duration_secs = 0, ?2, duration_secs),
                          aspect_ratio = coalesce(aspect_ratio, ?3)
         WHERE id = ?1 AND (duration_secs = 0 OR aspect_ratio IS NULL AND ?3 IS NOT NULL)",
        vec![video_id.into(), duration_secs.into(), aspect_ratio.into()],
    )
}

/// A plain file that needs a torrent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TorrentSubject {
    /// Row id of the file.
    pub file_id: i64,
    /// Its name.
    pub filename: String,
    /// Where its bytes are.
    pub object_key: String,
    /// Its size.
    pub size_bytes: u64,
    /// Smaller side in pixels.
    pub resolution: u32,
    /// Title of its video.
    pub video_name: String,
    /// PeerTube's number of the video's privacy.
    pub privacy: i64,
}

/// Selects the plain files of a video that have no torrent.
#[must_use]
pub fn select_torrent_subjects(video_uuid: &str) -> Statement {
    Statement::new(
        "SELECT f.id, f.filename, f.object_key, f.size_bytes, f.resolution, v.name, v.privacy
         FROM video v JOIN video_file f ON f.video_id = v.id
         WHERE v.uuid = ?1 AND f.kind = 'web' AND f.torrent_filename IS NULL",
        vec![video_uuid.into()],
    )
}

/// Reads [`select_torrent_subjects`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn torrent_subject(row: &Row) -> Result<TorrentSubject, DatabaseError> {
    Ok(TorrentSubject {
        file_id: row.integer(0)?,
        filename: row.text(1)?,
        object_key: row.text(2)?,
        size_bytes: row.unsigned(3)?,
        resolution: row.small(4)?,
        video_name: row.text(5)?,
        privacy: row.integer(6)?,
    })
}

/// Names a file's torrent; demands that the file is there and has none.
#[must_use]
pub fn set_torrent(file_id: i64, torrent_filename: &str, info_hash: &str) -> Statement {
    Statement::new(
        "UPDATE video_file SET torrent_filename = ?2, info_hash = ?3
         WHERE id = ?1 AND torrent_filename IS NULL RETURNING 1",
        vec![file_id.into(), torrent_filename.into(), info_hash.into()],
    )
    .demanding(1)
}
