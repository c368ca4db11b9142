//! `Range` of a download that a runner resumes.

use ports::ByteRange;

/// What a `Range` header means for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// No header, or one that RFC 9110, 14.2 lets a server ignore: another unit, several ranges.
    Whole,
    /// These bytes.
    Range(ByteRange),
    /// Bytes that the file does not have: 416.
    OutsideFile,
}

/// Reads `bytes=first-last`, `bytes=first-` and `bytes=-length` (RFC 9110, 14.1.2).
pub(super) fn asked_range(header: Option<&str>, size_bytes: u64) -> Asked {
    let Some((first, last)) = header
        .and_then(|value| value.trim().strip_prefix("bytes="))
        .filter(|ranges| !ranges.contains(','))
        .and_then(|range| range.split_once('-'))
    else {
        return Asked::Whole;
    };
    let number = |text: &str| -> Option<u64> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // Longer than u64: past the end of any file.
        is_number.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let (first, last) = match (number(first.trim()), number(last.trim())) {
        (Some(first), Some(last)) if last < first => return Asked::Whole,
        (Some(first), Some(last)) => (first, last),
        (Some(first), None) if last.trim().is_empty() => (first, u64::MAX),
        (None, Some(0)) => return Asked::OutsideFile,
        (None, Some(length)) if first.trim().is_empty() => {
            (size_bytes.saturating_sub(length), u64::MAX)
        }
        _ => return Asked::Whole,
    };
    if first >= size_bytes {
        return Asked::OutsideFile;
    }
    Asked::Range(ByteRange {
        first,
        last: last.min(size_bytes - 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_clients_send_them() {
        let range = |first, last| Asked::Range(ByteRange { first, last });
        for (header, expected) in [
            (None, Asked::Whole),
            (Some("bytes=0-9"), range(0, 9)),
            (Some("bytes=90-"), range(90, 99)),
            (Some("bytes=90-1000"), range(90, 99)),
            (Some("bytes=-10"), range(90, 99)),
            (Some("bytes=-1000"), range(0, 99)),
            (Some("bytes=99-99"), range(99, 99)),
            (Some("bytes=100-"), Asked::OutsideFile),
            (Some("bytes=99999999999999999999-"), Asked::OutsideFile),
            (Some("bytes=-0"), Asked::OutsideFile),
            (Some("bytes=9-1"), Asked::Whole),
            (Some("bytes=0-1,5-6"), Asked::Whole),
            (Some("lines=0-1"), Asked::Whole),
            (Some("bytes=-"), Asked::Whole),
            (Some("bytes=a-b"), Asked::Whole),
            (Some("bytes=+1-2"), Asked::Whole),
        ] {
            assert_eq!(asked_range(header, 100), expected, "{header:?}");
        }
        assert_eq!(asked_range(Some("bytes=0-"), 0), Asked::OutsideFile);
    }
}
