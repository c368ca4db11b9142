//! A channel as a podcast: RSS with Apple's namespace and Podcasting 2.0's (podcastnamespace.org).

use std::collections::BTreeMap;

use rest::actor::VideoChannel;

use crate::media::{Enclosure, Files, HLS_TYPE, Media, TORRENT_TYPE};
use crate::model::{Feed, Item, Person};
use crate::rss;
use crate::uuid5;
use crate::xml::Xml;

const ITUNES: (&str, &str) = ("xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd");
/// Language of a channel whose videos name none; podcasts must have one.
const DEFAULT_LANGUAGE: &str = "en";

pub(crate) fn print(feed: &Feed<'_>, channel: &VideoChannel) -> String {
    rss::document(feed, &[ITUNES], |xml| {
        head(xml, feed, channel);
        // Without a file there is no episode yet.
        for item in feed.items.iter().filter(|item| item.files.best().is_some()) {
            xml.element("item", &[], |xml| episode(xml, item));
        }
    })
}

fn head(xml: &mut Xml, feed: &Feed<'_>, channel: &VideoChannel) {
    let about = &feed.about;
    let items = &feed.items;
    let language = most_common(items.iter().filter_map(|item| item.language.as_deref()));
    xml.text("language", &[], language.unwrap_or(DEFAULT_LANGUAGE));
    xml.text("itunes:author", &[], &about.title);
    xml.text(
        "itunes:explicit",
        &[],
        explicit(items.iter().any(|item| item.is_nsfw)),
    );
    let category = items.iter().filter_map(|item| item.category.as_ref());
    let category = most_common(category.map(|(id, _)| *id)).and_then(apple_category);
    if let Some(name) = category {
        xml.empty("itunes:category", &[("text", name)]);
    }
    // Channels without an avatar look like their newest video.
    let newest = || items.iter().find_map(picture);
    if let Some(url) = about.image_url.as_deref().or_else(newest) {
        xml.empty("itunes:image", &[("href", url)]);
    }
    xml.text("podcast:guid", &[], &uuid5::of_url(&channel.url));
    xml.text("podcast:medium", &[], "video");
    person(xml, &about.author);
    if let Some(url) = &about.podcast_url {
        xml.text("podcast:txt", &[("purpose", "p20url")], url);
    }
}

fn episode(xml: &mut Xml, item: &Item) {
    rss::words(xml, item);
    // The id outlives changes of the watch page's address.
    xml.text("guid", &[("isPermaLink", "false")], &item.id);
    xml.text("itunes:duration", &[], &item.duration_secs.to_string());
    xml.text("itunes:explicit", &[], explicit(item.is_nsfw));
    if let Some(url) = picture(item) {
        xml.empty("itunes:image", &[("href", url)]);
    }
    let choices = choices(&item.files);
    if let Some(first) = choices.first() {
        rss::enclosure(xml, &first.enclosure);
    }
    for (index, choice) in choices.iter().enumerate() {
        alternate_enclosure(xml, item, choice, index == 0);
    }
    person(xml, &item.account);
    let attributes = [
        ("uri", item.id.as_str()),
        ("protocol", "activitypub"),
        ("accountUrl", &item.account_id),
    ];
    xml.empty("podcast:socialInteract", &attributes);
    rss::media(xml, item);
}

/// One way to play an episode.
struct Choice<'a> {
    enclosure: Enclosure<'a>,
    title: &'a str,
    file: Option<&'a Media>,
}

/// Plain files, then HLS renditions, smallest first, then the playlist; the first is the default. As
/// PeerTube: podcasts are heard on the way. Files that have only a picture are no choice.
fn choices(files: &Files) -> Vec<Choice<'_>> {
    let are_split = files.are_split();
    let mut found: Vec<Choice<'_>> = Vec::new();
    for list in [&files.web, &files.hls] {
        let mut sorted: Vec<&Media> = list
            .iter()
            .filter(|file| file.has_audio || !are_split)
            .collect();
        sorted.sort_by_key(|file| file.resolution);
        found.extend(sorted.into_iter().map(|file| Choice {
            enclosure: file.enclosure(),
            title: &file.label,
            file: Some(file),
        }));
    }
    found.extend(files.master().map(|enclosure| Choice {
        enclosure,
        title: "HLS",
        file: None,
    }));
    found
}

