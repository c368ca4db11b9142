//! From a route to a document.

use activitypub::media_type::ACTIVITY_JSON;
use activitypub::object::Ids;
use app::AppError;
use app::federation::documents::{self, Found, Page, VideoKey};
use ports::Platform;
use rest::ids::VideoRef;

use crate::route::{ActorRef, OfActor, OfPlaylist, OfVideo, Route, key};

/// What a `GET` of an id gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Served {
    /// A document, 200.
    Document {
        /// Value of `Content-Type`.
        content_type: &'static str,
        /// JSON.
        json: String,
    },
    /// It is at another URL, 302.
    Elsewhere(String),
    /// It was deleted, 410 with its tombstone.
    Gone {
        /// Value of `Content-Type`.
        content_type: &'static str,
        /// JSON.
        json: String,
    },
}

/// Answers a `GET` of a route; `query` is that of the request.
///
/// # Errors
/// 404 for what is not here or not for everybody, the same for both; 405 is the caller's to say of an inbox.
pub async fn answer<P: Platform>(
    platform: &P,
    route: &Route,
    query: &str,
) -> Result<Served, AppError> {
    let found = match route {
        Route::Inbox => None,
        Route::Mirror(uuid) => documents::mirror(platform, uuid).await?,
        Route::MirrorCreate(uuid) => created(platform, documents::mirror(platform, uuid).await?)?,
        Route::Actor(actor, asked) => of_actor(platform, actor, *asked, page(query)?).await?,
        Route::Playlist(id, OfPlaylist::Itself) => {
            documents::playlist(platform, key(id), page(query)?).await?
        }
        Route::Playlist(id, OfPlaylist::Create) => created(
            platform,
            documents::playlist(platform, key(id), Page::Head).await?,
        )?,
        Route::Playlist(id, OfPlaylist::Element(element)) => {
            documents::playlist_element(platform, key(id), *element).await?
        }
        Route::Video(video, asked) => match canonical(platform, video, *asked).await? {
            Some(elsewhere) => Some(elsewhere),
            None => of_video(platform, key(video), *asked, page(query)?).await?,
        },
    };
    match found {
        Some(Found::Document(document)) => Ok(Served::Document {
            content_type: CONTENT_TYPE,
            json: document.to_json(),
        }),
        Some(Found::Gone(tombstone)) => Ok(Served::Gone {
            content_type: CONTENT_TYPE,
            json: tombstone.to_json(),
        }),
        Some(Found::Elsewhere(url)) => Ok(Served::Elsewhere(url)),
        None => Err(AppError::not_found("Not found")),
    }
}

/// PeerTube takes nothing else for an answer.
const CONTENT_TYPE: &str = ACTIVITY_JSON;

/// `page` of a query; none is the head of a collection.
fn page(query: &str) -> Result<Page, AppError> {
    let value = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "page");
    match value {
        None => Ok(Page::Head),
        Some((_, number)) => match number.parse() {
            Ok(number) => Ok(Page::Number(number)),
            Err(_) => Err(AppError::invalid_field("page", "is not a number")),
        },
    }
}

/// A video that is named by its row id has its documents below its UUID.
async fn canonical<P: Platform>(
    platform: &P,
    video: &VideoRef,
    asked: OfVideo,
) -> Result<Option<Found>, AppError> {
    let VideoRef::Id(id) = video else {
        return Ok(None);
    };
    if asked != OfVideo::Itself {
        return Ok(None);
    }
    let found = documents::video(platform, VideoKey::Id(*id)).await?;
    Ok(found.map(|found| match found {
        Found::Document(document) => Found::Elsewhere(document.id),
        other => other,
    }))
}

async fn of_actor<P: Platform>(
    platform: &P,
    actor: &ActorRef,
    asked: OfActor,
    page: Page,
) -> Result<Option<Found>, AppError> {
    let which = actor.local();
    match asked {
        OfActor::Itself => documents::actor(platform, which).await,
        OfActor::Outbox => documents::outbox(platform, which, page).await,
        OfActor::Followers => documents::followers(platform, which, page).await,
        OfActor::Following => documents::following(platform, which, page).await,
        OfActor::Playlists => documents::playlists(platform, which, page).await,
        OfActor::PlayerSettings => match actor {
            ActorRef::Channel(name) => documents::channel_player_settings(platform, name).await,
            ActorRef::Instance | ActorRef::Account(_) => Ok(None),
        },
        OfActor::Follow(id) => documents::follow_of(platform, which, id).await,
        OfActor::Rating { is_like, video_id } => match actor {
            ActorRef::Account(name) => {
                documents::rating_of(platform, name, is_like, video_id).await
            }
            ActorRef::Instance | ActorRef::Channel(_) => Ok(None),
        },
    }
}

async fn of_video<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
    asked: OfVideo,
    page: Page,
) -> Result<Option<Found>, AppError> {
    match asked {
        OfVideo::Itself => documents::video(platform, key).await,
        OfVideo::Create => created(platform, documents::video(platform, key).await?),
        OfVideo::Ratings { are_likes } => documents::ratings(platform, key, are_likes, page).await,
        OfVideo::Announces => documents::announces(platform, key, page).await,
        OfVideo::Announce(actor_id) => documents::announce_of(platform, key, actor_id).await,
        OfVideo::Chapters => documents::chapters(platform, key).await,
        OfVideo::PlayerSettings => documents::player_settings(platform, key).await,
        OfVideo::Comments => documents::comments(platform, key, page).await,
        OfVideo::Comment(id) => documents::comment(platform, id, Some(key)).await,
        OfVideo::CommentCreate(id) => {
            created(platform, documents::comment(platform, id, Some(key)).await?)
        }
        OfVideo::Approval(id) => documents::approval(platform, id, Some(key)).await,
    }
}

/// The `Create` of an object of ours; one of another server has its own.
fn created<P: Platform>(platform: &P, found: Option<Found>) -> Result<Option<Found>, AppError> {
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    Ok(match found {
        Some(Found::Document(object)) => {
            Some(Found::Document(Box::new(documents::create(&object)?)))
        }
        Some(Found::Elsewhere(url)) => Some(Found::Elsewhere(ids.create(&url))),
        other => other,
    })
}
