//! Who follows whom.

use serde::{Deserialize, Serialize};

use crate::IsoDate;
use crate::actor::ActorImage;

/// Score of a follow in PeerTube: it sinks with every delivery that fails. Ours is kept per server, not per
/// follow, so that every follow has PeerTube's first.
pub const FOLLOW_SCORE: u32 = 5_000;

/// An actor of any kind at one end of a follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FollowActor {
    /// Row id of the actor.
    pub id: i64,
    /// `ActivityPub` id.
    pub url: String,
    /// `preferredUsername`, without host.
    pub name: String,
    /// Host of its home instance.
    pub host: String,
    /// Whether copies of its videos are made here.
    pub host_redundancy_allowed: bool,
    /// Actors that it follows.
    pub following_count: u64,
    /// Actors that follow it.
    pub followers_count: u64,
    /// Avatar, perhaps none.
    pub avatars: Vec<ActorImage>,
    /// When it became known here.
    pub created_at: IsoDate,
}

/// One item of the lists of followers and of what is followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActorFollow {
    /// Row id.
    pub id: i64,
    /// Who follows.
    pub follower: FollowActor,
    /// Who is followed.
    pub following: FollowActor,
    /// See [`FOLLOW_SCORE`].
    pub score: u32,
    /// `pending`, `accepted` or `rejected`.
    pub state: String,
    /// When it was asked for.
    pub created_at: IsoDate,
    /// When its state last changed.
    pub updated_at: IsoDate,
}
