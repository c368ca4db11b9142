//! Lists of videos.

use ports::{Database, Platform, Rows, Statement};
use rest::ResultList;
use rest::list::{SortKey, VideoSort};
use rest::video::VideoListItem;
use store::video::{actor, list as rows};

use super::query::{self, ListQuery, ListScope};
use super::shape;
use crate::AppError;

/// A list of videos.
///
/// # Errors
/// 401 for filters that only moderators may use; 404 for an unknown channel or account.
pub async fn list<P: Platform>(
    platform: &P,
    query: &ListQuery<'_>,
) -> Result<ResultList<VideoListItem>, AppError> {
    let statements = query::statements(query, platform.settings())?;
    let mut batch = vec![statements.items];
    batch.extend(statements.total);
    let has_total = batch.len() == 2;
    let exists = existence(query.scope);
    let checks_existence = exists.is_some();
    batch.extend(exists);
    let results = platform.database().batch(batch).await?;
    let [items, rest @ ..] = results.as_slice() else {
        return Err(AppError::bug("a batch without results"));
    };
    if checks_existence && rest.last().is_none_or(Vec::is_empty) {
        return Err(not_found(query.scope));
    }
    let total = if has_total { rest.first() } else { None };
    read(platform, query, items, total)
}

/// Asks for the thing whose videos are listed, where a missing one is an error.
pub(super) fn existence(scope: ListScope<'_>) -> Option<Statement> {
    match scope {
        ListScope::Instance | ListScope::Mine(_) | ListScope::FollowedBy(_) => None,
        ListScope::Channel(name) => Some(actor::select_channel(name)),
        ListScope::ChannelId(id) => Some(actor::select_channel_by_id(id)),
        ListScope::Account(name) => Some(actor::select_account(name)),
        ListScope::AccountId(id) => Some(actor::select_account_by_id(id)),
    }
}

pub(super) fn not_found(scope: ListScope<'_>) -> AppError {
    AppError::not_found(match scope {
        ListScope::Channel(_) | ListScope::ChannelId(_) => "Video channel not found",
        _ => "Account not found",
    })
}

pub(super) fn read<P: Platform>(
    platform: &P,
    query: &ListQuery<'_>,
    items: &Rows,
    total: Option<&Rows>,
) -> Result<ResultList<VideoListItem>, AppError> {
    let with_state = query::tells_state(query);
    let data = rows::read(items)?
        .into_iter()
        .map(|row| shape::list_item(platform.settings(), row, with_state))
        .collect::<Result<_, _>>()?;
    let total = total.map(rows::read_count).transpose()?;
    Ok(ResultList { total, data })
}

/// The videos of the home page.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    /// Newest first.
    pub latest: Vec<VideoListItem>,
    /// Most watched of the last days first.
    pub trending: Vec<VideoListItem>,
}

/// What the home page shows, in one batch.
///
/// # Errors
/// When the database fails.
pub async fn home<P: Platform>(
    platform: &P,
    latest_count: u32,
    trending_count: u32,
) -> Result<Home, AppError> {
    let of = |by, count| ListQuery::first(ListScope::Instance, by, count);
    let latest = of(VideoSort::PublishedAt, latest_count);
    let trending = of(VideoSort::Trending, trending_count);
    let settings = platform.settings();
    let batch = vec![
        query::statements(&latest, settings)?.items,
        query::statements(&trending, settings)?.items,
    ];
    let results = platform.database().batch(batch).await?;
    let [latest_rows, trending_rows] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    Ok(Home {
        latest: read(platform, &latest, latest_rows, None)?.data,
        trending: read(platform, &trending, trending_rows, None)?.data,
    })
}

/// A page of search results for pages; `number` counts from 1.
///
/// # Errors
/// When the database fails.
pub async fn search<P: Platform>(
    platform: &P,
    words: &str,
    number: u32,
    per_page: u32,
) -> Result<ResultList<VideoListItem>, AppError> {
    let mut query = ListQuery::numbered(ListScope::Instance, number, per_page);
    query.page.sort.by = VideoSort::Match;
    query.page.sort.descending = VideoSort::DEFAULT.descending;
    query.filters.search = Some(words.to_owned());
    list(platform, &query).await
}
