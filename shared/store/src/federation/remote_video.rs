//! Videos of other servers.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

use super::remote_actor::ActorKind;

/// A video as far as federation asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoRow {
    /// Row id.
    pub id: i64,
    /// ActivityPub id of another server's; `None` for ours.
    pub remote_url: Option<String>,
    /// Whether everybody may see it: public or unlisted, and published.
    pub is_open: bool,
    /// PeerTube's number: 1 open, 2 closed, 3 with approval.
    pub comments_policy: u32,
    /// Whose it is.
    pub owner_account_id: i64,
    /// ActivityPub ids of its channel and its account; NULL for those of ours that have no keys yet.
    pub owner_urls: [Option<String>; 2],
    /// Last change, as its origin says.
    pub updated_at: UnixMillis,
    /// When its document was last read; `None` for ours.
    pub fetched_at: Option<UnixMillis>,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT v.id, v.remote_url, v.privacy IN (1, 2) AND v.state = 1, v.comments_policy, c.account_id,
                (SELECT url FROM actor WHERE channel_id = c.id),
                (SELECT url FROM actor WHERE account_id = c.account_id),
                v.updated_at_unix_ms, r.fetched_at_unix_ms
             FROM video v JOIN channel c ON c.id = v.channel_id
             LEFT JOIN remote_video r ON r.video_id = v.id WHERE ",
            $condition
        )
    };
}

/// Selects another server's video by its ActivityPub id.
#[must_use]
pub fn select_by_url(url: &str) -> Statement {
    Statement::new(select!("v.remote_url = ?1"), vec![url.into()])
}

/// Selects a video by its UUID, wherever it is from.
#[must_use]
pub fn select_by_uuid(uuid: &str) -> Statement {
    Statement::new(select!("v.uuid = ?1"), vec![uuid.into()])
}

/// Selects one of ours by its UUID.
#[must_use]
pub fn select_ours(uuid: &str) -> Statement {
    Statement::new(
        select!("v.uuid = ?1 AND v.remote_url IS NULL"),
        vec![uuid.into()],
    )
}

/// Selects the video that one of our comments is on.
#[must_use]
pub fn select_of_comment(comment_id: i64) -> Statement {
    Statement::new(
        select!("v.id = (SELECT video_id FROM comment WHERE id = ?1 AND remote_url IS NULL)"),
        vec![comment_id.into()],
    )
}

/// Reads any of the above.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(row: &Row) -> Result<VideoRow, DatabaseError> {
    Ok(VideoRow {
        id: row.integer(0)?,
        remote_url: row.optional_text(1)?,
        is_open: row.boolean(2)?,
        comments_policy: row.small(3)?,
        owner_account_id: row.integer(4)?,
        owner_urls: [row.optional_text(5)?, row.optional_text(6)?],
        updated_at: row.time(7)?,
        fetched_at: row.optional_integer(8)?.map(UnixMillis),
    })
}

/// A picture: name here, pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPicture<'a> {
    /// As in table `thumbnail`.
    pub filename: &'a str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// A video of another server as its document says.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRemoteVideo<'a> {
    /// ActivityPub id.
    pub url: &'a str,
    /// Lower case, with hyphens.
    pub uuid: &'a str,
    /// Its channel's row.
    pub channel_id: i64,
    /// Title.
    pub name: &'a str,
    /// Markdown.
    pub description: Option<&'a str>,
    /// Markdown.
    pub support: Option<&'a str>,
    /// PeerTube's number.
    pub category: Option<u32>,
    /// PeerTube's number.
    pub licence: Option<u32>,
    /// `en`.
    pub language: Option<&'a str>,
    /// PeerTube's number: 1 public, 2 unlisted.
    pub privacy: u32,
    /// Not for everybody's eyes.
    pub is_sensitive: bool,
    /// Why.
    pub sensitive_summary: Option<&'a str>,
    /// PeerTube's number.
    pub comments_policy: u32,
    /// Whether it may be downloaded.
    pub is_downloadable: bool,
    /// PeerTube's number.
    pub state: u32,
    /// Whole seconds.
    pub duration_secs: i64,
    /// Width by height.
    pub aspect_ratio: Option<f64>,
    /// How often watched.
    pub views: i64,
    /// In order.
    pub tags: &'a [String],
    /// Pictures.
    pub pictures: &'a [NewPicture<'a>],
    /// Its page.
    pub page_url: &'a str,
    /// For `remote_video.document`.
    pub document: &'a str,
    /// When it was published there.
    pub published_at: UnixMillis,
    /// When it was published elsewhere before.
    pub originally_published_at: Option<UnixMillis>,
    /// Last change there.
    pub updated_at: UnixMillis,
    /// The present.
    pub now: UnixMillis,
}

