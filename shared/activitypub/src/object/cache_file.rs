use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::json;

use super::Addressing;
use crate::date::write_iso8601;

/// A copy of another server's HLS stream, in PeerTube's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheFile<'a> {
    /// Of the copy.
    pub id: &'a str,
    /// Of the video.
    pub video: &'a str,
    /// Folder of the files, under their names at the origin, without a slash at the end.
    pub base_url: &'a str,
    /// How long it stays, in milliseconds since 1970; `None`: until it is taken back.
    pub expires_unix_ms: Option<i64>,
    /// Whom it concerns.
    pub addressing: &'a Addressing,
}

impl Serialize for CacheFile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let link = json!({
            "type": "Link", "mediaType": "application/x-mpegURL", "href": self.base_url,
        });
        let mut object = serializer.serialize_struct("CacheFile", 7)?;
        object.serialize_field("to", &self.addressing.to)?;
        object.serialize_field("cc", &self.addressing.cc)?;
        object.serialize_field("id", self.id)?;
        object.serialize_field("type", "CacheFile")?;
        object.serialize_field("object", self.video)?;
        object.serialize_field("expires", &self.expires_unix_ms.map(write_iso8601))?;
        object.serialize_field("url", &link)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incoming::RemoteCacheFile;

    #[test]
    fn what_is_sent_is_what_is_read() {
        let addressing = Addressing::only(&["https://far.test/accounts/bob"]);
        let sent = CacheFile {
            id: "https://video.test/redundancy/streaming-playlists/hls/1",
            video: "https://far.test/videos/watch/1",
            base_url: "https://video.test/static/redundancy/hls/1",
            expires_unix_ms: Some(1_767_323_045_000),
            addressing: &addressing,
        };
        let json = serde_json::to_value(sent).unwrap();
        assert_eq!(json["to"], json!(["https://far.test/accounts/bob"]));
        let read = RemoteCacheFile::from_members(json.as_object().unwrap()).unwrap();
        assert_eq!(read.video.as_str(), sent.video);
        assert_eq!(read.base_url.as_str(), sent.base_url);
        assert_eq!(read.expires_unix_ms, sent.expires_unix_ms);
        let stays = CacheFile {
            expires_unix_ms: None,
            ..sent
        };
        assert_eq!(serde_json::to_value(stays).unwrap()["expires"], json!(null));
    }
}
