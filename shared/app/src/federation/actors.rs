//! Actors of other servers: found, fetched, stored, kept up to date.
//!
//! A handle is `name@host`, and its host is that of the actor's id: a server that answers WebFinger for
//! another name (`example.org` for `social.example.org`) is known by where its actors are, so nobody can be
//! given a name on a host that does not speak for it.

use activitypub::AbsoluteUrl;
use activitypub::incoming::{Members, RemoteActor, text_of_html};
use domain::UnixMillis;
use domain::time::DAY_MS;
use ports::{Database, DatabaseError, Platform, Statement};
use store::federation::remote_actor::{self, ActorKind, NewActor};

pub use store::federation::remote_actor::ActorRow;

use super::fetch::{self, FetchError};
use super::keys::{self, LocalActor};
use crate::videos::urls;
use crate::{AppError, Rejection};

/// After this long an actor's document is read again when it does something: PeerTube's 2 days.
pub const STALE_AFTER_MS: i64 = 2 * DAY_MS;
/// Owners that a group may name; the first that is somebody counts.
const MAX_OWNERS: usize = 3;
/// Characters of a name that is shown.
const MAX_NAME_CHARS: usize = 120;
/// Characters of a description.
const MAX_DESCRIPTION_CHARS: usize = 5_000;
/// Links of a WebFinger answer that are looked at.
const MAX_LINKS: usize = 50;

/// What a sender or another server got wrong.
pub(super) fn refused(detail: impl Into<String>) -> AppError {
    AppError::rejected(Rejection::Unprocessable, detail)
}

impl From<FetchError> for AppError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Here(error) => error,
            FetchError::Unavailable { .. } => Self::Unavailable {
                cause: error.to_string(),
            },
            FetchError::Gone { .. } => Self::not_found(error.to_string()),
            FetchError::Refused { .. }
            | FetchError::Forbidden { .. }
            | FetchError::Invalid { .. } => refused(error.to_string()),
        }
    }
}

/// `None` for what was refused, so that only what may pass is an error.
pub(super) fn unless_refused<T>(result: Result<T, AppError>) -> Result<Option<T>, AppError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(AppError::Rejected { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether an id is one of this instance's.
pub(super) fn is_ours<P: Platform>(platform: &P, url: &AbsoluteUrl) -> bool {
    AbsoluteUrl::parse(&platform.settings().public_origin)
        .is_ok_and(|origin| origin.has_host_of(url))
}

/// An actor by its id, if it is stored.
///
/// # Errors
/// When the database fails.
pub async fn stored<P: Platform>(platform: &P, url: &str) -> Result<Option<ActorRow>, AppError> {
    one(platform, remote_actor::select_by_url(url)).await
}

/// The actor of a whole server by its host, if it is stored.
///
/// # Errors
/// When the database fails.
pub async fn instance_of<P: Platform>(
    platform: &P,
    host: &str,
) -> Result<Option<ActorRow>, AppError> {
    one(platform, remote_actor::select_instance(host)).await
}

async fn one<P: Platform>(
    platform: &P,
    statement: Statement,
) -> Result<Option<ActorRow>, AppError> {
    let results = platform.database().batch(vec![statement]).await?;
    let row = results.first().and_then(|rows| rows.first());
    Ok(row.map(remote_actor::read).transpose()?)
}

/// An actor by its id: ours, or another server's, which is fetched when it is not known yet. `None` when
/// there is no such actor, or its server does not let us know it.
///
/// # Errors
/// [`AppError::Unavailable`] when its server does not answer.
pub async fn by_url<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
) -> Result<Option<ActorRow>, AppError> {
    if is_ours(platform, url) {
        return Ok(
            match keys::local_actor_by_url(platform, url.as_str()).await? {
                Some(actor) => stored(platform, &actor.url).await?,
                None => None,
            },
        );
    }
    if let Some(row) = stored(platform, url.as_str()).await? {
        return Ok(Some(row));
    }
    unless_refused(fetch(platform, url).await)
}

/// An actor by its handle, `name@host`: ours, known, or found by WebFinger (RFC 7033) and fetched.
///
/// # Errors
/// [`AppError::Unavailable`] when its server does not answer.
pub async fn by_handle<P: Platform>(
    platform: &P,
    handle: &str,
) -> Result<Option<ActorRow>, AppError> {
    let handle = handle
        .trim()
        .trim_start_matches("acct:")
        .trim_start_matches('@');
    let Some((name, host)) = handle.rsplit_once('@') else {
        return Ok(None);
    };
    let host = host.to_ascii_lowercase();
    if host == urls::host(&platform.settings().public_origin) {
        return ours_by_name(platform, name).await;
    }
    let known = remote_actor::select_by_handle(&format!("{name}@{host}"));
    if let Some(row) = one(platform, known).await? {
        return Ok(Some(row));
    }
    match unless_refused(finger(platform, name, &host).await)? {
        Some(url) => by_url(platform, &url).await,
        None => Ok(None),
    }
}

async fn ours_by_name<P: Platform>(platform: &P, name: &str) -> Result<Option<ActorRow>, AppError> {
    for which in [LocalActor::Channel(name), LocalActor::Account(name)] {
        if let Some(actor) = keys::local_actor(platform, which).await? {
            return stored(platform, &actor.url).await;
        }
    }
    Ok(None)
}

/// Asks a host who bears a name.
async fn finger<P: Platform>(
    platform: &P,
    name: &str,
    host: &str,
) -> Result<AbsoluteUrl, AppError> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(refused("no handle has such a name"));
    }
    let url = |scheme: &str| {
        AbsoluteUrl::parse(&format!(
            "{scheme}://{host}/.well-known/webfinger?resource=acct:{name}@{host}"
        ))
        .map_err(|error| refused(error.to_string()))
    };
    let found = fetch::get_json(platform, &url("https")?).await;
    let answer = match found {
        // Servers of tests speak http alone.
        Err(FetchError::Unavailable { .. } | FetchError::Invalid { .. })
            if platform.settings().federation.allows_private_addresses =>
        {
            fetch::get_json(platform, &url("http")?).await?
        }
        other => other?,
    };
    self_link(&answer).ok_or_else(|| refused("the host knows no such actor"))
}

