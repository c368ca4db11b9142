//! Documents of ours as others read them: actors, videos, comments, collections and activities.
//!
//! One database batch each, and a few more to make the keys of an actor that has none yet. Only what
//! everybody may see becomes a document: public videos, and unlisted ones for who knows their UUID.
//! Whatever else is asked for is as if it did not exist.

mod activities;
mod actor;
mod announces;
mod collections;
mod comment;
mod follows;
mod known;
mod mirror;
mod outbox;
mod playlist;
mod ratings;
mod video;
mod video_object;

use activitypub::object::{Addressing, Context, PUBLIC};
use domain::Privacy;
use serde::Serialize;
use serde_json::value::RawValue;
use store::federation::documents::HeadRow;

use crate::AppError;

pub use activities::{accept, announce, create, delete, reject, undo, update, viewing};
pub use actor::{actor, channel_player_settings};
pub use announces::{announce_addressing, announce_of, announces};
pub use collections::Page;
pub use comment::{approval, comment, comments};
pub use follows::{follow, follow_of, followers, following};
pub use known::known_page;
pub use mirror::{Mirrored, mirror, mirrored};
pub use outbox::outbox;
pub use playlist::{playlist, playlist_element, playlists};
pub use ratings::{rating, rating_of, ratings};
pub use store::video::details::VideoKey;
pub use video::{chapters, player_settings, video};

/// An object, activity or collection of ours.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its id.
    pub id: String,
    /// What gives its words a meaning; an activity that embeds it needs the same.
    pub context: Context,
    /// JSON without the context.
    pub body: Box<RawValue>,
    /// Who sees it; nobody is named for collections, follows and their answers.
    pub addressing: Addressing,
    /// Id of the actor whose it is, who creates, changes and deletes it.
    pub actor_url: String,
    /// Id of the channel, of a video or of the video that a comment is below.
    pub channel_url: Option<String>,
}

impl Document {
    /// As it is sent.
    #[must_use]
    pub fn to_json(&self) -> String {
        let context = self.context.as_json();
        match self.body.get().strip_prefix('{') {
            Some("}") | None => format!("{{\"@context\":{context}}}"),
            Some(members) => format!("{{\"@context\":{context},{members}"),
        }
    }

    /// Whether everybody is told, not only those who ask for it by its id.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.addressing.to.iter().any(|to| to == PUBLIC)
    }
}

/// What an id of this instance leads to.
#[derive(Debug, Clone)]
pub enum Found {
    /// A document of ours.
    Document(Box<Document>),
    /// Something of another server: its id there.
    Elsewhere(String),
    /// Something of ours that was deleted: its tombstone.
    Gone(Box<Document>),
}

impl Found {
    /// The document of something of ours that is still there.
    #[must_use]
    pub fn into_document(self) -> Option<Document> {
        match self {
            Self::Document(document) => Some(*document),
            Self::Elsewhere(_) | Self::Gone(_) => None,
        }
    }
}

fn raw<T: Serialize>(value: &T) -> Result<Box<RawValue>, AppError> {
    serde_json::value::to_raw_value(value).map_err(AppError::bug)
}

fn found(document: Document) -> Option<Found> {
    Some(Found::Document(Box::new(document)))
}

fn followers_of(actor_url: &str) -> String {
    format!("{actor_url}/followers")
}

/// State of a video that is not waiting for anything.
const PUBLISHED: i64 = 1;

/// Whether a video has documents: it is published, and public or, for who names it by its UUID, unlisted.
/// Row ids can be counted through.
const fn has_documents(privacy: i64, state: i64, key: VideoKey<'_>) -> bool {
    let is_open = match Privacy::from_number(privacy) {
        Some(Privacy::Public) => true,
        Some(Privacy::Unlisted) => matches!(key, VideoKey::Uuid(_)),
        _ => false,
    };
    is_open && state == PUBLISHED
}

/// A video of another server leads there; one that nobody may see is not there.
fn guard<'a>(head: &'a HeadRow, key: VideoKey<'_>) -> Option<Result<&'a HeadRow, Found>> {
    match &head.remote_url {
        Some(url) => Some(Err(Found::Elsewhere(url.clone()))),
        None => has_documents(head.privacy, head.state, key).then_some(Ok(head)),
    }
}
