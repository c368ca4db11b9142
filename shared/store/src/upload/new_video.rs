//! The rows of a freshly uploaded video, for one batch: the video first, the others find it by UUID.

use domain::time::DAY_MS;
use domain::{Privacy, UnixMillis, VideoState};
use ports::{DatabaseError, Row, Statement};

/// Bytes of uploaded sources of one user, `?1` in the text around it.
macro_rules! used_bytes {
    ($and:literal) => {
        concat!(
            "(SELECT coalesce(sum(video_source.size_bytes), 0) FROM account
              JOIN channel ON channel.account_id = account.id
              JOIN video ON video.channel_id = channel.id
              JOIN video_source ON video_source.video_id = video.id
              WHERE account.user_id = user.id",
            $and,
            ")"
        )
    };
}

/// What a user may still upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Total quota, -1 for none.
    pub quota_bytes: i64,
    /// Daily quota, -1 for none.
    pub quota_daily_bytes: i64,
    /// Size of all uploaded sources.
    pub used_bytes: u64,
    /// Size of those of the last 24 hours.
    pub used_today_bytes: u64,
}

/// Selects what a user may still upload.
#[must_use]
pub fn select_allowance(user_id: i64, now: UnixMillis) -> Statement {
    Statement::new(
        concat!(
            "SELECT quota_bytes, quota_daily_bytes, ",
            used_bytes!(""),
            ", ",
            used_bytes!(" AND video_source.created_at_unix_ms > ?2"),
            " FROM user WHERE id = ?1"
        ),
        vec![user_id.into(), now.plus_ms(-DAY_MS).into()],
    )
}

/// Reads [`select_allowance`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn allowance(row: &Row) -> Result<Allowance, DatabaseError> {
    Ok(Allowance {
        quota_bytes: row.integer(0)?,
        quota_daily_bytes: row.integer(1)?,
        used_bytes: row.unsigned(2)?,
        used_today_bytes: row.unsigned(3)?,
    })
}

/// The user whose a channel is; no row when there is no such channel.
#[must_use]
pub fn select_channel_user(channel_id: i64) -> Statement {
    Statement::new(
        "SELECT account.user_id FROM channel JOIN account ON account.id = account_id
         WHERE channel.id = ?1",
        vec![channel_id.into()],
    )
}

/// A video with its source, as the upload makes it.
#[derive(Debug, Clone)]
pub struct NewVideo {
    /// Version 4.
    pub uuid: String,
    /// Whose quota counts; the channel must be theirs.
    pub user_id: i64,
    /// Where it is published.
    pub channel_id: i64,
    /// Title.
    pub name: String,
    /// Markdown.
    pub description: Option<String>,
    /// Markdown.
    pub support: Option<String>,
    /// PeerTube's number.
    pub category: Option<u32>,
    /// PeerTube's number.
    pub licence: Option<u32>,
    /// Language code.
    pub language: Option<String>,
    /// Who may see it.
    pub privacy: Privacy,
    /// Not safe for work.
    pub nsfw: bool,
    /// Bits.
    pub nsfw_flags: u32,
    /// Why.
    pub nsfw_summary: Option<String>,
    /// 1..=3.
    pub comments_policy: u32,
    /// Whether pages offer downloads.
    pub download_enabled: bool,
    /// Whether it is hidden until the first rendition.
    pub wait_transcoding: bool,
    /// Where it starts.
    pub state: VideoState,
    /// Whole seconds, 0 when unknown.
    pub duration_secs: u32,
    /// Width by height, `None` without a picture.
    pub aspect_ratio: Option<f64>,
    /// As the user says.
    pub originally_published_at: Option<UnixMillis>,
    /// A planned change: PeerTube's privacy number and when.
    pub scheduled: Option<(i64, UnixMillis)>,
    /// JSON array of strings.
    pub tags: String,
    /// The stored file.
    pub source: NewSourceFile,
    /// When.
    pub now: UnixMillis,
}

/// The uploaded file.
#[derive(Debug, Clone)]
pub struct NewSourceFile {
    /// Where it lies: `web-videos/` and `filename`.
    pub object_key: String,
    /// Its public name.
    pub filename: String,
    /// Name on the user's machine, for show.
    pub input_filename: String,
    /// Exact size.
    pub size_bytes: i64,
    /// By its bytes.
    pub content_type: &'static str,
    /// Displayed pixels, `None` without a picture.
    pub width: Option<u32>,
    /// Displayed pixels, `None` without a picture.
    pub height: Option<u32>,
    /// The smaller side, 0 without a picture.
    pub resolution: u32,
    /// Rounded, 0 when unknown or without a picture.
    pub fps: u32,
    /// Whether there is sound.
    pub has_audio: bool,
    /// Whether there is a picture.
    pub has_video: bool,
}

