//! JSON Feed 1.1 (jsonfeed.org/version/1.1). `author` is 1.0's, which PeerTube writes and many readers
//! still look for.

use app::AppError;
use serde_json::{Map, Value, json};

use crate::media::TORRENT_TYPE;
use crate::model::{Feed, Item, Person};

pub(crate) fn print(feed: &Feed<'_>) -> Result<String, AppError> {
    let about = &feed.about;
    let items: Vec<Value> = feed.items.iter().map(item).collect();
    let mut document = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": about.title,
        "home_page_url": about.url,
        "feed_url": feed.address("json"),
        "author": person(&about.author),
        "authors": [person(&about.author)],
        "items": items,
    });
    if let Some(object) = document.as_object_mut() {
        insert_text(object, "description", &about.description);
        if let Some(url) = &about.image_url {
            insert_text(object, "icon", url);
        }
    }
    serde_json::to_string(&document).map_err(AppError::bug)
}

fn insert_text(object: &mut Map<String, Value>, key: &str, text: &str) {
    if !text.is_empty() {
        object.insert(key.to_owned(), text.into());
    }
}

fn person(person: &Person) -> Value {
    json!({ "name": person.name, "url": person.url })
}

fn item(item: &Item) -> Value {
    let tags: Vec<&str> = item
        .category
        .iter()
        .map(|(_, name)| name.as_str())
        .chain(item.tags.iter().map(String::as_str))
        .collect();
    let mut document = json!({
        "id": item.url,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "date_published": item.published_at,
        "date_modified": item.updated_at,
        "author": person(&item.channel),
        "authors": [person(&item.channel)],
        "tags": tags,
        "attachments": attachments(item),
    });
    if let Some(object) = document.as_object_mut() {
        insert_text(object, "summary", &item.summary);
        if let Some(picture) = item.thumbnails.first() {
            insert_text(object, "image", &picture.file_url);
        }
        if let Some(language) = &item.language {
            insert_text(object, "language", language);
        }
    }
    document
}

/// The file to play first, then the torrents, as PeerTube has them.
fn attachments(item: &Item) -> Vec<Value> {
    let best = item.files.best().map(|best| {
        json!({
            "mime_type": best.media_type,
            "url": best.url,
            "size_in_bytes": best.size_bytes,
            "duration_in_seconds": item.duration_secs,
            "title": item.title,
        })
    });
    let torrents = item.files.iter().filter_map(|file| {
        Some(json!({
            "mime_type": TORRENT_TYPE,
            "url": file.torrent_url.as_deref()?,
            "size_in_bytes": file.size_bytes,
            "title": item.title,
        }))
    });
    best.into_iter().chain(torrents).collect()
}
