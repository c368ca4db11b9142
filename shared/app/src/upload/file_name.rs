//! The name of a file on the user's machine: kept for show, never used to store anything.

use domain::limits::FILENAME_MAX_BYTES;

/// What a file without a usable name is called.
const NAMELESS: &str = "video";

/// The last component of a name as a client sent it, without control characters and characters that
/// reverse the reading direction (they hide a name's true ending), at most [`FILENAME_MAX_BYTES`].
#[must_use]
pub fn shown_file_name(raw: &str) -> String {
    let last = raw
        .rsplit(['/', '\\'])
        .next()
        .expect("a split has at least one piece");
    let mut name: String = last.chars().filter(|c| !is_hidden(*c)).collect();
    while name.len() > FILENAME_MAX_BYTES {
        name.pop();
    }
    match name.trim() {
        "" | "." | ".." => NAMELESS.to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_component_stays_and_nothing_hidden() {
        for (raw, shown) in [
            ("holiday.mp4", "holiday.mp4"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\a film.mp4", "a film.mp4"),
            ("/", "video"),
            ("..", "video"),
            ("a/..", "video"),
            ("", "video"),
            ("a\0b\r\nc.mp4", "abc.mp4"),
            ("film\u{202e}4pm.exe", "film4pm.exe"),
            (" näïve.mp4 ", "näïve.mp4"),
        ] {
            assert_eq!(shown_file_name(raw), shown, "{raw:?}");
        }
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let shown = shown_file_name(&"é".repeat(200));
        assert_eq!(shown, "é".repeat(127));
        assert!(shown.len() <= FILENAME_MAX_BYTES);
    }
}
