//! Finding actors of this instance by handle, as other servers do before they speak to us.

use ports::{Database, Platform};
use store::discovery::{self, ActorKind};

use crate::AppError;
use crate::videos::urls;

/// Name of the actor that is the instance itself; the same on every PeerTube, some of which assume it.
pub const INSTANCE_ACTOR: &str = "peertube";

/// An actor of this instance, as others may find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundActor {
    /// Its name as registered; a handle adds the host.
    pub name: String,
    /// Its ActivityPub id.
    pub url: String,
    /// Its page for people; the instance's is the home page.
    pub page_url: String,
}

/// The actor of that name: the instance, an account or a channel, in one batch at most.
///
/// # Errors
/// 404.
pub async fn find_actor<P: Platform>(platform: &P, name: &str) -> Result<FoundActor, AppError> {
    let origin = &platform.settings().public_origin;
    if name.eq_ignore_ascii_case(INSTANCE_ACTOR) {
        return Ok(FoundActor {
            name: INSTANCE_ACTOR.to_owned(),
            url: urls::account(origin, INSTANCE_ACTOR),
            page_url: format!("{origin}/"),
        });
    }
    let results = platform
        .database()
        .batch(vec![discovery::select_actor(name)])
        .await?;
    let rows = results
        .first()
        .ok_or_else(|| AppError::bug("a batch without its results"))?;
    let row = discovery::read_actor(rows)?.ok_or_else(|| AppError::not_found("Actor not found"))?;
    let (url, page_url) = match row.kind {
        ActorKind::Account => (
            urls::account(origin, &row.name),
            format!("{origin}/a/{}", row.name),
        ),
        ActorKind::Channel => (
            urls::channel(origin, &row.name),
            format!("{origin}/c/{}", row.name),
        ),
    };
    Ok(FoundActor {
        name: row.name,
        url,
        page_url,
    })
}
