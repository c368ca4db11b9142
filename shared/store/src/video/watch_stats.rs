//! Statistics of those who have watched a video. Each reads the viewings of one video, in order of their end.

use domain::UnixMillis;
use ports::Statement;

/// Viewings that the peak is looked for among, the latest of the period: sorting them is what costs.
pub const MAX_PEAK_VIEWINGS: u32 = 20_000;
/// Most parts of countries in an answer. Of countries there cannot be more than 676.
pub const MAX_REGIONS: u32 = 100;

/// Selects how many watched a video between two times, how many of these watched between them alone, and for how many
/// seconds these did.
#[must_use]
pub fn select_totals(video_id: i64, from: UnixMillis, until: UnixMillis) -> Statement {
    Statement::new(
        "SELECT count(*),coalesce(sum(started_at_unix_ms>=?2 AND ended_at_unix_ms<=?3),0),\
         coalesce(sum(iif(started_at_unix_ms>=?2 AND ended_at_unix_ms<=?3,watched_secs,0)),0) \
         FROM video_watch WHERE video_id=?1 AND ended_at_unix_ms>=?2 AND started_at_unix_ms<=?3",
        vec![video_id.into(), from.into(), until.into()],
    )
}

/// Selects when most watched it at once, and how many; no row when nobody did. Of the period, the latest
/// [`MAX_PEAK_VIEWINGS`] are looked at.
#[must_use]
pub fn select_peak(video_id: i64, from: UnixMillis, until: UnixMillis) -> Statement {
    Statement::new(
        "WITH w AS (SELECT started_at_unix_ms AS began,ended_at_unix_ms AS ended FROM video_watch \
         WHERE video_id=?1 AND ended_at_unix_ms>=?2 AND started_at_unix_ms<=?3 \
         ORDER BY ended_at_unix_ms DESC LIMIT +?4),\
         e AS (SELECT max(began,CAST(?2 AS INTEGER)) AS at,1 AS n FROM w UNION ALL SELECT ended,-1 FROM w) \
         SELECT at,c FROM (SELECT at,sum(sum(n)) OVER (ORDER BY at) AS c FROM e GROUP BY at) \
         ORDER BY c DESC,at LIMIT 1",
        vec![
            video_id.into(),
            from.into(),
            until.into(),
            MAX_PEAK_VIEWINGS.into(),
        ],
    )
}

/// Selects how many watched it where, as far as that is known: 0 with a country or 1 with a part of one, and how
/// many, the most first.
#[must_use]
pub fn select_places(video_id: i64, from: UnixMillis, until: UnixMillis) -> Statement {
    Statement::new(
        "WITH w AS (SELECT country,region FROM video_watch WHERE video_id=?1 AND country IS NOT NULL \
         AND ended_at_unix_ms>=?2 AND started_at_unix_ms<=?3) \
         SELECT * FROM (SELECT 0,country,count(*) AS n FROM w GROUP BY country ORDER BY n DESC,country) \
         UNION ALL SELECT * FROM (SELECT 1,region,count(*) AS n FROM w WHERE region IS NOT NULL \
         GROUP BY region ORDER BY n DESC,region LIMIT +?4)",
        vec![
            video_id.into(),
            from.into(),
            until.into(),
            MAX_REGIONS.into(),
        ],
    )
}

/// A period in equal units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Units {
    /// Where the first begins.
    pub from: UnixMillis,
    /// Where the last ends.
    pub until: UnixMillis,
    /// Length of each in milliseconds.
    pub unit_ms: i64,
}

/// Selects in which units viewings begin (0) and end (1), and how many; those that began before the first are in it.
#[must_use]
pub fn select_viewers(video_id: i64, units: Units) -> Statement {
    Statement::new(
        "WITH w AS (SELECT started_at_unix_ms AS began,ended_at_unix_ms AS ended FROM video_watch \
         WHERE video_id=?1 AND ended_at_unix_ms>=?2 AND started_at_unix_ms<=?3) \
         SELECT 0,(max(began,CAST(?2 AS INTEGER))-CAST(?2 AS INTEGER))/CAST(?4 AS INTEGER),count(*) \
         FROM w GROUP BY 2 UNION ALL \
         SELECT 1,(ended-CAST(?2 AS INTEGER))/CAST(?4 AS INTEGER),count(*) FROM w GROUP BY 2",
        parameters(video_id, units),
    )
}

/// Selects 1, in which units viewings end, and how many seconds they watched.
#[must_use]
pub fn select_watched(video_id: i64, units: Units) -> Statement {
    Statement::new(
        "SELECT 1,(ended_at_unix_ms-CAST(?2 AS INTEGER))/CAST(?4 AS INTEGER),sum(watched_secs) \
         FROM video_watch WHERE video_id=?1 AND ended_at_unix_ms BETWEEN ?2 AND ?3 GROUP BY 2",
        parameters(video_id, units),
    )
}

fn parameters(video_id: i64, units: Units) -> Vec<ports::Value> {
    vec![
        video_id.into(),
        units.from.into(),
        units.until.into(),
        units.unit_ms.into(),
    ]
}

/// Selects when a video was made.
#[must_use]
pub fn select_created(video_id: i64) -> Statement {
    Statement::new(
        "SELECT created_at_unix_ms FROM video WHERE id=?1",
        vec![video_id.into()],
    )
}
