//! The instance in numbers.

use ports::{DatabaseError, Row, Statement};

/// Counts for `GET /server/stats`; of this instance alone where they do not say otherwise: all videos and
/// comments that it knows are counted apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "counters whose names are their meaning")]
pub struct StatsRow {
    pub users: u64,
    pub moderators: u64,
    pub admins: u64,
    pub daily_active_users: u64,
    pub weekly_active_users: u64,
    pub monthly_active_users: u64,
    pub local_videos: u64,
    pub videos: u64,
    pub local_views: u64,
    pub files_size_bytes: u64,
    pub channels: u64,
    pub daily_active_channels: u64,
    pub weekly_active_channels: u64,
    pub monthly_active_channels: u64,
    pub local_comments: u64,
    pub comments: u64,
    pub instance_followers: u64,
    pub instance_following: u64,
}

/// Selects the counts; the three times are a day, a week and a month ago.
#[must_use]
pub fn select(day_ago_unix_ms: i64, week_ago_unix_ms: i64, month_ago_unix_ms: i64) -> Statement {
    Statement::new(
        "SELECT u.*,v.*,(SELECT coalesce(sum(size_bytes),0) FROM video_file),\
         (SELECT count(*) FROM channel c JOIN account a ON a.id=c.account_id \
         WHERE a.user_id IS NOT NULL),ch.*,co.*,\
         coalesce((SELECT followers FROM actor WHERE kind='instance' AND host=''),0),\
         coalesce((SELECT following FROM actor WHERE kind='instance' AND host=''),0) FROM \
         (SELECT count(*),coalesce(sum(role=1),0),coalesce(sum(role=0),0),\
         coalesce(sum(last_login_at_unix_ms>?1),0),coalesce(sum(last_login_at_unix_ms>?2),0),\
         coalesce(sum(last_login_at_unix_ms>?3),0) FROM user) u,\
         (SELECT coalesce(sum(remote_url IS NULL),0),count(*),\
         coalesce(sum(CASE WHEN remote_url IS NULL THEN views END),0) FROM video WHERE state=1) v,\
         (SELECT count(DISTINCT CASE WHEN published_at_unix_ms>?1 THEN channel_id END),\
         count(DISTINCT CASE WHEN published_at_unix_ms>?2 THEN channel_id END),\
         count(DISTINCT CASE WHEN published_at_unix_ms>?3 THEN channel_id END) \
         FROM video WHERE remote_url IS NULL) ch,\
         (SELECT coalesce(sum(remote_url IS NULL),0),count(*) FROM comment \
         WHERE deleted_at_unix_ms IS NULL) co",
        vec![
            day_ago_unix_ms.into(),
            week_ago_unix_ms.into(),
            month_ago_unix_ms.into(),
        ],
    )
}

/// Reads [`select`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(row: &Row) -> Result<StatsRow, DatabaseError> {
    Ok(StatsRow {
        users: row.unsigned(0)?,
        moderators: row.unsigned(1)?,
        admins: row.unsigned(2)?,
        daily_active_users: row.unsigned(3)?,
        weekly_active_users: row.unsigned(4)?,
        monthly_active_users: row.unsigned(5)?,
        local_videos: row.unsigned(6)?,
        videos: row.unsigned(7)?,
        local_views: row.unsigned(8)?,
        files_size_bytes: row.unsigned(9)?,
        channels: row.unsigned(10)?,
        daily_active_channels: row.unsigned(11)?,
        weekly_active_channels: row.unsigned(12)?,
        monthly_active_channels: row.unsigned(13)?,
        local_comments: row.unsigned(14)?,
        comments: row.unsigned(15)?,
        instance_followers: row.unsigned(16)?,
        instance_following: row.unsigned(17)?,
    })
}
