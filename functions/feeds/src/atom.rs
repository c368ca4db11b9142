//! Atom (RFC 4287), with Media RSS in it as YouTube does.

use crate::media::{Enclosure, TORRENT_TYPE};
use crate::model::{Feed, Item, Person};
use crate::rss::{self, MEDIA_NAMESPACE};
use crate::xml::Xml;

pub(crate) fn print(feed: &Feed<'_>) -> String {
    let mut xml = Xml::new();
    let namespaces = [
        ("xmlns", "http://www.w3.org/2005/Atom"),
        ("xmlns:media", MEDIA_NAMESPACE),
    ];
    xml.element("feed", &namespaces, |xml| {
        head(xml, feed);
        for item in &feed.items {
            xml.element("entry", &[], |xml| entry(xml, item));
        }
    });
    xml.finish()
}

fn head(xml: &mut Xml, feed: &Feed<'_>) {
    let about = &feed.about;
    let own = feed.address("atom");
    // RFC 4287, 4.2.6: the same for ever, and of this feed alone.
    xml.text("id", &[], &own);
    xml.text("title", &[], &about.title);
    if !about.description.is_empty() {
        xml.text("subtitle", &[], &about.description);
    }
    xml.text("updated", &[], &feed.updated_at().to_string());
    xml.text("generator", &[], &feed.generator());
    let media_type = "application/atom+xml";
    link(xml, "self", &own, media_type, None);
    link(xml, "alternate", &about.url, "text/html", None);
    if let Some(url) = &about.image_url {
        xml.text("logo", &[], url);
    }
    author(xml, &about.author);
}

fn entry(xml: &mut Xml, item: &Item) {
    xml.text("id", &[], &item.url);
    xml.text("title", &[], &item.title);
    link(xml, "alternate", &item.url, "text/html", None);
    xml.text("published", &[], &item.published_at.to_string());
    xml.text("updated", &[], &item.updated_at.to_string());
    if !item.html.is_empty() {
        xml.text("summary", &[], &item.summary);
        xml.text("content", &[("type", "html")], &item.html);
    }
    author(xml, &item.channel);
    if let Some((_, name)) = &item.category {
        xml.empty("category", &[("term", name)]);
    }
    if let Some(Enclosure {
        url,
        media_type,
        size_bytes,
    }) = item.files.best()
    {
        link(xml, "enclosure", url, media_type, Some(size_bytes));
    }
    for torrent in item
        .files
        .iter()
        .filter_map(|file| file.torrent_url.as_deref())
    {
        link(xml, "enclosure", torrent, TORRENT_TYPE, None);
    }
    rss::media(xml, item);
}

fn author(xml: &mut Xml, person: &Person) {
    xml.element("author", &[], |xml| {
        xml.text("name", &[], &person.name);
        xml.text("uri", &[], &person.url);
    });
}

fn link(xml: &mut Xml, rel: &str, href: &str, media_type: &str, length: Option<u64>) {
    let length = length
        .filter(|length| *length > 0)
        .map(|length| length.to_string());
    let mut attributes = vec![("rel", rel), ("type", media_type), ("href", href)];
    attributes.extend(length.as_deref().map(|length| ("length", length)));
    xml.empty("link", &attributes);
}
