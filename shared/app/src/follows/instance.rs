//! What the instance itself follows, and who follows it: for its administrators.

use activitypub::AbsoluteUrl;
use activitypub::incoming::Members;
use ports::{Database, DatabaseError, FederationTask, Platform, Row, Settings};
use rest::ResultList;
use rest::follow::ActorFollow;
use store::follow::{self, FollowScope};

use super::list::{self, FollowQuery};
use crate::federation::actors::{self, ActorRow};
use crate::federation::fetch::{self, FetchError};
use crate::federation::keys::{self, LocalActor};
use crate::federation::{outgoing, received};
use crate::videos::urls;
use crate::{AppError, Rejection};

/// Targets that are looked for before the answer; more of them are queued.
const LOOKED_FOR_AT_ONCE: usize = 3;
/// Longest host, port included: RFC 1035's 253 characters, and six.
const HOST_MAX_CHARS: usize = 259;
/// Links of a NodeInfo index that are looked at.
const MAX_LINKS: usize = 50;
/// What a NodeInfo index calls the actor of its server.
const APPLICATION: &str = "https://www.w3.org/ns/activitystreams#Application";

/// Whom the instance is to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstanceTarget {
    /// A server.
    Host(String),
    /// One of its actors.
    Handle {
        /// Without host.
        name: String,
        /// Host and port.
        host: String,
    },
}

impl InstanceTarget {
    /// Reads `host`, `name@host` or `@name@host`; also the address of a server's home page, which people
    /// copy. `None` for anything else, and for this instance.
    #[must_use]
    pub fn parse(settings: &Settings, text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .unwrap_or(text)
            .trim_end_matches('/');
        let text = text.strip_prefix('@').unwrap_or(text);
        let (name, host) = match text.rsplit_once('@') {
            Some((name, host)) => (Some(name), host),
            None => (None, text),
        };
        let host = host.to_ascii_lowercase();
        let is_host = (1..=HOST_MAX_CHARS).contains(&host.len())
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
            && host != urls::host(&settings.public_origin);
        let is_name = |name: &str| !name.is_empty() && !name.contains(['@', '/', ' ']);
        match name {
            _ if !is_host => None,
            None => Some(Self::Host(host)),
            Some(name) if is_name(name) => Some(Self::Handle {
                name: name.to_owned(),
                host,
            }),
            Some(_) => None,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Host(host) => host.clone(),
            Self::Handle { name, host } => format!("{name}@{host}"),
        }
    }
}

fn own_url<P: Platform>(platform: &P) -> String {
    keys::local_url(&platform.settings().public_origin, LocalActor::Instance)
}

/// `GET /server/following`.
///
/// # Errors
/// When the database fails.
pub async fn instance_following<P: Platform>(
    platform: &P,
    query: &FollowQuery,
) -> Result<ResultList<ActorFollow>, AppError> {
    list::page(platform, FollowScope::By(&own_url(platform)), query).await
}

/// `GET /server/followers`.
///
/// # Errors
/// When the database fails.
pub async fn instance_followers<P: Platform>(
    platform: &P,
    query: &FollowQuery,
) -> Result<ResultList<ActorFollow>, AppError> {
    list::page(platform, FollowScope::Of(&own_url(platform)), query).await
}

/// Has the instance follow these. PeerTube answers before it has looked for any; here the first few are
/// looked for at once, so that whoever mistypes a name reads so. A server that does not answer now is asked
/// again later.
///
/// # Errors
/// 404 that names what is certainly not there; the others are followed all the same.
pub async fn follow_from_instance<P: Platform>(
    platform: &P,
    targets: &[InstanceTarget],
) -> Result<(), AppError> {
    let (mut later, mut missing) = (Vec::new(), Vec::new());
    for (index, target) in targets.iter().enumerate() {
        if index >= LOOKED_FOR_AT_ONCE {
            later.push(queued(target));
            continue;
        }
        match follow_one(platform, target).await {
            Ok(true) => {}
            Ok(false) => missing.push(target.text()),
            Err(AppError::Unavailable { .. }) => later.push(queued(target)),
            Err(error) => return Err(error),
        }
    }
    if !later.is_empty() {
        received::hand_over(platform, later, None).await?;
    }
    outgoing::wake(platform).await;
    if missing.is_empty() {
        return Ok(());
    }
    Err(AppError::not_found(format!(
        "{} cannot be followed: no such actor",
        missing.join(", ")
    )))
}

fn queued(target: &InstanceTarget) -> FederationTask {
    FederationTask::FollowFromInstance {
        target: target.text(),
    }
}

/// The queued part of [`follow_from_instance`]. What is not there is logged: nobody waits for the answer.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn retry_follow<P: Platform>(platform: &P, target: &str) -> Result<(), AppError> {
    let Some(target) = InstanceTarget::parse(platform.settings(), target) else {
        return Ok(());
    };
    if follow_one(platform, &target).await? {
        outgoing::wake(platform).await;
    } else {
        platform.log(&format!("{} cannot be followed", target.text()));
    }
    Ok(())
}

