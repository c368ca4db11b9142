//! Playlists: read at their origin whoever speaks of them, as their elements are documents of their own.

use activitypub::AbsoluteUrl;
use activitypub::incoming::{Members, RemotePlaylist, RemotePlaylistElement};
use domain::UnixMillis;
use ports::{Database, FederationTask, Platform};
use serde_json::{Value, json};
use store::federation::incoming;
use store::playlist::{self as rows, KnownRow, NewRemote};

use super::Outcome;
use crate::AppError;
use crate::federation::actors::{is_ours, refused, unless_refused};
use crate::federation::{collections, videos};

/// Pages of one playlist that are read, at most: PeerTube has ten elements to a page, we fifty.
pub(super) const MAX_PLAYLIST_PAGES: usize = 30;
/// Elements of one playlist that are kept; the others are left out.
pub(super) const MAX_PLAYLIST_ELEMENTS: usize = 500;
/// PeerTube's bound.
const MAX_DESCRIPTION_CHARS: usize = 1_000;

async fn known<P: Platform>(platform: &P, url: &str) -> Result<Option<KnownRow>, AppError> {
    let batch = vec![rows::select_known(url)];
    let results = platform.database().batch(batch).await?;
    let row = results.first().and_then(|rows| rows.first());
    Ok(row.map(rows::read_known).transpose()?)
}

/// A playlist that its origin has served: stored if it is known or somebody here follows its channel or server,
/// and each of its elements is to be read.
pub(super) async fn as_it_is<P: Platform>(
    platform: &P,
    members: &Members,
) -> Result<Outcome, AppError> {
    let playlist =
        RemotePlaylist::from_members(members).map_err(|error| refused(error.to_string()))?;
    let (id, now) = (&playlist.id, platform.now());
    if is_ours(platform, id) {
        return Err(refused("another server describes a playlist of ours"));
    }
    let known = known(platform, id.as_str()).await?;
    let audience = &playlist.audience;
    // PeerTube's unlisted ones name nobody at all.
    let is_unlisted = audience.to.is_empty() && audience.cc.is_empty();
    if !audience.is_public() && !is_unlisted {
        let gone = known.map(|_| rows::delete_remote(id.as_str()));
        return Ok(Outcome::of(gone.into_iter().collect()));
    }
    let past = |unix_ms: i64| UnixMillis(unix_ms).min(now);
    let updated_at = past(playlist.updated_unix_ms);
    let is_news = known.as_ref().is_none_or(|row| row.updated_at < updated_at);
    if !is_news {
        return Ok(Outcome::default());
    }
    let channel = videos::channel(platform, id, &playlist.actors).await?;
    let channel_id = channel.channel_id.unwrap_or_default();
    if known.is_none() && !is_wanted(platform, &playlist, channel_id).await? {
        return Ok(Outcome::default());
    }
    let elements = element_urls(platform, members, id).await?;
    let description = playlist.description.as_deref().map(|text| {
        let text: String = text.chars().take(MAX_DESCRIPTION_CHARS).collect();
        text
    });
    let mut statements = vec![rows::upsert(&NewRemote {
        url: id.as_str(),
        uuid: &playlist.uuid,
        channel_id,
        display_name: &playlist.name,
        description: description.as_deref(),
        privacy: if audience.is_listed() { 1 } else { 2 },
        published_at: past(playlist.published_unix_ms),
        updated_at,
    })];
    statements.extend(rows::place_elements(
        id.as_str(),
        &json!(elements).to_string(),
    ));
    statements.push(incoming::unsee(id.as_str()));
    let read = |activity_url: String| FederationTask::FetchActivity { activity_url };
    Ok(Outcome {
        statements,
        tasks: elements.into_iter().map(read).collect(),
        tells: false,
    })
}

/// Whether somebody here follows its channel, its server, or who owns the channel.
async fn is_wanted<P: Platform>(
    platform: &P,
    playlist: &RemotePlaylist,
    channel_id: i64,
) -> Result<bool, AppError> {
    let batch = vec![rows::select_owner_url(channel_id)];
    let results = platform.database().batch(batch).await?;
    let owner = results.first().and_then(|rows| rows.first());
    let owner = owner.map(|row| row.text(0)).transpose()?;
    videos::is_wanted(platform, &playlist.id, &playlist.actors, owner.as_deref()).await
}

/// Ids of the elements in their order, each once, on the playlist's own host.
async fn element_urls<P: Platform>(
    platform: &P,
    members: &Members,
    id: &AbsoluteUrl,
) -> Result<Vec<String>, AppError> {
    let mut urls: Vec<String> = Vec::new();
    let mut page = collections::of_members(members, id);
    for _ in 0..MAX_PLAYLIST_PAGES {
        for item in &page.items {
            let text = item
                .as_str()
                .or_else(|| item.get("id").and_then(Value::as_str));
            let url = text.and_then(|text| AbsoluteUrl::parse(text).ok());
            let Some(url) = url.filter(|url| url.has_host_of(id)) else {
                continue;
            };
            if urls.len() < MAX_PLAYLIST_ELEMENTS && !urls.iter().any(|known| known == url.as_str())
            {
                urls.push(url.as_str().to_owned());
            }
        }
        let Some(next) = page.next.filter(|_| urls.len() < MAX_PLAYLIST_ELEMENTS) else {
            break;
        };
        page = collections::page(platform, &next).await?;
    }
    Ok(urls)
}

/// An element that its origin has served: its video is ours, known, or fetched. One that not everybody who has its
/// address may see is not shown, whoever lists it.
pub(super) async fn element_as_it_is<P: Platform>(
    platform: &P,
    members: &Members,
) -> Result<Outcome, AppError> {
    let element =
        RemotePlaylistElement::from_members(members).map_err(|error| refused(error.to_string()))?;
    let url = element.id.as_str();
    let batch = vec![rows::select_element_url(url)];
    let results = platform.database().batch(batch).await?;
    if results.first().is_none_or(Vec::is_empty) {
        return Ok(Outcome::default());
    }
    let video = match &element.video {
        Some(video) => match videos::stored(platform, video).await? {
            Some(row) => Some(row),
            None if is_ours(platform, video) => None,
            None => unless_refused(videos::fetch(platform, video).await)?,
        },
        None => None,
    };
    let video_id = video.filter(|row| row.is_open).map(|row| row.id);
    let (start, stop) = (element.start_secs, element.stop_secs);
    Ok(Outcome::of(vec![rows::settle_element(
        url, video_id, start, stop,
    )]))
}
