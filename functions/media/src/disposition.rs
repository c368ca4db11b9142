//! `Content-Disposition` of downloads (RFC 6266).

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters of a title kept in a file name.
const TITLE_MAX_CHARS: usize = 100;
/// `attr-char` of RFC 8187: what may stand unescaped in `filename*`.
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// A file name for people: the title without what file systems do not take, and `suffix`.
pub(crate) fn file_name(title: &str, suffix: &str) -> String {
    let clean: String = title
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            // Controls, and marks that reverse the reading direction to hide an ending.
            c if c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                '-'
            }
            c => c,
        })
        .take(TITLE_MAX_CHARS)
        .collect();
    // Windows drops dots and spaces at the end, Unix hides names with a dot in front.
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if clean.is_empty() {
        format!("video{suffix}")
    } else {
        format!("{clean}{suffix}")
    }
}

/// The header's value: the name in ASCII for old clients, and exactly for all others.
pub(crate) fn attachment(name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|c| match c {
            // A percent sign makes some old clients decode what follows.
            '"' | '\\' | '%' => '_',
            c if c.is_ascii() && !c.is_ascii_control() => c,
            _ => '_',
        })
        .collect();
    let mut value = format!("attachment; filename=\"{ascii}\"");
    if ascii != name {
        let exact = utf8_percent_encode(name, ATTR_CHAR);
        write!(value, "; filename*=UTF-8''{exact}").expect("a String takes any text");
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names_that_every_system_takes() {
        for (title, expected) in [
            ("Big Buck Bunny", "Big Buck Bunny-720p.mp4"),
            ("../../etc/passwd", "-..-etc-passwd-720p.mp4"),
            ("a\"b\r\nSet-Cookie: x", "a-b--Set-Cookie- x-720p.mp4"),
            ("  ", "video-720p.mp4"),
            ("CON.", "CON-720p.mp4"),
            ("gpj.\u{202e}exe", "gpj.-exe-720p.mp4"),
        ] {
            assert_eq!(file_name(title, "-720p.mp4"), expected);
        }
        let long = file_name(&"é".repeat(10_000), ".mp4");
        assert_eq!(long.chars().count(), TITLE_MAX_CHARS + 4);
    }

    #[test]
    fn names_beyond_ascii_come_twice() {
        assert_eq!(
            attachment("Bunny.mp4"),
            "attachment; filename=\"Bunny.mp4\""
        );
        assert_eq!(
            attachment("Été 100%.mp4"),
            "attachment; filename=\"_t_ 100_.mp4\"; \
             filename*=UTF-8''%C3%89t%C3%A9%20100%25.mp4"
        );
    }
}
