//! Numbers, durations and dates as people read them.

use rest::IsoDate;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `0:07`, `12:04` or `1:02:03`.
#[must_use]
pub fn timecode(duration_secs: u32) -> String {
    let (hours, minutes, secs) = split(duration_secs);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{secs:02}")
    } else {
        format!("{minutes}:{secs:02}")
    }
}

/// `1 hour 2 minutes 3 seconds`, for screen readers.
#[must_use]
pub fn duration_words(duration_secs: u32) -> String {
    let (hours, minutes, secs) = split(duration_secs);
    let mut words = Vec::with_capacity(3);
    for (amount, unit) in [(hours, "hour"), (minutes, "minute"), (secs, "second")] {
        if amount > 0 {
            words.push(count(amount.into(), unit));
        }
    }
    if words.is_empty() {
        "0 seconds".to_owned()
    } else {
        words.join(" ")
    }
}

/// ISO 8601 duration, `PT1H2M3S`, as schema.org wants it.
#[must_use]
pub fn iso_duration(duration_secs: u32) -> String {
    let (hours, minutes, secs) = split(duration_secs);
    format!("PT{hours}H{minutes}M{secs}S")
}

fn split(duration_secs: u32) -> (u32, u32, u32) {
    (
        duration_secs / 3600,
        duration_secs / 60 % 60,
        duration_secs % 60,
    )
}

/// A number with its noun: `1 view`, `1,234 views`.
#[must_use]
pub fn count(amount: u64, singular: &str) -> String {
    let plural = if amount == 1 { "" } else { "s" };
    format!("{} {singular}{plural}", grouped(amount))
}

/// `1234567` as `1,234,567`.
#[must_use]
pub fn grouped(amount: u64) -> String {
    let digits = amount.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes in binary units with one decimal: `1.5 GiB`.
#[must_use]
pub fn bytes(size_bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut tenths = u128::from(size_bytes) * 10;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    if unit == 0 {
        format!("{size_bytes} B")
    } else {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    }
}

/// A date for `<time>`: what machines read and what people read, both in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// `2026-01-02T03:04:05.678Z`.
    pub iso: String,
    /// `2 Jan 2026`.
    pub words: String,
}

impl From<IsoDate> for Day {
    fn from(date: IsoDate) -> Self {
        let iso = date.to_string();
        let month = iso[5..7]
            .parse::<usize>()
            .map_or(0, |month| month.saturating_sub(1));
        let day = iso[8..10].trim_start_matches('0');
        let words = format!("{day} {} {}", MONTHS[month.min(11)], &iso[..4]);
        Self { iso, words }
    }
}

/// The first `max_chars` characters, cut at a word where possible, with an ellipsis when cut.
#[must_use]
pub fn excerpt(text: &str, max_chars: usize) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((cut, _)) = flat.char_indices().nth(max_chars) else {
        return flat;
    };
    let head = &flat[..cut];
    let head = head.rfind(' ').map_or(head, |space| &head[..space]);
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_durations_for_people_and_machines() {
        for (secs, code, words, iso) in [
            (0, "0:00", "0 seconds", "PT0H0M0S"),
            (61, "1:01", "1 minute 1 second", "PT0H1M1S"),
            (3723, "1:02:03", "1 hour 2 minutes 3 seconds", "PT1H2M3S"),
            (36_000, "10:00:00", "10 hours", "PT10H0M0S"),
        ] {
            assert_eq!(timecode(secs), code);
            assert_eq!(duration_words(secs), words);
            assert_eq!(iso_duration(secs), iso);
        }
    }

    #[test]
    fn groups_digits_and_chooses_the_plural() {
        assert_eq!(count(1, "view"), "1 view");
        assert_eq!(count(0, "view"), "0 views");
        assert_eq!(count(1_234_567, "view"), "1,234,567 views");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn scales_bytes_without_overflow() {
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(5 * 1024 * 1024 * 1024), "5.0 GiB");
        assert_eq!(bytes(u64::MAX), "16777215.9 TiB");
    }

    #[test]
    fn names_the_day() {
        let day = Day::from(IsoDate(1_767_323_045_678));
        assert_eq!(day.words, "2 Jan 2026");
        assert_eq!(day.iso, "2026-01-02T03:04:05.678Z");
    }

    #[test]
    fn cuts_at_a_word() {
        assert_eq!(excerpt("one two  three", 20), "one two three");
        assert_eq!(excerpt("one two three", 9), "one two…");
        assert_eq!(excerpt("日本語のとても長い題名", 3), "日本語…");
    }
}
