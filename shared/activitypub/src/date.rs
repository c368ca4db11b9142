//! The two date formats of federation: `Sun, 06 Nov 1994 08:49:37 GMT` in headers (RFC 9110,
//! 5.6.7) and ISO 8601 in documents. Proleptic Gregorian calendar, UTC, no leap seconds.

use domain::calendar::{civil_from_days, days_from_civil};

const MS_PER_SEC: i64 = 1_000;
const SECS_PER_DAY: i64 = 86_400;
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
/// 0000-01-01 and the last second of 9999, so that years have four digits.
const WRITABLE_SECS: core::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

/// Writes seconds since 1970 as an IMF-fixdate. Values whose year has not four digits are clamped.
#[must_use]
pub fn write_http_date(unix_secs: i64) -> String {
    let unix_secs = unix_secs.clamp(*WRITABLE_SECS.start(), *WRITABLE_SECS.end());
    let days = unix_secs.div_euclid(SECS_PER_DAY);
    let (year, month, day) = civil_from_days(days);
    let weekday = named(&WEEKDAYS, days.rem_euclid(7));
    let month = named(&MONTHS, month - 1);
    let (hours, minutes, secs) = clock(unix_secs);
    format!("{weekday}, {day:02} {month} {year:04} {hours:02}:{minutes:02}:{secs:02} GMT")
}

/// Reads an IMF-fixdate as seconds since 1970. The two obsolete forms that RFC 9110 also knows are
/// refused: no server of the fediverse sends them. The name of the day is not compared.
#[must_use]
pub fn parse_http_date(text: &str) -> Option<i64> {
    let (weekday, rest) = text.trim().split_once(", ")?;
    let mut parts = rest.split(' ');
    let day = digits(parts.next()?, 2)?;
    let month_name = parts.next()?;
    let month = MONTHS.iter().position(|name| *name == month_name)?;
    let month = i64::try_from(month).ok()? + 1;
    let year = digits(parts.next()?, 4)?;
    let secs = parse_clock(parts.next()?)?;
    let is_utc = matches!(parts.next(), Some("GMT" | "UTC"));
    let known_weekday = WEEKDAYS.contains(&weekday);
    if !known_weekday || !is_utc || parts.next().is_some() {
        return None;
    }
    Some(days_of(year, month, day)? * SECS_PER_DAY + secs)
}

/// Writes milliseconds since 1970 as `2026-01-02T03:04:05.678Z`, the form that PeerTube sends.
/// Values whose year has not four digits are clamped.
#[must_use]
pub fn write_iso8601(unix_ms: i64) -> String {
    let unix_ms = unix_ms.clamp(
        WRITABLE_SECS.start() * MS_PER_SEC,
        WRITABLE_SECS.end() * MS_PER_SEC + 999,
    );
    let unix_secs = unix_ms.div_euclid(MS_PER_SEC);
    let (year, month, day) = civil_from_days(unix_secs.div_euclid(SECS_PER_DAY));
    let (hours, minutes, secs) = clock(unix_secs);
    let ms = unix_ms.rem_euclid(MS_PER_SEC);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{secs:02}.{ms:03}Z")
}

