//! Notes that answer a video, or an answer to it, and what the other side says of our own.

use activitypub::AbsoluteUrl;
use activitypub::incoming::{RemoteNote, text_of_html};
use domain::UnixMillis;
use ports::{Database, Platform, Statement};
use store::federation::incoming_comment::{self, CommentPlace, NewRemoteComment};

use super::{Outcome, Received};
use crate::AppError;
use crate::federation::actors::{self, is_ours, refused};
use crate::federation::local_ids::{self, LocalId};
use crate::federation::{fetch, videos};

/// Notes above one whose place is not known that are fetched.
const MAX_REPLY_DEPTH: usize = 10;
/// PeerTube's bound.
const MAX_TEXT_CHARS: usize = 10_000;

/// Where a note belongs.
#[derive(Debug, Clone, Copy)]
struct Place {
    video_id: i64,
    parent_id: Option<i64>,
}

/// Stores a note that answers a video that we have; others are none of our affair. Notes between are fetched
/// and stored first.
pub(super) async fn written<P: Platform>(
    platform: &P,
    note: RemoteNote,
) -> Result<Outcome, AppError> {
    if !note.audience.is_public() {
        return Ok(Outcome::default());
    }
    let mut chain = vec![note];
    let mut place = loop {
        let Some(parent) = chain.last().and_then(|note| note.in_reply_to.clone()) else {
            return Ok(Outcome::default());
        };
        if let Some(place) = place_below(platform, &parent).await? {
            break place;
        }
        let is_known = chain.iter().any(|note| note.id == parent);
        if is_ours(platform, &parent) || is_known || chain.len() > MAX_REPLY_DEPTH {
            return Ok(Outcome::default());
        }
        match fetch_note(platform, &parent).await? {
            Some(note) => chain.push(note),
            None => return Ok(Outcome::default()),
        }
    };
    while let Some(note) = chain.pop() {
        let Some(upsert) = upsert(platform, &note, place).await? else {
            return Ok(Outcome::default());
        };
        if chain.is_empty() {
            return Ok(Outcome {
                statements: vec![upsert],
                tasks: Vec::new(),
                tells: true,
            });
        }
        let select = incoming_comment::select_by_url(note.id.as_str());
        let results = platform.database().batch(vec![upsert, select]).await?;
        match results.get(1).and_then(|rows| rows.first()) {
            Some(row) => place.parent_id = Some(incoming_comment::read(row)?.id),
            None => return Ok(Outcome::default()),
        }
    }
    Ok(Outcome::default())
}

/// The place of an answer to `parent`, if that is a video or a comment that we have.
async fn place_below<P: Platform>(
    platform: &P,
    parent: &AbsoluteUrl,
) -> Result<Option<Place>, AppError> {
    if let Some(video) = videos::stored(platform, parent).await? {
        return Ok(video.is_open.then_some(Place {
            video_id: video.id,
            parent_id: None,
        }));
    }
    let comment = known_comment(platform, parent).await?;
    Ok(comment.map(|comment| Place {
        video_id: comment.video_id,
        parent_id: Some(comment.id),
    }))
}

/// A comment by its id, ours or another server's.
pub(super) async fn known_comment<P: Platform>(
    platform: &P,
    id: &AbsoluteUrl,
) -> Result<Option<CommentPlace>, AppError> {
    let select = match local_ids::parse(&platform.settings().public_origin, id.as_str()) {
        Some(LocalId::Comment(id)) => incoming_comment::select_ours(id),
        Some(_) => return Ok(None),
        None => incoming_comment::select_by_url(id.as_str()),
    };
    let results = platform.database().batch(vec![select]).await?;
    let row = results.first().and_then(|rows| rows.first());
    Ok(row.map(incoming_comment::read).transpose()?)
}

async fn fetch_note<P: Platform>(
    platform: &P,
    id: &AbsoluteUrl,
) -> Result<Option<RemoteNote>, AppError> {
    let document = match fetch::get_document(platform, id).await {
        Ok(document) => document,
        Err(error) if error.is_passing() => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    let note = RemoteNote::from_members(document.members).ok();
    Ok(note.filter(|note| note.audience.is_public()))
}

/// When a note was written and when it was changed last, neither in the future.
pub(super) fn times(note: &RemoteNote, now: UnixMillis) -> (UnixMillis, UnixMillis) {
    let created_at = note.published_unix_ms.map_or(now, UnixMillis).min(now);
    let updated_at = note.updated_unix_ms.map_or(created_at, UnixMillis).min(now);
    (created_at, updated_at.max(created_at))
}

/// Nothing when its author cannot be found or is no account.
async fn upsert<P: Platform>(
    platform: &P,
    note: &RemoteNote,
    place: Place,
) -> Result<Option<Statement>, AppError> {
    let author = actors::by_url(platform, &note.attributed_to).await?;
    let Some(author) = author.filter(|author| !author.is_blocked && !author.host.is_empty()) else {
        return Ok(None);
    };
    let Some(account_id) = author.account_id else {
        return Ok(None);
    };
    let text = if note.is_markdown {
        note.content.chars().take(MAX_TEXT_CHARS).collect()
    } else {
        text_of_html(&note.content, MAX_TEXT_CHARS)
    };
    if text.trim().is_empty() {
        return Err(refused(format!("{} has no words", note.id)));
    }
    let (created_at, updated_at) = times(note, platform.now());
    let approval = note.reply_approval.as_ref().map(AbsoluteUrl::as_str);
    let new = NewRemoteComment {
        url: note.id.as_str(),
        account_id,
        host: &author.host,
        text: &text,
        created_at,
        updated_at,
        reply_approval_url: approval,
    };
    Ok(Some(incoming_comment::upsert(
        &new,
        place.video_id,
        place.parent_id,
    )))
}

/// The side of a video answers a comment of ours on it: it may be shown, or not.
pub(super) async fn approved<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    comment: &AbsoluteUrl,
    is_approved: bool,
) -> Result<Outcome, AppError> {
    let Some(LocalId::Comment(id)) =
        local_ids::parse(&platform.settings().public_origin, comment.as_str())
    else {
        return Ok(Outcome::default());
    };
    let select = store::federation::remote_video::select_of_comment(id);
    let results = platform.database().batch(vec![select]).await?;
    let Some(row) = results.first().and_then(|rows| rows.first()) else {
        return Ok(Outcome::default());
    };
    let video = store::federation::remote_video::read(row)?;
    let is_owner = video
        .owner_urls
        .iter()
        .flatten()
        .any(|url| *url == received.actor.url);
    if !is_owner {
        return Err(refused("the video is not theirs"));
    }
    let approval = received.id().filter(|_| is_approved);
    Ok(Outcome::of(vec![incoming_comment::approval(id, approval)]))
}
