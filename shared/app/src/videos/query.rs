//! What a list query asks for, and which of the store's two kinds of statement answers it.

use domain::Privacy;
use ports::{Settings, Statement};
use rest::list::{Include, NsfwFilter, Page, SortKey, VideoFilters, VideoSort};
use store::video::list::{self, Extras, FilteredList, Page as StorePage, PlainList, Scope, SortBy};

use super::access::Identity;
use super::urls;
use crate::{AppError, Rejection};

/// Whose videos a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListScope<'a> {
    /// Everybody's.
    Instance,
    /// Of the channel of that name.
    Channel(&'a str),
    /// Of the channel with that row id.
    ChannelId(i64),
    /// Of the account of that name.
    Account(&'a str),
    /// Of the account with that row id, as strangers see it.
    AccountId(i64),
    /// Of the signed-in user, in every state and privacy.
    Mine(i64),
    /// Of the channels that the account with that row id follows.
    FollowedBy(i64),
}

/// A list of videos as somebody asks for it.
#[derive(Debug, Clone)]
pub struct ListQuery<'a> {
    /// Whose.
    pub scope: ListScope<'a>,
    /// Which part, in which order.
    pub page: Page<VideoSort>,
    /// Which of them.
    pub filters: VideoFilters,
    /// Who asks.
    pub viewer: Option<Identity>,
    /// Whether strangers too see what the instance does not follow: on the page of the very channel, to which
    /// a user's subscription leads. Lists of the whole instance never hold it.
    pub with_unfollowed: bool,
}

impl<'a> ListQuery<'a> {
    /// The first `count` public videos of a scope, in an order.
    #[must_use]
    pub fn first(scope: ListScope<'a>, by: VideoSort, count: u32) -> Self {
        let sort = rest::list::Sort {
            by,
            descending: true,
        };
        Self::page(
            scope,
            Page {
                start: 0,
                count,
                sort,
            },
        )
    }

    /// A page of the public videos of a scope.
    #[must_use]
    pub fn page(scope: ListScope<'a>, page: Page<VideoSort>) -> Self {
        Self {
            scope,
            page,
            filters: VideoFilters::default(),
            viewer: None,
            with_unfollowed: false,
        }
    }

    /// The page in the default order, `number` counted from 1.
    #[must_use]
    pub fn numbered(scope: ListScope<'a>, number: u32, per_page: u32) -> Self {
        Self::page(
            scope,
            Page {
                start: number.saturating_sub(1).saturating_mul(per_page),
                count: per_page,
                sort: VideoSort::DEFAULT,
            },
        )
    }
}

/// The statement of the items of a list, with extras beside those that the query's `include` names.
///
/// # Errors
/// As [`statements`].
pub(super) fn items_with(
    query: &ListQuery<'_>,
    settings: &Settings,
    also: &[Extras],
) -> Result<Statement, AppError> {
    check_rights(query)?;
    let extras = also
        .iter()
        .fold(extras(query).0, |bits, extra| bits | extra.0);
    let page = StorePage {
        start: query.page.start,
        count: query.page.count,
        extras: Extras(extras),
    };
    Ok(match plain_list(query) {
        Some(plain) => list::select_plain(plain, page),
        None => list::select_filtered(&filtered_list(query, settings), page),
    })
}

/// The statements of a list: its items, and its total unless nobody wants it.
pub(super) struct ListStatements {
    pub(super) items: Statement,
    pub(super) total: Option<Statement>,
}

/// Chooses the statements.
///
/// # Errors
/// 401 when the query asks for what only moderators may list.
pub(super) fn statements(
    query: &ListQuery<'_>,
    settings: &Settings,
) -> Result<ListStatements, AppError> {
    check_rights(query)?;
    let page = StorePage {
        start: query.page.start,
        count: query.page.count,
        extras: extras(query),
    };
    let (items, total) = match plain_list(query) {
        Some(plain) => (list::select_plain(plain, page), list::count_plain(plain)),
        None => {
            let filtered = filtered_list(query, settings);
            (
                list::select_filtered(&filtered, page),
                list::count_filtered(&filtered),
            )
        }
    };
    Ok(ListStatements {
        items,
        total: (!query.filters.skip_count).then_some(total),
    })
}

