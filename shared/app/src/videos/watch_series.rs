//! How a period is divided, as PeerTube does it: the longer, the coarser. Pure.

use domain::UnixMillis;
use domain::calendar::{civil_from_days, days_from_civil};
use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use store::video::watch_stats::Units;

/// Parts of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Series {
    /// As PeerTube names it.
    pub group_interval: &'static str,
    /// Where each part begins.
    pub starts: Vec<i64>,
    /// What the database counts by: a part, or a day where parts have different lengths.
    pub units: Units,
}

/// Length of a part.
#[derive(Debug, Clone, Copy)]
enum Length {
    Months(i64),
    Ms(i64),
}

/// At least so long a period, in days and hours, has parts of that name and length, which begin at a full one of the
/// last. None has more than 190 parts within ten years.
const LENGTHS: [(i64, &str, Length, i64); 10] = [
    (6 * 365 * DAY_MS, "6 months", Length::Months(6), DAY_MS),
    (2 * 365 * DAY_MS, "1 month", Length::Months(1), DAY_MS),
    (6 * 31 * DAY_MS, "7 days", Length::Ms(7 * DAY_MS), DAY_MS),
    (2 * 31 * DAY_MS, "2 days", Length::Ms(2 * DAY_MS), DAY_MS),
    (15 * DAY_MS, "1 day", Length::Ms(DAY_MS), DAY_MS),
    (8 * DAY_MS, "12 hours", Length::Ms(12 * HOUR_MS), HOUR_MS),
    (4 * DAY_MS, "6 hours", Length::Ms(6 * HOUR_MS), HOUR_MS),
    (15 * HOUR_MS, "1 hour", Length::Ms(HOUR_MS), HOUR_MS),
    (
        180 * MINUTE_MS,
        "10 minutes",
        Length::Ms(10 * MINUTE_MS),
        MINUTE_MS,
    ),
    (i64::MIN, "1 minute", Length::Ms(MINUTE_MS), MINUTE_MS),
];

impl Series {
    /// Divides a period; one that ends before it begins has no parts.
    pub(super) fn of(from: UnixMillis, until: UnixMillis) -> Self {
        let long_ms = until.since_ms(from);
        let fits = |length: &&(i64, &str, Length, i64)| long_ms >= length.0;
        let length = LENGTHS.iter().find(fits).unwrap_or(&LENGTHS[9]);
        let (_, group_interval, length, full_ms) = *length;
        let first = from.0 - from.0.rem_euclid(full_ms);
        let (starts, last, unit_ms) = match length {
            Length::Ms(ms) => {
                let starts: Vec<i64> = (0..)
                    .map(|index| first + index * ms)
                    .take_while(|start| *start <= until.0)
                    .collect();
                let last = starts.last().map_or(first, |start| start + ms);
                (starts, last, ms)
            }
            Length::Months(months) => {
                let starts: Vec<i64> = (0..)
                    .map(|index| month_start(first, index * months))
                    .take_while(|start| *start <= until.0)
                    .collect();
                let count = i64::try_from(starts.len()).unwrap_or(0);
                (starts, month_start(first, count * months), DAY_MS)
            }
        };
        let units = Units {
            from: UnixMillis(starts.first().copied().unwrap_or(first)),
            until: UnixMillis(last),
            unit_ms,
        };
        Self {
            group_interval,
            starts,
            units,
        }
    }

    /// The part that a unit lies in; the last one for what lies behind it.
    pub(super) fn part_of(&self, unit: i64) -> usize {
        let at = self.units.from.0 + unit * self.units.unit_ms;
        let after = self.starts.partition_point(|start| *start <= at);
        after.saturating_sub(1)
    }
}

/// The first of the month so many months after the one of `at_ms`.
fn month_start(at_ms: i64, months: i64) -> i64 {
    let (year, month, _) = civil_from_days(at_ms.div_euclid(DAY_MS));
    let months = year * 12 + month - 1 + months;
    days_from_civil(months.div_euclid(12), months.rem_euclid(12) + 1, 1) * DAY_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(from: &str, until: &str) -> (&'static str, Vec<String>) {
        let ms = |text| UnixMillis(rest::date::parse_iso8601(text).unwrap());
        let series = Series::of(ms(from), ms(until));
        let starts = series
            .starts
            .iter()
            .map(|start| rest::date::iso8601(*start));
        (series.group_interval, starts.collect())
    }

    #[test]
    fn the_longer_the_coarser() {
        let from = "2020-02-29T13:14:15Z";
        for (until, name, parts, first, last) in [
            (
                "2020-02-29T13:16:00Z",
                "1 minute",
                3,
                "2020-02-29T13:14",
                "2020-02-29T13:16",
            ),
            (
                "2020-02-29T16:14:15Z",
                "10 minutes",
                19,
                "2020-02-29T13:14",
                "2020-02-29T16:14",
            ),
            (
                "2020-03-01T04:14:15Z",
                "1 hour",
                16,
                "2020-02-29T13:00",
                "2020-03-01T04:00",
            ),
            (
                "2020-03-04T13:14:15Z",
                "6 hours",
                17,
                "2020-02-29T13:00",
                "2020-03-04T13:00",
            ),
            (
                "2020-03-08T13:14:15Z",
                "12 hours",
                17,
                "2020-02-29T13:00",
                "2020-03-08T13:00",
            ),
            (
                "2020-03-15T13:14:15Z",
                "1 day",
                16,
                "2020-02-29T00:00",
                "2020-03-15T00:00",
            ),
            (
                "2020-05-01T13:14:15Z",
                "2 days",
                32,
                "2020-02-29T00:00",
                "2020-05-01T00:00",
            ),
            (
                "2020-09-02T13:14:15Z",
                "7 days",
                27,
                "2020-02-29T00:00",
                "2020-08-29T00:00",
            ),
            (
                "2022-02-28T13:14:15Z",
                "1 month",
                25,
                "2020-02-01T00:00",
                "2022-02-01T00:00",
            ),
            (
                "2030-02-26T13:14:15Z",
                "6 months",
                21,
                "2020-02-01T00:00",
                "2030-02-01T00:00",
            ),
        ] {
            let (interval, starts) = series(from, until);
            assert_eq!((interval, starts.len()), (name, parts), "{until}");
            assert!(starts[0].starts_with(first), "{}", starts[0]);
            assert!(starts[parts - 1].starts_with(last), "{}", starts[parts - 1]);
        }
        assert_eq!(series(from, "2020-02-28T00:00:00Z"), ("1 minute", vec![]));
    }

    #[test]
    fn days_lie_in_their_months() {
        let day = |text| UnixMillis(rest::date::parse_iso8601(text).unwrap());
        let series = Series::of(day("2020-01-15"), day("2022-03-15"));
        assert_eq!(series.units.unit_ms, DAY_MS);
        assert_eq!(series.units.until, day("2022-04-01"));
        for (unit, part) in [(0, 0), (30, 0), (31, 1), (59, 1), (60, 2), (9_999, 26)] {
            assert_eq!(series.part_of(unit), part, "day {unit}");
        }
    }
}
