//! `GET /videos/{id}/stats/…`: what a video's owner is told of those who have watched it, in PeerTube's shapes. A
//! viewing is in it when it is over.

use domain::UnixMillis;
use ports::{Database, Platform, Rows, Statement};
use rest::date::iso8601;
use rest::ids::VideoRef;
use serde_json::{Value, json};
use store::video::details::AccessRow;
use store::video::{watch, watch_stats as rows};

use super::change::managed;
use super::viewing::curve_step_secs;
use super::watch_series::Series;
use crate::AppError;
use crate::accounts::SignedIn;

/// What is counted over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// How many watched.
    Viewers,
    /// For how many seconds, by the ends of viewings.
    AggregateWatchTime,
}

/// From when to when; without a bound from the beginning, until now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// The first moment.
    pub from: Option<UnixMillis>,
    /// The last one.
    pub until: Option<UnixMillis>,
}

/// No viewing is older, or newer.
const FIRST: UnixMillis = UnixMillis(0);

async fn read<P: Platform, const N: usize>(
    platform: &P,
    statements: [Statement; N],
) -> Result<[Rows; N], AppError> {
    let results = platform.database().batch(statements.into()).await?;
    results
        .try_into()
        .map_err(|_| AppError::bug("a batch answers each of its statements"))
}

/// Totals, the peak, and where viewers were.
///
/// # Errors
/// 404 for an unknown video; 403 for another's.
pub async fn overall_stats<P: Platform>(
    platform: &P,
    video: &VideoRef,
    user: &SignedIn,
    period: Period,
) -> Result<Value, AppError> {
    let id = managed(platform, video, user).await?.id;
    let from = period.from.unwrap_or(FIRST);
    let until = period.until.unwrap_or_else(|| platform.now());
    let statements = [
        rows::select_totals(id, from, until),
        rows::select_peak(id, from, until),
        rows::select_places(id, from, until),
    ];
    let [totals, peak, places] = read(platform, statements).await?;
    let totals = totals.first().ok_or_else(|| AppError::bug("totals"))?;
    let (viewers, watched, secs) = (totals.integer(0)?, totals.integer(1)?, totals.integer(2)?);
    let peak = match peak.first() {
        Some(row) => Some((row.integer(0)?, row.integer(1)?)),
        None => None,
    };
    let peak = peak.filter(|(_, viewers)| *viewers > 0);
    let (mut countries, mut regions) = (Vec::new(), Vec::new());
    for row in &places {
        let (name, viewers) = (row.text(1)?, row.integer(2)?);
        match row.boolean(0)? {
            false => countries.push(json!({ "isoCode": name, "viewers": viewers })),
            true => regions.push(json!({ "name": name, "viewers": viewers })),
        }
    }
    Ok(json!({
        "totalWatchTime": secs,
        // Rounded, as PeerTube's.
        "averageWatchTime": (secs + watched / 2) / watched.max(1),
        "totalViewers": viewers,
        "viewersPeak": peak.map_or(0, |(_, viewers)| viewers),
        "viewersPeakDate": peak.map(|(at, _)| iso8601(at)),
        "countries": countries,
        "subdivisions": regions,
    }))
}

/// Which share of all viewers has seen each hundredth of the video.
///
/// # Errors
/// As [`overall_stats`].
pub async fn retention_stats<P: Platform>(
    platform: &P,
    video: &VideoRef,
    user: &SignedIn,
) -> Result<Value, AppError> {
    let row = managed(platform, video, user).await?;
    let (viewers, counts) = retention(platform, &row).await?;
    let step_secs = curve_step_secs(row.duration_secs);
    let percent = |count: u32| f64::from(count) * 100.0 / f64::from(viewers.max(1));
    let points = (0..=row.duration_secs / step_secs).map(|index| index * step_secs);
    let counts = counts.into_iter().chain(std::iter::repeat(0));
    let point = |(second, count)| json!({ "second": second, "retentionPercent": percent(count) });
    let data: Vec<Value> = points.zip(counts).map(point).collect();
    Ok(json!({ "data": data }))
}

async fn retention<P: Platform>(
    platform: &P,
    row: &AccessRow,
) -> Result<(u32, Vec<u32>), AppError> {
    let select = watch::select_retention(row.id, row.duration_secs);
    let [rows] = read(platform, [select]).await?;
    let Some(row) = rows.first() else {
        return Ok((0, Vec::new()));
    };
    let counts = serde_json::from_str(&row.text(1)?).map_err(AppError::bug)?;
    Ok((row.small(0)?, counts))
}

/// A number for each part of a period; without one since the video was made.
///
/// # Errors
/// As [`overall_stats`].
pub async fn series_stats<P: Platform>(
    platform: &P,
    video: &VideoRef,
    user: &SignedIn,
    metric: Metric,
    period: Period,
) -> Result<Value, AppError> {
    let id = managed(platform, video, user).await?.id;
    let from = match period.from {
        Some(from) => from,
        None => {
            let [rows] = read(platform, [rows::select_created(id)]).await?;
            let row = rows.first().ok_or_else(super::access::no_video)?;
            UnixMillis(row.integer(0)?)
        }
    };
    let series = Series::of(from, period.until.unwrap_or_else(|| platform.now()));
    let select = match metric {
        Metric::Viewers => rows::select_viewers(id, series.units),
        Metric::AggregateWatchTime => rows::select_watched(id, series.units),
    };
    let [rows] = read(platform, [select]).await?;
    // Of viewers, what is added and taken away where a part begins, one part more than there are.
    let mut values = vec![0; series.starts.len() + 1];
    for row in &rows {
        let (is_end, part, count) = (
            row.boolean(0)?,
            series.part_of(row.integer(1)?),
            row.integer(2)?,
        );
        let place = match (metric, is_end) {
            (Metric::Viewers, true) => values.get_mut(part + 1).map(|value| *value -= count),
            _ => values.get_mut(part).map(|value| *value += count),
        };
        place.ok_or_else(|| AppError::bug("a viewing outside of its period"))?;
    }
    let mut sum = 0;
    let value = |(start, value): (&i64, i64)| {
        sum = if metric == Metric::Viewers {
            sum + value
        } else {
            value
        };
        json!({ "date": iso8601(*start), "value": sum })
    };
    let data: Vec<Value> = series.starts.iter().zip(values).map(value).collect();
    Ok(json!({ "groupInterval": series.group_interval, "data": data }))
}