/// Inserts the video row; demands that the channel is the user's, the user not blocked, and that both
/// quotas hold the source. Returns its row id.
#[must_use]
pub fn insert_video(video: &NewVideo) -> Statement {
    Statement::new(
        concat!(
            "INSERT INTO video (uuid, channel_id, name, description, support, category, licence,
                language, privacy, nsfw, nsfw_flags, nsfw_summary, comments_policy, download_enabled,
                wait_transcoding, state, duration_secs, aspect_ratio,
                originally_published_at_unix_ms, created_at_unix_ms, updated_at_unix_ms,
                published_at_unix_ms, scheduled_privacy, scheduled_at_unix_ms)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
                ?19, ?20, ?20, ?20, ?24, ?25
             FROM channel JOIN account ON account.id = channel.account_id
             JOIN user ON user.id = account.user_id
             WHERE channel.id = ?2 AND user.id = ?21 AND user.blocked = 0
             AND (quota_bytes < 0 OR quota_bytes >= ?22 + ",
            used_bytes!(""),
            ") AND (quota_daily_bytes < 0 OR quota_daily_bytes >= ?22 + ",
            used_bytes!(" AND video_source.created_at_unix_ms > ?23"),
            ") RETURNING id"
        ),
        vec![
            video.uuid.as_str().into(),
            video.channel_id.into(),
            video.name.as_str().into(),
            video.description.clone().into(),
            video.support.clone().into(),
            video.category.into(),
            video.licence.into(),
            video.language.clone().into(),
            video.privacy.number().into(),
            video.nsfw.into(),
            video.nsfw_flags.into(),
            video.nsfw_summary.clone().into(),
            video.comments_policy.into(),
            video.download_enabled.into(),
            video.wait_transcoding.into(),
            video.state.number().into(),
            video.duration_secs.into(),
            video.aspect_ratio.into(),
            video.originally_published_at.into(),
            video.now.into(),
            video.user_id.into(),
            video.source.size_bytes.into(),
            video.now.plus_ms(-DAY_MS).into(),
            video.scheduled.map(|(privacy, _)| privacy).into(),
            video.scheduled.map(|(_, at)| at).into(),
        ],
    )
    .demanding(1)
}

/// Inserts the tags of a fresh video.
#[must_use]
pub fn insert_tags(video: &NewVideo) -> Statement {
    Statement::new(
        "INSERT INTO video_tag (video_id, position, tag)
         SELECT video.id, tag.key, tag.value FROM video, json_each(?2) AS tag WHERE video.uuid = ?1",
        vec![video.uuid.as_str().into(), video.tags.as_str().into()],
    )
}

/// Inserts the passwords of a fresh video, a JSON array of keyed hashes.
#[must_use]
pub fn insert_passwords(video_uuid: &str, hmacs: &str) -> Statement {
    Statement::new(
        "INSERT OR IGNORE INTO video_password (video_id, password_hmac)
         SELECT video.id, hmac.value FROM video, json_each(?2) AS hmac WHERE video.uuid = ?1",
        vec![video_uuid.into(), hmacs.into()],
    )
}

/// Inserts the original of a fresh video.
#[must_use]
pub fn insert_source(video: &NewVideo) -> Statement {
    let file = &video.source;
    Statement::new(
        "INSERT INTO video_source (video_id, object_key, input_filename, size_bytes, content_type,
            width, height, resolution, fps, has_audio, has_video, created_at_unix_ms)
         SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 FROM video WHERE uuid = ?1",
        vec![
            video.uuid.as_str().into(),
            file.object_key.as_str().into(),
            file.input_filename.as_str().into(),
            file.size_bytes.into(),
            file.content_type.into(),
            file.width.into(),
            file.height.into(),
            file.resolution.into(),
            file.fps.into(),
            file.has_audio.into(),
            file.has_video.into(),
            video.now.into(),
        ],
    )
}

/// Lists the original of a fresh video as a playable file.
#[must_use]
pub fn insert_web_file(video: &NewVideo) -> Statement {
    let file = &video.source;
    Statement::new(
        "INSERT INTO video_file (video_id, kind, resolution, filename, object_key, size_bytes, width,
            height, fps, has_audio, has_video, created_at_unix_ms)
         SELECT id, 'web', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM video WHERE uuid = ?1",
        vec![
            video.uuid.as_str().into(),
            file.resolution.into(),
            file.filename.as_str().into(),
            file.object_key.as_str().into(),
            file.size_bytes.into(),
            file.width.into(),
            file.height.into(),
            file.fps.into(),
            file.has_audio.into(),
            file.has_video.into(),
            video.now.into(),
        ],
    )
}

/// A picture that the user sent along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPicture {
    /// Its public name; the object key is `thumbnails/` and this.
    pub filename: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Inserts a picture of a fresh video; of two of one size the first stays.
#[must_use]
pub fn insert_picture(video_uuid: &str, picture: &NewPicture) -> Statement {
    Statement::new(
        "INSERT INTO thumbnail (video_id, width, height, filename)
         SELECT id, ?2, ?3, ?4 FROM video WHERE uuid = ?1",
        vec![
            video_uuid.into(),
            picture.width.into(),
            picture.height.into(),
            picture.filename.as_str().into(),
        ],
    )
}
