//! Create, Update and Delete: videos, notes, actors, playlists, copies of videos (`CacheFile`) and statistics
//! (`WatchAction`).

use activitypub::AbsoluteUrl;
use activitypub::inbox::Trust;
use activitypub::incoming::{Embedded, Members, Object, RemoteActor, RemoteNote, RemoteVideo};
use domain::UnixMillis;
use domain::time::MINUTE_MS;
use ports::{Database, FederationTask, Platform};
use serde_json::Value;
use store::federation::remote_actor::ActorKind;
use store::federation::{incoming, incoming_comment, remote_actor, remote_video};
use store::playlist;

use super::{Outcome, Received, comments, is_seen, mirrors, pass_on, playlists, views};
use crate::AppError;
use crate::federation::actors::{self, is_ours, refused};
use crate::federation::{fetch, outgoing, videos};

/// PeerTube sends an Update when a video is liked, but not how many like it: its numbers are read again, at most
/// this often. One Update sooner after the last leaves it to cron, which does so once for however many come.
const NUMBERS_AFTER_MS: i64 = MINUTE_MS;

/// What an object is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Video,
    Note,
    Actor,
    Mirror,
    Playlist,
    PlaylistElement,
    Tombstone,
    WatchAction,
    Unused,
}

fn kind(members: &Members) -> Kind {
    let types = match members.get("type") {
        Some(Value::Array(types)) => types.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    let known = |name: &str| match name {
        "Video" => Some(Kind::Video),
        "Note" | "Page" | "Article" | "Question" => Some(Kind::Note),
        "Person" | "Group" | "Application" | "Service" | "Organization" => Some(Kind::Actor),
        "CacheFile" => Some(Kind::Mirror),
        "Playlist" => Some(Kind::Playlist),
        "PlaylistElement" => Some(Kind::PlaylistElement),
        "Tombstone" => Some(Kind::Tombstone),
        "WatchAction" => Some(Kind::WatchAction),
        _ => None,
    };
    types
        .iter()
        .filter_map(Value::as_str)
        .find_map(known)
        .unwrap_or(Kind::Unused)
}

/// A new object, or one as it is now.
pub(super) async fn stated<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    object: &Object,
) -> Result<Outcome, AppError> {
    let Some(id) = object.id() else {
        return Err(refused("the object has no id"));
    };
    if is_ours(platform, id) {
        return Ok(Outcome::default());
    }
    let embedded = match object {
        Object::Embedded(embedded) => embedded,
        Object::Id(id) => return Ok(read(id)),
    };
    match kind(&embedded.raw) {
        Kind::Unused => Ok(Outcome::default()),
        // Its host is the actor's, and it has no other owner: that much is authorised.
        Kind::WatchAction if received.trust == Trust::Embedded => {
            views::watched(platform, &embedded.raw).await
        }
        // An actor says nothing of when it changed: only its origin knows which of two is the later one.
        Kind::Actor if *id == received.activity.actor => {
            Ok(Outcome::task(FederationTask::RefreshActor {
                actor_url: id.as_str().to_owned(),
            }))
        }
        // It names no owner: whoever sends it is.
        Kind::Mirror if received.trust == Trust::Embedded => {
            let mut outcome = mirrors::stated(platform, received.actor, &embedded.raw).await?;
            if !outcome.statements.is_empty() {
                let passed_on = mirrors::pass_on(platform, received, &embedded.raw);
                outcome.statements.extend(passed_on);
            }
            Ok(outcome)
        }
        Kind::Video | Kind::Note if is_believed(received, embedded) => {
            if is_seen(platform, id.as_str()).await? {
                return Ok(read(id));
            }
            own(platform, received, embedded).await
        }
        _ => Ok(read(id)),
    }
}

/// It is to be read at its origin.
fn read(id: &AbsoluteUrl) -> Outcome {
    Outcome::task(FederationTask::FetchActivity {
        activity_url: id.as_str().to_owned(),
    })
}

