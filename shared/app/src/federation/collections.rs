//! Collections of other servers (ActivityPub, 5), which never end unless one stops.

use activitypub::AbsoluteUrl;
use activitypub::incoming::Members;
use ports::Platform;
use serde_json::Value;

use super::fetch;
use crate::AppError;

/// Items of one page that are looked at. PeerTube has 10 to 50.
pub const MAX_PAGE_ITEMS: usize = 100;
/// Largest number that JavaScript holds exactly.
const MAX_TOTAL: i64 = 9_007_199_254_740_991;

/// A collection, or one page of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Items, at most [`MAX_PAGE_ITEMS`], ids or objects.
    pub items: Vec<Value>,
    /// The page to read next, on the same host and another than this.
    pub next: Option<AbsoluteUrl>,
}

/// Reads a collection or a page. Of a collection without items of its own, `next` is its first page; a first
/// page that is embedded counts as its items.
///
/// # Errors
/// As [`fetch::get_document`].
pub async fn page<P: Platform>(platform: &P, url: &AbsoluteUrl) -> Result<Page, AppError> {
    let document = fetch::get_document(platform, url).await?;
    Ok(of_members(&document.members, url))
}

/// The same of a document that `url` has served.
#[must_use]
pub fn of_members(members: &Members, url: &AbsoluteUrl) -> Page {
    let own = |link: AbsoluteUrl| (link.has_host_of(url) && link != *url).then_some(link);
    let first = members.get("first");
    if let Some(Value::Object(first)) = first {
        return Page {
            items: items(first),
            next: link(first.get("next")).and_then(own),
        };
    }
    let next = members.get("next").or(first);
    Page {
        items: items(members),
        next: link(next).and_then(own),
    }
}

/// How many items a collection says that it has, if it can be read.
pub async fn total<P: Platform>(platform: &P, url: &AbsoluteUrl) -> Option<i64> {
    let document = fetch::get_document(platform, url).await.ok()?;
    let total = document.members.get("totalItems")?.as_u64()?;
    Some(i64::try_from(total).unwrap_or(MAX_TOTAL).min(MAX_TOTAL))
}

fn items(members: &Members) -> Vec<Value> {
    let list = members.get("orderedItems").or_else(|| members.get("items"));
    match list {
        Some(Value::Array(items)) => items.iter().take(MAX_PAGE_ITEMS).cloned().collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(single) => vec![single.clone()],
    }
}

fn link(value: Option<&Value>) -> Option<AbsoluteUrl> {
    let text = match value? {
        Value::String(text) => text,
        Value::Object(members) => members.get("id")?.as_str()?,
        _ => return None,
    };
    AbsoluteUrl::parse(text).ok()
}