/// Asks one to be followed; false when there is no such actor.
async fn follow_one<P: Platform>(platform: &P, target: &InstanceTarget) -> Result<bool, AppError> {
    let found = match target {
        InstanceTarget::Host(host) => application(platform, host).await?,
        InstanceTarget::Handle { .. } => actors::by_handle(platform, &target.text()).await?,
    };
    match found {
        Some(actor) if !actor.host.is_empty() => {
            ask(platform, &actor).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

async fn ask<P: Platform>(platform: &P, target: &ActorRow) -> Result<(), AppError> {
    let own = keys::local_actor(platform, LocalActor::Instance)
        .await?
        .ok_or_else(|| AppError::bug("the instance has no actor"))?;
    let ask = follow::ask(own.id, target.id, false, platform.now());
    platform.database().batch(ask.into()).await?;
    Ok(())
}

/// The actor of a server: as its NodeInfo says, else where PeerTube has it.
async fn application<P: Platform>(platform: &P, host: &str) -> Result<Option<ActorRow>, AppError> {
    let (scheme, index) = node_info_index(platform, host).await?;
    let said = index.as_ref().and_then(application_url);
    let assumed = || AbsoluteUrl::parse(&format!("{scheme}://{host}/accounts/peertube")).ok();
    let Some(url) = said.or_else(assumed) else {
        return Ok(None);
    };
    // A server names itself, never another.
    if url.host() != host {
        return Ok(None);
    }
    actors::by_url(platform, &url).await
}

/// The scheme that a server speaks, and what it says of itself if anything.
async fn node_info_index<P: Platform>(
    platform: &P,
    host: &str,
) -> Result<(&'static str, Option<Members>), AppError> {
    let allows_http = platform.settings().federation.allows_private_addresses;
    for scheme in ["https", "http"] {
        let url = format!("{scheme}://{host}/.well-known/nodeinfo");
        let Ok(url) = AbsoluteUrl::parse(&url) else {
            return Ok((scheme, None));
        };
        match fetch::get_json(platform, &url).await {
            Ok(index) => return Ok((scheme, Some(index))),
            // Servers of tests speak http alone.
            Err(FetchError::Unavailable { .. } | FetchError::Invalid { .. })
                if allows_http && scheme == "https" => {}
            Err(error @ (FetchError::Unavailable { .. } | FetchError::Here(_))) => {
                return Err(error.into());
            }
            Err(FetchError::Refused { .. }) => {
                return Err(AppError::rejected(
                    Rejection::BadRequest,
                    format!("{host} may not be asked"),
                ));
            }
            Err(_) => return Ok((scheme, None)),
        }
    }
    Ok(("https", None))
}

fn application_url(index: &Members) -> Option<AbsoluteUrl> {
    let links = index.get("links")?.as_array()?;
    links.iter().take(MAX_LINKS).find_map(|link| {
        let text = |name: &str| link.get(name).and_then(serde_json::Value::as_str);
        AbsoluteUrl::parse(text("href").filter(|_| text("rel") == Some(APPLICATION))?).ok()
    })
}

/// `DELETE /server/following/{hostOrHandle}`.
///
/// # Errors
/// 404 when the instance does not follow it.
pub async fn unfollow_from_instance<P: Platform>(platform: &P, text: &str) -> Result<(), AppError> {
    let not_found = || AppError::not_found(format!("Follow {text} not found."));
    let target = InstanceTarget::parse(platform.settings(), text).ok_or_else(not_found)?;
    let own = own_url(platform);
    let end = match &target {
        InstanceTarget::Host(host) => follow::end_of_host(&own, host),
        InstanceTarget::Handle { name, host } => follow::end_of_handle(&own, name, host),
    };
    match platform.database().batch(vec![end]).await {
        Ok(_) => {
            outgoing::wake(platform).await;
            Ok(())
        }
        Err(DatabaseError::DemandNotMet { .. }) => Err(not_found()),
        Err(error) => Err(error.into()),
    }
}

/// What an administrator says to a follower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Accept,
    /// No.
    Reject,
}

/// A follower of the instance by its handle.
struct Follower {
    follow_id: i64,
    url: String,
}

async fn follower<P: Platform>(platform: &P, handle: &str) -> Result<Follower, AppError> {
    let not_found = || AppError::not_found(format!("Follower {handle} not found."));
    let (name, host) = match InstanceTarget::parse(platform.settings(), handle) {
        Some(InstanceTarget::Handle { name, host }) => (name, host),
        _ => return Err(not_found()),
    };
    let select = follow::select_follower(&own_url(platform), &name, &host);
    let results = platform.database().batch(vec![select]).await?;
    let row: &Row = results
        .first()
        .and_then(|rows| rows.first())
        .ok_or_else(not_found)?;
    Ok(Follower {
        follow_id: row.integer(0)?,
        url: row.text(2)?,
    })
}

/// `POST /server/followers/{handle}/accept` and `…/reject`; after the first the instance follows back where
/// it is set to.
///
/// # Errors
/// 404; 400 when that has been said already.
pub async fn decide_follower<P: Platform>(
    platform: &P,
    handle: &str,
    decision: Decision,
) -> Result<(), AppError> {
    let follower = follower(platform, handle).await?;
    let (state, from) = match decision {
        Decision::Accept => ("accepted", ["pending", "rejected"]),
        Decision::Reject => ("rejected", ["pending", "accepted"]),
    };
    let set = follow::set_state(follower.follow_id, state, &from, platform.now());
    match platform.database().batch(vec![set]).await {
        Ok(_) => {}
        Err(DatabaseError::DemandNotMet { .. }) => {
            return Err(AppError::rejected(
                Rejection::BadRequest,
                format!("Follow is not in {} state.", from.join("/")),
            ));
        }
        Err(error) => return Err(error.into()),
    }
    if decision == Decision::Accept
        && platform.settings().federation.follows_back
        && let Some(actor) = actors::stored(platform, &follower.url).await?
    {
        ask(platform, &actor).await?;
    }
    outgoing::wake(platform).await;
    Ok(())
}

/// `DELETE /server/followers/{handle}`.
///
/// # Errors
/// 404.
pub async fn remove_follower<P: Platform>(platform: &P, handle: &str) -> Result<(), AppError> {
    let follower = follower(platform, handle).await?;
    let remove = follow::remove_follower(follower.follow_id, platform.now());
    platform.database().batch(remove.into()).await?;
    outgoing::wake(platform).await;
    Ok(())
}
