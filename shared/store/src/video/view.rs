//! Views: a total per video, and the days of the last week for trending.

use ports::Statement;

/// Counts one view; demands that the video is there.
#[must_use]
pub fn count(video_id: i64, day: i64) -> [Statement; 2] {
    [
        Statement::new(
            "UPDATE video SET views=views+1,recent_views=recent_views+1 WHERE id=?1 RETURNING 1",
            vec![video_id.into()],
        )
        .demanding(1),
        Statement::new(
            "INSERT INTO video_view_day (day,video_id,views) VALUES (?2,?1,1) \
             ON CONFLICT DO UPDATE SET views=views+1",
            vec![video_id.into(), day.into()],
        ),
    ]
}

/// Takes the days before `first_day` out of the videos' recent views and drops their rows. Running it
/// twice changes nothing.
#[must_use]
pub fn fold(first_day: i64) -> [Statement; 2] {
    [
        Statement::new(
            "UPDATE video SET recent_views=max(0,recent_views-old.views) \
             FROM (SELECT video_id,sum(views) AS views FROM video_view_day WHERE day<?1 \
             GROUP BY video_id) old WHERE video.id=old.video_id",
            vec![first_day.into()],
        ),
        Statement::new(
            "DELETE FROM video_view_day WHERE day<?1",
            vec![first_day.into()],
        ),
    ]
}
