//! Feeds of videos and comments at PeerTube's addresses: RSS 2.0 with Media RSS, Atom (RFC 4287), JSON Feed 1.1, and
//! podcasts (RSS with the `itunes` and `podcast` namespaces).
//!
//! A request's path, query and `Accept` in, a document out. A feed holds [`FEED_VIDEOS`] videos, comes
//! from one database batch and depends on its address alone; no time of rendering is in it, so that it
//! keeps its ETag until something changes. Status codes, caching and CORS are the caller's.
//!
//! XML is written here ([`xml`]): the crates for RSS know neither podcasts nor Media RSS, and of a general
//! XML writer only its escaping would be used, which lets through what XML forbids.
//!
//! Start at [`Route`], then [`document`]. `model` is what all formats print.

mod atom;
mod dates;
mod json;
mod media;
mod model;
mod podcast;
mod query;
mod route;
mod rss;
mod uuid5;
mod xml;

use app::social::{self, FeedScope};
use app::videos::{self, FeedOwner, Viewer};
use app::{AppError, Rejection};
use ports::Platform;
use rest::list::{Page, Sort, VideoFilters, VideoSort};

use model::{About, Feed, Resource};
pub use query::QUERY_MAX_BYTES;
use query::{FeedQuery, ListWanted};
pub use route::{Format, Route};

/// Videos or comments of a feed, as PeerTube's default configuration has it.
pub const FEED_VIDEOS: u32 = 20;

/// A feed as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub bytes: Vec<u8>,
}

/// How descriptions, which are Markdown, are shown.
pub trait Markup {
    /// Safe HTML without relative links, of `max_bytes` and a few closing tags at most.
    fn html(&self, markdown: &str, max_bytes: usize) -> String;
    /// Words alone, of `max_chars` characters at most.
    fn plain_text(&self, markdown: &str, max_chars: usize) -> String;
}

/// What a reader sends.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Without `?`; empty when there is none.
    pub query: &'a str,
    /// The header `Accept`, empty when there is none.
    pub accept: &'a str,
}

/// The feed of a route.
///
/// # Errors
/// 400 for parameters that are wrong; 401 or 403 for feeds that are not for everybody; 404 for a channel,
/// account or video that is not here, or a format that nobody knows.
pub async fn document<P: Platform>(
    platform: &P,
    markup: &impl Markup,
    route: Route,
    asked: Asked<'_>,
) -> Result<Document, AppError> {
    match route {
        Route::Videos(format) => videos_feed(platform, markup, format, asked).await,
        Route::Comments(format) => comments_feed(platform, markup, format, asked).await,
        Route::Podcast => podcast_feed(platform, markup, asked).await,
        Route::Subscriptions => Err(subscriptions(asked)),
        Route::Unknown => Err(AppError::not_found("Feed not found")),
    }
}

async fn videos_feed<P: Platform>(
    platform: &P,
    markup: &impl Markup,
    format: Format,
    asked: Asked<'_>,
) -> Result<Document, AppError> {
    let form = query::form(asked.query)?;
    let wanted = ListWanted::read(&form, &platform.settings().public_origin)?;
    let list = wanted.list_query();
    let mut found = videos::feed(platform, &list).await?;
    if !wanted.owner_matches(&found.owner) {
        found.videos.clear();
    }
    let about = About::of_owner(platform.settings(), markup, &found.owner);
    let feed = Feed {
        resource: Resource::Videos,
        query: asked.query,
        items: model::items(platform.settings(), markup, found.videos),
        about,
    };
    print(&feed, wanted.format(format), asked)
}

async fn comments_feed<P: Platform>(
    platform: &P,
    markup: &impl Markup,
    format: Format,
    asked: Asked<'_>,
) -> Result<Document, AppError> {
    let form = query::form(asked.query)?;
    let wanted = FeedQuery::read(&form, &platform.settings().public_origin)?;
    let (about, scope) = match wanted.video()? {
        Some(video) => {
            let details = videos::details(platform, video, Viewer::ANONYMOUS).await?;
            let about = About::of_video(platform.settings(), markup, &details);
            (about, FeedScope::Video(details.video.id))
        }
        None => {
            let owner = videos::feed_owner(platform, wanted.scope()).await?;
            let scope = match &owner {
                FeedOwner::Instance => FeedScope::Instance,
                FeedOwner::Channel(channel) => FeedScope::Channel(channel.id),
                FeedOwner::Account(account) => FeedScope::Account(account.id),
            };
            (About::of_owner(platform.settings(), markup, &owner), scope)
        }
    };
    let comments = social::comment_feed(platform, scope, FEED_VIDEOS).await?;
    let feed = Feed {
        resource: Resource::Comments,
        query: asked.query,
        items: model::comments(platform.settings(), markup, comments),
        about,
    };
    print(&feed, wanted.format(format), asked)
}

async fn podcast_feed<P: Platform>(
    platform: &P,
    markup: &impl Markup,
    asked: Asked<'_>,
) -> Result<Document, AppError> {
    let form = query::form(asked.query)?;
    let scope = query::podcast_channel(&form)?;
    let newest = Page {
        start: 0,
        count: FEED_VIDEOS,
        sort: Sort {
            by: VideoSort::PublishedAt,
            descending: true,
        },
    };
    let mut list = videos::ListQuery::page(scope, newest);
    list.filters = VideoFilters {
        skip_count: true,
        // Of another server's channel that server makes the podcast: directories would list both.
        is_local: Some(true),
        ..VideoFilters::default()
    };
    let found = videos::feed(platform, &list).await?;
    let about = About::of_owner(platform.settings(), markup, &found.owner);
    let FeedOwner::Channel(channel) = found.owner else {
        return Err(AppError::bug("a podcast without its channel"));
    };
    let feed = Feed {
        resource: Resource::Podcast,
        query: asked.query,
        items: model::items(platform.settings(), markup, found.videos),
        about,
    };
    Ok(Document {
        content_type: Format::Rss.content_type(asked.accept),
        bytes: podcast::print(&feed, &channel).into_bytes(),
    })
}

fn print(feed: &Feed<'_>, format: Format, asked: Asked<'_>) -> Result<Document, AppError> {
    let text = match format {
        Format::Xml | Format::Rss => rss::print(feed),
        Format::Atom => atom::print(feed),
        Format::Json => json::print(feed)?,
    };
    Ok(Document {
        content_type: format.content_type(asked.accept),
        bytes: text.into_bytes(),
    })
}

/// Feeds of subscriptions belong to one user, and nobody has a token for one yet.
fn subscriptions(asked: Asked<'_>) -> AppError {
    let has_token = query::form(asked.query).is_ok_and(|form| {
        rest::form::FieldReader::query(&form)
            .text("token", 1..=200)
            .is_some()
    });
    if has_token {
        AppError::rejected(Rejection::Forbidden, "User feed token is invalid")
    } else {
        AppError::rejected(Rejection::Unauthorized, "This feed needs its owner's token")
    }
}
