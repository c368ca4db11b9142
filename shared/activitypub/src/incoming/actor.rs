use serde_json::Value;

use super::value::{date_member, each, page_member, text_member, types, url_member, url_members};
use super::{IncomingError, Members};
use crate::AbsoluteUrl;
use crate::limits::MAX_PUBLIC_KEY_BYTES;

/// A public key as its owner's server publishes it (security vocabulary).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// What signatures call it.
    pub id: AbsoluteUrl,
    /// The actor whose it is, on the same host.
    pub owner: AbsoluteUrl,
    /// PEM, of RSA.
    pub pem: String,
}

/// An actor of another server.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteActor {
    /// Its id.
    pub id: AbsoluteUrl,
    /// `Person`, `Group`, `Application`, `Service` or `Organization`.
    pub kind: String,
    /// The name in its handle: 1 to 200 characters of `A-Z a-z 0-9 - _ . :`.
    pub preferred_username: String,
    /// The name to show; some have none.
    pub name: Option<String>,
    /// Where it receives, on its own host.
    pub inbox: AbsoluteUrl,
    /// Where its whole server receives.
    pub shared_inbox: Option<AbsoluteUrl>,
    /// What it did.
    pub outbox: Option<AbsoluteUrl>,
    /// Its collection of followers.
    pub followers: Option<AbsoluteUrl>,
    /// Its page.
    pub page_url: Option<AbsoluteUrl>,
    /// Markdown from PeerTube, HTML from others.
    pub summary: Option<String>,
    /// The largest picture.
    pub avatar_url: Option<AbsoluteUrl>,
    /// Its banner.
    pub banner_url: Option<AbsoluteUrl>,
    /// None from servers that publish it as a document of its own.
    pub public_key: Option<PublicKey>,
    /// Whose it is: a channel's account.
    pub attributed_to: Vec<AbsoluteUrl>,
    /// In milliseconds since 1970.
    pub published_unix_ms: Option<i64>,
    /// Everything.
    pub raw: Members,
}

const KINDS: [&str; 5] = ["Person", "Group", "Application", "Service", "Organization"];
const MAX_USERNAME_CHARACTERS: usize = 200;

impl RemoteActor {
    /// Reads a document that [`super::verify_origin`] has accepted, or that was embedded in its own
    /// `Update`.
    ///
    /// # Errors
    /// [`IncomingError::Member`] names what is missing, or not on the actor's own host.
    pub fn from_members(raw: Members) -> Result<Self, IncomingError> {
        let missing = |member| IncomingError::Member { member };
        let id = url_member(&raw, "id").ok_or(missing("id"))?;
        let kind = types(&raw).find(|kind| KINDS.contains(kind));
        let username = text_member(&raw, "preferredUsername").filter(|name| is_username(name));
        let own = |url: Option<AbsoluteUrl>| url.filter(|url| url.has_host_of(&id));
        let public_key = keys(&raw).find(|key| key.owner == id);
        let endpoints = raw.get("endpoints").and_then(Value::as_object);
        let actor = Self {
            kind: kind.ok_or(missing("type"))?.to_owned(),
            preferred_username: username.ok_or(missing("preferredUsername"))?.to_owned(),
            name: text_member(&raw, "name").map(str::to_owned),
            inbox: own(url_member(&raw, "inbox")).ok_or(missing("inbox"))?,
            shared_inbox: own(endpoints.and_then(|members| url_member(members, "sharedInbox"))),
            outbox: own(url_member(&raw, "outbox")),
            followers: own(url_member(&raw, "followers")),
            page_url: page_member(&raw, "url"),
            summary: text_member(&raw, "summary").map(str::to_owned),
            avatar_url: largest_image(&raw, "icon"),
            banner_url: largest_image(&raw, "image"),
            public_key,
            attributed_to: url_members(&raw, "attributedTo", 10),
            published_unix_ms: date_member(&raw, "published"),
            id,
            raw,
        };
        Ok(actor)
    }
}

/// The key with this id in a document: an actor (`publicKey`, one or several), or a key on its own
/// (GoToSocial's `…/main-key`, which repeats only `id`, `owner` and `publicKeyPem`, some of them
/// inside `publicKey` of a stub of the actor). With PeerTube's key ids, which name the actor alone,
/// its first key.
///
/// Keys whose owner is on another host than they themselves are not found: nobody could say that
/// they are the owner's.
#[must_use]
pub fn find_key(document: &Members, key_id: &AbsoluteUrl) -> Option<PublicKey> {
    let all = || keys(document).chain(read_key(document));
    all()
        .find(|key| key.id == *key_id)
        .or_else(|| all().find(|key| key.owner == *key_id))
}

fn keys(document: &Members) -> impl Iterator<Item = PublicKey> {
    each(document.get("publicKey"))
        .filter_map(Value::as_object)
        .filter_map(read_key)
}

fn read_key(members: &Members) -> Option<PublicKey> {
    let pem = text_member(members, "publicKeyPem")?;
    let is_pem = pem.len() <= MAX_PUBLIC_KEY_BYTES
        && pem.trim_start().starts_with("-----BEGIN ")
        && pem.contains("PUBLIC KEY-----");
    let key = PublicKey {
        id: url_member(members, "id")?,
        owner: url_member(members, "owner")?,
        pem: pem.to_owned(),
    };
    (is_pem && key.id.has_host_of(&key.owner)).then_some(key)
}

fn is_username(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=MAX_USERNAME_CHARACTERS).contains(&name.len()) && name.bytes().all(fits)
}

fn largest_image(raw: &Members, name: &str) -> Option<AbsoluteUrl> {
    let width = |value: &&Value| value.get("width").and_then(Value::as_u64).unwrap_or(0);
    let value = each(raw.get(name)).max_by_key(width)?;
    match value {
        Value::Object(members) => page_member(members, "url"),
        Value::String(text) => AbsoluteUrl::parse(text).ok(),
        _ => None,
    }
}