/// Inserts a video, or brings it up to date unless what is stored is newer. The UUID of another video breaks
/// a constraint. A channel never hands its videos to one of another host: the caller has checked that.
#[must_use]
pub fn upsert(new: &NewRemoteVideo<'_>) -> Vec<Statement> {
    let current = |sql| {
        Statement::new(
            sql,
            vec![new.url.into(), new.uuid.into(), new.updated_at.into()],
        )
    };
    let mut statements = vec![
        upsert_row(new),
        upsert_document(new),
        current(
            "DELETE FROM video_tag WHERE video_id = (SELECT id FROM video
             WHERE remote_url = ?1 AND uuid = ?2 AND updated_at_unix_ms = ?3)",
        ),
        insert_tags(new),
        current(
            "DELETE FROM thumbnail WHERE video_id = (SELECT id FROM video
             WHERE remote_url = ?1 AND uuid = ?2 AND updated_at_unix_ms = ?3)",
        ),
    ];
    statements.extend(
        new.pictures
            .iter()
            .map(|picture| insert_picture(new, picture)),
    );
    statements
}

fn upsert_row(new: &NewRemoteVideo<'_>) -> Statement {
    Statement::new(
        "INSERT INTO video (remote_url, uuid, channel_id, name, description, support, category, licence,
            language, privacy, nsfw, nsfw_summary, comments_policy, download_enabled, state, duration_secs,
            aspect_ratio, views, published_at_unix_ms, originally_published_at_unix_ms,
            updated_at_unix_ms, created_at_unix_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
            ?21, ?22)
         ON CONFLICT (remote_url) WHERE remote_url IS NOT NULL DO UPDATE SET
            uuid = excluded.uuid, channel_id = excluded.channel_id, name = excluded.name,
            description = excluded.description, support = excluded.support, category = excluded.category,
            licence = excluded.licence, language = excluded.language, privacy = excluded.privacy,
            nsfw = excluded.nsfw, nsfw_summary = excluded.nsfw_summary,
            comments_policy = excluded.comments_policy, download_enabled = excluded.download_enabled,
            state = excluded.state, duration_secs = excluded.duration_secs,
            aspect_ratio = excluded.aspect_ratio, views = max(views, excluded.views),
            published_at_unix_ms = excluded.published_at_unix_ms,
            originally_published_at_unix_ms = excluded.originally_published_at_unix_ms,
            updated_at_unix_ms = excluded.updated_at_unix_ms
         WHERE updated_at_unix_ms <= excluded.updated_at_unix_ms",
        vec![
            new.url.into(),
            new.uuid.into(),
            new.channel_id.into(),
            new.name.into(),
            new.description.into(),
            new.support.into(),
            new.category.into(),
            new.licence.into(),
            new.language.into(),
            new.privacy.into(),
            new.is_sensitive.into(),
            new.sensitive_summary.into(),
            new.comments_policy.into(),
            new.is_downloadable.into(),
            new.state.into(),
            new.duration_secs.into(),
            new.aspect_ratio.into(),
            new.views.into(),
            new.published_at.into(),
            new.originally_published_at.into(),
            new.updated_at.into(),
            new.now.into(),
        ],
    )
}

fn upsert_document(new: &NewRemoteVideo<'_>) -> Statement {
    Statement::new(
        "INSERT INTO remote_video (video_id, page_url, document, fetched_at_unix_ms)
         SELECT id, ?4, ?5, ?6 FROM video WHERE remote_url = ?1 AND uuid = ?2 AND updated_at_unix_ms = ?3
         ON CONFLICT (video_id) DO UPDATE SET page_url = excluded.page_url, document = excluded.document,
            fetched_at_unix_ms = excluded.fetched_at_unix_ms",
        vec![
            new.url.into(),
            new.uuid.into(),
            new.updated_at.into(),
            new.page_url.into(),
            new.document.into(),
            new.now.into(),
        ],
    )
}

