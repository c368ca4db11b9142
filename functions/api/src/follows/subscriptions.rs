//! `/users/me/subscriptions`.

use app::AppError;
use app::follows::{self, MAX_EXIST_URIS};
use ports::{Body, Platform};
use rest::form::{FieldReader, FieldRules};
use rest::list::{Page, SubscriptionSort};
use rest::problem::ParamLocation;

use crate::answer::{json, no_content, no_store};
use crate::credentials::signed_in;
use crate::videos::{missing, query_form, refused, videos_query};
use crate::{Answer, RequestHead, form};

/// Characters of a handle: 50 of a name, `@`, and a host.
const MAX_HANDLE_CHARS: usize = 320;
/// Characters of a search among subscriptions.
const MAX_SEARCH_CHARS: usize = 200;

/// `GET /users/me/subscriptions`
pub(super) async fn list<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    let user = signed_in(platform, head).await?;
    let form = query_form(head)?;
    let mut reader = FieldReader::query(&form);
    let page = Page::<SubscriptionSort>::from_query(&mut reader);
    let search = reader
        .text("search", 0..=MAX_SEARCH_CHARS)
        .map(str::to_owned);
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    let list = follows::subscriptions(platform, &user, page, search.as_deref()).await?;
    json(&list).map(no_store)
}

/// `POST /users/me/subscriptions`
pub(super) async fn add<P: Platform>(platform: &P, head: &RequestHead, body: Body) -> Answer {
    let user = signed_in(platform, head).await?;
    let form = form::read_fields(head, body).await?;
    let mut reader = FieldReader::body(&form);
    let handle = reader.required_text("uri", 1..=MAX_HANDLE_CHARS);
    let handle = match (handle, reader.finish()) {
        (Some(handle), Ok(())) => handle.trim(),
        (_, Err(wrong)) => return Ok(refused(wrong)),
        (None, Ok(())) => return Err(AppError::invalid_field("uri", "is missing")),
    };
    follows::subscribe(platform, &user, handle).await?;
    Ok(no_content())
}

/// `GET /users/me/subscriptions/exist`
pub(super) async fn exist<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    let user = signed_in(platform, head).await?;
    let form = query_form(head)?;
    let mut reader = FieldReader::query(&form);
    let rules = FieldRules {
        items: 1..=MAX_EXIST_URIS,
        chars: 1..=MAX_HANDLE_CHARS,
    };
    let uris = reader.list("uris", &rules);
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    let Some(uris) = uris else {
        return Ok(missing("uris", ParamLocation::Query));
    };
    json(&follows::is_subscribed(platform, &user, &uris).await?).map(no_store)
}

/// `GET /users/me/subscriptions/videos`
pub(super) async fn videos<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    let user = signed_in(platform, head).await?;
    match videos_query(head)? {
        Err(response) => Ok(response),
        Ok((page, filters)) => {
            let list = follows::subscription_videos(platform, &user, page, filters).await?;
            json(&list).map(no_store)
        }
    }
}

/// `GET /users/me/subscriptions/{handle}`
pub(super) async fn one<P: Platform>(platform: &P, head: &RequestHead, handle: &str) -> Answer {
    let user = signed_in(platform, head).await?;
    json(&follows::subscription(platform, &user, handle).await?).map(no_store)
}

/// `DELETE /users/me/subscriptions/{handle}`
pub(super) async fn remove<P: Platform>(platform: &P, head: &RequestHead, handle: &str) -> Answer {
    let user = signed_in(platform, head).await?;
    follows::unsubscribe(platform, &user, handle).await?;
    Ok(no_content())
}
