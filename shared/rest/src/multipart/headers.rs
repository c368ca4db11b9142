//! Headers of a part, and the boundary in the body's content type.

use super::{MAX_BOUNDARY_BYTES, MultipartError};

/// What a part says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartHeaders {
    /// Name of the form field.
    pub name: String,
    /// Name of the file as the client gave it, not to be trusted; `None` for text fields.
    pub filename: Option<String>,
    /// Content type as the client gave it, empty when it gave none; not to be trusted.
    pub content_type: String,
}

/// The boundary of a `multipart/form-data` content type.
///
/// # Errors
/// [`MultipartError::BadBoundary`] when it is absent, longer than 70 characters, or holds others
/// than RFC 2046, 5.1.1 allows.
pub fn boundary_of(content_type: &str) -> Result<String, MultipartError> {
    let (_, parameters) = content_type
        .split_once(';')
        .ok_or(MultipartError::BadBoundary)?;
    let boundary = parameter(parameters, "boundary").ok_or(MultipartError::BadBoundary)?;
    if is_boundary(&boundary) {
        Ok(boundary)
    } else {
        Err(MultipartError::BadBoundary)
    }
}

/// RFC 2046, 5.1.1: 1–70 of `bchars`, no space at the end.
pub(super) fn is_boundary(boundary: &str) -> bool {
    !boundary.is_empty()
        && boundary.len() <= MAX_BOUNDARY_BYTES
        && !boundary.ends_with(' ')
        && boundary
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&b))
}

/// Reads the lines between a boundary and the blank line.
pub(super) fn parse_headers(lines: &[u8]) -> Result<PartHeaders, MultipartError> {
    let text = String::from_utf8_lossy(lines);
    let mut disposition = None;
    let mut content_type = "";
    for line in text.split("\r\n") {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        match name.trim() {
            n if n.eq_ignore_ascii_case("content-disposition") => disposition = Some(value.trim()),
            n if n.eq_ignore_ascii_case("content-type") => content_type = value.trim(),
            _ => {}
        }
    }
    let (kind, parameters) = disposition
        .and_then(|value| value.split_once(';'))
        .ok_or(MultipartError::NoPartName)?;
    let name = parameter(parameters, "name").ok_or(MultipartError::NoPartName)?;
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return Err(MultipartError::NoPartName);
    }
    let filename = parameter(parameters, "filename*")
        .and_then(|value| extended_value(&value))
        .or_else(|| parameter(parameters, "filename"));
    Ok(PartHeaders {
        name,
        filename,
        content_type: content_type.to_owned(),
    })
}

/// Value of one `name=value` or `name="quoted value"` in a `;`-separated list.
///
/// In quotes only `\"` and `\\` are escapes: browsers write backslashes of file names as they are.
fn parameter(list: &str, wanted: &str) -> Option<String> {
    let mut rest = list;
    while !rest.is_empty() {
        let (name, after) = match rest.find(['=', ';']) {
            Some(at) if rest[at..].starts_with('=') => (rest[..at].trim(), &rest[at + 1..]),
            Some(at) => {
                rest = &rest[at + 1..];
                continue;
            }
            None => return None,
        };
        let (value, next) = value_at(after.trim_start());
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = next;
    }
    None
}

/// The value that `text` starts with, and what follows its `;`.
fn value_at(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, next) = text.split_once(';').unwrap_or((text, ""));
        return (value.trim().to_owned(), next);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                let after = &quoted[at + 1..];
                return (value, after.split_once(';').map_or("", |(_, next)| next));
            }
            '\\' => match characters.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                Some((_, escaped)) => value.push(escaped),
                None => value.push('\\'),
            },
            other => value.push(other),
        }
    }
    (value, "")
}

/// `UTF-8''na%C3%AFve.mp4` (RFC 8187); `None` for other charsets.
fn extended_value(value: &str) -> Option<String> {
    let mut parts = value.splitn(3, '\'');
    let charset = parts.next()?;
    let encoded = parts.nth(1)?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (hex, after) = after.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries() {
        for (content_type, expected) in [
            ("multipart/form-data; boundary=abc", Ok("abc")),
            (
                "multipart/form-data;charset=utf-8;BOUNDARY=\"a b:c\"",
                Ok("a b:c"),
            ),
            (
                "multipart/form-data; boundary=----WebKitFormBoundaryA; x=y",
                Ok("----WebKitFormBoundaryA"),
            ),
            ("multipart/form-data", Err(MultipartError::BadBoundary)),
            (
                "multipart/form-data; boundary=",
                Err(MultipartError::BadBoundary),
            ),
            (
                "multipart/form-data; boundary=\"a \"",
                Err(MultipartError::BadBoundary),
            ),
            (
                "multipart/form-data; boundary=\"a\r\nb\"",
                Err(MultipartError::BadBoundary),
            ),
            (
                "multipart/form-data; boundary=é",
                Err(MultipartError::BadBoundary),
            ),
        ] {
            assert_eq!(
                boundary_of(content_type).as_deref(),
                expected.as_ref().copied()
            );
        }
        let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
        assert_eq!(boundary_of(&long), Err(MultipartError::BadBoundary));
    }

    fn check(lines: &str, name: &str, filename: Option<&str>, content_type: &str) {
        assert_eq!(
            parse_headers(lines.as_bytes()),
            Ok(PartHeaders {
                name: name.into(),
                filename: filename.map(str::to_owned),
                content_type: content_type.into(),
            }),
            "{lines}"
        );
    }

    #[test]
    fn headers_as_clients_write_them() {
        check("Content-Disposition: form-data; name=\"a\"", "a", None, "");
        check("content-disposition:form-data;name=a", "a", None, "");
        check(
            "Content-Disposition: form-data; name=\"videofile\"; filename=\"a;b=\\\"c\\\".mp4\"\r\n\
             Content-Type: video/mp4",
            "videofile",
            Some("a;b=\"c\".mp4"),
            "video/mp4",
        );
        check(
            "Content-Disposition: form-data; filename=\"C:\\dir\\x.mp4\"; name=\"v\"",
            "v",
            Some("C:\\dir\\x.mp4"),
            "",
        );
        check(
            "Content-Disposition: form-data; name=\"v\"; filename=\"x\"; filename*=UTF-8''na%C3%AFve",
            "v",
            Some("naïve"),
            "",
        );
        check(
            "Content-Disposition: form-data; name=\"v\"; filename=\"x\"; filename*=latin1''%EF",
            "v",
            Some("x"),
            "",
        );
        check(
            "Content-Disposition: form-data; name=\"v\"; filename=\"\"",
            "v",
            Some(""),
            "",
        );
        check(
            "X-Other: 1\r\nContent-Disposition: form-data; name=\"ü\"",
            "ü",
            None,
            "",
        );
    }

    #[test]
    fn parts_without_a_name_are_refused() {
        for lines in [
            "",
            "Content-Type: text/plain",
            "Content-Disposition: form-data",
            "Content-Disposition: form-data; filename=\"x\"",
            "Content-Disposition: attachment; name=\"x\"",
            "Content-Disposition: form-data; name",
        ] {
            assert_eq!(
                parse_headers(lines.as_bytes()),
                Err(MultipartError::NoPartName),
                "{lines}"
            );
        }
    }
}
