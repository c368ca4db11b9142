use serde_json::Value;

use super::value::{date_member, each, types, url_member};
use super::{IncomingError, Members};
use crate::AbsoluteUrl;

/// Media type of an HLS stream, in every spelling (RFC 8216, 4).
const HLS: &str = "application/x-mpegurl";

/// PeerTube's `CacheFile`: a server has a copy of a video's HLS stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteCacheFile {
    /// Of the copy.
    pub id: AbsoluteUrl,
    /// Of the video.
    pub video: AbsoluteUrl,
    /// Folder of the files, under their names at the origin: on the host of `id`, without query and fragment, and
    /// without a slash at the end.
    pub base_url: AbsoluteUrl,
    /// How long it stays, in milliseconds since 1970; `None`: until it is taken back.
    pub expires_unix_ms: Option<i64>,
}

impl RemoteCacheFile {
    /// Reads one. Copies of plain files, which PeerTube no longer makes, are none.
    ///
    /// # Errors
    /// [`IncomingError::Member`] for what is missing, no date, no HLS link, or on another host.
    pub fn from_members(raw: &Members) -> Result<Self, IncomingError> {
        let missing = |member| IncomingError::Member { member };
        if !types(raw).any(|name| name == "CacheFile") {
            return Err(missing("type"));
        }
        let id = url_member(raw, "id").ok_or(missing("id"))?;
        let expires_unix_ms = match raw.get("expires") {
            None | Some(Value::Null) => None,
            Some(_) => Some(date_member(raw, "expires").ok_or(missing("expires"))?),
        };
        Ok(Self {
            video: url_member(raw, "object").ok_or(missing("object"))?,
            base_url: base_url(raw, &id).ok_or(missing("url"))?,
            expires_unix_ms,
            id,
        })
    }
}

/// Players put a slash and a name behind it: after a query or a fragment they would ask for something else.
fn base_url(raw: &Members, id: &AbsoluteUrl) -> Option<AbsoluteUrl> {
    let text = |link: &Value, name: &str| Some(link.get(name)?.as_str()?.to_owned());
    let is_hls = |link: &&Value| {
        let media_type = text(link, "mediaType").or_else(|| text(link, "mimeType"));
        media_type.is_some_and(|name| name.eq_ignore_ascii_case(HLS))
    };
    let href = text(each(raw.get("url")).find(is_hls)?, "href")?;
    let url = AbsoluteUrl::parse(href.trim_end_matches('/')).ok()?;
    let is_folder = !url.as_str().contains(['?', '#']) && url.has_host_of(id);
    is_folder.then_some(url)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// As PeerTube 6.3 sends it, by its `VideoRedundancyModel`.
    fn sent() -> Value {
        json!({
            "id": "https://far.test/redundancy/streaming-playlists/hls/22222222-2222-4222-8222-222222222222",
            "type": "CacheFile", "object": "https://video.test/videos/watch/1",
            "expires": "2026-01-02T03:04:05.000Z",
            "url": {"type": "Link", "mediaType": "application/x-mpegURL",
                "href": "https://far.test/static/redundancy/hls/22222222-2222-4222-8222-222222222222"},
        })
    }

    fn read(value: &Value) -> Result<RemoteCacheFile, IncomingError> {
        RemoteCacheFile::from_members(value.as_object().unwrap())
    }

    #[test]
    fn peertubes_own_is_read() {
        let file = read(&sent()).unwrap();
        assert_eq!(file.video.as_str(), "https://video.test/videos/watch/1");
        assert!(file.base_url.as_str().ends_with("222222"));
        assert_eq!(file.expires_unix_ms, Some(1_767_323_045_000));
        let mut lasting = sent();
        lasting["expires"] = Value::Null;
        assert_eq!(read(&lasting).unwrap().expires_unix_ms, None);
        lasting["url"]["href"] = json!("https://far.test/a/");
        assert_eq!(
            read(&lasting).unwrap().base_url.as_str(),
            "https://far.test/a"
        );
    }

    #[test]
    fn what_points_elsewhere_or_at_nothing_is_refused() {
        for (member, href) in [
            ("href", json!("https://evil.test/static/redundancy/hls/1")),
            ("href", json!("https://far.test:8443/static")),
            ("href", json!("https://far.test/static?next=")),
            ("href", json!("https://far.test/static#")),
            ("href", json!("javascript:alert(1)")),
            ("href", json!(7)),
            ("mediaType", json!("video/mp4")),
        ] {
            let mut wrong = sent();
            wrong["url"][member] = href;
            assert_eq!(
                read(&wrong),
                Err(IncomingError::Member { member: "url" }),
                "{wrong}"
            );
        }
        for (member, value) in [
            ("type", json!("Video")),
            ("id", json!("nothing")),
            ("object", json!({})),
            ("expires", json!("tomorrow")),
            ("expires", json!(1)),
        ] {
            let mut wrong = sent();
            wrong[member] = value;
            assert_eq!(
                read(&wrong),
                Err(IncomingError::Member { member }),
                "{wrong}"
            );
        }
    }
}
