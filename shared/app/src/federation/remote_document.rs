//! What is kept of another server's video beside its row: where its files, pictures and collections are at
//! their origin. Column `remote_video.document`, as JSON.

use activitypub::incoming::{Members, RemoteFile, RemoteStreaming, RemoteVideo};
use domain::order::sort_by_key;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::AppError;

/// Pictures, captions, and files of one kind that are kept of a video: PeerTube has far fewer.
const MAX_ITEMS: usize = 40;
/// Longest URL that is kept, in bytes.
const MAX_URL_BYTES: usize = 2_000;
/// Hexadecimal digits of a picture's name.
const NAME_DIGITS: usize = 32;

/// See the module. Members that an older row does not have are empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoteDocument {
    /// Plain files, best first.
    pub files: Vec<RemoteMedia>,
    /// The HLS stream.
    pub streaming: Option<RemoteHls>,
    /// Trackers, WebSocket and HTTP.
    pub trackers: Vec<String>,
    /// Thumbnails.
    pub pictures: Vec<RemotePicture>,
    /// The sprite sheet.
    pub storyboard: Option<RemoteSheet>,
    /// Captions.
    pub captions: Vec<RemoteTrack>,
    /// The embed page.
    pub embed_url: Option<String>,
    /// Collection of comments.
    pub comments_url: Option<String>,
    /// Collection of likes.
    pub likes_url: Option<String>,
    /// Collection of dislikes.
    pub dislikes_url: Option<String>,
    /// Collection of announces.
    pub shares_url: Option<String>,
}

/// An encoded file at its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteMedia {
    /// The file.
    pub url: String,
    /// `video/mp4` and the like.
    pub media_type: String,
    /// Smaller side in pixels, 0 for sound alone.
    pub resolution: u16,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// Bytes.
    pub size_bytes: u64,
    /// Frames a second, -1 when it is not said.
    pub fps: i32,
    /// Whether it has sound.
    pub has_audio: bool,
    /// Whether it has a picture.
    pub has_video: bool,
    /// Its torrent.
    pub torrent_url: Option<String>,
    /// Its magnet link.
    pub magnet_uri: Option<String>,
    /// What ffprobe says of it.
    pub metadata_url: Option<String>,
}

/// An HLS stream at its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteHls {
    /// The master playlist.
    pub master_url: String,
    /// Hashes of its segments.
    pub hashes_url: Option<String>,
    /// Under which players of the origin's version meet, 40 hex digits each.
    #[serde(default)]
    pub info_hashes: Vec<String>,
    /// Its renditions, best first.
    pub files: Vec<RemoteMedia>,
}

/// A picture at its origin, and its name here: viewers fetch it from us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemotePicture {
    /// As in table `thumbnail`.
    pub filename: String,
    /// At the origin.
    pub url: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// A sprite sheet at its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteSheet {
    /// The sheet.
    pub url: String,
    /// Pixels of the sheet.
    pub width: u32,
    /// Pixels of the sheet.
    pub height: u32,
    /// Pixels of one sprite.
    pub sprite_width: u32,
    /// Pixels of one sprite.
    pub sprite_height: u32,
    /// Seconds that one sprite stands for.
    pub sprite_duration_secs: u32,
}

/// A caption file at its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteTrack {
    /// `fr`.
    pub language: String,
    /// WebVTT.
    pub url: String,
    /// Whether a machine wrote it.
    pub is_automatic: bool,
}

/// The extension of a picture's name from that of its URL; JPEG where it is none that browsers show.
#[must_use]
pub fn picture_extension(url: &str) -> &'static str {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["png", "webp", "gif", "avif"]
        .into_iter()
        .find(|known| extension.eq_ignore_ascii_case(known))
        .unwrap_or("jpg")
}

/// A name for a picture of `owner` (an ActivityPub id) that lies at `url`: the same for the same two.
#[must_use]
pub fn picture_name(owner: &str, url: &str) -> String {
    let hash = hex::encode(Sha256::digest(format!("{owner}\n{url}").as_bytes()));
    let (name, _) = hash.split_at(NAME_DIGITS);
    format!("{name}.{}", picture_extension(url))
}

impl RemoteDocument {
    /// What is to be kept of a video.
    #[must_use]
    pub fn of(video: &RemoteVideo) -> Self {
        let raw = &video.raw;
        let links = raw.get("url");
        let pictures = video.thumbnails.iter().map(|image| RemotePicture {
            filename: picture_name(video.id.as_str(), image.url.as_str()),
            url: image.url.as_str().to_owned(),
            width: image.width,
            height: image.height,
        });
        Self {
            files: media(&video.files, links),
            streaming: video.streaming.as_ref().map(|hls| stream(hls, links)),
            trackers: video.tracker_urls.iter().take(MAX_ITEMS).cloned().collect(),
            pictures: pictures
                .filter(|picture| picture.url.len() <= MAX_URL_BYTES)
                .take(MAX_ITEMS)
                .collect(),
            storyboard: items(raw.get("preview")).find_map(sheet),
            captions: items(raw.get("subtitleLanguage"))
                .filter_map(track)
                .take(MAX_ITEMS)
                .collect(),
            embed_url: url_member(raw, "embedUrl"),
            comments_url: url_member(raw, "comments"),
            likes_url: url_member(raw, "likes"),
            dislikes_url: url_member(raw, "dislikes"),
            shares_url: url_member(raw, "shares"),
        }
    }

