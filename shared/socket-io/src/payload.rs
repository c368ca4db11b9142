//! Payloads of the polling transport: several frames in one body.

/// Stands between frames.
const SEPARATOR: char = '\u{1e}';

/// Longest body that a client may post, in bytes; clients are told so and split what is longer.
pub const MAX_PAYLOAD_BYTES: usize = 4_096;
/// Most frames in one body. A client says pong, who it is, and goes.
pub const MAX_FRAMES_PER_PAYLOAD: usize = 16;

/// Why a body cannot be read. The protocol wants the session closed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Over [`MAX_PAYLOAD_BYTES`].
    #[error("payload has more than {MAX_PAYLOAD_BYTES} bytes")]
    TooLong,
    /// Over [`MAX_FRAMES_PER_PAYLOAD`].
    #[error("payload has more than {MAX_FRAMES_PER_PAYLOAD} frames")]
    TooManyFrames,
}

/// The frames of a body, unread.
///
/// # Errors
/// See [`PayloadError`].
pub fn frames_of(payload: &str) -> Result<Vec<&str>, PayloadError> {
    if payload.len() > MAX_PAYLOAD_BYTES {
        return Err(PayloadError::TooLong);
    }
    let frames: Vec<&str> = payload
        .split(SEPARATOR)
        .take(MAX_FRAMES_PER_PAYLOAD + 1)
        .collect();
    if frames.len() > MAX_FRAMES_PER_PAYLOAD {
        return Err(PayloadError::TooManyFrames);
    }
    Ok(frames)
}

/// Adds a frame to a body.
pub(crate) fn append(payload: &mut String, frame: &str) {
    if !payload.is_empty() {
        payload.push(SEPARATOR);
    }
    payload.push_str(frame);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_separated_as_in_the_specification() {
        assert_eq!(
            frames_of("4hello\x1e2\x1e4w"),
            Ok(vec!["4hello", "2", "4w"])
        );
        assert_eq!(frames_of("3"), Ok(vec!["3"]));
        let mut payload = String::new();
        for frame in ["4hello", "2", "4w"] {
            append(&mut payload, frame);
        }
        assert_eq!(payload, "4hello\x1e2\x1e4w");
    }

    #[test]
    fn payloads_are_bounded() {
        let most = vec!["3"; MAX_FRAMES_PER_PAYLOAD].join("\x1e");
        assert_eq!(
            frames_of(&most).map(|frames| frames.len()),
            Ok(MAX_FRAMES_PER_PAYLOAD)
        );
        assert_eq!(
            frames_of(&format!("{most}\x1e3")),
            Err(PayloadError::TooManyFrames)
        );
        let longest = "4".repeat(MAX_PAYLOAD_BYTES);
        assert!(frames_of(&longest).is_ok());
        assert_eq!(
            frames_of(&format!("{longest}4")),
            Err(PayloadError::TooLong)
        );
    }
}
