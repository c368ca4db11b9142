//! Reading what other servers send: leniently in shape, strictly in size and in ids.
//!
//! No JSON-LD processing: the shapes that real servers send are read as plain JSON. Accepted are a
//! missing `@context`, `to` and `cc` as text or list, `as:Public` and `Public`, an actor embedded
//! or by id, a type as text or list, and members that nobody here knows: they stay in `raw`.
//!
//! Start at [`Activity::parse`]; [`RemoteActor`], [`RemoteVideo`] and [`RemoteNote`] read what it
//! carries.

mod activity;
mod actor;
mod bounds;
mod cache_file;
mod html;
mod note;
mod playlist;
mod value;
mod video;
mod watch_action;

pub use activity::{Activity, Embedded, Inner, Object, Verb};
pub use actor::{PublicKey, RemoteActor, find_key};
pub use bounds::{BoundsError, check_bounds};
pub use cache_file::RemoteCacheFile;
pub use html::text_of_html;
pub use note::{Mention, RemoteNote};
pub use playlist::{RemotePlaylist, RemotePlaylistElement};
pub use value::{Audience, Members};
pub use video::{RemoteFile, RemoteImage, RemoteStreaming, RemoteVideo};
pub use watch_action::RemoteWatchAction;

use serde_json::Value;

use crate::AbsoluteUrl;

/// Why a document is of no use. The sender is wrong; it is not asked again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IncomingError {
    /// Too large in some way.
    #[error(transparent)]
    Bounds(#[from] BoundsError),
    /// Not JSON in UTF-8.
    #[error("the body is not JSON")]
    NotJson,
    /// Not an object.
    #[error("the document is not an object")]
    NotAnObject,
    /// A member that must be there and have this meaning.
    #[error("{member} is missing or unusable")]
    Member {
        /// Its name.
        member: &'static str,
    },
    /// Activities within activities, deeper than [`crate::limits::MAX_ACTIVITY_NESTING`].
    #[error("activities are nested too deeply")]
    Nesting,
    /// A fetched document says that it is another host's (ActivityPub, 3.2 and B.2).
    #[error("{fetched} served a document that calls itself {id}")]
    ForeignId {
        /// Where it came from.
        fetched: AbsoluteUrl,
        /// What it says.
        id: AbsoluteUrl,
    },
}

/// Reads a document within the bounds of [`crate::limits`].
///
/// # Errors
/// [`IncomingError`] when it is too large, not JSON, or not an object.
pub fn parse_document(body: &[u8]) -> Result<Members, IncomingError> {
    check_bounds(body)?;
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(IncomingError::NotAnObject),
        Err(_) => Err(IncomingError::NotJson),
    }
}

/// Whether a document that `fetched` served may be believed: its id names the same host. Where the
/// id is another one on that host (an alias, another path), the id is what counts.
///
/// # Errors
/// [`IncomingError::Member`] without id, [`IncomingError::ForeignId`] when the hosts differ.
pub fn verify_origin(
    document: &Members,
    fetched: &AbsoluteUrl,
) -> Result<AbsoluteUrl, IncomingError> {
    let id = value::url_member(document, "id").ok_or(IncomingError::Member { member: "id" })?;
    if id.has_host_of(fetched) {
        Ok(id)
    } else {
        Err(IncomingError::ForeignId {
            fetched: fetched.clone(),
            id,
        })
    }
}

#[cfg(test)]
mod tests;
