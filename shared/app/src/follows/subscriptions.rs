//! The channels that somebody follows. Handles are those of [`super::stored_name`].

use std::collections::BTreeMap;

use ports::{Database, DatabaseError, Platform};
use rest::ResultList;
use rest::actor::VideoChannel;
use rest::list::{Page, SubscriptionSort, VideoFilters, VideoSort};
use rest::video::VideoListItem;
use store::follow;
use store::subscription::{self, SubscriptionOrder};
use store::video::actor;
use store::video::list::read_count;

use super::stored_name;
use crate::accounts::SignedIn;
use crate::federation::keys::{self, LocalActor};
use crate::federation::{actors, outgoing};
use crate::videos::access::Identity;
use crate::videos::{self, ListQuery, ListScope, shape};
use crate::{AppError, Rejection};

/// Handles that one question about subscriptions may name.
pub const MAX_EXIST_URIS: usize = 100;

fn no_subscription(handle: &str) -> AppError {
    AppError::not_found(format!("Subscription {handle} not found."))
}

/// The channels that a user follows.
///
/// # Errors
/// When the database fails.
pub async fn subscriptions<P: Platform>(
    platform: &P,
    user: &SignedIn,
    page: Page<SubscriptionSort>,
    search: Option<&str>,
) -> Result<ResultList<VideoChannel>, AppError> {
    let search = search.map(str::to_lowercase);
    let order = match page.sort.by {
        SubscriptionSort::Id => SubscriptionOrder::Id,
        SubscriptionSort::CreatedAt => SubscriptionOrder::CreatedAt,
        SubscriptionSort::ChannelUpdatedAt => SubscriptionOrder::ChannelUpdatedAt,
    };
    let results = platform
        .database()
        .batch(vec![
            subscription::select(
                user.account_id,
                search.as_deref(),
                (order, page.sort.descending),
                (page.start, page.count),
            ),
            subscription::count(user.account_id, search.as_deref()),
        ])
        .await?;
    let [rows, total] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let origin = &platform.settings().public_origin;
    let channels = actor::read_channels(rows)?
        .into_iter()
        .map(|row| shape::owned_channel(origin, row))
        .collect();
    Ok(ResultList::new(read_count(total)?, channels))
}

/// The newest videos of the channels that a user follows.
///
/// # Errors
/// As any list of videos.
pub async fn subscription_videos<P: Platform>(
    platform: &P,
    user: &SignedIn,
    page: Page<VideoSort>,
    filters: VideoFilters,
) -> Result<ResultList<VideoListItem>, AppError> {
    let query = ListQuery {
        scope: ListScope::FollowedBy(user.account_id),
        page,
        filters,
        viewer: Some(Identity::from(user)),
        with_unfollowed: false,
    };
    videos::list(platform, &query).await
}

/// One channel that a user follows.
///
/// # Errors
/// 404.
pub async fn subscription<P: Platform>(
    platform: &P,
    user: &SignedIn,
    handle: &str,
) -> Result<VideoChannel, AppError> {
    let name = stored_name(platform.settings(), handle);
    let results = platform
        .database()
        .batch(vec![subscription::select_one(user.account_id, &name)])
        .await?;
    let rows = results.into_iter().next().unwrap_or_default();
    actor::read_channels(&rows)?
        .into_iter()
        .next()
        .map(|row| shape::owned_channel(&platform.settings().public_origin, row))
        .ok_or_else(|| no_subscription(handle))
}

/// Which of these channels a user follows, under the handles as they came; at most [`MAX_EXIST_URIS`].
///
/// # Errors
/// When the database fails.
pub async fn is_subscribed<P: Platform>(
    platform: &P,
    user: &SignedIn,
    handles: &[String],
) -> Result<BTreeMap<String, bool>, AppError> {
    let names: Vec<String> = handles
        .iter()
        .map(|handle| stored_name(platform.settings(), handle))
        .collect();
    let results = platform
        .database()
        .batch(vec![subscription::select_followed(user.account_id, &names)])
        .await?;
    let followed = results
        .first()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<Vec<_>, _>>()?;
    let mut answer = BTreeMap::new();
    for (handle, name) in handles.iter().zip(names) {
        answer.insert(handle.clone(), followed.contains(&name));
    }
    Ok(answer)
}

/// Follows a channel by its handle. PeerTube answers before it has looked; who types a handle wants to know
/// at once whether there is such a channel.
///
/// # Errors
/// 404 when there is no such channel; 400 for an account, and for what is no handle;
/// [`AppError::Unavailable`] when its server does not answer.
pub async fn subscribe<P: Platform>(
    platform: &P,
    user: &SignedIn,
    handle: &str,
) -> Result<(), AppError> {
    let no_channel = || AppError::not_found(format!("Video channel {handle} not found"));
    let name = stored_name(platform.settings(), handle);
    let (target_id, is_local) = if name.contains('@') {
        let target = actors::by_handle(platform, &name)
            .await?
            .ok_or_else(no_channel)?;
        if target.is_blocked {
            return Err(AppError::rejected(
                Rejection::Forbidden,
                "The instance blocks this channel",
            ));
        }
        if target.channel_id.is_none() {
            return Err(AppError::invalid_field("uri", "is no video channel"));
        }
        (target.id, target.host.is_empty())
    } else {
        let target = keys::local_actor(platform, LocalActor::Channel(&name)).await?;
        (target.ok_or_else(no_channel)?.id, true)
    };
    let follower = keys::local_actor(platform, LocalActor::Account(&user.username))
        .await?
        .ok_or_else(|| AppError::bug("a user without an account"))?;
    let ask = follow::ask(follower.id, target_id, is_local, platform.now());
    platform.database().batch(ask.into()).await?;
    outgoing::wake(platform).await;
    Ok(())
}

/// Ends a subscription, also one that was never accepted.
///
/// # Errors
/// 404.
pub async fn unsubscribe<P: Platform>(
    platform: &P,
    user: &SignedIn,
    handle: &str,
) -> Result<(), AppError> {
    let name = stored_name(platform.settings(), handle);
    let end = subscription::end(user.account_id, &name);
    match platform.database().batch(vec![end]).await {
        Ok(_) => {
            outgoing::wake(platform).await;
            Ok(())
        }
        Err(DatabaseError::DemandNotMet { .. }) => Err(no_subscription(handle)),
        Err(error) => Err(error.into()),
    }
}
