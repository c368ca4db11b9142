use serde_json::Value;

use super::value::{date_member, each, page_member, text_member, types, url_member};
use super::{Audience, IncomingError, Members};
use crate::AbsoluteUrl;

/// What can stand below a video as a comment.
const KINDS: [&str; 4] = ["Note", "Page", "Article", "Question"];
/// Mentions that are read of one note.
const MAX_MENTIONS: usize = 50;

/// A note of another server: a comment, if it answers a video of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteNote {
    /// Its id.
    pub id: AbsoluteUrl,
    /// Its author, on the same host.
    pub attributed_to: AbsoluteUrl,
    /// HTML, or Markdown when [`Self::is_markdown`]. Not cleaned.
    pub content: String,
    /// PeerTube's comments are.
    pub is_markdown: bool,
    /// A content warning.
    pub summary: Option<String>,
    /// What it answers.
    pub in_reply_to: Option<AbsoluteUrl>,
    /// In milliseconds since 1970.
    pub published_unix_ms: Option<i64>,
    /// In milliseconds since 1970.
    pub updated_unix_ms: Option<i64>,
    /// Its page.
    pub page_url: Option<AbsoluteUrl>,
    /// Whom it mentions.
    pub mentions: Vec<Mention>,
    /// Who sees it.
    pub audience: Audience,
    /// Id of the approval by the video's side (PeerTube).
    pub reply_approval: Option<AbsoluteUrl>,
    /// Everything.
    pub raw: Members,
}

/// One of those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Id of the actor.
    pub href: AbsoluteUrl,
    /// `@name@host`, or whatever the server wrote.
    pub name: Option<String>,
}

impl RemoteNote {
    /// Reads a note.
    ///
    /// # Errors
    /// [`IncomingError::Member`] names what is missing, or not on the note's own host.
    pub fn from_members(raw: Members) -> Result<Self, IncomingError> {
        let missing = |member| IncomingError::Member { member };
        if !types(&raw).any(|kind| KINDS.contains(&kind)) {
            return Err(missing("type"));
        }
        let id = url_member(&raw, "id").ok_or(missing("id"))?;
        let author = url_member(&raw, "attributedTo").filter(|author| author.has_host_of(&id));
        Ok(Self {
            attributed_to: author.ok_or(missing("attributedTo"))?,
            content: content(&raw).ok_or(missing("content"))?.to_owned(),
            is_markdown: text_member(&raw, "mediaType") == Some("text/markdown"),
            summary: text_member(&raw, "summary").map(str::to_owned),
            in_reply_to: url_member(&raw, "inReplyTo"),
            published_unix_ms: date_member(&raw, "published"),
            updated_unix_ms: date_member(&raw, "updated"),
            page_url: page_member(&raw, "url"),
            mentions: mentions(&raw),
            audience: Audience::of(&raw),
            reply_approval: url_member(&raw, "replyApproval"),
            id,
            raw,
        })
    }
}

/// `content`, or one language of `contentMap`, which is all that some send.
fn content(raw: &Members) -> Option<&str> {
    let first_language = || {
        let languages = raw.get("contentMap")?.as_object()?;
        languages.values().find_map(Value::as_str)
    };
    text_member(raw, "content").or_else(first_language)
}

fn mentions(raw: &Members) -> Vec<Mention> {
    each(raw.get("tag"))
        .filter_map(Value::as_object)
        .filter(|tag| types(tag).any(|kind| kind == "Mention"))
        .filter_map(|tag| {
            Some(Mention {
                href: url_member(tag, "href")?,
                name: text_member(tag, "name").map(str::to_owned),
            })
        })
        .take(MAX_MENTIONS)
        .collect()
}
