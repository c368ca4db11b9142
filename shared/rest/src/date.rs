//! Dates as PeerTube writes them: ISO 8601, UTC, milliseconds, `2026-01-02T03:04:05.678Z`.
//!
//! Written by hand, because the date crates cost more Wasm than this page.

use core::fmt;

use domain::calendar::{civil_from_days, days_from_civil};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const MS_PER_SEC: i64 = 1_000;
const MS_PER_DAY: i64 = 86_400_000;

/// Earliest date that has four year digits: 0000-01-01T00:00:00.000Z.
pub const MIN_UNIX_MS: i64 = -62_167_219_200_000;
/// Latest date that has four year digits: 9999-12-31T23:59:59.999Z.
pub const MAX_UNIX_MS: i64 = 253_402_300_799_999;

/// A moment in milliseconds since 1970-01-01T00:00:00Z, an ISO string on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IsoDate(pub i64);

impl From<domain::UnixMillis> for IsoDate {
    fn from(at: domain::UnixMillis) -> Self {
        Self(at.0)
    }
}

impl From<IsoDate> for domain::UnixMillis {
    fn from(date: IsoDate) -> Self {
        Self(date.0)
    }
}

/// Formats milliseconds since the epoch as `2026-01-02T03:04:05.678Z`.
///
/// Values outside [`MIN_UNIX_MS`]`..=`[`MAX_UNIX_MS`] are clamped, so the result always has 24
/// characters.
#[must_use]
pub fn iso8601(unix_ms: i64) -> String {
    IsoDate(unix_ms).to_string()
}

impl fmt::Display for IsoDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unix_ms = self.0.clamp(MIN_UNIX_MS, MAX_UNIX_MS);
        let (year, month, day) = civil_from_days(unix_ms.div_euclid(MS_PER_DAY));
        let ms_of_day = unix_ms.rem_euclid(MS_PER_DAY);
        let secs = ms_of_day / MS_PER_SEC;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
            secs / 3600,
            secs / 60 % 60,
            secs % 60,
            ms_of_day % MS_PER_SEC
        )
    }
}

/// Why a string is not a date that we accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 8601 date such as 2026-01-02 or 2026-01-02T03:04:05.678Z")]
pub struct NotADate;

/// Reads `2026-01-02`, or a full date-time with `T` or a space, seconds and fraction optional,
/// and `Z` or `±hh:mm` (UTC when absent).
///
/// # Errors
/// [`NotADate`] for anything else, for days that the month lacks and for leap seconds.
pub fn parse_iso8601(text: &str) -> Result<i64, NotADate> {
    let (date, rest) = text.split_at_checked(10).ok_or(NotADate)?;
    let days = parse_day(date)?;
    let rest = match rest.as_bytes().first() {
        None => return Ok(days * MS_PER_DAY),
        Some(b'T' | b't' | b' ') => &rest[1..],
        Some(_) => return Err(NotADate),
    };
    let (clock, offset_ms) = split_offset(rest)?;
    Ok(days * MS_PER_DAY + parse_clock(clock)? - offset_ms)
}

fn parse_day(date: &str) -> Result<i64, NotADate> {
    let mut parts = date.split('-');
    let mut next = |digits| number(parts.next().ok_or(NotADate)?, digits);
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    let days = days_from_civil(year, month, day);
    if parts.next().is_some() || civil_from_days(days) != (year, month, day) {
        return Err(NotADate);
    }
    Ok(days)
}

fn split_offset(text: &str) -> Result<(&str, i64), NotADate> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Ok((clock, 0));
    }
    let Some(at) = text.rfind(['+', '-']) else {
        return Ok((text, 0));
    };
    let (clock, offset) = text.split_at(at);
    let (hours, minutes) = match (offset.get(1..3), offset.get(3..)) {
        (Some(hours), Some(rest)) => (hours, rest.strip_prefix(':').unwrap_or(rest)),
        _ => return Err(NotADate),
    };
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    if hours > 23 || minutes > 59 {
        return Err(NotADate);
    }
    let offset_ms = (hours * 60 + minutes) * 60 * MS_PER_SEC;
    Ok((
        clock,
        if offset.starts_with('-') {
            -offset_ms
        } else {
            offset_ms
        },
    ))
}

fn parse_clock(clock: &str) -> Result<i64, NotADate> {
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = whole.split(':');
    let hours = number(parts.next().ok_or(NotADate)?, 2)?;
    let minutes = number(parts.next().ok_or(NotADate)?, 2)?;
    let secs = parts.next().map_or(Ok(0), |secs| number(secs, 2))?;
    if parts.next().is_some() || hours > 23 || minutes > 59 || secs > 59 {
        return Err(NotADate);
    }
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotADate);
    }
    let millis = fraction
        .bytes()
        .chain([b'0', b'0'])
        .take(3)
        .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Ok((hours * 3600 + minutes * 60 + secs) * MS_PER_SEC + millis)
}

fn number(text: &str, digits: usize) -> Result<i64, NotADate> {
    if text.len() != digits || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotADate);
    }
    text.parse().map_err(|_| NotADate)
}

impl Serialize for IsoDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IsoDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = IsoDate;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an ISO 8601 date")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<IsoDate, E> {
                parse_iso8601(text).map(IsoDate).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_and_parses_known_moments() {
        for (text, unix_ms) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2000-02-29T12:30:45.006Z", 951_827_445_006),
            ("2026-01-02T03:04:05.678Z", 1_767_323_045_678),
            ("0000-01-01T00:00:00.000Z", MIN_UNIX_MS),
            ("9999-12-31T23:59:59.999Z", MAX_UNIX_MS),
        ] {
            assert_eq!(iso8601(unix_ms), text);
            assert_eq!(parse_iso8601(text), Ok(unix_ms), "{text}");
        }
    }

    #[test]
    fn clamps_what_has_no_four_digit_year() {
        assert_eq!(iso8601(i64::MAX), "9999-12-31T23:59:59.999Z");
        assert_eq!(iso8601(i64::MIN), "0000-01-01T00:00:00.000Z");
    }

    #[test]
    fn accepts_the_forms_clients_send() {
        for (text, expected) in [
            ("2026-01-02", "2026-01-02T00:00:00.000Z"),
            ("2026-01-02T03:04Z", "2026-01-02T03:04:00.000Z"),
            ("2026-01-02 03:04:05", "2026-01-02T03:04:05.000Z"),
            ("2026-01-02T03:04:05.6789012Z", "2026-01-02T03:04:05.678Z"),
            ("2026-01-02T03:04:05.5+02:00", "2026-01-02T01:04:05.500Z"),
            ("2026-01-02T23:04:05-0130", "2026-01-03T00:34:05.000Z"),
        ] {
            assert_eq!(parse_iso8601(text).map(iso8601).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "2026",
            "2026-02-30",
            "2026-13-01",
            "2026-00-10",
            "2026-01-02X",
            "2026-01-02T",
            "2026-01-02T24:00:00Z",
            "2026-01-02T03:04:60Z",
            "2026-01-02T03:04:05.Z",
            "2026-01-02T03:04:05+25:00",
            "2026-1-02",
            "20260-1-2",
            "2026-01-0é",
            "+026-01-02",
            "2026-01-02T03:04:05+é0:00",
        ] {
            assert_eq!(parse_iso8601(text), Err(NotADate), "{text}");
        }
    }

    #[test]
    fn every_day_of_eight_centuries_survives_the_round_trip() {
        for day in -146_097..146_097 {
            let (y, m, d) = civil_from_days(day);
            assert_eq!(days_from_civil(y, m, d), day);
        }
    }
}
