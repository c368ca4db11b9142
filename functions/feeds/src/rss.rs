//! RSS 2.0 with Media RSS, as PeerTube writes it, and the parts that podcasts share.

use crate::dates::rfc2822;
use crate::media::{Enclosure, TORRENT_TYPE};
use crate::model::{Feed, Item};
use crate::xml::Xml;

const NAMESPACES: [(&str, &str); 5] = [
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:media", MEDIA_NAMESPACE),
    ("xmlns:podcast", "https://podcastindex.org/namespace/1.0"),
];
/// Media RSS 1.5.1 (rssboard.org/media-rss).
pub(crate) const MEDIA_NAMESPACE: &str = "http://search.yahoo.com/mrss/";

pub(crate) fn print(feed: &Feed<'_>) -> String {
    document(feed, &[], |xml| {
        if let Some(url) = &feed.about.podcast_url {
            // The podcast namespace's way to say where the same feed for podcast readers is.
            xml.text("podcast:txt", &[("purpose", "p20url")], url);
        }
        for item in &feed.items {
            xml.element("item", &[], |xml| video(xml, item));
        }
    })
}

/// A document with the channel's own elements; `inside` adds to them.
pub(crate) fn document(
    feed: &Feed<'_>,
    namespaces: &[(&str, &str)],
    inside: impl FnOnce(&mut Xml),
) -> String {
    let mut xml = Xml::new();
    let mut attributes = vec![("version", "2.0")];
    attributes.extend(NAMESPACES);
    attributes.extend(namespaces);
    xml.element("rss", &attributes, |xml| {
        xml.element("channel", &[], |xml| {
            channel(xml, feed);
            inside(xml);
        });
    });
    xml.finish()
}

fn channel(xml: &mut Xml, feed: &Feed<'_>) {
    let about = &feed.about;
    xml.text("title", &[], &about.title);
    xml.text("link", &[], &about.url);
    // RSS demands a description, and validators one with words.
    let described = match about.description.as_str() {
        "" => &about.title,
        words => words,
    };
    xml.text("description", &[], described);
    xml.text("lastBuildDate", &[], &rfc2822(feed.updated_at()));
    xml.text("generator", &[], &feed.generator());
    if let Some(url) = &about.image_url {
        xml.element("image", &[], |xml| {
            xml.text("title", &[], &about.title);
            xml.text("url", &[], url);
            xml.text("link", &[], &about.url);
        });
    }
    let own = feed.address("xml");
    let link = [
        ("href", own.as_str()),
        ("rel", "self"),
        ("type", "application/rss+xml"),
    ];
    xml.empty("atom:link", &link);
}

fn video(xml: &mut Xml, item: &Item) {
    words(xml, item);
    xml.text("guid", &[], &item.url);
    xml.text("dc:creator", &[], &item.channel.name);
    if let Some(best) = item.files.best() {
        enclosure(xml, &best);
    }
    media(xml, item);
}

/// What an item says to people, in every kind of RSS.
pub(crate) fn words(xml: &mut Xml, item: &Item) {
    xml.text("title", &[], &item.title);
    xml.text("link", &[], &item.url);
    xml.text("pubDate", &[], &rfc2822(item.published_at));
    if !item.html.is_empty() {
        xml.text("description", &[], &item.summary);
        xml.text("content:encoded", &[], &item.html);
    }
    if let Some((_, name)) = &item.category {
        xml.text("category", &[], name);
    }
}

pub(crate) fn enclosure(xml: &mut Xml, enclosure: &Enclosure<'_>) {
    let length = enclosure.size_bytes.to_string();
    let attributes = [
        ("url", enclosure.url),
        ("length", &length),
        ("type", enclosure.media_type),
    ];
    xml.empty("enclosure", &attributes);
}

/// Media RSS of a video.
pub(crate) fn media(xml: &mut Xml, item: &Item) {
    if item.embed_url.is_empty() {
        return;
    }
    let views = item.views.to_string();
    xml.element("media:community", &[], |xml| {
        xml.empty("media:statistics", &[("views", &views)]);
    });
    xml.empty("media:embed", &[("url", &item.embed_url)]);
    xml.empty("media:player", &[("url", &item.url)]);
    if !item.tags.is_empty() {
        xml.text("media:keywords", &[], &item.tags.join(", "));
    }
    xml.element("media:group", &[], |xml| group(xml, item));
    for picture in &item.thumbnails {
        let (width, height) = (picture.width.to_string(), picture.height.to_string());
        let attributes = [
            ("url", picture.file_url.as_str()),
            ("height", &height),
            ("width", &width),
        ];
        xml.empty("media:thumbnail", &attributes);
    }
    let rating = if item.is_nsfw { "adult" } else { "nonadult" };
    xml.text("media:rating", &[], rating);
    xml.text("media:title", &[("type", "plain")], &item.title);
    if !item.summary.is_empty() {
        xml.text("media:description", &[("type", "plain")], &item.summary);
    }
}

/// The same video in all its files.
fn group(xml: &mut Xml, item: &Item) {
    for torrent in item
        .files
        .iter()
        .filter_map(|file| file.torrent_url.as_deref())
    {
        let attributes = [
            ("type", TORRENT_TYPE),
            ("href", torrent),
            ("isDefault", "false"),
        ];
        xml.empty("media:peerLink", &attributes);
    }
    let best = item.files.best().map(|best| best.url.to_owned());
    let duration = item.duration_secs.to_string();
    for file in item.files.iter() {
        let size = file.size_bytes.to_string();
        let (height, fps) = (file.resolution.to_string(), file.fps.to_string());
        let mut attributes = vec![
            ("url", file.url.as_str()),
            ("type", file.media_type),
            ("medium", if file.has_video { "video" } else { "audio" }),
            ("fileSize", &size),
            ("duration", &duration),
        ];
        if file.has_video {
            attributes.push(("height", &height));
        }
        if file.fps > 0 {
            attributes.push(("framerate", &fps));
        }
        attributes.extend(item.language.as_deref().map(|language| ("lang", language)));
        let is_default = best.as_deref() == Some(&file.url);
        attributes.push(("isDefault", if is_default { "true" } else { "false" }));
        xml.empty("media:content", &attributes);
    }
    if let Some(master) = item.files.master() {
        let is_default = best.as_deref() == Some(master.url);
        let attributes = [
            ("url", master.url),
            ("type", master.media_type),
            ("medium", "video"),
            ("duration", &duration),
            ("isDefault", if is_default { "true" } else { "false" }),
        ];
        xml.empty("media:content", &attributes);
    }
}
