//! `/`.

use askama::Template;
use rest::video::VideoListItem;

use super::{
    Frame,
    card::{Card, GRID_SIZES, LEAD_SIZES, SMALL_SIZES},
    print,
};
use crate::Site;

/// Videos that the home page asks for: one large, two rows of four.
pub const HOME_LATEST: u32 = 9;
/// Places of the home page's ranking.
pub const HOME_TRENDING: u32 = 6;

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: Frame<'a>,
    lead: Option<Card>,
    latest: Vec<Card>,
    trending: Vec<Card>,
}

/// The home page from the newest and the hottest videos, in that order.
#[must_use]
pub fn render_home(site: &Site, latest: &[VideoListItem], trending: &[VideoListItem]) -> String {
    let (lead, rest) = match latest.split_first() {
        Some((lead, rest)) => (Some(lead), rest),
        None => (None, latest),
    };
    let cards = |videos: &[VideoListItem], sizes| {
        videos
            .iter()
            .map(|item| Card::new(site, &item.video, sizes))
            .collect()
    };
    print(&Home {
        frame: Frame::public(site, "", "/").with_feeds(&site.name, ""),
        lead: lead.map(|item| Card::new(site, &item.video, LEAD_SIZES).eager()),
        latest: cards(rest, GRID_SIZES),
        trending: cards(trending, SMALL_SIZES),
    })
}
