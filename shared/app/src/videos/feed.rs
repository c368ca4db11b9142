//! What feeds tell: the newest videos of a scope with their files and whole descriptions.

use ports::{Database, Platform, Rows};
use rest::actor::{Account, VideoChannel};
use rest::video::VideoListItem;
use store::video::list::Extras;
use store::video::{actor, list as rows};

use super::list::{existence, not_found};
use super::query::{self, ListQuery, ListScope};
use super::shape;
use crate::AppError;

/// A video of a feed.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedVideo {
    /// As in lists, with files and tags.
    pub item: VideoListItem,
    /// The whole description, Markdown.
    pub description: Option<String>,
}

/// Whose feed it is.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedOwner {
    /// The instance's.
    Instance,
    /// A channel's, with its owner.
    Channel(Box<VideoChannel>),
    /// An account's.
    Account(Box<Account>),
}

/// A feed of videos.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoFeed {
    /// Whose.
    pub owner: FeedOwner,
    /// In the order of the query.
    pub videos: Vec<FeedVideo>,
}

/// The videos of a feed and whose they are, in one batch.
///
/// # Errors
/// 401 for filters that only moderators may use; 404 for an unknown channel or account.
pub async fn feed<P: Platform>(platform: &P, query: &ListQuery<'_>) -> Result<VideoFeed, AppError> {
    let also = [Extras::FILES, Extras::TAGS, Extras::WHOLE_DESCRIPTION];
    let mut batch = vec![query::items_with(query, platform.settings(), &also)?];
    batch.extend(existence(query.scope));
    let results = platform.database().batch(batch).await?;
    let [items, owner @ ..] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let owner = read_owner(platform, query.scope, owner.first())?;
    let videos = rows::read(items)?
        .into_iter()
        .map(|row| {
            Ok(FeedVideo {
                description: row.video.description.clone(),
                item: shape::list_item(platform.settings(), row, false)?,
            })
        })
        .collect::<Result<_, AppError>>()?;
    Ok(VideoFeed { owner, videos })
}

/// Whose feed it is, without any videos, in one batch at most.
///
/// # Errors
/// 404 for an unknown channel or account.
pub async fn feed_owner<P: Platform>(
    platform: &P,
    scope: ListScope<'_>,
) -> Result<FeedOwner, AppError> {
    let Some(statement) = existence(scope) else {
        return Ok(FeedOwner::Instance);
    };
    let results = platform.database().batch(vec![statement]).await?;
    read_owner(platform, scope, results.first())
}

fn read_owner<P: Platform>(
    platform: &P,
    scope: ListScope<'_>,
    found: Option<&Rows>,
) -> Result<FeedOwner, AppError> {
    let origin = &platform.settings().public_origin;
    let Some(found) = found else {
        return Ok(FeedOwner::Instance);
    };
    let owner = match scope {
        ListScope::Instance | ListScope::Mine(_) | ListScope::FollowedBy(_) => {
            Some(FeedOwner::Instance)
        }
        ListScope::Channel(_) | ListScope::ChannelId(_) => actor::read_channels(found)?
            .into_iter()
            .next()
            .map(|row| FeedOwner::Channel(Box::new(shape::owned_channel(origin, row)))),
        ListScope::Account(_) | ListScope::AccountId(_) => actor::read_accounts(found)?
            .into_iter()
            .next()
            .map(|row| FeedOwner::Account(Box::new(shape::account(origin, row)))),
    };
    owner.ok_or_else(|| not_found(scope))
}
