//! Comments of many videos: for their owner, for moderators, for feeds.

use ports::{Database, Platform};
use rest::ResultList;
use rest::ids::VideoRef;
use rest::list::{DateSort, Page};
use rest::social::ManagedComment;
use store::social::comment_change;
use store::social::comment_list::{self, Filter};
use store::video::{details, list};

use super::{demand_moderator, names, shape};
use crate::AppError;
use crate::accounts::SignedIn;
use crate::federation::outgoing;
use crate::videos::video_key;

/// Which comments a moderator or owner wants. `None` does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommentFilter {
    /// On this video.
    pub video: Option<VideoRef>,
    /// On videos of the channel with that row id.
    pub channel_id: Option<i64>,
    /// By people of this instance, or of others.
    pub is_local: Option<bool>,
    /// On videos of this instance, or of others.
    pub on_local_video: Option<bool>,
    /// Held, or not.
    pub is_held: Option<bool>,
    /// In the text, the author's names or the video's title.
    pub search: Option<String>,
    /// In the author's names.
    pub search_account: Option<String>,
    /// In the video's title.
    pub search_video: Option<String>,
}

/// `GET /users/me/videos/comments`: comments on the user's own videos.
///
/// # Errors
/// 404 for an unknown video.
pub async fn my_comments<P: Platform>(
    platform: &P,
    user: &SignedIn,
    page: Page<DateSort>,
    filter: &CommentFilter,
) -> Result<ResultList<ManagedComment>, AppError> {
    managed(platform, Some(user.account_id), page, filter).await
}

/// `GET /videos/comments`: all comments, for moderators.
///
/// # Errors
/// 403 for others; 404 for an unknown video.
pub async fn all_comments<P: Platform>(
    platform: &P,
    user: &SignedIn,
    page: Page<DateSort>,
    filter: &CommentFilter,
) -> Result<ResultList<ManagedComment>, AppError> {
    demand_moderator(user)?;
    managed(platform, None, page, filter).await
}

async fn managed<P: Platform>(
    platform: &P,
    owner_id: Option<i64>,
    page: Page<DateSort>,
    filter: &CommentFilter,
) -> Result<ResultList<ManagedComment>, AppError> {
    let video_id = match &filter.video {
        None => None,
        Some(VideoRef::Id(id)) => Some(*id),
        Some(video) => {
            let batch = vec![details::select_access(video_key(video))];
            let results = platform.database().batch(batch).await?;
            let row = details::read_access(results.first().unwrap_or(&Vec::new()))?;
            Some(row.ok_or_else(crate::videos::access::no_video)?.id)
        }
    };
    let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
    let texts = [&filter.search, &filter.search_account, &filter.search_video].map(lower);
    let [search, search_account, search_video] = &texts;
    let filter = Filter {
        owner_id,
        video_id,
        channel_id: filter.channel_id,
        is_local: filter.is_local,
        on_local_video: filter.on_local_video,
        is_held: filter.is_held,
        public_alone: false,
        search: search.as_deref(),
        search_account: search_account.as_deref(),
        search_video: search_video.as_deref(),
    };
    let part = (page.start, page.count);
    let batch = vec![
        comment_list::select(&filter, page.sort.descending, part),
        comment_list::count(&filter),
    ];
    let results = platform.database().batch(batch).await?;
    let rows = comment_list::read(results.first().unwrap_or(&Vec::new()))?;
    let total = list::read_count(results.get(1).unwrap_or(&Vec::new()))?;
    let origin = &platform.settings().public_origin;
    let data = rows
        .into_iter()
        .map(|row| shape::managed(origin, row))
        .collect();
    Ok(ResultList::new(total, data))
}

/// `POST /bulk/remove-comments-of`: removes what an account wrote, under the user's own videos or, for
/// moderators, everywhere (`on_all`).
///
/// # Errors
/// 404 for an unknown account; 403.
pub async fn remove_comments_of<P: Platform>(
    platform: &P,
    user: &SignedIn,
    handle: &str,
    on_all: bool,
) -> Result<(), AppError> {
    if on_all {
        demand_moderator(user)?;
    }
    let name = names::stored_name(&platform.settings().public_origin, handle);
    let batch = vec![comment_list::find_account(&name)];
    let results = platform.database().batch(batch).await?;
    let author_id = match results.first().and_then(|rows| rows.first()) {
        Some(row) => row.integer(0)?,
        None => return Err(AppError::not_found("Account not found")),
    };
    let owner_id = (!on_all).then_some(user.account_id);
    let batch = vec![comment_change::delete_of(
        author_id,
        owner_id,
        platform.now(),
    )];
    platform.database().batch(batch).await?;
    outgoing::wake(platform).await;
    Ok(())
}

/// Whose comments a feed holds, by row id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedScope {
    /// Everybody's, on public videos.
    Instance,
    /// On this video.
    Video(i64),
    /// On videos of this channel.
    Channel(i64),
    /// On videos of this account.
    Account(i64),
}

/// Newest comments that everybody may read, on public videos, for feed readers.
///
/// # Errors
/// When the database fails.
pub async fn comment_feed<P: Platform>(
    platform: &P,
    scope: FeedScope,
    count: u32,
) -> Result<Vec<ManagedComment>, AppError> {
    let mut filter = Filter {
        public_alone: true,
        is_held: Some(false),
        ..Filter::default()
    };
    match scope {
        FeedScope::Instance => {}
        FeedScope::Video(id) => filter.video_id = Some(id),
        FeedScope::Channel(id) => filter.channel_id = Some(id),
        FeedScope::Account(id) => filter.owner_id = Some(id),
    }
    let batch = vec![comment_list::select(&filter, true, (0, count))];
    let results = platform.database().batch(batch).await?;
    let rows = comment_list::read(results.first().unwrap_or(&Vec::new()))?;
    let origin = &platform.settings().public_origin;
    Ok(rows
        .into_iter()
        .map(|row| shape::managed(origin, row))
        .collect())
}
