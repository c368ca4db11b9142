//! Field names as forms write them.

use super::{FormError, MAX_DEPTH, MAX_KEY_BYTES};

/// Turns `a[b][0][c]` into `a.b.0.c`, and drops an index or `[]` at the end, so that array items
/// share one path. Names without matching brackets stay as they are.
pub(super) fn normal_path(wire_name: &str) -> Result<String, FormError> {
    if wire_name.len() > MAX_KEY_BYTES {
        return Err(FormError::KeyTooLong);
    }
    let Some((head, rest)) = wire_name.split_once('[') else {
        return Ok(wire_name.to_owned());
    };
    let Some(inner) = rest.strip_suffix(']') else {
        return Ok(wire_name.to_owned());
    };
    if head.is_empty() {
        return Ok(wire_name.to_owned());
    }
    let mut segments: Vec<&str> = vec![head];
    segments.extend(inner.split("]["));
    if segments.len() > MAX_DEPTH {
        return Err(FormError::TooDeep);
    }
    if segments
        .last()
        .is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()))
    {
        segments.pop();
    }
    Ok(segments.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_become_dots_and_last_indices_go() {
        for (wire_name, path) in [
            ("name", "name"),
            ("tags[]", "tags"),
            ("tags[0]", "tags"),
            ("tags[12]", "tags"),
            ("payload[videoFile]", "payload.videoFile"),
            ("scheduleUpdate[privacy]", "scheduleUpdate.privacy"),
            ("chapters[0][title]", "chapters.0.title"),
            ("a[b][]", "a.b"),
            ("invalid-params", "invalid-params"),
            ("a[b", "a[b"),
            ("[a]", "[a]"),
            ("", ""),
        ] {
            assert_eq!(normal_path(wire_name).as_deref(), Ok(path));
        }
    }

    #[test]
    fn bounds() {
        assert_eq!(normal_path("a[b][c][d][e][f][g]"), Err(FormError::TooDeep));
        assert_eq!(
            normal_path(&"a".repeat(MAX_KEY_BYTES + 1)),
            Err(FormError::KeyTooLong)
        );
        assert!(normal_path(&"a".repeat(MAX_KEY_BYTES)).is_ok());
    }
}
