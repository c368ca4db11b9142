//! Playlists: a page of one, and how a channel's page lists its own.

use askama::Template;
use rest::playlist::{PlaylistElement, VideoPlaylist, element_kind};

use super::{
    Frame, Pager,
    card::{Card, Picture, SMALL_SIZES, actor_href, picture},
    print,
};
use crate::{
    Site, markdown,
    text::{count, timecode},
};

/// Elements on one page of a playlist.
pub const PLAYLIST_PER_PAGE: u32 = 100;
/// HTML of a description, in bytes; it has 1,000 characters at most.
const PROSE_MAX_BYTES: usize = 12_000;

#[derive(Template)]
#[template(path = "playlist.html")]
struct PlaylistPage<'a> {
    frame: Frame<'a>,
    name: &'a str,
    activitypub: &'a str,
    total: String,
    owner_name: &'a str,
    owner_href: String,
    description: String,
    first: Option<String>,
    entries: Vec<Entry>,
    pager: Pager,
}

/// A video in the list, or why there is none.
struct Entry {
    place: u32,
    card: Option<Card>,
    /// From where to where it plays, when not whole.
    part: String,
    absent: &'static str,
}

impl Entry {
    fn new(site: &Site, element: &PlaylistElement) -> Self {
        let secs = [
            ("start", element.start_timestamp),
            ("stop", element.stop_timestamp),
        ];
        let card = |item: &rest::video::VideoListItem| {
            let mut card = Card::new(site, &item.video, SMALL_SIZES);
            for (name, secs) in secs
                .iter()
                .filter_map(|(name, secs)| Some((name, (*secs)?)))
            {
                let join = if card.href.contains('?') { '&' } else { '?' };
                card.href.push_str(&format!("{join}{name}={secs}s"));
            }
            card
        };
        let at = |secs: Option<u32>| secs.map(timecode);
        Self {
            place: element.position,
            card: element.video.as_ref().map(card),
            part: match (at(element.start_timestamp), at(element.stop_timestamp)) {
                (None, None) => String::new(),
                (Some(start), None) => format!("From {start}"),
                (None, Some(stop)) => format!("Up to {stop}"),
                (Some(start), Some(stop)) => format!("From {start} to {stop}"),
            },
            absent: match element.kind {
                element_kind::DELETED => "This video was deleted.",
                element_kind::PRIVATE => "This video is private.",
                _ => "This video is not available.",
            },
        }
    }
}

/// Page `page` (from 1) of a playlist, of [`PLAYLIST_PER_PAGE`] elements each.
#[must_use]
pub fn render_playlist(
    site: &Site,
    playlist: &VideoPlaylist,
    page: u32,
    elements: &[PlaylistElement],
) -> String {
    let path = playlist_href(playlist);
    let is_public = playlist.privacy.id == 1;
    let frame = match is_public {
        true => Frame::public(site, &playlist.display_name, &path),
        false => Frame::hidden(site, &playlist.display_name, &path),
    };
    let (owner_name, owner_href) = match &playlist.video_channel {
        Some(channel) => (
            &channel.display_name,
            actor_href("/c/", site, &channel.name, &channel.host),
        ),
        None => {
            let owner = &playlist.owner_account;
            let href = actor_href("/a/", site, &owner.name, &owner.host);
            (&owner.display_name, href)
        }
    };
    let entries: Vec<Entry> = elements.iter().map(|one| Entry::new(site, one)).collect();
    let total = playlist.videos_length;
    let description = playlist.description.as_deref();
    print(&PlaylistPage {
        frame: frame.described(description),
        name: &playlist.display_name,
        activitypub: &playlist.url,
        total: count(total, "video"),
        owner_name,
        owner_href,
        description: markdown::render(description.unwrap_or_default(), PROSE_MAX_BYTES).html,
        first: entries
            .iter()
            .find_map(|entry| entry.card.as_ref())
            .map(|card| card.href.clone()),
        entries,
        pager: Pager::new(&path, page, total, PLAYLIST_PER_PAGE),
    })
}

fn playlist_href(playlist: &VideoPlaylist) -> String {
    format!("/w/p/{}", playlist.short_uuid)
}

/// A playlist in a list.
pub(crate) struct PlaylistLine {
    pub href: String,
    pub name: String,
    pub total: String,
    pub picture: Option<Picture>,
}

impl PlaylistLine {
    pub fn new(site: &Site, playlist: &VideoPlaylist) -> Self {
        Self {
            href: playlist_href(playlist),
            name: playlist.display_name.clone(),
            total: count(playlist.videos_length, "video"),
            picture: picture(
                site,
                &playlist.thumbnails,
                playlist.thumbnail_path.as_deref(),
            ),
        }
    }
}
