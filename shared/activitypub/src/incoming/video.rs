use serde_json::Value;

use super::value::{date_member, each, is_uuid, text_member, types, url_member, url_members};
use super::{Audience, IncomingError, Members};
use crate::AbsoluteUrl;
use crate::date::parse_duration;
use crate::limits::MAX_FILE_BYTES;

/// A video of another server, with the defaults that PeerTube's own reader gives to what is absent.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteVideo {
    /// Its id.
    pub id: AbsoluteUrl,
    /// With hyphens, in lower case.
    pub uuid: String,
    /// 3 to 120 characters.
    pub name: String,
    /// In whole seconds.
    pub duration_secs: u64,
    /// How often watched.
    pub views: u64,
    /// Not for everybody's eyes.
    pub is_sensitive: bool,
    /// In milliseconds since 1970.
    pub published_unix_ms: i64,
    /// In milliseconds since 1970.
    pub updated_unix_ms: i64,
    /// Account and channel, in any order, and with FEP-1b12 alone the channel from `audience`; which
    /// is which, their documents say.
    pub actors: Vec<AbsoluteUrl>,
    /// Markdown when [`Self::is_markdown`], else HTML. Not cleaned.
    pub description: Option<String>,
    /// PeerTube's are.
    pub is_markdown: bool,
    /// PeerTube's numbers as text, or for licences an SPDX name.
    pub category: Option<String>,
    /// As above.
    pub licence: Option<String>,
    /// `en`.
    pub language: Option<String>,
    /// Hashtags.
    pub tags: Vec<String>,
    /// 1 open, 2 closed (also when absent), 3 with approval.
    pub comments_policy: u8,
    /// PeerTube's number; 1, published, when absent.
    pub state: u8,
    /// Whether it may be downloaded.
    pub is_downloadable: bool,
    /// Whether it is a live stream.
    pub is_live: bool,
    /// At least one.
    pub thumbnails: Vec<RemoteImage>,
    /// Its page.
    pub watch_url: Option<AbsoluteUrl>,
    /// Plain files.
    pub files: Vec<RemoteFile>,
    /// Its HLS stream.
    pub streaming: Option<RemoteStreaming>,
    /// `wss:` and `https:`.
    pub tracker_urls: Vec<String>,
    /// Who sees it.
    pub audience: Audience,
    /// Everything.
    pub raw: Members,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteImage {
    /// Where it is.
    pub url: AbsoluteUrl,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// An encoded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// Where it is.
    pub url: AbsoluteUrl,
    /// `video/mp4`, `video/webm`, `video/ogg` or `audio/mp4`.
    pub media_type: String,
    /// In pixels; 0 for sound alone.
    pub height: u32,
    /// In pixels, where it is said.
    pub width: Option<u32>,
    /// In bytes.
    pub size_bytes: u64,
    /// Frames per second, where it is said.
    pub fps: Option<u32>,
}

/// An HLS stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteStreaming {
    /// The master playlist.
    pub master_url: AbsoluteUrl,
    /// Hashes of its segments.
    pub segment_hashes_url: Option<AbsoluteUrl>,
    /// In hexadecimal, as sent.
    pub info_hashes: Vec<String>,
    /// Its renditions.
    pub files: Vec<RemoteFile>,
}

const FILE_TYPES: [&str; 4] = ["video/mp4", "video/webm", "video/ogg", "audio/mp4"];

