//! The name inside a torrent, which downloaders use as file name.

use crate::limits::MAX_NAME_BYTES;

/// `{video name} {resolution}p{extension}` as PeerTube names them: characters that a path cannot
/// hold become `-`. Control characters do, too, and a long name is cut (at a character) so that
/// the whole stays within [`MAX_NAME_BYTES`].
///
/// `extension` begins with its dot. Player pages look at it, so it is kept whole.
#[must_use]
pub fn info_name(video_name: &str, resolution: u32, extension: &str) -> String {
    let suffix = clean(&format!(" {resolution}p{extension}"));
    let mut name = clean(video_name.trim());
    let room = MAX_NAME_BYTES.saturating_sub(suffix.len());
    name.truncate(name.floor_char_boundary(room));
    // "." and ".." in front of a space are harmless, a lone suffix would hide the file.
    if name.is_empty() {
        name.push('-');
    }
    name + &suffix
}

fn clean(text: &str) -> String {
    let is_path_character = |c: char| {
        matches!(
            c,
            '/' | '\\' | '?' | '%' | '*' | ':' | '|' | '"' | '<' | '>'
        )
    };
    text.chars()
        .map(|c| {
            if is_path_character(c) || c.is_control() {
                '-'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_characters_become_dashes() {
        assert_eq!(info_name("A trailer", 720, ".mp4"), "A trailer 720p.mp4");
        assert_eq!(
            info_name(" ../../etc/passwd\n\"x\" ", 0, ".mp4"),
            "..-..-etc-passwd--x- 0p.mp4"
        );
        assert_eq!(info_name("", 240, ".mp4"), "- 240p.mp4");
    }

    #[test]
    fn a_long_name_is_cut_at_a_character() {
        let name = info_name(&"é".repeat(10_000), 1_080, ".mp4");
        assert_eq!(name.len(), MAX_NAME_BYTES);
        assert!(name.ends_with("é 1080p.mp4"));
        let name = info_name(&"…".repeat(10_000), 1_080, ".mp4");
        assert!(name.len() <= MAX_NAME_BYTES && name.ends_with("… 1080p.mp4"));
    }
}