/// What the actor embeds is its own, and not only of somebody on the same host.
fn is_believed(received: &Received<'_>, embedded: &Embedded) -> bool {
    received.trust == Trust::Embedded && embedded.owners().contains(&received.activity.actor)
}

async fn own<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    embedded: &Embedded,
) -> Result<Outcome, AppError> {
    let members = embedded.raw.clone();
    if kind(&members) == Kind::Video {
        let video =
            RemoteVideo::from_members(members).map_err(|error| refused(error.to_string()))?;
        return video_as_it_is(platform, &video, Some(&received.actor.url)).await;
    }
    let note = RemoteNote::from_members(members).map_err(|error| refused(error.to_string()))?;
    let passed_on = pass_on::comment(platform, received, &note);
    let mut outcome = comments::written(platform, note).await?;
    if !outcome.statements.is_empty() {
        outcome.statements.extend(passed_on);
    }
    Ok(outcome)
}

async fn video_as_it_is<P: Platform>(
    platform: &P,
    video: &RemoteVideo,
    sender: Option<&str>,
) -> Result<Outcome, AppError> {
    let known = videos::stored(platform, &video.id).await?;
    if !videos::is_open(video) {
        // It was public once, and is no more.
        let known = known.and_then(|row| row.remote_url);
        let gone = known.map(|url| remote_video::delete(&url));
        return Ok(Outcome::of(gone.into_iter().collect()));
    }
    let is_later = known
        .as_ref()
        .is_none_or(|row| row.updated_at.0 <= video.updated_unix_ms);
    let is_wanted =
        known.is_some() || videos::is_wanted(platform, &video.id, &video.actors, sender).await?;
    if !is_later || !is_wanted {
        return Ok(Outcome::default());
    }
    videos::store(platform, video).await?;
    let is_known = known.is_some();
    let is_due = known
        .and_then(|row| row.fetched_at)
        .is_some_and(|at| platform.now().since_ms(at) > NUMBERS_AFTER_MS);
    let url = video.id.as_str();
    if is_due {
        let video_url = url.to_owned();
        return Ok(Outcome::task(FederationTask::RefreshVideo { video_url }));
    }
    let stale = UnixMillis(platform.now().0 - actors::STALE_AFTER_MS - 1);
    let soon = is_known.then(|| remote_video::read_soon(url, stale));
    Ok(Outcome::of(soon.into_iter().collect()))
}

/// An object that its origin has served.
pub(super) async fn as_it_is<P: Platform>(
    platform: &P,
    members: Members,
) -> Result<Outcome, AppError> {
    let invalid = |error: activitypub::incoming::IncomingError| refused(error.to_string());
    match kind(&members) {
        Kind::Video => {
            let video = RemoteVideo::from_members(members).map_err(invalid)?;
            video_as_it_is(platform, &video, None).await
        }
        Kind::Note => {
            let note = RemoteNote::from_members(members).map_err(invalid)?;
            let url = note.id.as_str().to_owned();
            let mut outcome = comments::written(platform, note).await?;
            outcome.statements.push(incoming::unsee(&url));
            Ok(outcome)
        }
        Kind::Actor => {
            let actor = RemoteActor::from_members(members).map_err(invalid)?;
            if actors::stored(platform, actor.id.as_str()).await?.is_some() {
                actors::store(platform, &actor).await?;
            }
            Ok(Outcome::default())
        }
        Kind::Mirror => {
            let id = members.get("id").and_then(Value::as_str);
            let id = AbsoluteUrl::parse(id.unwrap_or_default()).map_err(AppError::bug)?;
            match actors::instance_of(platform, &id.host()).await? {
                Some(actor) => mirrors::stated(platform, &actor, &members).await,
                None => Ok(Outcome::default()),
            }
        }
        Kind::Playlist => playlists::as_it_is(platform, &members).await,
        Kind::PlaylistElement => playlists::element_as_it_is(platform, &members).await,
        Kind::Tombstone => {
            let id = members
                .get("id")
                .and_then(Value::as_str)
                .unwrap_or_default();
            Ok(gone(platform, id))
        }
        Kind::WatchAction => views::watched(platform, &members).await,
        Kind::Unused => Ok(Outcome::default()),
    }
}

