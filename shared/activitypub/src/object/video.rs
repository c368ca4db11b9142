use serde::{Serialize, Serializer};

use super::actor::{ImageWire, Owner, images};
use super::video_links::{Link, PageLink, file_links, link, stream_link, tracker_link};
use super::{Addressing, File, Image, PUBLIC, Streaming};
use crate::date::{write_duration, write_iso8601};

/// A category, licence or language: its id as text, and its English name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Label<'a> {
    /// `1` or `en`.
    pub identifier: &'a str,
    /// `Music`.
    pub name: &'a str,
}

/// Subtitles in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caption<'a> {
    /// Of the language.
    pub label: Label<'a>,
    /// Made by a machine.
    pub is_generated: bool,
    /// Absolute URL of the WebVTT file.
    pub vtt_url: &'a str,
    /// Absolute URL of its HLS playlist.
    pub playlist_url: Option<&'a str>,
}

/// One picture with many small ones, for the progress bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storyboard<'a> {
    /// Absolute URL of a JPEG.
    pub url: &'a str,
    /// Of the whole, in pixels.
    pub width: u32,
    /// Of the whole, in pixels.
    pub height: u32,
    /// Of one, in pixels.
    pub tile_width: u32,
    /// Of one, in pixels.
    pub tile_height: u32,
    /// From one to the next, in seconds.
    pub tile_duration_secs: u32,
}

/// What a live stream says beyond a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Live {
    /// A video is made of it afterwards.
    pub saves_replay: bool,
    /// It can start again.
    pub is_permanent: bool,
    /// 1 default, 2 high, 3 small.
    pub latency_mode: u8,
    /// How far back a viewer can go in it, in seconds.
    pub dvr_window_secs: u32,
}

/// A video as PeerTube 8 sends it. PeerTube 6 and 7 take it too: actors in `attributedTo` carry
/// their type, which 6 needs and 8 accepts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Video<'a> {
    /// Absolute URL.
    pub id: &'a str,
    /// Absolute URL of its page; the first link, from which Mastodon builds its preview.
    pub watch_url: &'a str,
    /// Absolute URL of its player to embed.
    pub embed_url: &'a str,
    /// With hyphens.
    pub uuid: &'a str,
    /// Who sees it.
    pub addressing: &'a Addressing,
    /// Id of the account.
    pub account_id: &'a str,
    /// Id of the channel; also its audience (FEP-1b12).
    pub channel_id: &'a str,
    /// 3 to 120 characters.
    pub name: &'a str,
    /// In whole seconds.
    pub duration_secs: u64,
    /// None when unknown.
    pub category: Option<Label<'a>>,
    /// None when unknown.
    pub licence: Option<Label<'a>>,
    /// None when unknown.
    pub language: Option<Label<'a>>,
    /// How often watched.
    pub views: u64,
    /// Not for everybody's eyes.
    pub is_sensitive: bool,
    /// Why, in words.
    pub sensitive_summary: Option<&'a str>,
    /// Why, in PeerTube's words: `violent`, `shockingDisturbing`, `explicitSex`.
    pub sensitive_tags: &'a [&'a str],
    /// It is published only when transcoded.
    pub waits_for_transcoding: bool,
    /// PeerTube's number: 1 published, 2 to transcode, ...
    pub state: u8,
    /// 1 open, 2 closed, 3 with approval.
    pub comments_policy: u8,
    /// Whether it may be downloaded.
    pub is_downloadable: bool,
    /// In milliseconds since 1970.
    pub published_unix_ms: i64,
    /// When it was first shown elsewhere, in milliseconds since 1970.
    pub originally_published_unix_ms: Option<i64>,
    /// In milliseconds since 1970.
    pub updated_unix_ms: i64,
    /// When its present file was uploaded, in milliseconds since 1970.
    pub uploaded_unix_ms: Option<i64>,
    /// At most five, without `#`.
    pub tags: &'a [&'a str],
    /// Markdown.
    pub description: Option<&'a str>,
    /// How to support its makers, Markdown.
    pub support: Option<&'a str>,
    /// Subtitles.
    pub captions: &'a [Caption<'a>],
    /// At least one JPEG, each with its size.
    pub thumbnails: &'a [Image<'a>],
    /// None while it is being made.
    pub storyboard: Option<Storyboard<'a>>,
    /// Width by height; None while unknown.
    pub aspect_ratio: Option<f64>,
    /// Plain files, the largest first.
    pub files: &'a [File<'a>],
    /// Its stream.
    pub streaming: Option<Streaming<'a>>,
    /// Absolute URLs, `wss:` and `https:`.
    pub tracker_urls: &'a [&'a str],
    /// None for what is not live.
    pub live: Option<Live>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    to: &'a [String],
    cc: &'a [String],
    r#type: &'static str,
    id: &'a str,
    name: &'a str,
    duration: String,
    uuid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Label<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<Label<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Label<'a>>,
    views: u64,
    sensitive: bool,
    summary: Option<&'a str>,
    wait_transcoding: bool,
    state: u8,
    /// What PeerTube before 6.2 reads instead of the policy.
    comments_enabled: bool,
    can_reply: Option<&'static str>,
    comments_policy: u8,
    download_enabled: bool,
    published: String,
    originally_published_at: Option<String>,
    schedules: [(); 0],
    updated: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    upload_date: Option<String>,
    tag: Vec<Tag<'a>>,
    media_type: &'static str,
    content: Option<&'a str>,
    support: Option<&'a str>,
    subtitle_language: Vec<CaptionWire<'a>>,
    icon: Vec<ImageWire<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preview: Option<[Preview<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aspect_ratio: Option<f64>,
    embed_url: &'a str,
    url: Vec<Link<'a>>,
    likes: String,
    dislikes: String,
    shares: String,
    comments: String,
    has_parts: String,
    player_settings: String,
    attributed_to: [Owner<'a>; 2],
    audience: &'a str,
    attachment: Vec<Attachment<'a>>,
    is_live_broadcast: bool,
    live_save_replay: Option<bool>,
    permanent_live: Option<bool>,
    latency_mode: Option<u8>,
    dvr_window: Option<String>,
}

#[derive(Serialize)]
struct Tag<'a> {
    r#type: &'static str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CaptionWire<'a> {
    identifier: &'a str,
    name: &'a str,
    automatically_generated: bool,
    url: Vec<PageLink<'a>>,
}