fn self_link(answer: &Members) -> Option<AbsoluteUrl> {
    let links = answer.get("links")?.as_array()?;
    links.iter().take(MAX_LINKS).find_map(|link| {
        let text = |name: &str| link.get(name).and_then(serde_json::Value::as_str);
        let is_self = text("rel") == Some("self")
            && text("type").is_some_and(activitypub::media_type::is_activity);
        AbsoluteUrl::parse(text("href").filter(|_| is_self)?).ok()
    })
}

/// Fetches an actor from its server and stores it.
///
/// # Errors
/// A rejection when there is none or it may not be stored, [`AppError::Unavailable`] when its server does not
/// answer.
pub async fn fetch<P: Platform>(platform: &P, url: &AbsoluteUrl) -> Result<ActorRow, AppError> {
    if is_ours(platform, url) {
        return Err(refused("an actor of ours is not fetched"));
    }
    let document = fetch::get_document(platform, url).await?;
    let actor =
        RemoteActor::from_members(document.members).map_err(|error| refused(error.to_string()))?;
    store(platform, &actor).await
}

/// Stores what an actor's own server says of it, and finds the owner of a group.
///
/// # Errors
/// As [`fetch`].
pub async fn store<P: Platform>(platform: &P, actor: &RemoteActor) -> Result<ActorRow, AppError> {
    if is_ours(platform, &actor.id) {
        return Err(refused("another server describes an actor of ours"));
    }
    let kind = kind(actor);
    let owner = if kind == ActorKind::Channel {
        owner_account(platform, actor).await?
    } else {
        None
    };
    upsert(platform, actor, kind, owner).await
}

fn kind(actor: &RemoteActor) -> ActorKind {
    match actor.kind.as_str() {
        "Group" => ActorKind::Channel,
        "Application" => ActorKind::Instance,
        _ => ActorKind::Account,
    }
}

/// Whose a group is: the first account on its own host that it names. Lemmy names a collection instead.
async fn owner_account<P: Platform>(
    platform: &P,
    group: &RemoteActor,
) -> Result<Option<i64>, AppError> {
    let own = group
        .attributed_to
        .iter()
        .filter(|url| url.has_host_of(&group.id));
    for url in own.take(MAX_OWNERS) {
        let owner = match stored(platform, url.as_str()).await? {
            Some(row) => Some(row),
            None => unless_refused(fetch_owner(platform, url).await)?,
        };
        if let Some(account_id) = owner.and_then(|row| row.account_id) {
            return Ok(Some(account_id));
        }
    }
    Ok(None)
}

