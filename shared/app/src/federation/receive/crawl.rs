//! Reading what somebody did before we followed them.

use activitypub::AbsoluteUrl;
use ports::{FederationTask, Platform};
use serde_json::Value;

use crate::AppError;
use crate::federation::actors::{self, is_ours, unless_refused};
use crate::federation::{collections, videos};

/// Pages of one outbox that are read, at most. PeerTube reads 2,000; its newest thousand videos are enough.
pub const MAX_OUTBOX_PAGES: u32 = 50;

/// Reads one page of an outbox; what is to be read then is every video that is not known, and the next page; with
/// the first one that of the actor's playlists, whose pages come here, too.
/// It ends after [`MAX_OUTBOX_PAGES`], whatever the collection says.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn read_outbox<P: Platform>(
    platform: &P,
    actor_url: &str,
    page_url: Option<&str>,
    pages_read: u32,
) -> Result<Vec<FederationTask>, AppError> {
    let Some(actor) = actors::stored(platform, actor_url).await? else {
        return Ok(Vec::new());
    };
    let start = page_url
        .or(actor.outbox_url.as_deref())
        .map(AbsoluteUrl::parse);
    let Some(Ok(url)) = start else {
        return Ok(Vec::new());
    };
    if actor.is_blocked || pages_read > MAX_OUTBOX_PAGES {
        return Ok(Vec::new());
    }
    let Some(page) = unless_refused(collections::page(platform, &url).await)? else {
        platform.log(&format!("the outbox of {actor_url} cannot be read"));
        return Ok(Vec::new());
    };
    let mut tasks = Vec::new();
    // What somebody did, and what they put together.
    if let Some(playlists) = actor
        .playlists_url
        .as_deref()
        .filter(|_| page_url.is_none())
    {
        tasks.push(FederationTask::CrawlOutbox {
            actor_url: actor_url.to_owned(),
            page_url: Some(playlists.to_owned()),
            pages_read: 0,
        });
    }
    let is_playlists = actor
        .playlists_url
        .as_deref()
        .is_some_and(|playlists| url.as_str().starts_with(playlists));
    for id in page
        .items
        .iter()
        .filter(|_| is_playlists)
        .filter_map(plain_id)
    {
        if id.has_host_of(&url) && !is_ours(platform, &id) {
            tasks.push(FederationTask::FetchActivity {
                activity_url: id.as_str().to_owned(),
            });
        }
    }
    for id in page.items.iter().filter_map(video_id) {
        if !is_ours(platform, &id) && videos::stored(platform, &id).await?.is_none() {
            let task = FederationTask::RefreshVideo {
                video_url: id.as_str().to_owned(),
            };
            tasks.push(task);
        }
    }
    if let Some(next) = page.next.filter(|next| next.as_str().len() <= 2_000) {
        tasks.push(FederationTask::CrawlOutbox {
            actor_url: actor_url.to_owned(),
            page_url: Some(next.as_str().to_owned()),
            pages_read: pages_read + 1,
        });
    }
    Ok(tasks)
}

/// An item by id alone.
fn plain_id(item: &Value) -> Option<AbsoluteUrl> {
    AbsoluteUrl::parse(item.as_str()?).ok()
}

/// Of an Announce what it shares, of a Create the video in it; items by id alone are not looked into.
fn video_id(item: &Value) -> Option<AbsoluteUrl> {
    let kind = item.get("type")?.as_str()?;
    let object = item.get("object")?;
    let id = match (kind, object) {
        ("Announce", Value::String(id)) => id,
        ("Announce" | "Create", Value::Object(members)) => {
            let is_video = members.get("type").is_none_or(|name| name == "Video");
            members.get("id")?.as_str().filter(|_| is_video)?
        }
        _ => return None,
    };
    AbsoluteUrl::parse(id).ok()
}
