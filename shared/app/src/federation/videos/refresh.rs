//! Reading a video again: itself, its numbers, its comments.

use activitypub::AbsoluteUrl;
use activitypub::incoming::RemoteVideo;
use domain::time::MINUTE_MS;
use ports::{Database, DatabaseError, FederationTask, Platform};
use store::federation::{incoming_comment, remote_video};

use super::{store, stored};
use crate::AppError;
use crate::federation::actors::{is_ours, refused, unless_refused};
use crate::federation::collections;
use crate::federation::fetch::{self, FetchError};
use crate::federation::received;
use crate::federation::remote_document::RemoteDocument;

/// A video that was read within this time is not read again for its numbers.
const FRESH_MS: i64 = MINUTE_MS;
/// Pages of comments that are read of one video.
const MAX_COMMENT_PAGES: u32 = 5;

/// Reads a video again from its origin, with its likes, dislikes and comments; one that is gone there goes
/// here too. One that is not known is stored.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn refresh<P: Platform>(platform: &P, video_url: &str) -> Result<(), AppError> {
    let url = AbsoluteUrl::parse(video_url).map_err(AppError::bug)?;
    if is_ours(platform, &url) {
        return Ok(());
    }
    let known = stored(platform, &url).await?;
    let is_fresh = known
        .as_ref()
        .and_then(|row| row.fetched_at)
        .is_some_and(|at| platform.now().since_ms(at) < FRESH_MS);
    let document = if is_fresh {
        None
    } else {
        match read_again(platform, &url, known.is_some()).await? {
            Some(document) => Some(document),
            None => return Ok(()),
        }
    };
    let document = match document {
        Some(document) => document,
        None => match stored_document(platform, &url).await? {
            Some(document) => document,
            None => return Ok(()),
        },
    };
    refresh_totals(platform, &url, &document).await?;
    crawl_comments(platform, &url, &document).await
}

/// The document as it is now; nothing when it is gone or cannot be read today. What is stored is good enough
/// then: cron comes back to it.
async fn read_again<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
    is_known: bool,
) -> Result<Option<RemoteDocument>, AppError> {
    let document = match fetch::get_document(platform, url).await {
        Ok(document)
            if document
                .members
                .get("type")
                .is_some_and(|kind| kind == "Tombstone") =>
        {
            return forget(platform, url).await;
        }
        Ok(document) => document,
        Err(FetchError::Gone { .. }) => return forget(platform, url).await,
        Err(error) if error.is_passing() && !is_known => return Err(error.into()),
        Err(error) => {
            platform.log(&format!("video {url} was not read again: {error}"));
            return Ok(None);
        }
    };
    let video =
        RemoteVideo::from_members(document.members).map_err(|error| refused(error.to_string()));
    let stored = match video {
        Ok(video) => store(platform, &video)
            .await
            .map(|_| RemoteDocument::of(&video)),
        Err(error) => Err(error),
    };
    if let Err(AppError::Rejected { detail, .. }) = &stored {
        platform.log(&format!("video {url} was not stored: {detail}"));
    }
    unless_refused(stored)
}

async fn forget<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
) -> Result<Option<RemoteDocument>, AppError> {
    let gone = vec![remote_video::delete(url.as_str())];
    platform.database().batch(gone).await?;
    Ok(None)
}

async fn stored_document<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
) -> Result<Option<RemoteDocument>, AppError> {
    let select = remote_video::select_document(url.as_str());
    let results = platform.database().batch(vec![select]).await?;
    let row = results.first().and_then(|rows| rows.first());
    row.map(|row| RemoteDocument::parse(&row.text(0)?))
        .transpose()
}

async fn refresh_totals<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
    document: &RemoteDocument,
) -> Result<(), AppError> {
    let mut totals = [None, None];
    for (total, collection) in totals
        .iter_mut()
        .zip([&document.likes_url, &document.dislikes_url])
    {
        if let Some(collection) = own(url, collection.as_deref()) {
            *total = collections::total(platform, &collection).await;
        }
    }
    let [likes, dislikes] = totals;
    let totals = remote_video::set_totals(url.as_str(), likes, dislikes);
    platform.database().batch(vec![totals]).await?;
    Ok(())
}

fn own(video: &AbsoluteUrl, collection: Option<&str>) -> Option<AbsoluteUrl> {
    AbsoluteUrl::parse(collection?)
        .ok()
        .filter(|url| url.has_host_of(video))
}

/// Queues the reading of comments that are not known, each from its own origin.
async fn crawl_comments<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
    document: &RemoteDocument,
) -> Result<(), AppError> {
    let mut next = own(url, document.comments_url.as_deref());
    let mut ids: Vec<String> = Vec::new();
    // The collection itself has no items at PeerTube, its pages have.
    for _ in 0..=MAX_COMMENT_PAGES {
        let Some(page_url) = next else { break };
        let Some(page) = unless_refused(collections::page(platform, &page_url).await)? else {
            break;
        };
        ids.extend(page.items.iter().filter_map(|item| {
            let id = item.as_str().or_else(|| item.get("id")?.as_str())?;
            AbsoluteUrl::parse(id)
                .ok()
                .filter(|id| !is_ours(platform, id))?;
            Some(id.to_owned())
        }));
        next = page.next;
    }
    let select = incoming_comment::select_unknown(&ids);
    let results = platform.database().batch(vec![select]).await?;
    let tasks = results.first().into_iter().flatten().map(|row| {
        let activity_url = row.text(0)?;
        Ok(FederationTask::FetchActivity { activity_url })
    });
    let tasks = tasks.collect::<Result<Vec<_>, DatabaseError>>()?;
    received::hand_over(platform, tasks, None).await
}
