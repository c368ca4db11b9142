//! Which bytes a request wants (RFC 9110, 14).

use ports::ByteRange;

/// What is sent of a representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of it, 200.
    Whole,
    /// A part, 206.
    Part(ByteRange),
    /// No byte of what was asked is there: 416.
    Nothing,
}

/// Decides what a `Range` header means for `size_bytes` bytes.
///
/// A header that is no byte range is ignored, as 14.2 says. So is one with several ranges: a server may
/// ignore any `Range`, no player, torrent client or download manager that we know asks for more than one
/// at a time, and `multipart/byteranges` is the classic way to make a server send a file many times over
/// for one small request.
pub(crate) fn wanted(header: Option<&str>, size_bytes: u64) -> Wanted {
    let Some(set) = header.and_then(byte_ranges) else {
        return Wanted::Whole;
    };
    if set.contains(',') {
        return Wanted::Whole;
    }
    let Some((first, last)) = set.trim().split_once('-') else {
        return Wanted::Whole;
    };
    match (number(first), number(last)) {
        _ if first.is_empty() && last.is_empty() => Wanted::Whole,
        (Some(first), Some(last)) if first <= last => part(first, last, size_bytes),
        (Some(first), None) if last.is_empty() => part(first, u64::MAX, size_bytes),
        (None, Some(length)) if first.is_empty() => suffix(length, size_bytes),
        _ => Wanted::Whole,
    }
}

/// What stands behind `bytes=`; range units are case-insensitive.
fn byte_ranges(header: &str) -> Option<&str> {
    let (unit, set) = header.split_once('=')?;
    unit.trim().eq_ignore_ascii_case("bytes").then_some(set)
}

/// Digits alone; a number too large for any file is as good as the largest.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

fn part(first: u64, last: u64, size_bytes: u64) -> Wanted {
    match size_bytes.checked_sub(1) {
        Some(end) if first <= end => Wanted::Part(ByteRange {
            first,
            last: last.min(end),
        }),
        _ => Wanted::Nothing,
    }
}

fn suffix(length: u64, size_bytes: u64) -> Wanted {
    if length == 0 {
        return Wanted::Nothing;
    }
    part(size_bytes.saturating_sub(length), u64::MAX, size_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, size_bytes: u64, expected: Wanted) {
        assert_eq!(wanted(Some(header), size_bytes), expected, "{header}");
    }

    fn bytes(first: u64, last: u64) -> Wanted {
        Wanted::Part(ByteRange { first, last })
    }

    #[test]
    fn first_middle_open_and_suffix() {
        check("bytes=0-0", 100, bytes(0, 0));
        check("bytes=10-19", 100, bytes(10, 19));
        check("bytes=90-", 100, bytes(90, 99));
        check("bytes=-10", 100, bytes(90, 99));
        check("Bytes = 1-2", 100, bytes(1, 2));
    }

    #[test]
    fn ends_beyond_the_file_are_cut() {
        check("bytes=90-1000", 100, bytes(90, 99));
        check("bytes=-1000", 100, bytes(0, 99));
        check("bytes=0-99999999999999999999999", 100, bytes(0, 99));
    }

    #[test]
    fn nothing_there_is_said_so() {
        check("bytes=100-", 100, Wanted::Nothing);
        check("bytes=100-200", 100, Wanted::Nothing);
        check("bytes=-0", 100, Wanted::Nothing);
        check("bytes=0-", 0, Wanted::Nothing);
        check("bytes=-5", 0, Wanted::Nothing);
    }

    #[test]
    fn what_is_no_single_byte_range_is_ignored() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-4",
            "bytes=a-b",
            "bytes=1-b",
            "bytes=+1-2",
            "bytes=0-1,5-6",
            "seconds=0-1",
        ] {
            check(header, 100, Wanted::Whole);
        }
        assert_eq!(wanted(None, 100), Wanted::Whole);
    }
}
