//! Comments below videos of any server.

use activitypub::object::{Activity, Addressing, Context, Ids, Note, PUBLIC, Tombstone, Verb};
use domain::Privacy;
use ports::{Database, Platform};
use store::federation::actor::INSTANCE_NAME;
use store::federation::documents::{self as rows, CommentRow, MentionRow};
use store::video::details::VideoKey;

use super::collections::{Below, Page, below_video};
use super::{Document, Found, PUBLISHED, followers_of, found, raw};
use crate::AppError;
use crate::videos::urls;

/// The document of a comment, by its row id. One of another server leads there; a deleted one of ours is a
/// tombstone. One that waits for approval here is not there. `below` is the video that it has to be below.
///
/// # Errors
/// When the database fails.
pub async fn comment<P: Platform>(
    platform: &P,
    id: i64,
    below: Option<VideoKey<'_>>,
) -> Result<Option<Found>, AppError> {
    let Some((row, mentions)) = load(platform, id, below).await? else {
        return Ok(None);
    };
    if let Some(url) = row.remote_url {
        return Ok(Some(Found::Elsewhere(url)));
    }
    let origin = &platform.settings().public_origin;
    match (row.deleted_at_unix_ms, row.author_name.as_deref()) {
        (None, Some(author)) => Ok(found(note(origin, &row, author, &mentions)?)),
        (deleted_at, _) => {
            let at = deleted_at.unwrap_or(row.updated_at_unix_ms);
            Ok(Some(Found::Gone(Box::new(tombstone(origin, &row, at)?))))
        }
    }
}

/// That the video's account lets a comment below a video of ours be seen; both by their row ids.
///
/// # Errors
/// When the database fails.
pub async fn approval<P: Platform>(
    platform: &P,
    id: i64,
    below: Option<VideoKey<'_>>,
) -> Result<Option<Found>, AppError> {
    let Some((row, _)) = load(platform, id, below).await? else {
        return Ok(None);
    };
    if row.video_remote_url.is_some() || row.deleted_at_unix_ms.is_some() {
        return Ok(None);
    }
    let origin = &platform.settings().public_origin;
    let ids = Ids { origin };
    let own_url = ids.comment(&row.video_uuid, row.id);
    let comment_url = row.remote_url.as_deref().unwrap_or(&own_url);
    let account_url = ids.account(&row.account.name);
    let (id, answered) = (format!("{own_url}/approve-reply"), answered(&ids, &row));
    let activity =
        Activity::new(Verb::ApproveReply, &id, &account_url, comment_url).in_reply_to(&answered);
    Ok(found(Document {
        context: Context::ReplyApproval,
        body: raw(&activity)?,
        addressing: Addressing::default(),
        channel_url: Some(ids.channel(&row.channel.name)),
        actor_url: account_url,
        id,
    }))
}

/// A comment that may be seen, and whom it mentions.
async fn load<P: Platform>(
    platform: &P,
    id: i64,
    below: Option<VideoKey<'_>>,
) -> Result<Option<(CommentRow, Vec<MentionRow>)>, AppError> {
    let batch = vec![rows::select_comment(id), rows::select_mentions(id)];
    let results = platform.database().batch(batch).await?;
    let [comment, mentions] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let Some(row) = rows::read_comment(comment)?.filter(|row| may_be_seen(row, below)) else {
        return Ok(None);
    };
    Ok(Some((row, rows::read_mentions(mentions)?)))
}

fn may_be_seen(row: &CommentRow, below: Option<VideoKey<'_>>) -> bool {
    let is_there = match below {
        Some(VideoKey::Uuid(uuid)) => uuid == row.video_uuid,
        Some(VideoKey::Id(_)) | None => true,
    };
    let is_open = matches!(
        Privacy::from_number(row.video_privacy),
        Some(Privacy::Public | Privacy::Unlisted)
    );
    // What waits at another server is for that server to hide, and it reads the comment here.
    let is_ours_to_hide = row.video_remote_url.is_none();
    is_there && is_open && !(is_ours_to_hide && (row.is_held || row.video_state != PUBLISHED))
}

fn answered(ids: &Ids<'_>, row: &CommentRow) -> String {
    match (row.parent_id, &row.parent_remote_url) {
        (_, Some(url)) => url.clone(),
        (Some(parent), None) => ids.comment(&row.video_uuid, parent),
        (None, None) => video_url(ids, row),
    }
}

