use serde::Serialize;

use super::Addressing;
use crate::date::write_iso8601;

/// What was done (ActivityStreams vocabulary 3.1; `ApproveReply` and `RejectReply` are PeerTube's).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Verb {
    /// A new object, embedded.
    Create,
    /// An object as it is now, embedded.
    Update,
    /// An object is gone; its id.
    Delete,
    /// A share; the object's id.
    Announce,
    /// A follow was accepted; the follow, embedded.
    Accept,
    /// A follow was refused or ended; the follow, embedded.
    Reject,
    /// An actor's id.
    Follow,
    /// Takes back an activity, embedded.
    Undo,
    /// A video's or comment's id.
    Like,
    /// A video's id.
    Dislike,
    /// A video's id; see [`Viewers`].
    View,
    /// A comment may be shown; its id.
    ApproveReply,
    /// A comment is not shown; its id.
    RejectReply,
}

/// What turns a `View` from "was watched" into "this many watch until then".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewers {
    /// At present.
    pub count: u32,
    /// When the number is stale, in milliseconds since 1970.
    pub expires_unix_ms: i64,
}

/// An activity of ours. `O` is an id, a document, or an activity.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Activity<'a, O> {
    #[serde(flatten)]
    addressing: Option<&'a Addressing>,
    r#type: Verb,
    id: &'a str,
    actor: &'a str,
    object: O,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Counter>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counter {
    interaction_type: &'static str,
    r#type: &'static str,
    user_interaction_count: u32,
}

impl<'a, O: Serialize> Activity<'a, O> {
    /// `actor` did `verb` to `object`. Without an addressing, as PeerTube sends `Follow`, `Accept`
    /// and `Reject`.
    #[must_use]
    pub const fn new(verb: Verb, id: &'a str, actor: &'a str, object: O) -> Self {
        Self {
            addressing: None,
            r#type: verb,
            id,
            actor,
            object,
            in_reply_to: None,
            expires: None,
            result: None,
        }
    }

    /// With `to` and `cc`.
    #[must_use]
    pub const fn addressed(mut self, addressing: &'a Addressing) -> Self {
        self.addressing = Some(addressing);
        self
    }

    /// With the video or comment that an approved comment answers.
    #[must_use]
    pub const fn in_reply_to(mut self, id: &'a str) -> Self {
        self.in_reply_to = Some(id);
        self
    }

    /// With the number of viewers.
    #[must_use]
    pub fn with_viewers(mut self, viewers: Viewers) -> Self {
        self.expires = Some(write_iso8601(viewers.expires_unix_ms));
        self.result = Some(Counter {
            interaction_type: "WatchAction",
            r#type: "InteractionCounter",
            user_interaction_count: viewers.count,
        });
        self
    }
}
