//! `/w/{id}`.

mod seo;

use askama::Template;
use rest::video::{Storyboard, VideoDetails, VideoFile, VideoListItem};

use self::seo::Social;
use super::{
    Frame,
    actor::{ActorLine, Join},
    card::{Card, SMALL_SIZES},
    print,
};
use crate::{
    Site,
    assets::{asset_url, module_urls},
    markdown::{self, Rendered},
    player::{CaptionTrack, Elsewhere, Opening, PlayerData},
    script::json_block,
    text::{Day, bytes, count, duration_words, grouped},
};

/// A watch page in bytes, with room left below the project's 30 KB for the closing tags that
/// [`markdown::render`] may add. Longer descriptions go on at `/w/{id}/description`.
const PAGE_MAX_BYTES: usize = 29_500;
/// HTML of a description that is printed without weighing the rest of the page, in bytes.
const DESCRIPTION_FREE_BYTES: usize = 4_000;
/// HTML of a description for which the player's shortcut makes room, in bytes.
const DESCRIPTION_LEAST_BYTES: usize = 500;
/// HTML of the description on a page of its own: 10,000 characters of which each is an escape of
/// six bytes, and their marks.
const WHOLE_DESCRIPTION_MAX_BYTES: usize = 200_000;
/// HTML of the support text, in bytes.
const SUPPORT_MAX_BYTES: usize = 2_000;
/// Videos beside the player.
pub const RELATED_VIDEOS: usize = 6;
/// Renditions in the download table: PeerTube's nine resolutions, in both forms.
const DOWNLOADS_MAX: usize = 18;

/// What a watch page is made of.
#[derive(Clone, Copy, Debug)]
pub struct Watch<'a> {
    /// The video, public or unlisted.
    pub video: &'a VideoDetails,
    /// Preview pictures for the seek bar.
    pub storyboard: Option<&'a Storyboard>,
    /// Caption files, in menu order.
    pub captions: &'a [CaptionTrack],
    /// How its renditions begin, the smallest first.
    pub openings: &'a [Opening],
    /// Other videos, of the same channel; the first [`RELATED_VIDEOS`] are shown.
    pub related: &'a [VideoListItem],
    /// Of another server's video: where it is at home.
    pub elsewhere: Option<&'a Elsewhere>,
}

#[derive(Template)]
#[template(path = "watch.html")]
struct WatchPage<'a> {
    frame: Frame<'a>,
    social: Social<'a>,
    player_style: String,
    script: String,
    modules: Vec<String>,
    /// Whether the first frame needs the engine and its playlists. What needs them later would only compete
    /// with what brings that frame.
    engine_first: bool,
    player: &'a PlayerData,
    player_json: String,
    plain_file: Option<&'a str>,
    tall: bool,
    title: &'a str,
    lang: Option<&'a str>,
    views: String,
    day: Day,
    facts: Vec<String>,
    channel: ActorLine,
    join: Join,
    followers: String,
    downloads: Vec<Download<'a>>,
    notice: Option<String>,
    original: Option<Original<'a>>,
    description: Rendered,
    description_href: String,
    tags: &'a [String],
    details: Vec<(&'static str, String)>,
    support: String,
    related: Vec<Card>,
    related_heading: String,
    video_id: i64,
    uuid: &'a str,
    likes: String,
    dislikes: String,
    comments: String,
    talked: bool,
    comments_href: String,
    talk_script: String,
}

/// A link to the page of another server's video.
struct Original<'a> {
    url: &'a str,
    host: &'a str,
}

struct Download<'a> {
    label: String,
    size: String,
    file: Option<&'a str>,
    torrent: Option<&'a str>,
}

/// The watch page: under 30 KB for any video, readable without JavaScript.
#[must_use]
pub fn render_watch(site: &Site, watch: Watch<'_>) -> String {
    let player = PlayerData::new(site, watch);
    let text = watch.video.video.description.as_deref().unwrap_or_default();
    let mut page = WatchPage::new(site, watch, &player);
    page.description = markdown::render(text, DESCRIPTION_FREE_BYTES);
    if page.description.cut {
        page.description.html.clear();
        let mut others = print(&page).len();
        if others > PAGE_MAX_BYTES - DESCRIPTION_LEAST_BYTES {
            // Rather a slower start than no word of it.
            let openings: &[Opening] = &[];
            let player = PlayerData::new(site, Watch { openings, ..watch });
            page.player_json = json_block(&player);
            others = print(&page).len();
        }
        page.description = markdown::render(text, PAGE_MAX_BYTES.saturating_sub(others));
    }
    print(&page)
}