fn video_url(ids: &Ids<'_>, row: &CommentRow) -> String {
    let remote = row.video_remote_url.clone();
    remote.unwrap_or_else(|| ids.video(&row.video_uuid))
}

/// Everybody who follows the author, the video's account, its channel or its instance, and those whom
/// it answers.
fn addressing(ids: &Ids<'_>, row: &CommentRow, author_url: &str, also: &[&str]) -> Addressing {
    let is_public = Privacy::from_number(row.video_privacy) == Some(Privacy::Public);
    let mut cc = vec![followers_of(author_url)];
    if row.video_remote_url.is_none() {
        cc.extend([
            followers_of(&ids.channel(&row.channel.name)),
            followers_of(&ids.account(&row.account.name)),
            followers_of(&ids.instance()),
        ]);
    } else {
        cc.extend(row.channel.remote_followers_url.clone());
        cc.extend(row.account.remote_followers_url.clone());
    }
    cc.extend(also.iter().map(|url| (*url).to_owned()));
    cc.dedup();
    let mut to = Vec::new();
    let open = if is_public { &mut to } else { &mut cc };
    open.push(PUBLIC.to_owned());
    Addressing { to, cc }
}

fn note(
    origin: &str,
    row: &CommentRow,
    author: &str,
    mentions: &[MentionRow],
) -> Result<Document, AppError> {
    let ids = Ids { origin };
    let (id, author_url) = (ids.comment(&row.video_uuid, row.id), ids.account(author));
    let named: Vec<(String, String)> = mentions
        .iter()
        .filter_map(|mention| match &mention.remote_url {
            Some(url) => Some((url.clone(), format!("@{}", mention.name))),
            None if mention.name.contains('@') => None,
            None => {
                let handle = format!("@{}@{}", mention.name, urls::host(origin));
                Some((ids.account(&mention.name), handle))
            }
        })
        .collect();
    let mentions: Vec<(&str, &str)> = named
        .iter()
        .map(|(url, handle)| (url.as_str(), handle.as_str()))
        .collect();
    let also: Vec<&str> = mentions.iter().map(|(url, _)| *url).collect();
    let addressing = addressing(&ids, row, &author_url, &also);
    let channel_url = channel_url(&ids, row);
    let body = raw(&Note {
        id: &id,
        addressing: &addressing,
        content: &row.text,
        in_reply_to: &answered(&ids, row),
        published_unix_ms: row.created_at_unix_ms,
        updated_unix_ms: row.updated_at_unix_ms,
        attributed_to: &author_url,
        audience: channel_url.as_deref(),
        mentions: &mentions,
        reply_approval: row.reply_approval_url.as_deref(),
    })?;
    Ok(Document {
        id,
        context: Context::Comment,
        body,
        addressing,
        actor_url: author_url,
        channel_url,
    })
}

fn channel_url(ids: &Ids<'_>, row: &CommentRow) -> Option<String> {
    match row.video_remote_url {
        Some(_) => row.channel.remote_url.clone(),
        None => Some(ids.channel(&row.channel.name)),
    }
}

fn tombstone(origin: &str, row: &CommentRow, deleted_unix_ms: i64) -> Result<Document, AppError> {
    let ids = Ids { origin };
    let id = ids.comment(&row.video_uuid, row.id);
    let author = row.author_name.as_deref().unwrap_or(INSTANCE_NAME);
    let author_url = ids.account(author);
    let body = raw(&Tombstone {
        id: &id,
        published_unix_ms: row.created_at_unix_ms,
        updated_unix_ms: row.updated_at_unix_ms,
        deleted_unix_ms,
        former_type: "Note",
    })?;
    Ok(Document {
        id,
        context: Context::Comment,
        body,
        addressing: addressing(&ids, row, &author_url, &[]),
        channel_url: channel_url(&ids, row),
        actor_url: author_url,
    })
}

/// The comments below a video of ours that everybody sees.
///
/// # Errors
/// 404 for a page beyond all bounds; when the database fails.
pub async fn comments<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
    asked: Page,
) -> Result<Option<Found>, AppError> {
    let select = |slice| rows::select_comments(key, slice);
    below_video(platform, key, asked, select, |ids, video| Below {
        name: "comments",
        total: video.comments,
        own_id: Box::new(|item| ids.comment(&video.uuid, item.id)),
    })
    .await
}