fn alternate_enclosure(xml: &mut Xml, item: &Item, choice: &Choice<'_>, is_default: bool) {
    let Enclosure {
        url,
        media_type,
        size_bytes,
    } = choice.enclosure;
    let bitrate_bps = (size_bytes.saturating_mul(8))
        .checked_div(u64::from(item.duration_secs))
        .unwrap_or(0)
        .to_string();
    let length = size_bytes.to_string();
    let height = choice.file.map_or(0, |file| file.resolution).to_string();
    let mut attributes = vec![("type", media_type), ("title", choice.title)];
    if media_type != HLS_TYPE {
        attributes.extend([("length", length.as_str()), ("bitrate", &bitrate_bps)]);
    }
    if choice.file.is_some_and(|file| file.has_video) {
        attributes.push(("height", &height));
    }
    attributes.extend(item.language.as_deref().map(|language| ("lang", language)));
    if is_default {
        attributes.push(("default", "true"));
    }
    xml.element("podcast:alternateEnclosure", &attributes, |xml| {
        xml.empty("podcast:source", &[("uri", url)]);
        let Some(file) = choice.file else { return };
        if let Some(torrent) = &file.torrent_url {
            let attributes = [("uri", torrent.as_str()), ("contentType", TORRENT_TYPE)];
            xml.empty("podcast:source", &attributes);
        }
        if let Some(magnet) = &file.magnet_uri {
            xml.empty("podcast:source", &[("uri", magnet)]);
        }
    });
}

fn person(xml: &mut Xml, person: &Person) {
    xml.text("podcast:person", &[("href", &person.url)], &person.name);
}

/// Square where there is one, as Apple wants it.
fn picture(item: &Item) -> Option<&str> {
    let pictures = &item.thumbnails;
    pictures
        .iter()
        .find(|picture| picture.width == picture.height)
        .or_else(|| pictures.first())
        .map(|picture| picture.file_url.as_str())
}

const fn explicit(is_nsfw: bool) -> &'static str {
    if is_nsfw { "true" } else { "false" }
}

/// What most name; of equals the smallest, so that the answer does not depend on their order.
fn most_common<T: Ord + Copy>(named: impl Iterator<Item = T>) -> Option<T> {
    let mut counts = BTreeMap::new();
    for one in named {
        *counts.entry(one).or_insert(0_u32) += 1;
    }
    counts
        .into_iter()
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map(|(one, _)| one)
}

/// Apple's category for one of PeerTube's, as PeerTube maps them.
const fn apple_category(id: u16) -> Option<&'static str> {
    Some(match id {
        1 => "Music",
        2 => "TV & Film",
        3 | 12 => "Leisure",
        4 => "Arts",
        5 => "Sports",
        6 => "Places & Travel",
        7 => "Video Games",
        8 | 14 => "Society & Culture",
        9 => "Comedy",
        10 => "Fiction",
        11 => "News",
        13 => "Education",
        15 => "Technology",
        16 => "Pets & Animals",
        17 => "Kids & Family",
        18 => "Food",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::tests::file;

    #[test]
    fn the_smallest_plain_file_is_the_default_and_pictures_alone_are_no_choice() {
        let files = Files {
            web: vec![file(720, true, true), file(360, true, true)],
            hls: vec![file(480, true, true)],
            master_url: Some("master".to_owned()),
        };
        let urls = |files: &Files| -> Vec<String> {
            let name =
                |choice: &Choice<'_>| choice.enclosure.url.replace("https://video.test/", "");
            choices(files).iter().map(name).collect()
        };
        assert_eq!(urls(&files), ["360.mp4", "720.mp4", "480.mp4", "master"]);
        let split = Files {
            web: Vec::new(),
            hls: vec![file(720, false, true), file(0, true, false)],
            master_url: Some("master".to_owned()),
        };
        assert_eq!(urls(&split), ["0.mp4", "master"]);
    }

    #[test]
    fn a_channel_is_called_after_most_of_its_videos() {
        assert_eq!(most_common([3, 1, 3, 2].into_iter()), Some(3));
        assert_eq!(most_common([2, 1].into_iter()), Some(1));
        assert_eq!(most_common::<u16>([].into_iter()), None);
    }
}
