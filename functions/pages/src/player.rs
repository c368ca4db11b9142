//! What the player must know before its first frame, so that it asks the API nothing.

use rest::video::{Storyboard, Thumbnail, VideoDetails, VideoFile, VideoStreamingPlaylist};
use serde::Serialize;

use crate::{Site, Watch, assets::asset_url};

/// A caption file beside a video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaptionTrack {
    /// Language tag, `fr`.
    pub language: String,
    /// Its English name.
    pub label: String,
    /// URL of the WebVTT file.
    pub url: String,
}

/// How a rendition begins, so that the player can ask for its first bytes before it has read a playlist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Opening {
    /// Name of the media file, beside the master playlist.
    pub file: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Whether it has sound.
    pub has_audio: bool,
    /// RFC 6381.
    pub codecs: String,
    /// Peak, bits a second.
    pub bandwidth_bps: u64,
    /// Length of the init segment, from the file's first byte.
    pub init_bytes: u64,
    /// Length of the first media segment, which follows it.
    pub segment_bytes: u64,
    /// Of the first media segment, lower-case hex.
    pub sha256: String,
}

/// Where another server's video is at home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its page there.
    pub page_url: String,
    /// Under which info hashes its viewers meet there.
    pub meeting: Meeting,
}

/// Under which info hashes viewers meet at a tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// As here: the player derives them.
    ByVideo,
    /// Under these, 40 hex digits each.
    Listed {
        /// By the rendition's place.
        renditions: Vec<String>,
        /// Of the sound alone.
        sound: Option<String>,
    },
    /// Not at all.
    Nowhere,
}

/// The JSON data block of watch and embed pages; `client/player/data.ts` reads it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlayerData {
    uuid: String,
    #[serde(rename = "shortUUID")]
    short_uuid: String,
    title: String,
    /// Channel's name, for the system's media controls.
    artist: String,
    /// Absolute, for links that leave a frame.
    watch_url: String,
    duration_secs: u32,
    /// `VideoState` number; 2 is "to transcode".
    state: u8,
    live: bool,
    nsfw: bool,
    poster: Option<String>,
    hls: Option<HlsSource>,
    /// Plain files, best first: for browsers and moments without HLS.
    files: Vec<FileSource>,
    storyboard: Option<Sprites>,
    captions: Vec<CaptionTrack>,
    engine: Engine,
    p2p: Option<PeerSettings>,
}

/// How viewers find each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct PeerSettings {
    /// Whether it is on for whoever has not chosen.
    enabled: bool,
    /// URL of the module that does it, loaded only where it is used.
    module: String,
    /// WebSocket URLs.
    trackers: Vec<String>,
    stun_servers: Vec<String>,
    /// Absent where the player derives them.
    #[serde(skip_serializing_if = "Option::is_none")]
    info_hashes: Option<InfoHashes>,
}

