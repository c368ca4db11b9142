//! Lists of videos, and search results.

use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rest::{ResultList, actor::VideoChannel, video::VideoListItem};

use super::{
    Frame, Pager,
    actor::ActorLine,
    card::{Card, GRID_SIZES},
    print,
};
use crate::{Site, assets::asset_url, route::ListKind, text::count};

/// Videos on one page of a list.
pub const LIST_PER_PAGE: u32 = 24;
/// Cards that are above the fold on any screen; their pictures are not lazy.
const EAGER_CARDS: usize = 4;

#[derive(Template)]
#[template(path = "list.html")]
struct List<'a> {
    frame: Frame<'a>,
    heading: &'a str,
    total: String,
    search: Option<&'a str>,
    channels: Vec<ActorLine>,
    /// Words that may name something on another server, for the script that asks there.
    elsewhere: Option<Elsewhere<'a>>,
    cards: Vec<Card>,
    empty: &'static str,
    pager: Pager,
}

/// What may be found by asking another server.
struct Elsewhere<'a> {
    words: &'a str,
    script: String,
}

/// What a search has found.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Channels, best first.
    pub channels: &'a [VideoChannel],
    /// This page of videos.
    pub videos: &'a ResultList<VideoListItem>,
    /// Whether the words are an address or a handle, which may lead to another server.
    pub may_be_elsewhere: bool,
}

/// Page `page` (from 1) of a list, of [`LIST_PER_PAGE`] videos each.
#[must_use]
pub fn render_list(
    site: &Site,
    kind: ListKind,
    page: u32,
    videos: &ResultList<VideoListItem>,
) -> String {
    let total = videos.total.unwrap_or(0);
    print(&List {
        frame: Frame::public(site, kind.title(), kind.path()),
        heading: kind.title(),
        total: count(total, "video"),
        search: None,
        channels: Vec::new(),
        elsewhere: None,
        cards: grid(site, &videos.data),
        empty: "Nothing here yet.",
        pager: Pager::new(kind.path(), page, total, LIST_PER_PAGE),
    })
}

/// Search results; an empty `words` shows the form alone.
#[must_use]
pub fn render_search(site: &Site, words: &str, page: u32, found: Found<'_>) -> String {
    let videos = found.videos;
    let total = videos.total.unwrap_or(0);
    let path = format!(
        "/search?search={}",
        utf8_percent_encode(words, NON_ALPHANUMERIC)
    );
    print(&List {
        frame: Frame::hidden(site, "Search", "/search"),
        heading: "Search",
        // What its own server knows comes later.
        total: if words.is_empty() || found.may_be_elsewhere {
            String::new()
        } else {
            count(total, "result")
        },
        search: Some(words),
        channels: found
            .channels
            .iter()
            .map(|channel| ActorLine::channel(site, channel))
            .collect(),
        elsewhere: found.may_be_elsewhere.then(|| Elsewhere {
            words,
            script: asset_url("search.ts"),
        }),
        cards: grid(site, &videos.data),
        empty: if words.is_empty() {
            "What are you looking for?"
        } else {
            match (found.may_be_elsewhere, found.channels.is_empty()) {
                (false, true) => "No video matches these words.",
                (false, false) => "No video matches these words, but a channel does.",
                (true, true) => "Nothing with this address is known here.",
                (true, false) => "No video has this address.",
            }
        },
        pager: Pager::new(&path, page, total, LIST_PER_PAGE),
    })
}

/// Cards whose first row loads at once.
pub(super) fn grid(site: &Site, videos: &[VideoListItem]) -> Vec<Card> {
    let card = |(at, item): (usize, &VideoListItem)| {
        let card = Card::new(site, &item.video, GRID_SIZES);
        if at < EAGER_CARDS { card.eager() } else { card }
    };
    videos.iter().enumerate().map(card).collect()
}
