//! Handles and hosts as clients write them.

use crate::AppError;
pub(super) use crate::follows::name_at as stored_name;
use crate::videos::urls;

/// Longest handle or host that is looked up, in bytes: 50 characters of name, `@`, and a host of 253 with its
/// port.
const NAME_MAX_BYTES: usize = 320;

/// A host, with its port if it has one, in lower case.
///
/// # Errors
/// 400 when it cannot be one.
pub(super) fn host(text: &str) -> Result<String, AppError> {
    let host = text.trim().to_ascii_lowercase();
    let allowed = !host.is_empty()
        && host.len() <= NAME_MAX_BYTES
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    if allowed {
        Ok(host)
    } else {
        Err(AppError::invalid_field(
            "host",
            "must be a host, without https://",
        ))
    }
}

/// Host of a stored name, ours where there is none; and the name alone.
pub(super) fn split<'a>(origin: &'a str, stored: &'a str) -> (&'a str, &'a str) {
    stored
        .split_once('@')
        .unwrap_or_else(|| (stored, urls::host(origin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_host_is_no_part_of_a_name() {
        for (handle, expected) in [
            ("ada", "ada"),
            ("@ada", "ada"),
            ("ada@VIDEO.test", "ada"),
            ("ada@Other.test:9001", "ada@other.test:9001"),
        ] {
            assert_eq!(stored_name("https://video.test", handle), expected);
        }
    }

    #[test]
    fn a_host_is_no_address() {
        assert_eq!(host(" Other.test:9001 "), Ok("other.test:9001".to_owned()));
        for wrong in ["", "https://other.test", "a/b", "a b", "ö.test"] {
            assert!(host(wrong).is_err(), "{wrong}");
        }
    }
}