const fn is_mine(query: &ListQuery<'_>) -> bool {
    matches!(query.scope, ListScope::Mine(_))
}

/// Whether the items tell their state.
pub(super) const fn tells_state(query: &ListQuery<'_>) -> bool {
    is_mine(query) || query.filters.include.has(Include::NOT_PUBLISHED_STATE)
}

/// Bits of `include` that only moderators may set.
const MODERATOR_BITS: [Include; 5] = [
    Include::NOT_PUBLISHED_STATE,
    Include::BLACKLISTED,
    Include::BLOCKED_OWNER,
    Include::SOURCE,
    Include::AUTOMATIC_TAGS,
];

fn check_rights(query: &ListQuery<'_>) -> Result<(), AppError> {
    let manages_all = query
        .viewer
        .is_some_and(|viewer| viewer.role.manages_all_videos());
    if is_mine(query) || manages_all {
        return Ok(());
    }
    let filters = &query.filters;
    let asks_more = MODERATOR_BITS.iter().any(|bit| filters.include.has(*bit))
        || !filters.state_one_of.is_empty()
        || !filters.auto_tag_one_of.is_empty()
        || !filters
            .privacy_one_of
            .iter()
            .all(|id| i64::from(*id) == Privacy::Public.number());
    if asks_more {
        return Err(AppError::rejected(
            Rejection::Unauthorized,
            "You are not allowed to see all videos, specify a custom include or auto tags filter.",
        ));
    }
    Ok(())
}

fn extras(query: &ListQuery<'_>) -> Extras {
    let include = query.filters.include;
    let asked = [
        (Include::FILES, Extras::FILES),
        (Include::TAGS, Extras::TAGS),
        (Include::SOURCE, Extras::SOURCE),
    ]
    .into_iter()
    .filter(|(bit, _)| include.has(*bit))
    .fold(0, |bits, (_, extra)| bits | extra.0);
    Extras(
        asked
            | if is_mine(query) {
                Extras::PROGRESS.0
            } else {
                0
            },
    )
}

/// The plain list that gives the same answer, if there is one: for strangers who filter nothing.
fn plain_list<'a>(query: &ListQuery<'a>) -> Option<PlainList<'a>> {
    let filters = &query.filters;
    let asks_nothing = VideoFilters {
        nsfw: filters.nsfw.filter(|nsfw| *nsfw != NsfwFilter::Hide),
        include: Include(0),
        skip_count: false,
        // The newest of this instance have a list of their own; others do not.
        is_local: filters.is_local.filter(|is_local| !is_local),
        // None is live, so this says nothing either.
        is_live: filters.is_live.filter(|is_live| *is_live),
        include_scheduled_live: None,
        exclude_already_watched: None,
        ..filters.clone()
    } == VideoFilters::default();
    let is_plain = asks_nothing && query.viewer.is_none() && !query.with_unfollowed;
    if !is_plain || !query.page.sort.descending {
        return None;
    }
    if filters.is_local == Some(true) {
        let is_latest = query.scope == ListScope::Instance
            && matches!(query.page.sort.by, VideoSort::PublishedAt);
        return is_latest.then_some(PlainList::LatestLocal);
    }
    match (query.scope, query.page.sort.by) {
        (ListScope::Instance, VideoSort::PublishedAt) => Some(PlainList::Latest),
        (ListScope::Instance, VideoSort::Views) => Some(PlainList::MostViewed),
        (ListScope::Instance, VideoSort::Trending) => Some(PlainList::Trending),
        (ListScope::Channel(name), VideoSort::PublishedAt) => Some(PlainList::OfChannel(name)),
        (ListScope::ChannelId(id), VideoSort::PublishedAt) => Some(PlainList::OfChannelId(id)),
        _ => None,
    }
}

const fn sort_by(sort: VideoSort) -> SortBy {
    match sort {
        VideoSort::Name => SortBy::Name,
        VideoSort::Duration => SortBy::Duration,
        VideoSort::CreatedAt => SortBy::CreatedAt,
        VideoSort::PublishedAt => SortBy::PublishedAt,
        VideoSort::OriginallyPublishedAt => SortBy::OriginallyPublishedAt,
        VideoSort::Views => SortBy::Views,
        VideoSort::Likes => SortBy::Likes,
        VideoSort::Comments => SortBy::Comments,
        VideoSort::Trending => SortBy::Trending,
        // Nobody's watch history is kept, so there is nothing to leave out.
        VideoSort::Hot | VideoSort::Best => SortBy::Hot,
        VideoSort::LocalVideoFilesSize => SortBy::LocalVideoFilesSize,
        VideoSort::Match => SortBy::Match,
    }
}

