//! Likes and dislikes. Triggers keep the videos' counts.

use domain::UnixMillis;
use ports::{DatabaseError, Rows, Statement};

use crate::video::details::VideoKey;

/// Sets what an account thinks of a video; the same again writes nothing.
#[must_use]
pub fn set(video_id: i64, account_id: i64, is_like: bool, now: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO video_rate (video_id, account_id, is_like, created_at_unix_ms) \
         VALUES (?1,?2,?3,?4) ON CONFLICT DO UPDATE SET is_like=excluded.is_like,\
         created_at_unix_ms=excluded.created_at_unix_ms WHERE is_like<>excluded.is_like",
        vec![
            video_id.into(),
            account_id.into(),
            is_like.into(),
            now.into(),
        ],
    )
}

/// Takes it back.
#[must_use]
pub fn clear(video_id: i64, account_id: i64) -> Statement {
    Statement::new(
        "DELETE FROM video_rate WHERE video_id=?1 AND account_id=?2",
        vec![video_id.into(), account_id.into()],
    )
}

/// Selects what an account thinks of a video: no row when nothing.
#[must_use]
pub fn select(video: VideoKey<'_>, account_id: i64) -> Statement {
    let mut params = video.params();
    params.push(account_id.into());
    Statement::new(
        "SELECT is_like FROM video_rate \
         WHERE video_id=coalesce(?1,(SELECT id FROM video WHERE uuid=?2)) AND account_id=?3",
        params,
    )
}

/// Selects the videos that an account has rated: row ids, and whether it likes them. `newest_first` by when
/// it said so.
#[must_use]
pub fn select_of(
    account_id: i64,
    is_like: Option<bool>,
    newest_first: bool,
    (start, count): (u32, u32),
) -> Statement {
    let sql = if newest_first {
        "SELECT video_id,is_like FROM video_rate WHERE account_id=?1 AND (?2 IS NULL OR is_like=?2) \
         ORDER BY created_at_unix_ms DESC,video_id DESC LIMIT +?4 OFFSET +?3"
    } else {
        "SELECT video_id,is_like FROM video_rate WHERE account_id=?1 AND (?2 IS NULL OR is_like=?2) \
         ORDER BY created_at_unix_ms,video_id LIMIT +?4 OFFSET +?3"
    };
    let params = vec![
        account_id.into(),
        is_like.into(),
        start.into(),
        count.into(),
    ];
    Statement::new(sql, params)
}

/// Selects how many, one row with one number.
#[must_use]
pub fn count_of(account_id: i64, is_like: Option<bool>) -> Statement {
    Statement::new(
        "SELECT count(*) FROM video_rate WHERE account_id=?1 AND (?2 IS NULL OR is_like=?2)",
        vec![account_id.into(), is_like.into()],
    )
}

/// Reads [`select_of`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_of(rows: &Rows) -> Result<Vec<(i64, bool)>, DatabaseError> {
    rows.iter()
        .map(|row| Ok((row.integer(0)?, row.boolean(1)?)))
        .collect()
}
