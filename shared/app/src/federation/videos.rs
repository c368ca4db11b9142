//! Videos of other servers: found, fetched, stored, kept up to date.

mod refresh;

use activitypub::AbsoluteUrl;
use activitypub::date::parse_iso8601;
use activitypub::incoming::{RemoteVideo, text_of_html};
use domain::UnixMillis;
use ports::{Database, DatabaseError, FederationTask, Platform, Statement};
use serde_json::Value;
use store::federation::incoming;
use store::federation::remote_actor::{ActorKind, ActorRow};
use store::federation::remote_video::{self, NewPicture, NewRemoteVideo};

pub use refresh::refresh;
pub use store::federation::remote_video::VideoRow;

use super::actors::{self, is_ours, refused, unless_refused};
use super::fetch;
use super::local_ids::{self, LocalId};
use super::received;
use super::remote_document::RemoteDocument;
use crate::AppError;

/// Actors of one video that are looked at: account, channel, and some to spare.
const MAX_ACTORS: usize = 4;
/// PeerTube's bound.
const MAX_DESCRIPTION_CHARS: usize = 10_000;
/// PeerTube's bound.
const MAX_SUPPORT_CHARS: usize = 1_000;
/// Tags that are kept; PeerTube has 5.
const MAX_TAGS: usize = 10;
/// PeerTube's bound.
const MAX_TAG_CHARS: usize = 30;
/// Largest number that JavaScript holds exactly.
const MAX_NUMBER: u64 = 9_007_199_254_740_991;
/// Names of PeerTube's licences, which are numbers from 1.
const LICENCES: [&str; 7] = [
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC-BY-ND-4.0",
    "CC-BY-NC-4.0",
    "CC-BY-NC-SA-4.0",
    "CC-BY-NC-ND-4.0",
    "CC0-1.0",
];

/// A video by its id, ours or another server's, if it is stored.
///
/// # Errors
/// When the database fails.
pub async fn stored<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
) -> Result<Option<VideoRow>, AppError> {
    let origin = &platform.settings().public_origin;
    let select = match local_ids::parse(origin, url.as_str()) {
        Some(LocalId::Video(uuid)) => remote_video::select_ours(&uuid),
        Some(_) => return Ok(None),
        None => remote_video::select_by_url(url.as_str()),
    };
    one(platform, select).await
}

async fn one<P: Platform>(platform: &P, select: Statement) -> Result<Option<VideoRow>, AppError> {
    let results = platform.database().batch(vec![select]).await?;
    let row = results.first().and_then(|rows| rows.first());
    Ok(row.map(remote_video::read).transpose()?)
}

/// Row id of a video by its id: ours, or another server's, which is fetched and stored when it is not known
/// yet. `None` when there is no such video, or its server does not let us know it.
///
/// # Errors
/// [`AppError::Unavailable`] when its server does not answer.
pub async fn by_url<P: Platform>(platform: &P, url: &AbsoluteUrl) -> Result<Option<i64>, AppError> {
    if let Some(row) = stored(platform, url).await? {
        return Ok(Some(row.id));
    }
    let row = unless_refused(fetch(platform, url).await)?;
    Ok(row.map(|row| row.id))
}

/// Fetches a video from its server and stores it.
///
/// # Errors
/// A rejection when there is none or it may not be stored, [`AppError::Unavailable`] when its server does not
/// answer.
pub async fn fetch<P: Platform>(platform: &P, url: &AbsoluteUrl) -> Result<VideoRow, AppError> {
    if is_ours(platform, url) {
        return Err(refused("a video of ours is not fetched"));
    }
    let document = fetch::get_document(platform, url).await?;
    let video =
        RemoteVideo::from_members(document.members).map_err(|error| refused(error.to_string()))?;
    store(platform, &video).await
}

