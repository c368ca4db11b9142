//! Text to media playlist, strict about what gives ranges their meaning and deaf to the rest.

use super::{MediaPlaylist, MediaPlaylistError as Error, MediaSegment};
use crate::ByteRange;
use crate::limits::{
    MAX_MEDIA_PLAYLIST_BYTES, MAX_PLAYLIST_LINE_BYTES, MAX_SEGMENT_DURATION_US, MAX_SEGMENTS,
};

/// Tags after which a range of the file is no longer a plain segment of one continuous rendition.
const UNSUPPORTED: [&str; 8] = [
    "#EXT-X-KEY",
    "#EXT-X-DISCONTINUITY",
    "#EXT-X-GAP",
    "#EXT-X-PART",
    "#EXT-X-SKIP",
    "#EXT-X-STREAM-INF",
    "#EXT-X-I-FRAMES-ONLY",
    "#EXT-X-DEFINE",
];

impl MediaPlaylist {
    /// Reads a single-file media playlist, as ffmpeg's `-hls_flags single_file` writes it.
    ///
    /// # Errors
    /// [`MediaPlaylistError`](crate::MediaPlaylistError) names the rule and the line.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_MEDIA_PLAYLIST_BYTES {
            return Err(Error::TooLarge { bytes: text.len() });
        }
        let mut lines = text.lines().zip(1_usize..);
        if lines.next().map(|(line, _)| line.trim_end()) != Some("#EXTM3U") {
            return Err(Error::NoHeader);
        }
        let mut state = State::default();
        for (raw, line) in lines {
            if raw.len() > MAX_PLAYLIST_LINE_BYTES {
                return Err(Error::LineTooLong { line });
            }
            let content = raw.trim_end();
            if state.ended || content.is_empty() {
                continue;
            }
            if content.starts_with('#') {
                state.read_tag(content, line)?;
            } else {
                state.read_uri(content, line)?;
            }
        }
        state.finish()
    }
}

#[derive(Default)]
struct State {
    uri: Option<String>,
    map: Option<(String, ByteRange)>,
    duration_us: Option<u64>,
    range: Option<(u64, Option<u64>)>,
    segments: Vec<MediaSegment>,
    ended: bool,
}

impl State {
    fn read_tag(&mut self, tag: &str, line: usize) -> Result<(), Error> {
        if let Some(value) = tag.strip_prefix("#EXTINF:") {
            self.duration_us = Some(parse_extinf(value, line)?);
        } else if let Some(value) = tag.strip_prefix("#EXT-X-BYTERANGE:") {
            self.range = Some(parse_range(value, line, "EXT-X-BYTERANGE")?);
        } else if let Some(value) = tag.strip_prefix("#EXT-X-MAP:") {
            if self.map.is_some() {
                return Err(Error::Unsupported {
                    line,
                    tag: "second EXT-X-MAP",
                });
            }
            self.map = Some(parse_map(value, line)?);
        } else if tag == "#EXT-X-ENDLIST" {
            self.ended = true;
        } else if let Some(unsupported) = UNSUPPORTED.iter().find(|t| is_tag(tag, t)) {
            return Err(Error::Unsupported {
                line,
                tag: unsupported,
            });
        }
        Ok(())
    }

    fn read_uri(&mut self, uri: &str, line: usize) -> Result<(), Error> {
        let (map_uri, init_range) = self.map.as_ref().ok_or(Error::MissingTag {
            line,
            tag: "EXT-X-MAP",
        })?;
        let duration_us = self.duration_us.take().ok_or(Error::MissingTag {
            line,
            tag: "EXTINF",
        })?;
        let (length, offset) = self.range.take().ok_or(Error::MissingTag {
            line,
            tag: "EXT-X-BYTERANGE",
        })?;
        let free = self
            .segments
            .last()
            .map_or(init_range.end(), |s| s.range.end());
        // Without an offset the range starts where the previous one ended (RFC 8216, 4.3.2.2).
        let range = ByteRange::from_length(offset.unwrap_or(free), length)
            .map_err(|cause| Error::Range { line, cause })?;
        if range.first() < free {
            return Err(Error::Overlap { line });
        }
        match &self.uri {
            Some(known) if known != uri => return Err(Error::SecondFile { line }),
            Some(_) => {}
            None => {
                // Some ffmpeg versions write the map's URI with its directory.
                if file_part(map_uri) != file_part(uri) || has_control(uri) {
                    return Err(Error::SecondFile { line });
                }
                self.uri = Some(uri.to_owned());
            }
        }
        if self.segments.len() == MAX_SEGMENTS {
            return Err(Error::TooManySegments);
        }
        self.segments.push(MediaSegment { range, duration_us });
        Ok(())
    }