    /// For the row.
    ///
    /// # Panics
    /// Never: its members are texts and numbers.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers always serialise")
    }

    /// From the row.
    ///
    /// # Errors
    /// [`AppError::Bug`] when it is none.
    pub fn parse(json: &str) -> Result<Self, AppError> {
        serde_json::from_str(json).map_err(AppError::bug)
    }
}

/// One or many: JSON-LD tells no difference.
fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(other) => std::slice::from_ref(other),
        None => &[],
    }
    .iter()
}

fn web_url(value: &Value) -> Option<String> {
    let url = value.as_str()?;
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    (is_web && url.len() <= MAX_URL_BYTES).then(|| url.to_owned())
}

/// A URL, or an object with one as its id: collections may be embedded.
fn url_member(raw: &Members, name: &str) -> Option<String> {
    let value = raw.get(name)?;
    web_url(value).or_else(|| web_url(value.get("id")?))
}

fn number(value: &Value, name: &str) -> Option<u32> {
    u32::try_from(value.get(name)?.as_u64()?).ok()
}

fn sheet(preview: &Value) -> Option<RemoteSheet> {
    let is_sheet = items(preview.get("rel")).any(|rel| rel == "storyboard");
    let link = items(preview.get("url")).next().filter(|_| is_sheet)?;
    let duration = link.get("tileDuration")?.as_str()?;
    let secs = activitypub::date::parse_duration(duration)?;
    Some(RemoteSheet {
        url: web_url(link.get("href")?)?,
        width: number(link, "width")?,
        height: number(link, "height")?,
        sprite_width: number(link, "tileWidth")?,
        sprite_height: number(link, "tileHeight")?,
        sprite_duration_secs: u32::try_from(secs).ok().filter(|secs| *secs > 0)?,
    })
}

/// PeerTube before 8.0 names one URL, later ones a list of links of which one is WebVTT.
fn track(caption: &Value) -> Option<RemoteTrack> {
    let url = items(caption.get("url")).find_map(|url| match url {
        Value::String(_) => web_url(url),
        link => (link.get("mediaType")? == "text/vtt").then(|| web_url(link.get("href")?))?,
    })?;
    let automatic = caption.get("automaticallyGenerated");
    Some(RemoteTrack {
        language: caption.get("identifier")?.as_str()?.to_owned(),
        url,
        is_automatic: automatic.and_then(Value::as_bool).unwrap_or(false),
    })
}

fn stream(hls: &RemoteStreaming, links: Option<&Value>) -> RemoteHls {
    let master = hls.master_url.as_str();
    let link = items(links)
        .find(|link| link.get("href").and_then(Value::as_str) == Some(master))
        .and_then(|link| link.get("tag"));
    RemoteHls {
        master_url: master.to_owned(),
        hashes_url: hls
            .segment_hashes_url
            .as_ref()
            .map(|url| url.as_str().to_owned()),
        info_hashes: hls.info_hashes.iter().take(MAX_ITEMS).cloned().collect(),
        files: media(&hls.files, link),
    }
}

/// The files with their torrents, which stand beside them and name the same height.
fn media(files: &[RemoteFile], links: Option<&Value>) -> Vec<RemoteMedia> {
    let mut all: Vec<RemoteMedia> = files
        .iter()
        .take(MAX_ITEMS)
        .map(|file| one_file(file, links))
        .collect();
    sort_by_key(&mut all, |file| std::cmp::Reverse(file.resolution));
    all
}

fn one_file(file: &RemoteFile, links: Option<&Value>) -> RemoteMedia {
    let link_of = |wanted: &str| {
        items(links).find(|link| {
            link.get("mediaType").and_then(Value::as_str) == Some(wanted)
                && number(link, "height") == Some(file.height)
        })
    };
    let href = |link: &Value| link.get("href").and_then(web_url);
    let own = items(links)
        .find(|link| link.get("href").and_then(Value::as_str) == Some(file.url.as_str()));
    let codecs: Vec<&str> = items(own.and_then(|link| link.get("attachment")))
        .filter(|each| each.get("name").is_some_and(|n| n == "ffprobe_codec_type"))
        .filter_map(|each| each.get("value")?.as_str())
        .collect();
    let has = |codec: &str, otherwise| match codecs.is_empty() {
        true => otherwise,
        false => codecs.contains(&codec),
    };
    let side = file.width.map_or(file.height, |width| match width {
        0 => file.height,
        width => width.min(file.height),
    });
    let magnet = link_of("application/x-bittorrent;x-scheme-handler/magnet")
        .and_then(|link| link.get("href")?.as_str())
        .filter(|uri| uri.starts_with("magnet:") && uri.len() <= 2 * MAX_URL_BYTES);
    RemoteMedia {
        url: file.url.as_str().to_owned(),
        media_type: file.media_type.clone(),
        resolution: u16::try_from(side).unwrap_or(u16::MAX),
        width: file.width,
        height: Some(file.height),
        size_bytes: file.size_bytes,
        fps: file
            .fps
            .and_then(|fps| i32::try_from(fps).ok())
            .unwrap_or(-1),
        has_audio: has("audio", true),
        has_video: has("video", file.height > 0),
        torrent_url: link_of("application/x-bittorrent").and_then(href),
        magnet_uri: magnet.map(str::to_owned),
        metadata_url: items(links)
            .filter(|link| items(link.get("rel")).any(|rel| rel == "metadata"))
            .find(|link| number(link, "height") == Some(file.height))
            .and_then(href),
    }
}

#[cfg(test)]
mod tests;