/// Stores what a video's own server says of it. Of something that is not stored yet its numbers and comments
/// are fetched soon.
///
/// # Errors
/// A rejection for a video that is not public, has no channel on its own host, has the UUID of another, or is
/// of somebody whom the instance blocks. [`AppError::Unavailable`] when its channel has to be fetched and its
/// server does not answer.
pub async fn store<P: Platform>(platform: &P, video: &RemoteVideo) -> Result<VideoRow, AppError> {
    if is_ours(platform, &video.id) {
        return Err(refused("another server describes a video of ours"));
    }
    if !is_open(video) {
        return Err(refused(format!("{} is not public", video.id)));
    }
    let channel = channel(platform, &video.id, &video.actors).await?;
    let known = known(platform, video).await?;
    let document = RemoteDocument::of(video);
    let mut batch = upsert(platform, video, &channel, &document);
    batch.push(incoming::unsee(video.id.as_str()));
    batch.push(remote_video::select_by_url(video.id.as_str()));
    let stored_at = batch.len() - 1;
    if known.is_none() {
        let task = FederationTask::RefreshVideo {
            video_url: video.id.as_str().to_owned(),
        };
        batch.push(received::keep_with(platform, vec![task])?);
    }
    let results = match platform.database().batch(batch).await {
        Ok(results) => results,
        Err(DatabaseError::Constraint { .. }) => {
            return Err(refused(format!(
                "{} has the UUID of another video",
                video.id
            )));
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(rows) = results.get(stored_at + 1) {
        received::wake_kept(platform, rows).await?;
    }
    let row = results.get(stored_at).and_then(|rows| rows.first());
    let row = row.map(remote_video::read).transpose()?;
    row.ok_or_else(|| AppError::bug("a video was stored and is not there"))
}

/// Whether whoever has the link may see it. An unlisted video of PeerTube's names nobody at all: neither
/// followers, whom a private one would name, nor everybody.
#[must_use]
pub fn is_open(video: &RemoteVideo) -> bool {
    let audience = &video.audience;
    audience.is_public() || (audience.to.is_empty() && audience.cc.is_empty())
}

/// The group among those whom a video or playlist is attributed to, on its own host: servers speak for
/// themselves alone.
pub(super) async fn channel<P: Platform>(
    platform: &P,
    id: &AbsoluteUrl,
    actors: &[AbsoluteUrl],
) -> Result<ActorRow, AppError> {
    let own = actors.iter().filter(|url| url.has_host_of(id));
    for url in own.take(MAX_ACTORS) {
        let Some(row) = actors::by_url(platform, url).await? else {
            continue;
        };
        if row.is_blocked {
            return Err(refused(format!("{id} is of somebody who is blocked")));
        }
        if row.kind == ActorKind::Channel && row.channel_id.is_some() {
            return Ok(row);
        }
    }
    Err(refused(format!("{id} has no channel on its own host")))
}

/// The row of this video; refused when another one has its UUID.
async fn known<P: Platform>(
    platform: &P,
    video: &RemoteVideo,
) -> Result<Option<VideoRow>, AppError> {
    let row = one(platform, remote_video::select_by_uuid(&video.uuid)).await?;
    match row {
        Some(row) if row.remote_url.as_deref() != Some(video.id.as_str()) => Err(refused(format!(
            "{} has the UUID of another video",
            video.id
        ))),
        row => Ok(row),
    }
}

fn upsert<P: Platform>(
    platform: &P,
    video: &RemoteVideo,
    channel: &ActorRow,
    document: &RemoteDocument,
) -> Vec<Statement> {
    let now = platform.now();
    let text = |name: &str| video.raw.get(name).and_then(Value::as_str);
    let description = video.description.as_deref().map(|content| {
        if video.is_markdown {
            content.chars().take(MAX_DESCRIPTION_CHARS).collect()
        } else {
            text_of_html(content, MAX_DESCRIPTION_CHARS)
        }
    });
    let support: Option<String> =
        text("support").map(|text| text.chars().take(MAX_SUPPORT_CHARS).collect());
    let summary = text("summary").map(|text| text_of_html(text, MAX_SUPPORT_CHARS));
    let tags: Vec<String> = video
        .tags
        .iter()
        .map(|tag| tag_text(tag))
        .take(MAX_TAGS)
        .collect();
    let pictures: Vec<NewPicture<'_>> = document
        .pictures
        .iter()
        .map(|picture| NewPicture {
            filename: &picture.filename,
            width: picture.width,
            height: picture.height,
        })
        .collect();
    let page = video.watch_url.as_ref().unwrap_or(&video.id);
    // A date in the future would stay on top of every list, and keep every later change out.
    let past = |unix_ms: i64| UnixMillis(unix_ms).min(now);
    remote_video::upsert(&NewRemoteVideo {
        url: video.id.as_str(),
        uuid: &video.uuid,
        channel_id: channel.channel_id.unwrap_or_default(),
        name: &video.name,
        description: description.as_deref(),
        support: support.as_deref(),
        category: video.category.as_deref().and_then(|text| text.parse().ok()),
        licence: video.licence.as_deref().and_then(licence),
        language: video.language.as_deref(),
        privacy: if video.audience.is_listed() { 1 } else { 2 },
        is_sensitive: video.is_sensitive,
        sensitive_summary: summary.as_deref(),
        comments_policy: video.comments_policy.into(),
        is_downloadable: video.is_downloadable,
        // Whatever is not published is hidden until an Update says that it is.
        state: if video.state == 1 { 1 } else { 2 },
        duration_secs: number(video.duration_secs).min(i64::from(u32::MAX)),
        aspect_ratio: video
            .raw
            .get("aspectRatio")
            .and_then(Value::as_f64)
            .filter(|ratio| (0.01..=100.0).contains(ratio)),
        views: number(video.views),
        tags: &tags,
        pictures: &pictures,
        page_url: page.as_str(),
        document: &document.to_json(),
        published_at: past(video.published_unix_ms),
        originally_published_at: text("originallyPublishedAt")
            .and_then(parse_iso8601)
            .map(UnixMillis),
        updated_at: past(video.updated_unix_ms),
        now,
    })
}

fn number(value: u64) -> i64 {
    i64::try_from(value.min(MAX_NUMBER)).unwrap_or_default()
}

fn tag_text(tag: &str) -> String {
    tag.trim_start_matches('#')
        .chars()
        .take(MAX_TAG_CHARS)
        .collect()
}

fn licence(text: &str) -> Option<u32> {
    let by_name = || {
        let at = LICENCES
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text))?;
        u32::try_from(at + 1).ok()
    };
    text.parse().ok().or_else(by_name)
}

/// Whether somebody here follows an actor of this video or playlist or the server that it is on: only then it is
/// taken without being asked for.
///
/// # Errors
/// When the database fails.
pub async fn is_wanted<P: Platform>(
    platform: &P,
    id: &AbsoluteUrl,
    actors: &[AbsoluteUrl],
    sender: Option<&str>,
) -> Result<bool, AppError> {
    let mut actors: Vec<String> = actors
        .iter()
        // Whom somebody names elsewhere has no part in it.
        .filter(|url| url.has_host_of(id))
        .take(MAX_ACTORS)
        .map(|url| url.as_str().to_owned())
        .collect();
    actors.extend(sender.map(str::to_owned));
    let select = remote_video::select_interest(&actors, &id.host());
    let results = platform.database().batch(vec![select]).await?;
    let row = results.first().and_then(|rows| rows.first());
    Ok(row.is_some_and(|row| row.boolean(0).unwrap_or(false)))
}