impl RemoteVideo {
    /// Reads a video by the rules of PeerTube's validator.
    ///
    /// # Errors
    /// [`IncomingError::Member`] names the member for which PeerTube would refuse it as well.
    pub fn from_members(raw: Members) -> Result<Self, IncomingError> {
        let missing = |member| IncomingError::Member { member };
        if !types(&raw).any(|kind| kind == "Video") {
            return Err(missing("type"));
        }
        let name = text_member(&raw, "name").filter(|name| is_name(name));
        let duration = text_member(&raw, "duration").and_then(parse_duration);
        let uuid = text_member(&raw, "uuid").filter(|uuid| is_uuid(uuid));
        let flag = |name: &str| raw.get(name).and_then(Value::as_bool);
        let number = |name: &str| raw.get(name).and_then(Value::as_u64);
        let small = |name: &str| number(name).and_then(|value| u8::try_from(value).ok());
        let mut actors = url_members(&raw, "attributedTo", 10);
        let channel = url_member(&raw, "audience").filter(|channel| !actors.contains(channel));
        actors.extend(channel);
        let thumbnails: Vec<RemoteImage> = each(raw.get("icon")).filter_map(image).collect();
        let stream = each(raw.get("url")).find_map(streaming);
        if actors.is_empty() {
            return Err(missing("attributedTo"));
        }
        if thumbnails.is_empty() {
            return Err(missing("icon"));
        }
        Ok(Self {
            id: url_member(&raw, "id").ok_or(missing("id"))?,
            uuid: uuid.ok_or(missing("uuid"))?.to_ascii_lowercase(),
            name: name.ok_or(missing("name"))?.to_owned(),
            duration_secs: duration.ok_or(missing("duration"))?,
            views: number("views").ok_or(missing("views"))?,
            is_sensitive: flag("sensitive").unwrap_or(false),
            published_unix_ms: date_member(&raw, "published").ok_or(missing("published"))?,
            updated_unix_ms: date_member(&raw, "updated").ok_or(missing("updated"))?,
            actors,
            description: text_member(&raw, "content").map(str::to_owned),
            is_markdown: text_member(&raw, "mediaType") == Some("text/markdown"),
            category: identifier(&raw, "category"),
            licence: identifier(&raw, "licence"),
            language: identifier(&raw, "language"),
            tags: named(raw.get("tag"), "Hashtag"),
            comments_policy: small("commentsPolicy")
                .filter(|p| (1..=3).contains(p))
                .unwrap_or(2),
            state: small("state").unwrap_or(1),
            is_downloadable: flag("downloadEnabled").unwrap_or(true),
            is_live: flag("isLiveBroadcast").unwrap_or(false),
            thumbnails,
            watch_url: link_of(raw.get("url"), "text/html"),
            files: each(raw.get("url")).filter_map(file).collect(),
            streaming: stream,
            tracker_urls: each(raw.get("url")).filter_map(tracker).collect(),
            audience: Audience::of(&raw),
            raw,
        })
    }
}

fn is_name(name: &str) -> bool {
    (3..=120).contains(&name.chars().count())
}

/// `{identifier, name}`; numbers are taken for text.
fn identifier(raw: &Members, name: &str) -> Option<String> {
    match raw.get(name)?.get("identifier")? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn named(tags: Option<&Value>, kind: &str) -> Vec<String> {
    each(tags)
        .filter_map(Value::as_object)
        .filter(|tag| types(tag).any(|other| other == kind))
        .filter_map(|tag| text_member(tag, "name").map(str::to_owned))
        .collect()
}

fn pixels(value: &Value, name: &str) -> Option<u32> {
    u32::try_from(value.get(name)?.as_u64()?).ok()
}

fn media_type(value: &Value) -> Option<&str> {
    value.get("mediaType")?.as_str()
}

fn href(value: &Value) -> Option<AbsoluteUrl> {
    AbsoluteUrl::parse(value.get("href")?.as_str()?).ok()
}

fn image(value: &Value) -> Option<RemoteImage> {
    Some(RemoteImage {
        url: AbsoluteUrl::parse(value.get("url")?.as_str()?).ok()?,
        width: pixels(value, "width")?,
        height: pixels(value, "height")?,
    })
}

fn link_of(links: Option<&Value>, wanted: &str) -> Option<AbsoluteUrl> {
    each(links)
        .filter(|link| media_type(link) == Some(wanted))
        .find_map(href)
}

fn file(link: &Value) -> Option<RemoteFile> {
    let media_type = media_type(link).filter(|name| FILE_TYPES.contains(name))?;
    Some(RemoteFile {
        url: href(link)?,
        media_type: media_type.to_owned(),
        height: pixels(link, "height")?,
        width: pixels(link, "width"),
        size_bytes: link
            .get("size")?
            .as_u64()
            .filter(|size| *size <= MAX_FILE_BYTES)?,
        fps: pixels(link, "fps"),
    })
}

/// PeerTube throws away streams without `tag`, and so do we: nothing could be checked.
fn streaming(link: &Value) -> Option<RemoteStreaming> {
    if media_type(link) != Some("application/x-mpegURL") || !link.get("tag")?.is_array() {
        return None;
    }
    let hashes = |tag: &&Value| tag.get("name").and_then(Value::as_str) == Some("sha256");
    Some(RemoteStreaming {
        master_url: href(link)?,
        segment_hashes_url: each(link.get("tag")).filter(hashes).find_map(href),
        info_hashes: named(link.get("tag"), "Infohash"),
        files: each(link.get("tag")).filter_map(file).collect(),
    })
}

fn tracker(link: &Value) -> Option<String> {
    let is_tracker = each(link.get("rel")).any(|rel| rel == "tracker");
    let url = link.get("href")?.as_str().filter(|_| is_tracker)?;
    let is_known = ["wss://", "https://", "ws://", "http://"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    is_known.then(|| url.to_owned())
}
