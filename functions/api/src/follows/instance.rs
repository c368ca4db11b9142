//! `/server/following` and `/server/followers`.

use app::follows::{self, Decision, InstanceTarget};
use app::{AppError, Rejection};
use ports::{Body, Platform};
use rest::form::{FieldReader, FieldRules};
use rest::problem::InvalidParam;

use super::follow_query;
use crate::answer::no_content;
use crate::cacheable::{VOLATILE_SECS, shared_json};
use crate::runner_admin::administrator;
use crate::videos::refused;
use crate::{Answer, RequestHead, form};

/// Hosts, and handles, that one request may name (PeerTube's bound).
const MAX_TARGETS: usize = 100;
/// Characters of a host or handle.
const MAX_TARGET_CHARS: usize = 320;

/// `GET /server/following`
pub(super) async fn following<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    match follow_query(head)? {
        Err(response) => Ok(response),
        Ok(query) => {
            let list = follows::instance_following(platform, &query).await?;
            shared_json(head, &list, VOLATILE_SECS)
        }
    }
}

/// `GET /server/followers`
pub(super) async fn followers<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    match follow_query(head)? {
        Err(response) => Ok(response),
        Ok(query) => {
            let list = follows::instance_followers(platform, &query).await?;
            shared_json(head, &list, VOLATILE_SECS)
        }
    }
}

/// `POST /server/following`
pub(super) async fn follow<P: Platform>(platform: &P, head: &RequestHead, body: Body) -> Answer {
    administrator(platform, head).await?;
    let form = form::read_fields(head, body).await?;
    let mut reader = FieldReader::body(&form);
    let rules = FieldRules {
        items: 0..=MAX_TARGETS,
        chars: 1..=MAX_TARGET_CHARS,
    };
    let hosts = reader.list("hosts", &rules).unwrap_or_default();
    let handles = reader.list("handles", &rules).unwrap_or_default();
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    let mut targets = Vec::new();
    for (field, text) in hosts
        .iter()
        .map(|host| ("hosts", host))
        .chain(handles.iter().map(|handle| ("handles", handle)))
    {
        let target = InstanceTarget::parse(platform.settings(), text);
        let fits = matches!(
            (field, &target),
            ("hosts", Some(InstanceTarget::Host(_)))
                | ("handles", Some(InstanceTarget::Handle { .. }))
        );
        match target.filter(|_| fits) {
            Some(target) => targets.push(target),
            None => {
                let msg = match field {
                    "hosts" => "Should have an array of unique hosts",
                    _ => "Should have an array of handles",
                };
                return Ok(refused(vec![InvalidParam::body(field, msg, Some(text))]));
            }
        }
    }
    if targets.is_empty() {
        return Err(AppError::rejected(
            Rejection::BadRequest,
            "You must provide at least one handle or one host.",
        ));
    }
    follows::follow_from_instance(platform, &targets).await?;
    Ok(no_content())
}

/// `DELETE /server/following/{hostOrHandle}`
pub(super) async fn unfollow<P: Platform>(
    platform: &P,
    head: &RequestHead,
    target: &str,
) -> Answer {
    administrator(platform, head).await?;
    follows::unfollow_from_instance(platform, target).await?;
    Ok(no_content())
}

/// `DELETE /server/followers/{handle}`
pub(super) async fn remove<P: Platform>(platform: &P, head: &RequestHead, handle: &str) -> Answer {
    administrator(platform, head).await?;
    follows::remove_follower(platform, handle).await?;
    Ok(no_content())
}

/// `POST /server/followers/{handle}/accept`
pub(super) async fn accept<P: Platform>(platform: &P, head: &RequestHead, handle: &str) -> Answer {
    administrator(platform, head).await?;
    follows::decide_follower(platform, handle, Decision::Accept).await?;
    Ok(no_content())
}

/// `POST /server/followers/{handle}/reject`
pub(super) async fn reject<P: Platform>(platform: &P, head: &RequestHead, handle: &str) -> Answer {
    administrator(platform, head).await?;
    follows::decide_follower(platform, handle, Decision::Reject).await?;
    Ok(no_content())
}
