//! Dates as RSS wants them.

use rest::IsoDate;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const MS_PER_DAY: i64 = 86_400_000;

/// `Thu, 01 Jan 1970 00:00:00 GMT` (RFC 2822, 3.3; the zone is the obsolete spelling of `+0000` that every
/// reader knows).
pub(crate) fn rfc2822(date: IsoDate) -> String {
    // The calendar is in the ISO form already: 2026-01-02T03:04:05.678Z.
    let iso = date.to_string();
    let at = |from: usize, to: usize| iso.get(from..to).unwrap_or_default();
    let unix_ms = date
        .0
        .clamp(rest::date::MIN_UNIX_MS, rest::date::MAX_UNIX_MS);
    let weekday = usize::try_from(unix_ms.div_euclid(MS_PER_DAY).rem_euclid(7)).unwrap_or(0);
    let month = at(5, 7).parse::<usize>().map_or(0, |month| month - 1);
    format!(
        "{}, {} {} {} {} GMT",
        DAYS[weekday],
        at(8, 10),
        MONTHS[month],
        at(0, 4),
        at(11, 19)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (unix_ms, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (951_827_445_006, "Tue, 29 Feb 2000 12:30:45 GMT"),
            (1_767_323_045_678, "Fri, 02 Jan 2026 03:04:05 GMT"),
            (i64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (i64::MIN, "Sat, 01 Jan 0000 00:00:00 GMT"),
        ] {
            assert_eq!(rfc2822(IsoDate(unix_ms)), text);
        }
    }
}
