//! The `url` list of a video: pages, files, streams and trackers, in PeerTube's order.

use serde::Serialize;

/// One encoded file, of a stream or on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File<'a> {
    /// Absolute URL.
    pub url: &'a str,
    /// `video/mp4`, or `audio/mp4` for sound alone.
    pub media_type: &'a str,
    /// In pixels; 0 for sound alone.
    pub height: u32,
    /// In pixels; 0 for sound alone.
    pub width: u32,
    /// In bytes.
    pub size_bytes: u64,
    /// Frames per second; 0 for sound alone.
    pub fps: u32,
    /// Whether there is sound in it.
    pub has_audio: bool,
    /// Whether there are pictures in it.
    pub has_video: bool,
    /// Fragmented MP4, playable by byte ranges, instead of a plain file.
    pub is_fragmented: bool,
    /// Absolute URL of what ffprobe says of it; None where nobody is told.
    pub metadata_url: Option<&'a str>,
    /// None for private videos and for live streams.
    pub torrent: Option<TorrentLinks<'a>>,
}

/// The torrent of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TorrentLinks<'a> {
    /// Absolute URL of the .torrent.
    pub url: &'a str,
    /// As `torrent::Magnet` writes it.
    pub magnet: &'a str,
}

/// The HLS stream of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streaming<'a> {
    /// Absolute URL of the master playlist.
    pub master_url: &'a str,
    /// Absolute URL of the hashes of all segments.
    pub segment_hashes_url: &'a str,
    /// Of all renditions, in hexadecimal: the swarms of its viewers.
    pub info_hashes: &'a [&'a str],
    /// Its renditions, the largest first.
    pub files: &'a [File<'a>],
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Link<'a> {
    Page(PageLink<'a>),
    File(FileLink<'a>),
    Metadata(MetadataLink<'a>),
    Torrent(TorrentLink<'a>),
    Stream(StreamLink<'a>),
    Tracker(TrackerLink<'a>),
    InfoHash(InfoHashTag<'a>),
    SegmentHashes(SegmentHashesLink<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageLink<'a> {
    r#type: &'static str,
    media_type: &'a str,
    href: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileLink<'a> {
    r#type: &'static str,
    media_type: &'a str,
    href: &'a str,
    height: u32,
    width: u32,
    size: u64,
    fps: u32,
    attachment: Vec<Property>,
}

#[derive(Serialize)]
pub(super) struct Property {
    r#type: &'static str,
    name: &'static str,
    value: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MetadataLink<'a> {
    r#type: &'static str,
    rel: [&'a str; 2],
    media_type: &'static str,
    href: &'a str,
    height: u32,
    width: u32,
    fps: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TorrentLink<'a> {
    r#type: &'static str,
    media_type: &'static str,
    href: &'a str,
    height: u32,
    width: u32,
    fps: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StreamLink<'a> {
    r#type: &'static str,
    media_type: &'static str,
    href: &'a str,
    tag: Vec<Link<'a>>,
}

#[derive(Serialize)]
pub(super) struct TrackerLink<'a> {
    r#type: &'static str,
    name: &'static str,
    rel: [&'static str; 2],
    href: &'a str,
}

#[derive(Serialize)]
pub(super) struct InfoHashTag<'a> {
    r#type: &'static str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SegmentHashesLink<'a> {
    r#type: &'static str,
    name: &'static str,
    media_type: &'static str,
    href: &'a str,
}

/// A plain link with a media type: pages, and captions.
pub(super) const fn link<'a>(media_type: &'a str, href: &'a str) -> PageLink<'a> {
    PageLink {
        r#type: "Link",
        media_type,
        href,
    }
}

/// File, metadata, torrent and magnet of each.
pub(super) fn file_links<'a>(files: &[File<'a>]) -> Vec<Link<'a>> {
    files.iter().flat_map(links_of_file).collect()
}

fn links_of_file<'a>(file: &File<'a>) -> Vec<Link<'a>> {
    let mut links = vec![Link::File(FileLink {
        r#type: "Link",
        media_type: file.media_type,
        href: file.url,
        height: file.height,
        width: file.width,
        size: file.size_bytes,
        fps: file.fps,
        attachment: properties(file),
    })];
    links.extend(file.metadata_url.map(|href| {
        Link::Metadata(MetadataLink {
            r#type: "Link",
            rel: ["metadata", file.media_type],
            media_type: "application/json",
            href,
            height: file.height,
            width: file.width,
            fps: file.fps,
        })
    }));
    let torrent_link = |media_type, href| {
        Link::Torrent(TorrentLink {
            r#type: "Link",
            media_type,
            href,
            height: file.height,
            width: file.width,
            fps: file.fps,
        })
    };
    if let Some(torrent) = file.torrent {
        links.push(torrent_link("application/x-bittorrent", torrent.url));
        links.push(torrent_link(
            "application/x-bittorrent;x-scheme-handler/magnet",
            torrent.magnet,
        ));
    }
    links
}

fn properties(file: &File<'_>) -> Vec<Property> {
    let codec = |value| ("ffprobe_codec_type", value);
    let format = if file.is_fragmented {
        "fragmented"
    } else {
        "web-video"
    };
    [
        file.has_audio.then(|| codec("audio")),
        file.has_video.then(|| codec("video")),
        Some(("peertube_format_flag", format)),
    ]
    .into_iter()
    .flatten()
    .map(|(name, value)| Property {
        r#type: "PropertyValue",
        name,
        value,
    })
    .collect()
}

pub(super) fn stream_link<'a>(streaming: &Streaming<'a>) -> Link<'a> {
    let mut tag: Vec<Link<'a>> = streaming
        .info_hashes
        .iter()
        .map(|name| {
            Link::InfoHash(InfoHashTag {
                r#type: "Infohash",
                name,
            })
        })
        .collect();
    tag.push(Link::SegmentHashes(SegmentHashesLink {
        r#type: "Link",
        name: "sha256",
        media_type: "application/json",
        href: streaming.segment_hashes_url,
    }));
    tag.extend(file_links(streaming.files));
    Link::Stream(StreamLink {
        r#type: "Link",
        media_type: "application/x-mpegURL",
        href: streaming.master_url,
        tag,
    })
}

pub(super) fn tracker_link(href: &str) -> Link<'_> {
    let (name, kind) = if href.starts_with("http") {
        ("tracker-http", "http")
    } else {
        ("tracker-websocket", "websocket")
    };
    Link::Tracker(TrackerLink {
        r#type: "Link",
        name,
        rel: ["tracker", kind],
        href,
    })
}
