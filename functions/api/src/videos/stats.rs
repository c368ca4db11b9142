//! `GET /videos/{id}/stats/…`, for owners and moderators.

use app::accounts::SignedIn;
use app::videos::{self, Metric, Period};
use app::{AppError, Rejection};
use domain::UnixMillis;
use domain::time::DAY_MS;
use ports::Platform;
use rest::date::parse_iso8601;
use rest::problem::{InvalidParam, ParamLocation};

use super::{refused, video_ref};
use crate::answer::{json, no_store};
use crate::credentials::signed_in;
use crate::{Answer, RequestHead};

/// Longest period that is asked for at once: ten years.
const MAX_PERIOD_MS: i64 = 10 * 365 * DAY_MS;

/// `GET /videos/{id}/stats/overall`
pub(super) async fn overall<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let user = signed_in(platform, head).await?;
    let video = video_ref(id)?;
    let period = match period(head) {
        Ok(period) => period,
        Err(entry) => return Ok(refused(vec![entry])),
    };
    let stats = videos::overall_stats(platform, &video, &user, period).await?;
    json(&stats).map(no_store)
}

/// `GET /videos/{id}/stats/retention`
pub(super) async fn retention<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let user = signed_in(platform, head).await?;
    let stats = videos::retention_stats(platform, &video_ref(id)?, &user).await?;
    json(&stats).map(no_store)
}

/// `GET /videos/{id}/stats/timeseries/{metric}`
pub(super) async fn series<P: Platform>(
    platform: &P,
    head: &RequestHead,
    id: &str,
    metric: &str,
) -> Answer {
    let user: SignedIn = signed_in(platform, head).await?;
    let video = video_ref(id)?;
    let metric = match metric {
        "viewers" => Metric::Viewers,
        "aggregateWatchTime" => Metric::AggregateWatchTime,
        other => {
            let message = "is none of viewers and aggregateWatchTime";
            let path = ParamLocation::Params;
            let entry = InvalidParam::new(path, "metric", message, Some(other));
            return Ok(refused(vec![entry]));
        }
    };
    let period = match period(head) {
        Ok(period) => period,
        Err(entry) => return Ok(refused(vec![entry])),
    };
    let wrong = |detail: &'static str| Err(AppError::rejected(Rejection::BadRequest, detail));
    match (period.from, period.until) {
        (None, None) => {}
        (Some(from), Some(until)) if until.since_ms(from) <= MAX_PERIOD_MS => {}
        (Some(_), Some(_)) => return wrong("startDate and endDate are too far apart"),
        _ => return wrong("startDate and endDate are given together or not at all"),
    }
    let stats = videos::series_stats(platform, &video, &user, metric, period).await?;
    json(&stats).map(no_store)
}

fn period(head: &RequestHead) -> Result<Period, InvalidParam> {
    let date = |name: &str| match head.query_value(name) {
        None => Ok(None),
        Some(text) => match parse_iso8601(&text) {
            Ok(unix_ms) => Ok(Some(UnixMillis(unix_ms))),
            Err(error) => Err(InvalidParam::query(name, error.to_string(), Some(&text))),
        },
    };
    let (from, until) = (date("startDate")?, date("endDate")?);
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        let text = head.query_value("endDate");
        let message = "is before startDate";
        return Err(InvalidParam::query("endDate", message, text.as_deref()));
    }
    Ok(Period { from, until })
}
