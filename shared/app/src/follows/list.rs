//! Lists of follows.

use ports::{Database, Platform};
use rest::follow::{ActorFollow, FOLLOW_SCORE, FollowActor};
use rest::list::{FollowSort, Page};
use rest::{IsoDate, ResultList};
use store::follow::{self, EndRow, FollowList, FollowRow, FollowScope};
use store::video::actor;
use store::video::list::read_count;

use crate::accounts::SignedIn;
use crate::videos::{shape, urls};
use crate::{AppError, Rejection};

/// Which follows somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowQuery {
    /// Which part, in which order.
    pub page: Page<FollowSort>,
    /// Part of the other end's name or host.
    pub search: Option<String>,
    /// `pending`, `accepted` or `rejected`.
    pub state: Option<String>,
    /// `account`, `channel` or `instance`.
    pub kind: Option<&'static str>,
}

/// A page of the follows of a scope.
pub(super) async fn page<P: Platform>(
    platform: &P,
    scope: FollowScope<'_>,
    query: &FollowQuery,
) -> Result<ResultList<ActorFollow>, AppError> {
    let search = query.search.as_deref().map(str::to_lowercase);
    let list = FollowList {
        start: query.page.start,
        count: query.page.count,
        by_state: matches!(query.page.sort.by, FollowSort::State),
        descending: query.page.sort.descending,
        search: search.as_deref(),
        state: query.state.as_deref(),
        kind: query.kind,
    };
    let batch = vec![follow::select(scope, list), follow::count(scope, list)];
    let results = platform.database().batch(batch).await?;
    let [rows, total] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let origin = &platform.settings().public_origin;
    let data = follow::read(rows)?
        .into_iter()
        .map(|row| shaped(origin, row))
        .collect();
    Ok(ResultList::new(read_count(total)?, data))
}

fn shaped(origin: &str, row: FollowRow) -> ActorFollow {
    ActorFollow {
        id: row.id,
        follower: end(origin, row.follower),
        following: end(origin, row.target),
        score: FOLLOW_SCORE,
        state: row.state,
        created_at: IsoDate(row.created_at_unix_ms),
        updated_at: IsoDate(row.updated_at_unix_ms),
    }
}

fn end(origin: &str, row: EndRow) -> FollowActor {
    let changed_at = IsoDate(row.fetched_at_unix_ms);
    let avatar = row.avatar_url.as_deref();
    FollowActor {
        id: row.id,
        avatars: shape::avatars(origin, row.id, avatar, changed_at),
        url: row.url,
        name: row.name,
        host: match row.host.as_str() {
            "" => urls::host(origin).to_owned(),
            _ => row.host,
        },
        host_redundancy_allowed: row.is_mirrored != 0,
        following_count: row.following,
        followers_count: row.followers,
        created_at: changed_at,
    }
}

fn not_yours(what: &str) -> AppError {
    AppError::rejected(
        Rejection::Forbidden,
        format!("Cannot manage {what} of another user."),
    )
}

/// `GET /accounts/{name}/followers`: of an account and its channels, for itself and admins.
///
/// # Errors
/// 404; 403 for somebody else.
pub async fn account_followers<P: Platform>(
    platform: &P,
    name: &str,
    user: &SignedIn,
    query: &FollowQuery,
) -> Result<ResultList<ActorFollow>, AppError> {
    let results = platform
        .database()
        .batch(vec![actor::select_account(name)])
        .await?;
    let rows = results.first().map_or(&[][..], Vec::as_slice);
    let account = actor::read_accounts(&rows.to_vec())?
        .into_iter()
        .next()
        .ok_or_else(|| AppError::not_found("Account not found"))?;
    if account.user_id.is_none()
        || (account.id != user.account_id && !user.role.manages_all_videos())
    {
        return Err(not_yours("an account"));
    }
    page(platform, FollowScope::OfAccount(account.id), query).await
}

/// `GET /video-channels/{handle}/followers`, for its owner and admins.
///
/// # Errors
/// 404; 403 for somebody else.
pub async fn channel_followers<P: Platform>(
    platform: &P,
    name: &str,
    user: &SignedIn,
    query: &FollowQuery,
) -> Result<ResultList<ActorFollow>, AppError> {
    let results = platform
        .database()
        .batch(vec![actor::select_channel(name)])
        .await?;
    let rows = results.into_iter().next().unwrap_or_default();
    let row = actor::read_channels(&rows)?
        .into_iter()
        .next()
        .ok_or_else(|| AppError::not_found("Video channel not found"))?;
    if row.owner.user_id.is_none()
        || (row.owner.id != user.account_id && !user.role.manages_all_videos())
    {
        return Err(not_yours("a video channel"));
    }
    page(platform, FollowScope::OfChannel(row.channel.id), query).await
}