    fn finish(self) -> Result<MediaPlaylist, Error> {
        if !self.ended {
            return Err(Error::NotEnded);
        }
        match (self.uri, self.map) {
            (Some(uri), Some((_, init_range))) => Ok(MediaPlaylist {
                uri,
                init_range,
                segments: self.segments,
            }),
            _ => Err(Error::NoSegment),
        }
    }
}

fn is_tag(line: &str, tag: &str) -> bool {
    line.strip_prefix(tag)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '-']))
}

fn file_part(uri: &str) -> &str {
    uri.rsplit('/').next().unwrap_or(uri)
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

/// `duration,[title]`, a decimal number of seconds (RFC 8216, 4.3.2.1), to microseconds.
fn parse_extinf(value: &str, line: usize) -> Result<u64, Error> {
    let malformed = Error::Malformed {
        line,
        tag: "EXTINF",
    };
    let number = value.split(',').next().unwrap_or("").trim();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || !digits(whole) || !digits(fraction) {
        return Err(malformed);
    }
    let mut micros = String::with_capacity(6);
    micros.extend(fraction.chars().chain("000000".chars()).take(6));
    let duration_us = match (whole.parse::<u64>(), micros.parse::<u64>()) {
        (Ok(seconds), Ok(micros)) => seconds * 1_000_000 + micros,
        _ => return Err(malformed),
    };
    if duration_us == 0 || duration_us > MAX_SEGMENT_DURATION_US {
        return Err(malformed);
    }
    Ok(duration_us)
}

/// `<n>[@<o>]` (RFC 8216, 4.3.2.2): length and offset.
fn parse_range(value: &str, line: usize, tag: &'static str) -> Result<(u64, Option<u64>), Error> {
    let (length, offset) = match value.trim().split_once('@') {
        Some((length, offset)) => (length, Some(offset)),
        None => (value.trim(), None),
    };
    let number = |text: &str| {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        plain
            .then(|| text.parse::<u64>().ok())
            .flatten()
            .ok_or(Error::Malformed { line, tag })
    };
    Ok((number(length)?, offset.map(number).transpose()?))
}

/// `URI="…",BYTERANGE="n@o"` in any order (RFC 8216, 4.3.2.5).
fn parse_map(value: &str, line: usize) -> Result<(String, ByteRange), Error> {
    let malformed = Error::Malformed {
        line,
        tag: "EXT-X-MAP",
    };
    let (mut uri, mut range) = (None, None);
    let mut rest = value.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").ok_or_else(|| malformed.clone())?;
        let (text, after) = after.split_once('"').ok_or_else(|| malformed.clone())?;
        match name.trim() {
            "URI" => uri = Some(text.to_owned()),
            "BYTERANGE" => range = Some(parse_range(text, line, "EXT-X-MAP")?),
            _ => return Err(malformed),
        }
        rest = after.strip_prefix(',').unwrap_or(after);
    }
    match (uri, range) {
        // The whole file cannot be an init segment here, so a range is demanded.
        (Some(uri), Some((length, offset))) => {
            let range = ByteRange::from_length(offset.unwrap_or(0), length)
                .map_err(|cause| Error::Range { line, cause })?;
            Ok((uri, range))
        }
        _ => Err(malformed),
    }
}