/// See [`Meeting::Listed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct InfoHashes {
    renditions: Vec<String>,
    sound: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct HlsSource {
    master: String,
    hashes: Option<String>,
    /// Sound lies in its own rendition, which hls.js's light build cannot play.
    separate_audio: bool,
    /// The smallest first; empty where nothing is known.
    openings: Vec<Opening>,
    /// Folders of copies; those on our origin lose it.
    mirrors: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct FileSource {
    url: String,
    label: String,
    height: u16,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sprites {
    url: String,
    total_width: u32,
    total_height: u32,
    sprite_width: u32,
    sprite_height: u32,
    sprite_duration_secs: f64,
}

/// URLs of the two builds of hls.js; the player imports the one that it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Engine {
    light: String,
    full: String,
}

impl PlayerData {
    /// Collects the data; URLs on our origin lose it.
    #[must_use]
    pub fn new(site: &Site, watch: Watch<'_>) -> Self {
        let Watch {
            video: details,
            storyboard,
            captions,
            ..
        } = watch;
        let video = &details.video;
        Self {
            uuid: video.uuid.clone(),
            short_uuid: video.short_uuid.clone(),
            title: video.name.clone(),
            artist: video.channel.display_name.clone(),
            watch_url: site.url(&format!("/w/{}", video.short_uuid)),
            duration_secs: video.duration,
            state: details.state.id,
            live: video.is_live,
            nsfw: video.nsfw,
            poster: poster(site, &video.thumbnails, video.preview_path.as_deref()),
            hls: details
                .streaming_playlists
                .first()
                .map(|playlist| hls_source(site, playlist, watch.openings)),
            files: details
                .files
                .iter()
                .filter_map(|file| file_source(site, file))
                .collect(),
            storyboard: storyboard.map(|sheet| sprites(site, sheet)),
            captions: captions
                .iter()
                .map(|track| CaptionTrack {
                    url: site.relative(&track.url).to_owned(),
                    ..track.clone()
                })
                .collect(),
            engine: Engine {
                light: asset_url("hls-light.ts"),
                full: asset_url("hls-full.ts"),
            },
            p2p: peer_settings(site, details, watch.elsewhere),
        }
    }

    /// The master playlist, for a preload.
    #[must_use]
    pub fn master_url(&self) -> Option<&str> {
        self.hls.as_ref().map(|hls| hls.master.as_str())
    }

    /// The segment hashes, for a preload.
    #[must_use]
    pub fn hashes_url(&self) -> Option<&str> {
        self.hls.as_ref().and_then(|hls| hls.hashes.as_deref())
    }

    /// Whether the picture element must ask other servers for the right to read: captions that lie elsewhere
    /// are not shown without it. PeerTube gives it for all its media.
    #[must_use]
    pub fn reads_elsewhere(&self) -> bool {
        self.captions
            .iter()
            .any(|track| !track.url.starts_with('/'))
    }

    /// The build of hls.js that this video needs.
    #[must_use]
    pub fn engine_url(&self) -> Option<&str> {
        let hls = self.hls.as_ref()?;
        Some(if hls.separate_audio {
            &self.engine.full
        } else {
            &self.engine.light
        })
    }

    /// Whether the page names the bytes of the first frame, and the browser can show them as they are
    /// (`client/player/opening.ts`).
    #[must_use]
    pub fn begins_without_engine(&self) -> bool {
        self.hls
            .as_ref()
            .is_some_and(|hls| !hls.openings.is_empty() && !hls.separate_audio)
    }

    /// The picture that fills the player until it plays.
    #[must_use]
    pub fn poster_url(&self) -> Option<&str> {
        self.poster.as_deref()
    }

    /// Best plain file, for browsers without JavaScript: a web video, else a whole HLS rendition,
    /// which is a fragmented MP4 that every browser plays.
    #[must_use]
    pub fn plain_file_url<'a>(&'a self, site: &Site, details: &'a VideoDetails) -> Option<&'a str> {
        if let Some(file) = self.files.first() {
            return Some(&file.url);
        }
        let renditions = &details.streaming_playlists.first()?.files;
        let whole = renditions
            .iter()
            .find(|file| file.has_video && file.has_audio);
        Some(site.relative(whole.or(renditions.first())?.file_url.as_deref()?))
    }
}

fn hls_source(site: &Site, playlist: &VideoStreamingPlaylist, openings: &[Opening]) -> HlsSource {
    let silent_picture = playlist
        .files
        .iter()
        .any(|file| file.has_video && !file.has_audio);
    let sound_alone = playlist
        .files
        .iter()
        .any(|file| file.has_audio && !file.has_video);
    let hashes = site.relative(&playlist.segments_sha256_url);
    HlsSource {
        master: site.relative(&playlist.playlist_url).to_owned(),
        hashes: (!hashes.is_empty()).then(|| hashes.to_owned()),
        separate_audio: silent_picture && sound_alone,
        openings: usable(openings),
        mirrors: playlist
            .redundancies
            .iter()
            .map(|copy| site.relative(&copy.base_url).to_owned())
            .collect(),
    }
}

/// Smaller side in pixels of the largest rendition that a page names: it weighs little, and whoever has a larger
/// screen and the rate for it gets more with the second segment.
const OPENING_SIDE_MAX_PX: u32 = 1080;
/// Renditions that a page names, of 300 bytes each.
const OPENINGS_MAX: usize = 5;

/// The best of those, the smallest first.
fn usable(openings: &[Opening]) -> Vec<Opening> {
    let mut best: Vec<Opening> = openings
        .iter()
        .rev()
        .filter(|opening| opening.width.min(opening.height) <= OPENING_SIDE_MAX_PX)
        .take(OPENINGS_MAX)
        .cloned()
        .collect();
    best.reverse();
    best
}

/// `None` where viewers could not check what they send each other, or could not find each other.
fn peer_settings(
    site: &Site,
    details: &VideoDetails,
    elsewhere: Option<&Elsewhere>,
) -> Option<PeerSettings> {
    let info_hashes = match elsewhere.map(|elsewhere| &elsewhere.meeting) {
        None | Some(Meeting::ByVideo) => None,
        Some(Meeting::Listed { renditions, sound }) => Some(InfoHashes {
            renditions: renditions.clone(),
            sound: sound.clone(),
        }),
        Some(Meeting::Nowhere) => return None,
    };
    let playlist = details.streaming_playlists.first()?;
    if playlist.segments_sha256_url.is_empty() || details.video.is_live {
        return None;
    }
    let is_socket = |url: &&String| url.starts_with("wss://") || url.starts_with("ws://");
    let trackers: Vec<String> = details
        .tracker_urls
        .iter()
        .filter(is_socket)
        .cloned()
        .collect();
    (!trackers.is_empty()).then(|| PeerSettings {
        enabled: site.sharing.enabled,
        module: asset_url("p2p.ts"),
        trackers,
        stun_servers: site.sharing.stun_servers.clone(),
        info_hashes,
    })
}

fn file_source(site: &Site, file: &VideoFile) -> Option<FileSource> {
    Some(FileSource {
        url: site.relative(file.file_url.as_deref()?).to_owned(),
        label: file.resolution.label.clone().into_owned(),
        height: file.resolution.id,
    })
}

fn sprites(site: &Site, sheet: &Storyboard) -> Sprites {
    Sprites {
        url: site.relative(&sheet.file_url).to_owned(),
        total_width: sheet.total_width,
        total_height: sheet.total_height,
        sprite_width: sheet.sprite_width,
        sprite_height: sheet.sprite_height,
        sprite_duration_secs: sheet.sprite_duration,
    }
}

/// Pixels of width beyond which a poster costs more time than it adds sharpness.
const POSTER_WIDTH_MAX_PX: u32 = 1280;

/// Largest picture up to [`POSTER_WIDTH_MAX_PX`] wide, else the smallest there is.
fn poster(site: &Site, thumbnails: &[Thumbnail], preview_path: Option<&str>) -> Option<String> {
    let fitting = thumbnails
        .iter()
        .filter(|picture| picture.width <= POSTER_WIDTH_MAX_PX);
    let best = fitting
        .max_by_key(|picture| picture.width)
        .or_else(|| thumbnails.iter().min_by_key(|picture| picture.width));
    best.map(|picture| site.relative(&picture.file_url))
        .or(preview_path)
        .map(str::to_owned)
}
