//! Media playlist to text.

use super::MediaPlaylist;
use crate::FileName;
use std::fmt::Write as _;

impl MediaPlaylist {
    /// The playlist as text, every URI replaced by `media_file`.
    ///
    /// Version 7 as ffmpeg writes it: `EXT-X-MAP` outside an I-frame playlist needs 6 (RFC 8216,
    /// section 7), fragmented MP4 is commonly announced with 7.
    #[must_use]
    pub fn write(&self, media_file: &FileName) -> String {
        let mut text = String::with_capacity(256 + self.segments.len() * 120);
        let head = write!(
            text,
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n\
             #EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n\
             #EXT-X-MAP:URI=\"{media_file}\",BYTERANGE=\"{}@{}\"\n",
            self.target_duration_secs(),
            self.init_range.length(),
            self.init_range.first(),
        );
        debug_assert!(head.is_ok(), "writing to a String cannot fail");
        for segment in &self.segments {
            let entry = write!(
                text,
                "#EXTINF:{}.{:06},\n#EXT-X-BYTERANGE:{}@{}\n{media_file}\n",
                segment.duration_us / 1_000_000,
                segment.duration_us % 1_000_000,
                segment.range.length(),
                segment.range.first(),
            );
            debug_assert!(entry.is_ok(), "writing to a String cannot fail");
        }
        text.push_str("#EXT-X-ENDLIST\n");
        text
    }
}
