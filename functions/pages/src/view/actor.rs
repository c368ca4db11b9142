//! Channels and accounts.

use askama::Template;
use rest::{
    ResultList,
    actor::{Account, ActorImage, VideoChannel},
    playlist::VideoPlaylist,
    video::VideoListItem,
};

use super::{
    Frame, Pager,
    card::{Card, Face, actor_href},
    list::{LIST_PER_PAGE, grid},
    playlist::PlaylistLine,
    print,
};
use crate::{
    Site,
    assets::asset_url,
    markdown,
    text::{Day, count},
};

/// HTML of a description or support text, in bytes; they have 1,000 characters at most.
const PROSE_MAX_BYTES: usize = 12_000;
/// Banners are as wide as the page.
const BANNER_WIDTH_PX: u32 = 1500;

#[derive(Template)]
#[template(path = "channel.html")]
struct ActorPage<'a> {
    frame: Frame<'a>,
    actor: ActorLine,
    banner: Option<String>,
    figures: Vec<String>,
    channels: Vec<ActorLine>,
    total: String,
    cards: Vec<Card>,
    playlists: Vec<PlaylistLine>,
    pager: Pager,
    description: String,
    support: String,
    join: Join,
    owner: Option<ActorLine>,
    since: Day,
}

/// How to follow an actor, from here and from elsewhere.
pub(crate) struct Join {
    /// `name@host`.
    pub handle: String,
    /// Whether people here may subscribe: to channels.
    pub subscribable: bool,
    /// What it is called: channel or account.
    pub kind: &'static str,
    /// Its page on its own server, for those of others.
    pub original: Option<String>,
    pub script: String,
}

impl Join {
    pub fn new(actor: &ActorLine, subscribable: bool, original: Option<&String>) -> Self {
        Self {
            handle: actor.handle.clone(),
            subscribable,
            kind: if subscribable { "channel" } else { "account" },
            original: original.cloned(),
            script: asset_url("follow.ts"),
        }
    }
}

/// An actor in one line.
pub(crate) struct ActorLine {
    pub name: String,
    pub handle: String,
    pub href: String,
    pub face: Face,
    pub activitypub: Option<String>,
}

impl ActorLine {
    pub fn channel(site: &Site, channel: &VideoChannel) -> Self {
        Self {
            name: channel.display_name.clone(),
            handle: format!("{}@{}", channel.name, channel.host),
            href: actor_href("/c/", site, &channel.name, &channel.host),
            face: Face::new(site, &channel.display_name, &channel.avatars),
            activitypub: Some(channel.url.clone()),
        }
    }

    pub fn account(site: &Site, account: &Account) -> Self {
        Self {
            name: account.display_name.clone(),
            handle: format!("{}@{}", account.name, account.host),
            href: actor_href("/a/", site, &account.name, &account.host),
            face: Face::new(site, &account.display_name, &account.avatars),
            activitypub: Some(account.url.clone()),
        }
    }
}

/// A channel with page `page` (from 1) of its videos, newest first, and its playlists.
#[must_use]
pub fn render_channel(
    site: &Site,
    channel: &VideoChannel,
    page: u32,
    videos: &ResultList<VideoListItem>,
    playlists: &[VideoPlaylist],
) -> String {
    let actor = ActorLine::channel(site, channel);
    let total = videos.total.unwrap_or(0);
    let path = actor.href.clone();
    print(&ActorPage {
        frame: Frame::public(site, &actor.name, &path)
            .described(channel.description.as_deref())
            .with_feeds(&actor.name, &format!("videoChannelId={}", channel.id))
            .with_feed(
                format!("{} (podcast)", actor.name),
                format!("/feeds/podcast/videos.xml?videoChannelId={}", channel.id),
            ),
        banner: banner(site, &channel.banners),
        figures: vec![
            count(channel.followers_count, "follower"),
            count(total, "video"),
        ],
        channels: Vec::new(),
        total: String::new(),
        cards: grid(site, &videos.data),
        playlists: playlists
            .iter()
            .map(|playlist| PlaylistLine::new(site, playlist))
            .collect(),
        pager: Pager::new(&path, page, total, LIST_PER_PAGE),
        description: prose(channel.description.as_deref()),
        support: prose(channel.support.as_deref()),
        owner: channel
            .owner_account
            .as_ref()
            .map(|owner| ActorLine::account(site, owner)),
        join: Join::new(&actor, true, (!channel.is_local).then_some(&channel.url)),
        since: channel.created_at.into(),
        actor,
    })
}

/// An account with its channels and page `page` (from 1) of the videos on all of them.
#[must_use]
pub fn render_account(
    site: &Site,
    account: &Account,
    channels: &[VideoChannel],
    page: u32,
    videos: &ResultList<VideoListItem>,
) -> String {
    let actor = ActorLine::account(site, account);
    let total = videos.total.unwrap_or(0);
    let path = actor.href.clone();
    print(&ActorPage {
        frame: Frame::public(site, &actor.name, &path)
            .described(account.description.as_deref())
            .with_feeds(&actor.name, &format!("accountId={}", account.id)),
        banner: None,
        figures: vec![
            count(account.followers_count, "follower"),
            count(total, "video"),
        ],
        channels: channels
            .iter()
            .map(|channel| ActorLine::channel(site, channel))
            .collect(),
        total: String::new(),
        cards: grid(site, &videos.data),
        playlists: Vec::new(),
        pager: Pager::new(&path, page, total, LIST_PER_PAGE),
        description: prose(account.description.as_deref()),
        support: String::new(),
        join: Join::new(
            &actor,
            false,
            account.user_id.is_none().then_some(&account.url),
        ),
        owner: None,
        since: account.created_at.into(),
        actor,
    })
}

fn prose(text: Option<&str>) -> String {
    markdown::render(text.unwrap_or_default(), PROSE_MAX_BYTES).html
}

fn banner(site: &Site, banners: &[ActorImage]) -> Option<String> {
    let wide = banners
        .iter()
        .filter(|image| image.width >= BANNER_WIDTH_PX);
    let best = wide
        .min_by_key(|image| image.width)
        .or_else(|| banners.iter().max_by_key(|image| image.width));
    best.map(|image| site.relative(&image.file_url).to_owned())
}