fn filtered_list<'a>(query: &ListQuery<'a>, settings: &Settings) -> FilteredList<'a> {
    let filters = &query.filters;
    let is_ours = |host: &str| host.eq_ignore_ascii_case(urls::host(&settings.public_origin));
    let host = filters.host.as_deref();
    FilteredList {
        scope: match query.scope {
            ListScope::Instance => Scope::Instance,
            ListScope::Channel(name) => Scope::Channel(name),
            ListScope::ChannelId(id) => Scope::ChannelId(id),
            ListScope::Account(name) => Scope::Account(name),
            ListScope::AccountId(id) | ListScope::Mine(id) => Scope::AccountId(id),
            ListScope::FollowedBy(id) => Scope::FollowedBy(id),
        },
        sort: (sort_by(query.page.sort.by), query.page.sort.descending),
        nsfw: match filters.nsfw {
            Some(NsfwFilter::Only) => Some(true),
            Some(NsfwFilter::Both) => None,
            // PeerTube's default policy: not listed unless asked for. One's own are always there.
            Some(NsfwFilter::Hide) => Some(false),
            None if is_mine(query) => None,
            None => Some(false),
        },
        nsfw_flags_included: filters.nsfw_flags_included,
        nsfw_flags_excluded: filters.nsfw_flags_excluded,
        categories: json_list(&filters.category_one_of),
        licences: json_list(&filters.licence_one_of),
        languages: json_list(&filters.language_one_of),
        tags_one_of: json_list(&filters.tags_one_of),
        tags_all_of: json_list(&filters.tags_all_of),
        has_hls: filters.has_hls_files,
        has_web_videos: filters.has_web_video_files,
        search: filters.search.as_deref().map(str::to_ascii_lowercase),
        is_possible: filters.is_live != Some(true)
            && filters.auto_tag_one_of.is_empty()
            && !(host.is_some_and(is_ours) && filters.is_local == Some(false)),
        is_local: match host {
            Some(host) if is_ours(host) => Some(true),
            _ => filters.is_local,
        },
        name_ending: host
            .filter(|host| !is_ours(host))
            .map(|host| format!("@{}", host.to_ascii_lowercase())),
        hides_blocked: !is_mine(query) && !filters.include.has(Include::BLOCKED_OWNER),
        reader_id: query.viewer.map(|viewer| viewer.account_id),
        is_followed_alone: match query.scope {
            ListScope::Instance => true,
            // Who may look for things elsewhere may see what was found: everybody who has an account.
            ListScope::Channel(_)
            | ListScope::ChannelId(_)
            | ListScope::Account(_)
            | ListScope::AccountId(_) => query.viewer.is_none() && !query.with_unfollowed,
            ListScope::Mine(_) | ListScope::FollowedBy(_) => false,
        },
        privacies: privacies(query),
        states: states(query),
    }
}

fn json_list<T: serde::Serialize>(items: &[T]) -> Option<String> {
    (!items.is_empty()).then(|| json_of(items))
}

fn json_of<T: serde::Serialize>(items: &[T]) -> String {
    serde_json::to_string(items).expect("numbers and strings always serialise")
}

fn privacies(query: &ListQuery<'_>) -> String {
    if !query.filters.privacy_one_of.is_empty() {
        return json_of(&query.filters.privacy_one_of);
    }
    if is_mine(query) {
        return json_of(&[1, 2, 3, 4, 5]);
    }
    // Signed-in users are the circle of internal videos.
    match query.viewer {
        Some(_) => json_of(&[1, 4]),
        None => json_of(&[1]),
    }
}

fn states(query: &ListQuery<'_>) -> String {
    let filters = &query.filters;
    if !filters.state_one_of.is_empty() {
        return json_of(&filters.state_one_of);
    }
    if tells_state(query) {
        return json_of(&(1..=12).collect::<Vec<u8>>());
    }
    json_of(&[1])
}
