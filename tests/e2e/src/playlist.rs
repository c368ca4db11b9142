//! HLS playlists (RFC 8216), read strictly enough to judge them.

/// A variant stream of a master playlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Attributes as they stand, quotes included.
    pub attributes: String,
    /// As it stands.
    pub uri: String,
}

impl Variant {
    /// Value of an attribute, without quotes.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        attribute(&self.attributes, name)
    }
}

/// A byte range, first and last byte inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// First byte.
    pub first: u64,
    /// Last byte.
    pub last: u64,
}

impl Range {
    /// As the segment hash file and `Range` headers write it.
    #[must_use]
    pub fn text(self) -> String {
        format!("{}-{}", self.first, self.last)
    }
}

/// One media segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// File name.
    pub uri: String,
    /// Where it lies in the file.
    pub range: Range,
    /// Seconds.
    pub duration_secs: f64,
}

/// A media playlist of byte ranges.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    /// File and range of the initialisation section.
    pub map: (String, Range),
    /// In order.
    pub segments: Vec<Segment>,
    /// Seconds.
    pub target_duration_secs: u64,
}

impl Media {
    /// Peak segment bit rate (RFC 8216, 4.3.4.2): the highest of any run of segments that lasts
    /// between 0.5 and 1.5 target durations. A playlist without such a run has its mean.
    #[must_use]
    pub fn peak_bps(&self) -> f64 {
        let target = u32::try_from(self.target_duration_secs).map(f64::from);
        let target = target.expect("a target duration is short");
        let segments = &self.segments;
        let runs = (0..segments.len())
            .flat_map(|first| (first..segments.len()).map(move |last| &segments[first..=last]));
        runs.map(|run| (duration_secs(run), rate_bps(run)))
            .filter(|(secs, _)| (0.5 * target..=1.5 * target).contains(secs))
            .map(|(_, rate)| rate)
            .reduce(f64::max)
            .unwrap_or_else(|| rate_bps(segments))
    }
}

fn duration_secs(run: &[Segment]) -> f64 {
    run.iter().map(|segment| segment.duration_secs).sum()
}

fn rate_bps(run: &[Segment]) -> f64 {
    let bytes = |segment: &Segment| segment.range.last - segment.range.first + 1;
    let bytes = u32::try_from(run.iter().map(bytes).sum::<u64>());
    f64::from(bytes.expect("samples are small")) * 8.0 / duration_secs(run)
}

/// Variants of a master playlist.
#[must_use]
pub fn parse_master(text: &str) -> Vec<Variant> {
    assert!(text.starts_with("#EXTM3U\n"), "no #EXTM3U: {text}");
    let mut lines = text.lines();
    let mut variants = Vec::new();
    while let Some(line) = lines.next() {
        if let Some(attributes) = line.strip_prefix("#EXT-X-STREAM-INF:") {
            let uri = lines.next().filter(|uri| !uri.starts_with('#'));
            variants.push(Variant {
                attributes: attributes.to_owned(),
                uri: uri
                    .unwrap_or_else(|| panic!("a variant without URI: {text}"))
                    .to_owned(),
            });
        }
    }
    variants
}

/// A finished media playlist whose segments are all byte ranges.
#[must_use]
pub fn parse_media(text: &str) -> Media {
    assert!(text.starts_with("#EXTM3U\n"), "no #EXTM3U: {text}");
    assert_eq!(
        text.trim_end().lines().last(),
        Some("#EXT-X-ENDLIST"),
        "{text}"
    );
    let mut map = None;
    let mut target = None;
    let mut duration = None;
    let mut range: Option<Range> = None;
    let mut segments: Vec<Segment> = Vec::new();
    for line in text.lines() {
        if let Some(value) = line.strip_prefix("#EXT-X-TARGETDURATION:") {
            target = value.parse().ok();
        } else if let Some(attributes) = line.strip_prefix("#EXT-X-MAP:") {
            let uri = attribute(attributes, "URI");
            let bytes = attribute(attributes, "BYTERANGE").map(|value| byte_range(value, None));
            map = uri.map(str::to_owned).zip(bytes);
        } else if let Some(value) = line.strip_prefix("#EXTINF:") {
            duration = value
                .split(',')
                .next()
                .and_then(|secs| secs.parse::<f64>().ok());
        } else if let Some(value) = line.strip_prefix("#EXT-X-BYTERANGE:") {
            let before = segments.last().map(|segment| segment.range);
            range = Some(byte_range(value, before));
        } else if !line.is_empty() && !line.starts_with('#') {
            let parts = range.take().zip(duration.take());
            let (range, duration_secs) =
                parts.unwrap_or_else(|| panic!("a segment without range or duration: {text}"));
            segments.push(Segment {
                uri: line.to_owned(),
                range,
                duration_secs,
            });
        }
    }
    Media {
        map: map.unwrap_or_else(|| panic!("no EXT-X-MAP with a range: {text}")),
        segments,
        target_duration_secs: target.unwrap_or_else(|| panic!("no target duration: {text}")),
    }
}

/// `length[@offset]`; without an offset it follows the segment before (RFC 8216, 4.3.2.2).
fn byte_range(value: &str, before: Option<Range>) -> Range {
    let (length, first) = match value.split_once('@') {
        Some((length, first)) => (length, first.parse().ok()),
        None => (value, before.map(|before| before.last + 1)),
    };
    let length: Option<u64> = length.parse().ok().filter(|length| *length > 0);
    match (length, first) {
        (Some(length), Some(first)) => Range {
            first,
            last: first + length - 1,
        },
        _ => panic!("no byte range: {value}"),
    }
}

/// Commas may stand in quotes.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    while let Some((key, tail)) = rest.split_once('=') {
        let (value, next) = match tail.strip_prefix('"') {
            Some(quoted) => {
                let (value, next) = quoted.split_once('"')?;
                (value, next.strip_prefix(',').unwrap_or(next))
            }
            None => tail.split_once(',').unwrap_or((tail, "")),
        };
        if key == name {
            return Some(value);
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_may_hold_commas_in_quotes() {
        let text = "BANDWIDTH=1,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720";
        assert_eq!(attribute(text, "CODECS"), Some("avc1.64001f,mp4a.40.2"));
        assert_eq!(attribute(text, "RESOLUTION"), Some("1280x720"));
        assert_eq!(attribute(text, "ION"), None);
    }

    #[test]
    fn a_range_without_offset_follows_the_one_before() {
        let text = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"a.mp4\",BYTERANGE=\"10@0\"\n\
                    #EXTINF:4.0,\n#EXT-X-BYTERANGE:5@10\na.mp4\n\
                    #EXTINF:1.5,\n#EXT-X-BYTERANGE:7\na.mp4\n#EXT-X-ENDLIST\n";
        let media = parse_media(text);
        assert_eq!(media.map.1.text(), "0-9");
        assert_eq!(media.segments[0].range.text(), "10-14");
        assert_eq!(media.segments[1].range.text(), "15-21");
    }
}
