use serde::Serialize;

use super::Addressing;

/// A report of something on another server, for its moderators: `Flag`, as PeerTube sends it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Flag<'a> {
    r#type: &'static str,
    id: &'a str,
    actor: &'a str,
    content: &'a str,
    media_type: &'static str,
    object: &'a str,
    tag: Vec<Reason<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_at: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_at: Option<u32>,
    #[serde(flatten)]
    addressing: &'a Addressing,
}

#[derive(Clone, Debug, Serialize)]
struct Reason<'a> {
    r#type: &'static str,
    name: &'a str,
}

impl<'a> Flag<'a> {
    /// `actor` reports `object`, a video, comment or account, because of `content`, Markdown.
    #[must_use]
    pub const fn new(
        id: &'a str,
        actor: &'a str,
        object: &'a str,
        content: &'a str,
        addressing: &'a Addressing,
    ) -> Self {
        Self {
            r#type: "Flag",
            id,
            actor,
            content,
            media_type: "text/markdown",
            object,
            tag: Vec::new(),
            start_at: None,
            end_at: None,
            addressing,
        }
    }

    /// With PeerTube's names of reasons, such as `spamOrMisleading`.
    #[must_use]
    pub fn because_of(mut self, reasons: &[&'a str]) -> Self {
        let reason = |name: &&'a str| Reason {
            r#type: "Hashtag",
            name,
        };
        self.tag = reasons.iter().map(reason).collect();
        self
    }

    /// With the part of the video that it is about, in seconds from its start.
    #[must_use]
    pub const fn between(mut self, start_at_secs: Option<u32>, end_at_secs: Option<u32>) -> Self {
        self.start_at = start_at_secs;
        self.end_at = end_at_secs;
        self
    }
}
