//! Lists of videos, and search results.

use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rest::{ResultList, video::VideoListItem};

use super::{
    Frame, Pager,
    card::{Card, GRID_SIZES},
    print,
};
use crate::{Site, route::ListKind, text::count};

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
    cards: Vec<Card>,
    empty: &'static str,
    pager: Pager,
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
        cards: grid(site, &videos.data),
        empty: "Nothing here yet.",
        pager: Pager::new(kind.path(), page, total, LIST_PER_PAGE),
    })
}

/// Search results; an empty `words` shows the form alone.
#[must_use]
pub fn render_search(
    site: &Site,
    words: &str,
    page: u32,
    videos: &ResultList<VideoListItem>,
) -> String {
    let total = videos.total.unwrap_or(0);
    let path = format!(
        "/search?search={}",
        utf8_percent_encode(words, NON_ALPHANUMERIC)
    );
    print(&List {
        frame: Frame::hidden(site, "Search", "/search"),
        heading: "Search",
        total: if words.is_empty() {
            String::new()
        } else {
            count(total, "result")
        },
        search: Some(words),
        cards: grid(site, &videos.data),
        empty: if words.is_empty() {
            "What are you looking for?"
        } else {
            "No video matches these words."
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
