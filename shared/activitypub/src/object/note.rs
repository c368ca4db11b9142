use serde::{Serialize, Serializer};

use super::Addressing;
use crate::date::write_iso8601;

/// A comment below a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// Absolute URL.
    pub id: &'a str,
    /// Who sees it.
    pub addressing: &'a Addressing,
    /// Markdown.
    pub content: &'a str,
    /// Id of the video or of the comment that it answers.
    pub in_reply_to: &'a str,
    /// In milliseconds since 1970.
    pub published_unix_ms: i64,
    /// In milliseconds since 1970.
    pub updated_unix_ms: i64,
    /// Id of its author.
    pub attributed_to: &'a str,
    /// Id of the channel whose video it is below (FEP-1b12).
    pub audience: Option<&'a str>,
    /// Ids and handles of those whom it mentions; Mastodon tells nobody else.
    pub mentions: &'a [(&'a str, &'a str)],
    /// Id of the `ApproveReply`, where the video's side had to approve it.
    pub reply_approval: Option<&'a str>,
}

/// What stands where something of ours was deleted (ActivityStreams vocabulary, `Tombstone`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tombstone<'a> {
    /// Absolute URL.
    pub id: &'a str,
    /// In milliseconds since 1970.
    pub published_unix_ms: i64,
    /// In milliseconds since 1970.
    pub updated_unix_ms: i64,
    /// In milliseconds since 1970.
    pub deleted_unix_ms: i64,
    /// What it was: `Note`, `Person`, `Group`.
    pub former_type: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NoteWire<'a> {
    to: &'a [String],
    cc: &'a [String],
    r#type: &'static str,
    id: &'a str,
    content: &'a str,
    media_type: &'static str,
    in_reply_to: &'a str,
    updated: String,
    published: String,
    url: &'a str,
    attributed_to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'a str>,
    tag: Vec<Mention<'a>>,
    reply_approval: Option<&'a str>,
}

#[derive(Serialize)]
struct Mention<'a> {
    r#type: &'static str,
    href: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TombstoneWire<'a> {
    id: &'a str,
    r#type: &'static str,
    former_type: &'a str,
    published: String,
    updated: String,
    deleted: String,
}

impl Serialize for Note<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        NoteWire {
            to: &self.addressing.to,
            cc: &self.addressing.cc,
            r#type: "Note",
            id: self.id,
            content: self.content,
            media_type: "text/markdown",
            in_reply_to: self.in_reply_to,
            updated: write_iso8601(self.updated_unix_ms),
            published: write_iso8601(self.published_unix_ms),
            url: self.id,
            attributed_to: self.attributed_to,
            audience: self.audience,
            tag: self
                .mentions
                .iter()
                .map(|(href, name)| Mention {
                    r#type: "Mention",
                    href,
                    name,
                })
                .collect(),
            reply_approval: self.reply_approval,
        }
        .serialize(serializer)
    }
}

impl Serialize for Tombstone<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        TombstoneWire {
            id: self.id,
            r#type: "Tombstone",
            former_type: self.former_type,
            published: write_iso8601(self.published_unix_ms),
            updated: write_iso8601(self.updated_unix_ms),
            deleted: write_iso8601(self.deleted_unix_ms),
        }
        .serialize(serializer)
    }
}