/// Reads `2026-01-02T03:04:05Z` with any number of digits in the fraction and `Z`, `±hh:mm` or
/// nothing behind it (Lemmy writes `+00:00` and microseconds), as milliseconds since 1970.
#[must_use]
pub fn parse_iso8601(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let days = days_of(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (time, offset_secs) = split_offset(rest)?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !is_fraction {
        return None;
    }
    let mut ms_digits: String = fraction.chars().take(3).collect();
    while ms_digits.len() < 3 {
        ms_digits.push('0');
    }
    let secs = days * SECS_PER_DAY + parse_clock(time)? - offset_secs;
    Some(secs * MS_PER_SEC + digits(&ms_digits, 3)?)
}

/// Seconds as ISO 8601 duration without larger units, `PT60S`: the only form that PeerTube reads.
#[must_use]
pub fn write_duration(secs: u64) -> String {
    format!("PT{secs}S")
}

/// Reads `PT1H2M3S`, `P1DT2S`, `PT90S` and fractions of seconds, rounded down to whole seconds.
/// Years and months have no fixed length and are refused.
#[must_use]
pub fn parse_duration(text: &str) -> Option<u64> {
    let rest = text.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    if days.is_empty() && time.is_empty() {
        return None;
    }
    let (mut total, mut number) = (0_u64, String::new());
    let units = days.chars().map(|c| (c, true));
    for (character, is_date) in units.chain(time.chars().map(|c| (c, false))) {
        let unit_secs = match (character, is_date) {
            ('0'..='9' | '.', _) => {
                number.push(character);
                continue;
            }
            ('W', true) => 604_800,
            ('D', true) => 86_400,
            ('H', false) => 3_600,
            ('M', false) => 60,
            ('S', false) => 1,
            _ => return None,
        };
        let whole = number.split('.').next()?;
        total = total.checked_add(whole.parse::<u64>().ok()?.checked_mul(unit_secs)?)?;
        number.clear();
    }
    number.is_empty().then_some(total)
}

fn split_offset(text: &str) -> Option<(&str, i64)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(at) = text.rfind(['+', '-']) else {
        return Some((text, 0));
    };
    let (time, offset) = text.split_at(at);
    let hours = digits(offset.get(1..3)?, 2)?;
    let minutes = offset.get(3..)?;
    let minutes = digits(minutes.strip_prefix(':').unwrap_or(minutes), 2)?;
    if hours > 23 || minutes > 59 {
        return None;
    }
    let secs = (hours * 60 + minutes) * 60;
    Some((time, if offset.starts_with('-') { -secs } else { secs }))
}

fn parse_clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hours = digits(parts.next()?, 2)?;
    let minutes = digits(parts.next()?, 2)?;
    let secs = digits(parts.next()?, 2)?;
    let is_clock = hours < 24 && minutes < 60 && secs < 60 && parts.next().is_none();
    is_clock.then_some((hours * 60 + minutes) * 60 + secs)
}

fn clock(unix_secs: i64) -> (i64, i64, i64) {
    let secs = unix_secs.rem_euclid(SECS_PER_DAY);
    (secs / 3600, secs / 60 % 60, secs % 60)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let all_digits = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits { text.parse().ok() } else { None }
}

fn named(names: &'static [&'static str], index: i64) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index))
        .copied()
        .unwrap_or("")
}

/// Days since 1970, or nothing for a day that its month lacks.
fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let days = days_from_civil(year, month, day);
    (civil_from_days(days) == (year, month, day)).then_some(days)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    #[test]
    fn dates_of_headers() {
        let text = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(parse_http_date(text), Some(784_111_777));
        assert_eq!(write_http_date(784_111_777), text);
        for wrong in [
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "",
        ] {
            assert_eq!(parse_http_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_of_documents() {
        let ms = 1_635_768_682_871;
        assert_eq!(write_iso8601(ms), "2021-11-01T12:11:22.871Z");
        for same in [
            "2021-11-01T12:11:22.871Z",
            "2021-11-01T12:11:22.871846+00:00",
            "2021-11-01T13:11:22.871+01:00",
            "2021-11-01T12:11:22.871",
        ] {
            assert_eq!(parse_iso8601(same), Some(ms), "{same}");
        }
        for wrong in [
            "2021-11-01",
            "2021-13-01T00:00:00Z",
            "2021-11-01T00:00:00.Z",
            "now",
        ] {
            assert_eq!(parse_iso8601(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(write_duration(3_661), "PT3661S");
        for (text, secs) in [
            ("PT60S", 60),
            ("PT1H1M1S", 3_661),
            ("P1DT1S", 86_401),
            ("PT12.9S", 12),
            ("PT0S", 0),
        ] {
            assert_eq!(parse_duration(text), Some(secs), "{text}");
        }
        for wrong in ["P1M", "PT", "P", "PT1", "60", "PT99999999999999999999S"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(secs in WRITABLE_SECS, ms in 0_i64..1000, length in any::<u64>()) {
            assert_eq!(parse_http_date(&write_http_date(secs)), Some(secs));
            assert_eq!(parse_iso8601(&write_iso8601(secs * 1000 + ms)), Some(secs * 1000 + ms));
            assert_eq!(parse_duration(&write_duration(length)), Some(length));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            let _ = (parse_http_date(&text), parse_iso8601(&text), parse_duration(&text));
        }
    }
}
