//! Names of published media files.

use core::fmt;

/// Longest [`FileName`] in bytes; PeerTube's are a UUID, a resolution and a suffix (about 56).
pub const MAX_FILE_NAME_BYTES: usize = 200;

/// A name that may stand unquoted and unescaped in a playlist, a URL path segment and a JSON key:
/// 1 to 200 of `A-Z a-z 0-9 . _ -`, not starting with a dot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileName(String);

/// Why a text is no [`FileName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileNameError {
    /// Empty, or longer than 200 bytes.
    #[error("file name has {bytes} bytes, allowed are 1 to {MAX_FILE_NAME_BYTES}")]
    Length {
        /// Length as given.
        bytes: usize,
    },
    /// A character outside the allowed set, or a dot in front.
    #[error("file name has {character:?} at {position}")]
    Character {
        /// The character.
        character: char,
        /// Its byte position.
        position: usize,
    },
}

impl FileName {
    /// Checks `name`.
    ///
    /// # Errors
    /// [`FileNameError`], see its variants.
    pub fn parse(name: &str) -> Result<Self, FileNameError> {
        if name.is_empty() || name.len() > MAX_FILE_NAME_BYTES {
            return Err(FileNameError::Length { bytes: name.len() });
        }
        for (position, character) in name.char_indices() {
            let fits = character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
            if !fits || (position == 0 && character == '.') {
                return Err(FileNameError::Character {
                    character,
                    position,
                });
            }
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_peertube_names_and_refuses_path_tricks() {
        let name = "36a16cd3-8d1e-4e1a-9d53-9b4b5ad0f9d9-720-fragmented.mp4";
        assert_eq!(FileName::parse(name).unwrap().as_str(), name);
        for bad in [
            "", "..", ".mp4", "a/b", "a b", "a\"b", "a\nb", "ä", "a,b", "a%2fb",
        ] {
            assert!(FileName::parse(bad).is_err(), "{bad:?}");
        }
        assert!(FileName::parse(&"a".repeat(201)).is_err());
    }
}
