//! Who follows whom: the instance's follows, those of accounts and channels here, and subscriptions.

mod instance;
mod subscriptions;

use app::follows::{self, FollowQuery};
use http::Method;
use ports::{Body, Platform};
use rest::form::FieldReader;
use rest::list::Page;

use crate::answer::{json, no_store};
use crate::credentials::signed_in;
use crate::videos::{query_form, refused};
use crate::{Answer, RequestHead};

/// Characters of a search among follows.
const MAX_SEARCH_CHARS: usize = 200;

/// Routes of this group; handles and hosts as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// `GET /server/following`
    Following,
    /// `POST /server/following`
    Follow,
    /// `DELETE /server/following/{hostOrHandle}`
    Unfollow(String),
    /// `GET /server/followers`
    Followers,
    /// `DELETE /server/followers/{handle}`
    RemoveFollower(String),
    /// `POST /server/followers/{handle}/accept`
    AcceptFollower(String),
    /// `POST /server/followers/{handle}/reject`
    RejectFollower(String),
    /// `GET /accounts/{name}/followers`
    AccountFollowers(String),
    /// `GET /video-channels/{handle}/followers`
    ChannelFollowers(String),
    /// `GET /users/me/subscriptions`
    Subscriptions,
    /// `POST /users/me/subscriptions`
    Subscribe,
    /// `GET /users/me/subscriptions/exist`
    SubscriptionsExist,
    /// `GET /users/me/subscriptions/videos`
    SubscriptionVideos,
    /// `GET /users/me/subscriptions/{handle}`
    Subscription(String),
    /// `DELETE /users/me/subscriptions/{handle}`
    Unsubscribe(String),
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        let is_get = *method == Method::GET;
        let is_post = *method == Method::POST;
        let is_delete = *method == Method::DELETE;
        Some(match *segments {
            ["server", "following"] if is_get => Self::Following,
            ["server", "following"] if is_post => Self::Follow,
            ["server", "following", target] if is_delete => Self::Unfollow(target.to_owned()),
            ["server", "followers"] if is_get => Self::Followers,
            ["server", "followers", handle] if is_delete => Self::RemoveFollower(handle.to_owned()),
            ["server", "followers", handle, "accept"] if is_post => {
                Self::AcceptFollower(handle.to_owned())
            }
            ["server", "followers", handle, "reject"] if is_post => {
                Self::RejectFollower(handle.to_owned())
            }
            ["accounts", name, "followers"] if is_get => Self::AccountFollowers(name.to_owned()),
            ["video-channels", handle, "followers"] if is_get => {
                Self::ChannelFollowers(handle.to_owned())
            }
            ["users", "me", "subscriptions"] if is_get => Self::Subscriptions,
            ["users", "me", "subscriptions"] if is_post => Self::Subscribe,
            ["users", "me", "subscriptions", "exist"] if is_get => Self::SubscriptionsExist,
            ["users", "me", "subscriptions", "videos"] if is_get => Self::SubscriptionVideos,
            ["users", "me", "subscriptions", handle] if is_get => {
                Self::Subscription(handle.to_owned())
            }
            ["users", "me", "subscriptions", handle] if is_delete => {
                Self::Unsubscribe(handle.to_owned())
            }
            _ => return None,
        })
    }
}

/// Answers one route.
pub(crate) async fn handle<P: Platform>(
    platform: &P,
    head: &RequestHead,
    route: Route,
    body: Body,
) -> Answer {
    match route {
        Route::Following => instance::following(platform, head).await,
        Route::Follow => instance::follow(platform, head, body).await,
        Route::Unfollow(target) => instance::unfollow(platform, head, &target).await,
        Route::Followers => instance::followers(platform, head).await,
        Route::RemoveFollower(handle) => instance::remove(platform, head, &handle).await,
        Route::AcceptFollower(handle) => instance::accept(platform, head, &handle).await,
        Route::RejectFollower(handle) => instance::reject(platform, head, &handle).await,
        Route::AccountFollowers(name) => of_account(platform, head, &name).await,
        Route::ChannelFollowers(handle) => of_channel(platform, head, &handle).await,
        Route::Subscriptions => subscriptions::list(platform, head).await,
        Route::Subscribe => subscriptions::add(platform, head, body).await,
        Route::SubscriptionsExist => subscriptions::exist(platform, head).await,
        Route::SubscriptionVideos => subscriptions::videos(platform, head).await,
        Route::Subscription(handle) => subscriptions::one(platform, head, &handle).await,
        Route::Unsubscribe(handle) => subscriptions::remove(platform, head, &handle).await,
    }
}

/// Reads the query of a list of follows, or makes the 400 that says what is wrong with it.
fn follow_query(
    head: &RequestHead,
) -> Result<Result<FollowQuery, http::Response<Body>>, app::AppError> {
    let form = query_form(head)?;
    let mut reader = FieldReader::query(&form);
    let query = FollowQuery {
        page: Page::from_query(&mut reader),
        search: reader
            .text("search", 0..=MAX_SEARCH_CHARS)
            .map(str::to_owned),
        state: reader.known("state", |state| {
            ["pending", "accepted", "rejected"]
                .contains(&state)
                .then(|| state.to_owned())
        }),
        kind: reader.known("actorType", |kind| match kind {
            "Application" | "Service" => Some("instance"),
            "Person" => Some("account"),
            "Group" | "Organization" => Some("channel"),
            _ => None,
        }),
    };
    Ok(reader.finish().map(|()| query).map_err(refused))
}

async fn of_account<P: Platform>(platform: &P, head: &RequestHead, name: &str) -> Answer {
    let user = signed_in(platform, head).await?;
    let query = match follow_query(head)? {
        Err(response) => return Ok(response),
        Ok(query) => query,
    };
    let name = follows::stored_name(platform.settings(), name);
    json(&follows::account_followers(platform, &name, &user, &query).await?).map(no_store)
}

async fn of_channel<P: Platform>(platform: &P, head: &RequestHead, handle: &str) -> Answer {
    let user = signed_in(platform, head).await?;
    let query = match follow_query(head)? {
        Err(response) => return Ok(response),
        Ok(query) => query,
    };
    let name = follows::stored_name(platform.settings(), handle);
    json(&follows::channel_followers(platform, &name, &user, &query).await?).map(no_store)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_exact() {
        let check = |method: &Method, path: &str, expected: Option<Route>| {
            let segments: Vec<&str> = path.split('/').collect();
            assert_eq!(Route::parse(method, &segments), expected, "{method} {path}");
        };
        let handle = || "ada@far.example".to_owned();
        check(
            &Method::DELETE,
            "server/following/ada@far.example",
            Some(Route::Unfollow(handle())),
        );
        check(
            &Method::POST,
            "server/followers/ada@far.example/accept",
            Some(Route::AcceptFollower(handle())),
        );
        check(
            &Method::GET,
            "users/me/subscriptions/videos",
            Some(Route::SubscriptionVideos),
        );
        check(
            &Method::DELETE,
            "users/me/subscriptions/ada@far.example",
            Some(Route::Unsubscribe(handle())),
        );
        check(&Method::PUT, "server/following", None);
        check(&Method::GET, "server/followers/a/accept", None);
        check(&Method::GET, "server/stats", None);
    }
}