/// Its origin says that it is not there.
pub(super) fn gone<P: Platform>(platform: &P, url: &str) -> Outcome {
    let mut statements = vec![
        remote_video::delete(url),
        incoming_comment::delete(url, platform.now()),
        playlist::delete_remote(url),
        playlist::settle_element(url, None, None, None),
    ];
    statements.extend(remote_actor::delete(url));
    Outcome {
        statements,
        tasks: Vec::new(),
        tells: true,
    }
}

/// Something is said to be gone.
pub(super) async fn deleted<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    id: Option<&AbsoluteUrl>,
) -> Result<Outcome, AppError> {
    let id = id.ok_or_else(|| refused("nothing is deleted"))?;
    if is_ours(platform, id) {
        return Ok(Outcome::default());
    }
    let until = platform.now().plus_ms(outgoing::TRIED_FOR_MS);
    if *id == received.activity.actor {
        let mut statements = remote_actor::delete(id.as_str()).to_vec();
        statements.push(incoming::see(id.as_str(), until));
        return Ok(Outcome {
            statements,
            tasks: Vec::new(),
            tells: true,
        });
    }
    let batch = vec![
        remote_video::select_by_url(id.as_str()),
        incoming_comment::select_by_url(id.as_str()),
        remote_actor::select_by_url(id.as_str()),
        playlist::select_known(id.as_str()),
    ];
    let results = platform.database().batch(batch).await?;
    let row = |at: usize| results.get(at).and_then(|rows| rows.first());
    let sender = received.actor;
    if let Some(row) = row(0) {
        let video = remote_video::read(row)?;
        let is_owner = video
            .owner_urls
            .iter()
            .flatten()
            .any(|url| *url == sender.url);
        if is_owner || sender.kind == ActorKind::Instance {
            return Ok(Outcome::of(vec![
                remote_video::delete(id.as_str()),
                incoming::see(id.as_str(), until),
            ]));
        }
        return Ok(read(id));
    }
    if let Some(row) = row(1) {
        let comment = incoming_comment::read(row)?;
        if comment.author_url.as_deref() == Some(&sender.url) {
            let mut statements = Vec::from_iter(pass_on::deleted_comment(received, id.as_str()));
            statements.push(incoming_comment::delete(id.as_str(), platform.now()));
            return Ok(Outcome {
                statements,
                tasks: Vec::new(),
                tells: true,
            });
        }
        return Ok(read(id));
    }
    if let Some(row) = row(3) {
        let known = playlist::read_known(row)?;
        let is_owner = known.owner_url.as_deref() == Some(&sender.url);
        if is_owner || sender.kind == ActorKind::Instance {
            return Ok(Outcome::of(vec![
                playlist::delete_remote(id.as_str()),
                incoming::see(id.as_str(), until),
            ]));
        }
        return Ok(read(id));
    }
    if row(2).is_some() {
        return Ok(read(id));
    }
    Ok(Outcome::of(vec![
        incoming::see(id.as_str(), until),
        store::mirror::drop_by_url(sender.id, id.as_str()),
    ]))
}

/// Reads a video that somebody speaks of, when it is not known.
pub(super) async fn video_of<P: Platform>(
    platform: &P,
    id: &AbsoluteUrl,
) -> Result<Option<videos::VideoRow>, AppError> {
    if let Some(row) = videos::stored(platform, id).await? {
        return Ok(Some(row));
    }
    if is_ours(platform, id) {
        return Ok(None);
    }
    let document = match fetch::get_document(platform, id).await {
        Ok(document) => document,
        Err(error) if error.is_passing() => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    if kind(&document.members) != Kind::Video {
        return Ok(None);
    }
    let video =
        RemoteVideo::from_members(document.members).map_err(|error| refused(error.to_string()))?;
    Ok(Some(videos::store(platform, &video).await?))
}
