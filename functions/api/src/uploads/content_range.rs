//! `Content-Range` of a request, as resumable uploads use it.

/// What a client says its chunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContentRange {
    /// `bytes */total`: no bytes, a question.
    Unsatisfied,
    /// `bytes start-last/total`.
    Bytes {
        /// Offset of the first byte.
        start: u64,
        /// Offset after the last byte, above `start`.
        end: u64,
        /// `None` for `*`.
        total_bytes: Option<u64>,
    },
}

impl ContentRange {
    /// Reads a header (RFC 9110, 14.4); `None` when it is wrong.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let (range, total) = header.trim().strip_prefix("bytes ")?.split_once('/')?;
        let total_bytes = match total.trim() {
            "*" => None,
            number => Some(number.parse().ok()?),
        };
        if range.trim() == "*" {
            return Some(Self::Unsatisfied);
        }
        let (first, last) = range.split_once('-')?;
        let start: u64 = first.trim().parse().ok()?;
        let end = last.trim().parse::<u64>().ok()?.checked_add(1)?;
        // Offsets go into the database as signed numbers.
        let fits = start < end && i64::try_from(end).is_ok();
        fits.then_some(Self::Bytes {
            start,
            end,
            total_bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let bytes = |start, end, total_bytes| {
            Some(ContentRange::Bytes {
                start,
                end,
                total_bytes,
            })
        };
        for (header, expected) in [
            ("bytes 0-0/1", bytes(0, 1, Some(1))),
            ("bytes 5-9/100", bytes(5, 10, Some(100))),
            (" bytes 5-9/* ", bytes(5, 10, None)),
            ("bytes */100", Some(ContentRange::Unsatisfied)),
            ("bytes */*", Some(ContentRange::Unsatisfied)),
            ("bytes 9-5/100", None),
            ("bytes 5-9", None),
            ("bytes -5-9/100", None),
            ("items 5-9/100", None),
            ("bytes 0-18446744073709551615/*", None),
            ("bytes 0-9223372036854775807/*", None),
            ("", None),
        ] {
            assert_eq!(ContentRange::parse(header), expected, "{header}");
        }
    }
}
