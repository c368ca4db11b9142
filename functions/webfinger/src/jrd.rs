//! What WebFinger answers about an actor: a JSON resource descriptor (RFC 7033, 4.4).

use app::discovery::{FoundActor, find_actor};
use app::videos::urls;
use app::{AppError, Rejection};
use form_urlencoded::parse;
use ports::Platform;
use serde::Serialize;

use crate::resource::actor_name;
use crate::{Document, json};

/// RFC 7033, 10.2. PeerTube says `application/json`; Mastodon and PeerTube ask for either.
const CONTENT_TYPE: &str = "application/jrd+json; charset=utf-8";

const SELF: &str = "self";
const PROFILE_PAGE: &str = "http://webfinger.net/rel/profile-page";
const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";

#[derive(Serialize)]
struct Jrd {
    subject: String,
    aliases: Vec<String>,
    links: Vec<Link>,
}

#[derive(Serialize)]
struct Link {
    rel: &'static str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    media_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<String>,
}

/// `/.well-known/webfinger`. `rel` leaves other links out (RFC 7033, 4.3); the subject is the actor's
/// handle, whatever form was asked.
pub(crate) async fn actor<P: Platform>(platform: &P, query: &str) -> Result<Document, AppError> {
    let value_of = |wanted: &str| {
        parse(query.as_bytes())
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value)
    };
    let resource = value_of("resource")
        .ok_or_else(|| AppError::rejected(Rejection::BadRequest, "resource is missing"))?;
    let origin = &platform.settings().public_origin;
    let name = actor_name(&resource, origin)?;
    let found = find_actor(platform, &name).await?;
    let mut jrd = descriptor(origin, found);
    if value_of("rel").is_some() {
        jrd.links.retain(|link| {
            parse(query.as_bytes()).any(|(name, value)| name == "rel" && value == link.rel)
        });
    }
    json(CONTENT_TYPE, &jrd)
}

fn descriptor(origin: &str, actor: FoundActor) -> Jrd {
    Jrd {
        subject: format!("acct:{}@{}", actor.name, urls::host(origin)),
        aliases: vec![actor.url.clone(), actor.page_url.clone()],
        links: vec![
            Link {
                rel: SELF,
                media_type: Some("application/activity+json"),
                href: Some(actor.url),
                template: None,
            },
            Link {
                rel: PROFILE_PAGE,
                media_type: Some("text/html"),
                href: Some(actor.page_url),
                template: None,
            },
            Link {
                rel: SUBSCRIBE,
                media_type: None,
                href: None,
                template: Some(format!("{origin}/remote-interaction?uri={{uri}}")),
            },
        ],
    }
}
