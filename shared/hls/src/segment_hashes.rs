//! PeerTube's segment hash document (`segments-sha256.json`).

use crate::{FileName, RenditionReport, Sha256};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Hashes of every media range of a video's renditions.
///
/// Written as an object keyed by media file name; each value is an object keyed by `first-last`
/// (inclusive) whose values are lower-case hex SHA-256. Init segments are not in it: players check
/// only what may come from a peer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentHashes<'a> {
    files: Vec<(FileName, &'a RenditionReport)>,
}

impl<'a> SegmentHashes<'a> {
    /// A document without files.
    #[must_use]
    pub const fn new() -> Self {
        Self { files: Vec::new() }
    }

    /// Adds the segments of `media_file`. A name that is there already is replaced.
    pub fn insert(&mut self, media_file: FileName, report: &'a RenditionReport) {
        self.files.retain(|(name, _)| *name != media_file);
        self.files.push((media_file, report));
    }

    /// The document as JSON text.
    ///
    /// # Panics
    /// Never: keys are strings and values cannot fail to serialise.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("string keys and string values always serialise")
    }
}

impl Serialize for SegmentHashes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.files.len()))?;
        for (name, report) in &self.files {
            map.serialize_entry(name.as_str(), &Ranges(report))?;
        }
        map.end()
    }
}

struct Ranges<'a>(&'a RenditionReport);

impl Serialize for Ranges<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let segments = &self.0.segments;
        let mut map = serializer.serialize_map(Some(segments.len()))?;
        for segment in segments {
            let sha256: &Sha256 = &segment.sha256;
            map.serialize_entry(&segment.range.to_string(), sha256)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::sample;

    #[test]
    fn is_keyed_by_file_and_range() {
        let report = sample();
        let mut hashes = SegmentHashes::new();
        let name = FileName::parse("a-360-fragmented.mp4").unwrap();
        hashes.insert(name.clone(), &report);
        hashes.insert(name, &report);
        let (one, two) = ("11".repeat(32), "22".repeat(32));
        assert_eq!(
            hashes.to_json(),
            format!(
                "{{\"a-360-fragmented.mp4\":{{\"1000-19999\":\"{one}\",\"20000-29999\":\"{two}\"}}}}"
            )
        );
        assert_eq!(SegmentHashes::new().to_json(), "{}");
    }
}
