use super::value::{date_member, is_uuid, text_member, types, url_member, url_members};
use super::{Audience, IncomingError, Members};
use crate::AbsoluteUrl;

/// Characters of a name (PeerTube's bound).
const MAX_NAME_CHARS: usize = 120;
/// Actors that a playlist is attributed to and that are looked at; PeerTube names its channel alone.
const MAX_ACTORS: usize = 4;

/// A list of videos of another server. Its elements are those of the collection that it is.
#[derive(Clone, Debug, PartialEq)]
pub struct RemotePlaylist {
    /// Its id.
    pub id: AbsoluteUrl,
    /// Lower case with dashes.
    pub uuid: String,
    /// 1 to 120 characters.
    pub name: String,
    /// Markdown.
    pub description: Option<String>,
    /// In milliseconds since 1970.
    pub published_unix_ms: i64,
    /// In milliseconds since 1970.
    pub updated_unix_ms: i64,
    /// Its channel is among them.
    pub actors: Vec<AbsoluteUrl>,
    /// Who sees it.
    pub audience: Audience,
}

impl RemotePlaylist {
    /// Reads a playlist by the rules of PeerTube's validator.
    ///
    /// # Errors
    /// [`IncomingError::Member`] names what is missing.
    pub fn from_members(raw: &Members) -> Result<Self, IncomingError> {
        let missing = |member| IncomingError::Member { member };
        if !types(raw).any(|kind| kind == "Playlist") {
            return Err(missing("type"));
        }
        let fits = |name: &&str| (1..=MAX_NAME_CHARS).contains(&name.chars().count());
        let name = text_member(raw, "name").map(str::trim).filter(fits);
        let uuid = text_member(raw, "uuid").filter(|uuid| is_uuid(uuid));
        let mut actors = url_members(raw, "attributedTo", MAX_ACTORS);
        actors.extend(url_member(raw, "audience"));
        if actors.is_empty() {
            return Err(missing("attributedTo"));
        }
        Ok(Self {
            id: url_member(raw, "id").ok_or(missing("id"))?,
            uuid: uuid.ok_or(missing("uuid"))?.to_ascii_lowercase(),
            name: name.ok_or(missing("name"))?.to_owned(),
            description: text_member(raw, "content").map(str::to_owned),
            published_unix_ms: date_member(raw, "published").ok_or(missing("published"))?,
            updated_unix_ms: date_member(raw, "updated").ok_or(missing("updated"))?,
            actors,
            audience: Audience::of(raw),
        })
    }
}

/// A video in a playlist of another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemotePlaylistElement {
    /// Its id.
    pub id: AbsoluteUrl,
    /// Id of the video; `None` when it is gone, as PeerTube says it.
    pub video: Option<AbsoluteUrl>,
    /// Second from which it plays.
    pub start_secs: Option<u32>,
    /// Second up to which it plays.
    pub stop_secs: Option<u32>,
}

impl RemotePlaylistElement {
    /// Reads an element.
    ///
    /// # Errors
    /// [`IncomingError::Member`] names what is missing.
    pub fn from_members(raw: &Members) -> Result<Self, IncomingError> {
        let secs = |name: &str| u32::try_from(raw.get(name)?.as_u64()?).ok();
        Ok(Self {
            id: url_member(raw, "id").ok_or(IncomingError::Member { member: "id" })?,
            video: url_member(raw, "url"),
            start_secs: secs("startTimestamp"),
            stop_secs: secs("stopTimestamp"),
        })
    }
}
