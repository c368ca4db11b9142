use serde::Serialize;

/// Everybody (ActivityPub, 5.6).
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// `to` and `cc`: always lists, because PeerTube drops activities with plain strings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Addressing {
    /// Primary addressees: ids of actors and collections.
    pub to: Vec<String>,
    /// Others.
    pub cc: Vec<String>,
}

impl Addressing {
    /// Everybody, and the followers: what PeerTube says of public objects.
    #[must_use]
    pub fn public(followers: &[&str]) -> Self {
        Self {
            to: vec![PUBLIC.to_owned()],
            cc: owned(followers),
        }
    }

    /// Everybody who has the link: Mastodon's and PeerTube's "unlisted".
    #[must_use]
    pub fn unlisted() -> Self {
        Self {
            to: Vec::new(),
            cc: vec![PUBLIC.to_owned()],
        }
    }

    /// Everybody and the followers side by side in `to`: what PeerTube says of announces.
    #[must_use]
    pub fn announced(followers: &[&str]) -> Self {
        let mut to = vec![PUBLIC.to_owned()];
        to.extend(owned(followers));
        Self { to, cc: Vec::new() }
    }

    /// These alone.
    #[must_use]
    pub fn only(to: &[&str]) -> Self {
        Self {
            to: owned(to),
            cc: Vec::new(),
        }
    }
}

fn owned(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}