async fn fetch_owner<P: Platform>(platform: &P, url: &AbsoluteUrl) -> Result<ActorRow, AppError> {
    let document = fetch::get_document(platform, url).await?;
    let actor =
        RemoteActor::from_members(document.members).map_err(|error| refused(error.to_string()))?;
    if kind(&actor) != ActorKind::Account {
        return Err(refused("a group belongs to somebody"));
    }
    upsert(platform, &actor, ActorKind::Account, None).await
}

async fn upsert<P: Platform>(
    platform: &P,
    actor: &RemoteActor,
    kind: ActorKind,
    owner_account_id: Option<i64>,
) -> Result<ActorRow, AppError> {
    let host = actor.id.host();
    let handle = format!("{}@{host}", actor.preferred_username);
    let name = actor
        .name
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let name = text_of_html(name.unwrap_or(&actor.preferred_username), MAX_NAME_CHARS);
    let description = actor.summary.as_deref().map(description);
    let support = actor.raw.get("support").and_then(|value| value.as_str());
    let text = |url: &Option<AbsoluteUrl>| url.as_ref().map(|url| url.as_str().to_owned());
    let now = platform.now();
    let created_at = actor.published_unix_ms.map_or(now, UnixMillis).min(now);
    let (shared_inbox, outbox, followers) = (
        text(&actor.shared_inbox),
        text(&actor.outbox),
        text(&actor.followers),
    );
    let (page, avatar) = (text(&actor.page_url), text(&actor.avatar_url));
    let key = actor.public_key.as_ref();
    // PeerTube's own, which only it and its kin have.
    let playlists = actor.raw.get("playlists").and_then(|value| value.as_str());
    let playlists = playlists.filter(|text| {
        AbsoluteUrl::parse(text).is_ok_and(|playlists| playlists.has_host_of(&actor.id))
    });
    let mut batch = remote_actor::upsert(&NewActor {
        url: actor.id.as_str(),
        kind,
        host: &host,
        preferred_username: &actor.preferred_username,
        handle: &handle,
        display_name: &name,
        description: description.as_deref().filter(|text| !text.is_empty()),
        support,
        owner_account_id,
        public_key_id: key.map_or("", |key| key.id.as_str()),
        public_key_pem: key.map_or("", |key| &key.pem),
        inbox_url: actor.inbox.as_str(),
        shared_inbox_url: shared_inbox.as_deref(),
        outbox_url: outbox.as_deref(),
        followers_url: followers.as_deref(),
        playlists_url: playlists,
        page_url: page.as_deref(),
        avatar_url: avatar.as_deref(),
        created_at,
        now,
    });
    batch.push(remote_actor::select_by_url(actor.id.as_str()));
    match platform.database().batch(batch).await {
        Ok(results) => {
            let row = results.last().and_then(|rows| rows.first());
            let row = row.ok_or_else(|| AppError::bug("an actor was stored and is not there"))?;
            Ok(remote_actor::read(row)?)
        }
        Err(DatabaseError::Constraint { .. }) => Err(refused(format!(
            "{} has the handle of another actor, or has become another kind of actor",
            actor.id
        ))),
        Err(error) => Err(error.into()),
    }
}

/// Markdown from PeerTube, HTML from others, and nothing says which.
fn description(summary: &str) -> String {
    let is_html = ["</", "<br", "<p>"]
        .iter()
        .any(|sign| summary.contains(sign));
    if is_html {
        text_of_html(summary, MAX_DESCRIPTION_CHARS)
    } else {
        summary.chars().take(MAX_DESCRIPTION_CHARS).collect()
    }
}

/// Reads an actor again from its origin, and how many follow it.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn refresh<P: Platform>(platform: &P, actor_url: &str) -> Result<(), AppError> {
    let url = AbsoluteUrl::parse(actor_url).map_err(AppError::bug)?;
    let Some(row) = unless_refused(fetch(platform, &url).await)? else {
        platform.log(&format!("actor {url} cannot be read again"));
        return Ok(());
    };
    let followers = match row.followers_url.as_deref().map(AbsoluteUrl::parse) {
        Some(Ok(collection)) => super::collections::total(platform, &collection).await,
        _ => None,
    };
    if let Some(followers) = followers {
        let counts = remote_actor::set_counts(&row.url, followers, 0);
        platform.database().batch(vec![counts]).await?;
    }
    Ok(())
}