impl<'a> WatchPage<'a> {
    /// Everything but the description, which gets the room that is left.
    fn new(site: &'a Site, watch: Watch<'a>, player: &'a PlayerData) -> Self {
        let details = watch.video;
        let video = &details.video;
        let path = format!("/w/{}", video.short_uuid);
        let channel = &video.channel;
        let frame = frame(site, details, &path)
            .with_feed(
                channel.display_name.clone(),
                format!("/feeds/videos.xml?videoChannelId={}", channel.id),
            )
            .with_feed(
                format!("Comments on {}", video.name),
                format!("/feeds/video-comments.xml?videoId={}", video.uuid),
            );
        let related = watch
            .related
            .iter()
            .filter(|item| item.video.uuid != video.uuid);
        Self {
            social: Social::new(site, details, &frame.description),
            player_style: asset_url("player.css"),
            script: asset_url("watch.ts"),
            modules: module_urls("watch.ts"),
            engine_first: !player.begins_without_engine(),
            player_json: json_block(player),
            plain_file: player.plain_file_url(site, details),
            tall: video.aspect_ratio.is_some_and(|ratio| ratio < 1.0),
            title: &video.name,
            lang: video.language.id.as_deref(),
            views: count(video.views, "view"),
            day: video
                .originally_published_at
                .unwrap_or(video.published_at)
                .into(),
            facts: facts(details),
            join: Join::new(&ActorLine::channel(site, &video.channel), true, None),
            channel: ActorLine::channel(site, &video.channel),
            followers: count(video.channel.followers_count, "follower"),
            downloads: downloads(site, details),
            notice: notice(details),
            original: watch.elsewhere.map(|elsewhere| Original {
                url: &elsewhere.page_url,
                host: &video.channel.host,
            }),
            description: Rendered::default(),
            description_href: format!("{path}/description"),
            tags: &details.tags,
            details: definition_list(details),
            support: markdown::render(
                details.support.as_deref().unwrap_or_default(),
                SUPPORT_MAX_BYTES,
            )
            .html,
            related: related
                .take(RELATED_VIDEOS)
                .map(|item| Card::new(site, &item.video, SMALL_SIZES))
                .collect(),
            related_heading: format!("More from {}", video.channel.display_name),
            video_id: video.id,
            uuid: &video.uuid,
            likes: grouped(video.likes),
            dislikes: grouped(video.dislikes),
            comments: match video.comments {
                0 => "Comments".to_owned(),
                number => count(number, "comment"),
            },
            talked: video.comments > 2,
            comments_href: format!("{path}/comments"),
            talk_script: asset_url("talk.ts"),
            player,
            frame,
        }
    }
}

fn frame<'a>(site: &'a Site, details: &VideoDetails, path: &str) -> Frame<'a> {
    let video = &details.video;
    // Unlisted videos have a page, but no place in a search engine.
    let mut frame = if video.privacy.id == 1 {
        Frame::public(site, &video.name, path)
    } else {
        Frame::hidden(site, &video.name, path)
    };
    if !video.is_local {
        frame.canonical = Some(video.url.clone());
    }
    frame.described(video.description.as_deref())
}

#[derive(Template)]
#[template(path = "description.html")]
struct DescriptionPage<'a> {
    frame: Frame<'a>,
    title: &'a str,
    lang: Option<&'a str>,
    watch_href: String,
    description: String,
}

/// The whole description, for those that the watch page cuts.
#[must_use]
pub fn render_description(site: &Site, details: &VideoDetails) -> String {
    let video = &details.video;
    let text = video.description.as_deref().unwrap_or_default();
    print(&DescriptionPage {
        frame: Frame::hidden(site, &video.name, "").described(Some(text)),
        title: &video.name,
        lang: video.language.id.as_deref(),
        watch_href: format!("/w/{}", video.short_uuid),
        description: markdown::render(text, WHOLE_DESCRIPTION_MAX_BYTES).html,
    })
}

fn facts(details: &VideoDetails) -> Vec<String> {
    let video = &details.video;
    let mut facts = Vec::new();
    if video.privacy.id != 1 {
        facts.push(video.privacy.label.clone().into_owned());
    }
    if let Some(category) = video.category.id.map(|_| video.category.label.clone()) {
        facts.push(category.into_owned());
    }
    facts
}

fn notice(details: &VideoDetails) -> Option<String> {
    let summary = details
        .video
        .nsfw_summary
        .as_deref()
        .unwrap_or_default()
        .trim();
    match (details.video.nsfw, summary) {
        (false, _) => None,
        (true, "") => Some("The uploader marked this video as sensitive.".to_owned()),
        (true, summary) => Some(format!("Sensitive: {summary}")),
    }
}

fn definition_list(details: &VideoDetails) -> Vec<(&'static str, String)> {
    let video = &details.video;
    let mut list = vec![("Duration", duration_words(video.duration))];
    if video.originally_published_at.is_some() {
        list.push(("Uploaded", Day::from(video.published_at).words));
    }
    for (term, label) in [
        ("Category", video.category.id.map(|_| &video.category.label)),
        ("Licence", video.licence.id.map(|_| &video.licence.label)),
        (
            "Language",
            video.language.id.as_ref().map(|_| &video.language.label),
        ),
    ] {
        if let Some(label) = label {
            list.push((term, label.clone().into_owned()));
        }
    }
    list
}

fn downloads<'a>(site: &Site, details: &'a VideoDetails) -> Vec<Download<'a>> {
    let renditions = details
        .streaming_playlists
        .iter()
        .flat_map(|playlist| &playlist.files);
    let download = |file: &'a VideoFile| {
        let file_url = file
            .file_download_url
            .as_deref()
            .or(file.file_url.as_deref());
        let torrent_url = file
            .torrent_download_url
            .as_deref()
            .or(file.torrent_url.as_deref());
        Download {
            label: if file.has_video && file.fps > 30 {
                format!("{} {} fps", file.resolution.label, file.fps)
            } else {
                file.resolution.label.clone().into_owned()
            },
            size: bytes(file.size),
            file: file_url.map(|url| site.relative(url)),
            torrent: torrent_url.map(|url| site.relative(url)),
        }
    };
    let all = details.files.iter().chain(renditions).map(download);
    all.filter(|download| download.file.is_some() || download.torrent.is_some())
        .take(DOWNLOADS_MAX)
        .collect()
}
