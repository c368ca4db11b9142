//! Documents that we send, in PeerTube's shapes and byte-stable: the same input gives the same
//! bytes, keys in a fixed order, `@context` always there, lists always lists.
//!
//! Inputs are plain structs; whoever has rows converts them. [`encode`] turns one of them and its
//! [`Context`] into a body. Activities carry their object embedded ([`Activity`]).

mod activity;
mod actor;
mod addressing;
mod cache_file;
mod collection;
mod context;
mod flag;
mod ids;
mod note;
mod player_settings;
mod playlist;
mod video;
mod video_links;
mod watch_action;

pub use activity::{Activity, Verb, Viewers};
pub use actor::{Actor, ActorKind, Image};
pub use addressing::{Addressing, PUBLIC};
pub use cache_file::CacheFile;
pub use collection::{Collection, CollectionPage};
pub use context::Context;
pub use flag::Flag;
pub use ids::Ids;
pub use note::{Note, Tombstone};
pub use player_settings::{PlayerOf, PlayerSettings};
pub use playlist::{Playlist, PlaylistElement, PlaylistIcon, PlaylistType};
pub use video::{Caption, Label, Live, Storyboard, Video};
pub use video_links::{File, Streaming, TorrentLinks};
pub use watch_action::WatchAction;

use serde::Serialize;

/// The body of a document: its context first, then its own members in order.
///
/// # Panics
/// Never: no type of this module has maps with other keys than strings.
#[must_use]
pub fn encode<T: Serialize>(context: Context, body: &T) -> Vec<u8> {
    #[derive(Serialize)]
    struct Document<'a, T> {
        #[serde(rename = "@context")]
        context: Context,
        #[serde(flatten)]
        body: &'a T,
    }
    serde_json::to_vec(&Document { context, body }).expect("only string keys, and no I/O")
}

#[cfg(test)]
mod tests;
