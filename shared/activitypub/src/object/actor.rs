use serde::{Serialize, Serializer};

use crate::date::write_iso8601;

/// Which of the three actors of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind<'a> {
    /// An account: `Person`.
    Account,
    /// A channel: `Group`.
    Channel {
        /// Id of the account that owns it; PeerTube refuses a Group without.
        owner_id: &'a str,
        /// How to support it, Markdown.
        support: Option<&'a str>,
    },
    /// The instance itself: `Application`.
    Instance,
}

/// An avatar or banner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image<'a> {
    /// Absolute URL.
    pub url: &'a str,
    /// `image/jpeg` or `image/png`; PeerTube takes a video without a JPEG for invalid.
    pub media_type: &'a str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// An actor of ours (ActivityPub 4.1; security vocabulary for `publicKey`). The collections and the
/// inbox have the id as their start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor<'a> {
    /// Person, Group or Application.
    pub kind: ActorKind<'a>,
    /// Absolute URL.
    pub id: &'a str,
    /// The name in its handle.
    pub preferred_username: &'a str,
    /// The name to show.
    pub name: &'a str,
    /// Absolute URL of its page. Sent as a plain text: PeerTube 8 sends a list of links instead, which
    /// PeerTube 6 refuses together with the whole actor.
    pub page_url: &'a str,
    /// Inbox of the whole instance. PeerTube sends broadcasts nowhere else.
    pub shared_inbox: &'a str,
    /// Description, Markdown.
    pub summary: Option<&'a str>,
    /// SPKI in PEM, starting with `-----BEGIN PUBLIC KEY-----`.
    pub public_key_pem: &'a str,
    /// When it was made, in milliseconds since 1970.
    pub published_unix_ms: i64,
    /// All sizes of its avatar.
    pub avatars: &'a [Image<'a>],
    /// All sizes of its banner.
    pub banners: &'a [Image<'a>],
}

impl Actor<'_> {
    /// Id of its key: what we send as `keyId`.
    #[must_use]
    pub fn key_id(&self) -> String {
        format!("{}#main-key", self.id)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    r#type: &'static str,
    id: &'a str,
    following: String,
    followers: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    playlists: Option<String>,
    inbox: String,
    outbox: String,
    preferred_username: &'a str,
    url: &'a str,
    name: &'a str,
    endpoints: Endpoints<'a>,
    summary: Option<&'a str>,
    public_key: PublicKey<'a>,
    published: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    icon: Vec<ImageWire<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    image: Vec<ImageWire<'a>>,
    indexable: bool,
    discoverable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    support: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    posting_restricted_to_mods: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributed_to: Option<[Owner<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    player_settings: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Endpoints<'a> {
    shared_inbox: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PublicKey<'a> {
    id: String,
    owner: &'a str,
    public_key_pem: &'a str,
}

/// The order of members is that of PeerTube's images.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageWire<'a> {
    r#type: &'static str,
    media_type: &'a str,
    height: u32,
    width: u32,
    url: &'a str,
}

#[derive(Serialize)]
pub(super) struct Owner<'a> {
    pub r#type: &'static str,
    pub id: &'a str,
}

pub(super) fn images<'a>(images: &[Image<'a>]) -> Vec<ImageWire<'a>> {
    images
        .iter()
        .map(|image| ImageWire {
            r#type: "Image",
            media_type: image.media_type,
            height: image.height,
            width: image.width,
            url: image.url,
        })
        .collect()
}

impl Serialize for Actor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let below = |name: &str| format!("{}/{name}", self.id);
        let is_instance = self.kind == ActorKind::Instance;
        let (r#type, channel) = match self.kind {
            ActorKind::Account => ("Person", None),
            ActorKind::Instance => ("Application", None),
            ActorKind::Channel { owner_id, support } => ("Group", Some((owner_id, support))),
        };
        Wire {
            r#type,
            id: self.id,
            following: below("following"),
            followers: below("followers"),
            playlists: (!is_instance).then(|| below("playlists")),
            inbox: below("inbox"),
            outbox: below("outbox"),
            preferred_username: self.preferred_username,
            url: self.page_url,
            name: self.name,
            endpoints: Endpoints {
                shared_inbox: self.shared_inbox,
            },
            summary: self.summary,
            public_key: PublicKey {
                id: self.key_id(),
                owner: self.id,
                public_key_pem: self.public_key_pem,
            },
            published: write_iso8601(self.published_unix_ms),
            icon: images(self.avatars),
            image: images(self.banners),
            indexable: !is_instance,
            discoverable: !is_instance,
            support: channel.map(|(_, support)| support),
            posting_restricted_to_mods: channel.map(|_| true),
            attributed_to: channel.map(|(id, _)| {
                [Owner {
                    r#type: "Person",
                    id,
                }]
            }),
            player_settings: channel.map(|_| below("player-settings")),
        }
        .serialize(serializer)
    }
}