fn insert_tags(new: &NewRemoteVideo<'_>) -> Statement {
    Statement::new(
        "INSERT INTO video_tag (video_id, position, tag)
         SELECT v.id, tag.key, tag.value FROM video v, json_each(?4) AS tag
         WHERE v.remote_url = ?1 AND v.uuid = ?2 AND v.updated_at_unix_ms = ?3",
        vec![
            new.url.into(),
            new.uuid.into(),
            new.updated_at.into(),
            crate::json::array(new.tags).into(),
        ],
    )
}

fn insert_picture(new: &NewRemoteVideo<'_>, picture: &NewPicture<'_>) -> Statement {
    Statement::new(
        "INSERT INTO thumbnail (video_id, width, height, filename)
         SELECT id, ?4, ?5, ?6 FROM video WHERE remote_url = ?1 AND uuid = ?2 AND updated_at_unix_ms = ?3
         ON CONFLICT DO NOTHING",
        vec![
            new.url.into(),
            new.uuid.into(),
            new.updated_at.into(),
            picture.width.into(),
            picture.height.into(),
            picture.filename.into(),
        ],
    )
}

/// Deletes another server's video.
#[must_use]
pub fn delete(url: &str) -> Statement {
    Statement::new("DELETE FROM video WHERE remote_url = ?1", vec![url.into()])
}

/// Notes what the origin counts. `None` leaves what is stored.
#[must_use]
pub fn set_totals(url: &str, likes: Option<i64>, dislikes: Option<i64>) -> Statement {
    Statement::new(
        "UPDATE video SET likes = coalesce(?2, likes), dislikes = coalesce(?3, dislikes)
         WHERE remote_url = ?1 AND (likes <> coalesce(?2, likes) OR dislikes <> coalesce(?3, dislikes))",
        vec![url.into(), likes.into(), dislikes.into()],
    )
}

/// Has cron read a video again in its next minute: it looks as old as `as_of` says.
#[must_use]
pub fn read_soon(url: &str, as_of: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE remote_video SET fetched_at_unix_ms = ?2
         WHERE video_id = (SELECT id FROM video WHERE remote_url = ?1)",
        vec![url.into(), as_of.into()],
    )
}

/// Notes how many watch another server's video, as it says. The next count of cron takes it back.
#[must_use]
pub fn set_viewers(url: &str, viewers: i64) -> Statement {
    Statement::new(
        "UPDATE video SET viewers = ?2 WHERE remote_url = ?1 AND viewers <> ?2",
        vec![url.into(), viewers.into()],
    )
}

/// Selects `remote_video.document` of a video.
#[must_use]
pub fn select_document(url: &str) -> Statement {
    Statement::new(
        "SELECT r.document FROM remote_video r JOIN video v ON v.id = r.video_id WHERE v.remote_url = ?1",
        vec![url.into()],
    )
}

/// Selects whether somebody here follows one of these actors, or the server on `host`: one row, 0 or 1. A
/// follow that waits for its answer counts, so that it does not matter which arrives first.
#[must_use]
pub fn select_interest(actor_urls: &[String], host: &str) -> Statement {
    Statement::new(
        "SELECT EXISTS (SELECT 1 FROM actor t JOIN follow f ON f.target_id = t.id
            JOIN actor me ON me.id = f.follower_id
            WHERE t.url IN (SELECT value FROM json_each(?1)) AND me.host = ''
                AND f.state IN ('pending', 'accepted'))
         OR EXISTS (SELECT 1 FROM actor t JOIN follow f ON f.target_id = t.id
            JOIN actor me ON me.id = f.follower_id
            WHERE t.host = ?2 AND t.host <> '' AND t.kind = ?3 AND me.host = ''
                AND f.state IN ('pending', 'accepted'))",
        vec![
            crate::json::array(actor_urls).into(),
            host.into(),
            ActorKind::Instance.name().into(),
        ],
    )
}