#[derive(Serialize)]
struct Preview<'a> {
    r#type: &'static str,
    rel: [&'static str; 1],
    url: [Tiles<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tiles<'a> {
    media_type: &'static str,
    href: &'a str,
    width: u32,
    height: u32,
    tile_width: u32,
    tile_height: u32,
    tile_duration: String,
}

/// For software that knows no `url` list: Mastodon, Misskey and Pleroma play these.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attachment<'a> {
    r#type: &'static str,
    media_type: &'a str,
    url: &'a str,
    width: u32,
    height: u32,
    size: u64,
    fps: u32,
}

impl Serialize for Video<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let below = |name: &str| format!("{}/{name}", self.id);
        Wire {
            to: &self.addressing.to,
            cc: &self.addressing.cc,
            r#type: "Video",
            id: self.id,
            name: self.name,
            duration: write_duration(self.duration_secs),
            uuid: self.uuid,
            category: self.category,
            licence: self.licence,
            language: self.language,
            views: self.views,
            sensitive: self.is_sensitive,
            summary: self.sensitive_summary,
            wait_transcoding: self.waits_for_transcoding,
            state: self.state,
            comments_enabled: self.comments_policy != 2,
            // Looks the wrong way round, and is how PeerTube has it.
            can_reply: (self.comments_policy != 1).then_some(PUBLIC),
            comments_policy: self.comments_policy,
            download_enabled: self.is_downloadable,
            published: write_iso8601(self.published_unix_ms),
            originally_published_at: self.originally_published_unix_ms.map(write_iso8601),
            schedules: [],
            updated: write_iso8601(self.updated_unix_ms),
            upload_date: self.uploaded_unix_ms.map(write_iso8601),
            tag: self.tag_list(),
            media_type: "text/markdown",
            content: self.description,
            support: self.support,
            subtitle_language: self.captions.iter().map(caption).collect(),
            icon: images(self.thumbnails),
            preview: self.storyboard.map(|storyboard| [preview(storyboard)]),
            aspect_ratio: self.aspect_ratio,
            embed_url: self.embed_url,
            url: self.url_list(),
            likes: below("likes"),
            dislikes: below("dislikes"),
            shares: below("announces"),
            comments: below("comments"),
            has_parts: below("chapters"),
            player_settings: below("player-settings"),
            attributed_to: [
                Owner {
                    r#type: "Person",
                    id: self.account_id,
                },
                Owner {
                    r#type: "Group",
                    id: self.channel_id,
                },
            ],
            audience: self.channel_id,
            attachment: self.attachments(),
            is_live_broadcast: self.live.is_some(),
            live_save_replay: self.live.map(|live| live.saves_replay),
            permanent_live: self.live.map(|live| live.is_permanent),
            latency_mode: self.live.map(|live| live.latency_mode),
            dvr_window: self
                .live
                .map(|live| write_duration(u64::from(live.dvr_window_secs))),
        }
        .serialize(serializer)
    }
}

impl<'a> Video<'a> {
    fn tag_list(&self) -> Vec<Tag<'a>> {
        let tags = |r#type, names: &[&'a str]| -> Vec<Tag<'a>> {
            names.iter().map(|name| Tag { r#type, name }).collect()
        };
        let mut list = tags("Hashtag", self.tags);
        list.extend(tags("SensitiveTag", self.sensitive_tags));
        list
    }

    fn url_list(&self) -> Vec<Link<'a>> {
        let mut list = vec![
            Link::Page(link("text/html", self.watch_url)),
            Link::Page(link("text/html", self.id)),
        ];
        list.extend(file_links(self.files));
        list.extend(self.streaming.as_ref().map(stream_link));
        list.extend(self.tracker_urls.iter().map(|url| tracker_link(url)));
        list
    }

    fn attachments(&self) -> Vec<Attachment<'a>> {
        let streamed = self.streaming.map_or(&[][..], |streaming| streaming.files);
        let all = self.files.iter().chain(streamed);
        all.filter(|file| file.has_audio && file.has_video)
            .map(|file| Attachment {
                r#type: "Video",
                media_type: file.media_type,
                url: file.url,
                width: file.width,
                height: file.height,
                size: file.size_bytes,
                fps: file.fps,
            })
            .collect()
    }
}

fn caption<'a>(caption: &Caption<'a>) -> CaptionWire<'a> {
    let mut url = vec![link("text/vtt", caption.vtt_url)];
    url.extend(
        caption
            .playlist_url
            .map(|href| link("application/x-mpegURL", href)),
    );
    CaptionWire {
        identifier: caption.label.identifier,
        name: caption.label.name,
        automatically_generated: caption.is_generated,
        url,
    }
}

fn preview(storyboard: Storyboard<'_>) -> Preview<'_> {
    Preview {
        r#type: "Image",
        rel: ["storyboard"],
        url: [Tiles {
            media_type: "image/jpeg",
            href: storyboard.url,
            width: storyboard.width,
            height: storyboard.height,
            tile_width: storyboard.tile_width,
            tile_height: storyboard.tile_height,
            tile_duration: write_duration(u64::from(storyboard.tile_duration_secs)),
        }],
    }
}
