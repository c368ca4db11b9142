use serde_json::Value;

use super::value::{date_member, id_text, text_member, types, url_member, url_members};
use super::{Audience, IncomingError, Members, parse_document};
use crate::AbsoluteUrl;
use crate::limits::{MAX_ACTIVITY_NESTING, MAX_FLAGGED};

/// An activity as it was received. Nothing of it is authorised.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// What makes it the same when it comes again. Some servers send an `Accept` without.
    pub id: Option<AbsoluteUrl>,
    /// Who says that they did it.
    pub actor: AbsoluteUrl,
    /// What they did, to what.
    pub verb: Verb,
    /// For whom.
    pub audience: Audience,
    /// Everything, including what nobody here knows.
    pub raw: Members,
}

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    /// A new object.
    Create(Object),
    /// An object as it is now.
    Update(Object),
    /// An object is gone. Mastodon embeds a Tombstone, PeerTube names the id.
    Delete(Object),
    /// A share; or, from Lemmy and its kin, an activity that a group passes on (FEP-1b12).
    Announce(Object),
    /// Follow this actor.
    Follow(AbsoluteUrl),
    /// A follow is accepted.
    Accept(Inner),
    /// A follow is refused or ended.
    Reject(Inner),
    /// An activity is taken back.
    Undo(Inner),
    /// Likes this. Misskey's reactions are likes with a `content`.
    Like(AbsoluteUrl),
    /// Dislikes this.
    Dislike(AbsoluteUrl),
    /// Watched this, or, with a count, how many watch.
    View {
        /// The video.
        object: AbsoluteUrl,
        /// How many watch.
        viewers: Option<u64>,
        /// Until when that holds, in milliseconds since 1970.
        expires_unix_ms: Option<i64>,
    },
    /// A report.
    Flag {
        /// At least one.
        objects: Vec<AbsoluteUrl>,
        /// Why, in words.
        content: String,
    },
    /// PeerTube: this comment may be shown.
    ApproveReply {
        /// The comment.
        object: AbsoluteUrl,
        /// What it answers.
        in_reply_to: Option<AbsoluteUrl>,
    },
    /// PeerTube: this comment is not shown.
    RejectReply {
        /// The comment.
        object: AbsoluteUrl,
        /// What it answers.
        in_reply_to: Option<AbsoluteUrl>,
    },
    /// A type that is not acted on: `Move`, `EmojiReact`, `Add`, ….
    Other(String),
}

/// By id or with its members.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// To be fetched.
    Id(AbsoluteUrl),
    /// As the sender says that it is.
    Embedded(Embedded),
}

/// An object inside an activity.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedded {
    /// None only for objects that have none of their own.
    pub id: Option<AbsoluteUrl>,
    /// Of its members.
    pub raw: Members,
    depth: usize,
}

/// An activity inside an activity.
#[derive(Clone, Debug, PartialEq)]
pub enum Inner {
    /// By id.
    Id(AbsoluteUrl),
    /// As the sender says that it was.
    Activity(Box<Activity>),
}

impl Activity {
    /// Reads a body.
    ///
    /// # Errors
    /// [`IncomingError`] when it is too large, not JSON, or lacks its type, actor or object.
    pub fn parse(body: &[u8]) -> Result<Self, IncomingError> {
        Self::from_members(parse_document(body)?)
    }

    /// Reads a document that was fetched.
    ///
    /// # Errors
    /// [`IncomingError`] when it lacks its type, actor or object.
    pub fn from_members(raw: Members) -> Result<Self, IncomingError> {
        Self::at_depth(raw, 1)
    }

    fn at_depth(raw: Members, depth: usize) -> Result<Self, IncomingError> {
        if depth > MAX_ACTIVITY_NESTING {
            return Err(IncomingError::Nesting);
        }
        let actor = url_member(&raw, "actor").ok_or(IncomingError::Member { member: "actor" })?;
        let id = match raw.get("id") {
            None | Some(Value::Null) => None,
            Some(_) => Some(url_member(&raw, "id").ok_or(IncomingError::Member { member: "id" })?),
        };
        Ok(Self {
            id,
            actor,
            verb: verb(&raw, depth)?,
            audience: Audience::of(&raw),
            raw,
        })
    }
}

fn verb(raw: &Members, depth: usize) -> Result<Verb, IncomingError> {
    let mut unknown = None;
    for name in types(raw) {
        match known_verb(name, raw, depth)? {
            Some(verb) => return Ok(verb),
            None => unknown = unknown.or(Some(name)),
        }
    }
    unknown
        .map(|name| Verb::Other(name.to_owned()))
        .ok_or(IncomingError::Member { member: "type" })
}

fn known_verb(name: &str, raw: &Members, depth: usize) -> Result<Option<Verb>, IncomingError> {
    let object = || Object::of(raw, depth);
    let inner = || Inner::of(raw, depth);
    let id = || url_member(raw, "object").ok_or(IncomingError::Member { member: "object" });
    let in_reply_to = || url_member(raw, "inReplyTo");
    Ok(Some(match name {
        "Create" => Verb::Create(object()?),
        "Update" => Verb::Update(object()?),
        "Delete" => Verb::Delete(object()?),
        "Announce" => Verb::Announce(object()?),
        "Follow" => Verb::Follow(id()?),
        "Accept" => Verb::Accept(inner()?),
        "Reject" => Verb::Reject(inner()?),
        "Undo" => Verb::Undo(inner()?),
        "Like" => Verb::Like(id()?),
        "Dislike" => Verb::Dislike(id()?),
        "View" => Verb::View {
            object: id()?,
            viewers: raw
                .get("result")
                .and_then(|result| result.get("userInteractionCount")?.as_u64()),
            expires_unix_ms: date_member(raw, "expires"),
        },
        "Flag" => Verb::Flag {
            objects: match url_members(raw, "object", MAX_FLAGGED) {
                objects if objects.is_empty() => {
                    return Err(IncomingError::Member { member: "object" });
                }
                objects => objects,
            },
            content: text_member(raw, "content").unwrap_or_default().to_owned(),
        },
        "ApproveReply" => Verb::ApproveReply {
            object: id()?,
            in_reply_to: in_reply_to(),
        },
        "RejectReply" => Verb::RejectReply {
            object: id()?,
            in_reply_to: in_reply_to(),
        },
        _ => return Ok(None),
    }))
}

/// The first of a list; there never is a second.
fn object_value(raw: &Members) -> Result<&Value, IncomingError> {
    super::value::each(raw.get("object"))
        .next()
        .ok_or(IncomingError::Member { member: "object" })
}

fn id_of(value: &Value) -> Result<Option<AbsoluteUrl>, IncomingError> {
    id_text(value)
        .map(AbsoluteUrl::parse)
        .transpose()
        .map_err(|_| IncomingError::Member {
            member: "object.id",
        })
}

impl Object {
    fn of(raw: &Members, depth: usize) -> Result<Self, IncomingError> {
        let value = object_value(raw)?;
        let id = id_of(value)?;
        match (value, id) {
            (Value::Object(members), id) => Ok(Self::Embedded(Embedded {
                id,
                raw: members.clone(),
                depth,
            })),
            (_, Some(id)) => Ok(Self::Id(id)),
            (_, None) => Err(IncomingError::Member { member: "object" }),
        }
    }

    /// Its id, if it has one.
    #[must_use]
    pub const fn id(&self) -> Option<&AbsoluteUrl> {
        match self {
            Self::Id(id) => Some(id),
            Self::Embedded(embedded) => embedded.id.as_ref(),
        }
    }
}

impl Embedded {
    /// Whether this is one of its types.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        types(&self.raw).any(|other| other == name)
    }

    /// Ids in `attributedTo` and `actor`: whose it says that it is.
    #[must_use]
    pub fn owners(&self) -> Vec<AbsoluteUrl> {
        let mut owners = url_members(&self.raw, "attributedTo", 10);
        owners.extend(url_members(&self.raw, "actor", 1));
        owners
    }

    /// The activity that a group passes on (FEP-1b12): nothing when it is no activity that is
    /// acted on.
    ///
    /// # Errors
    /// [`IncomingError`] when it is one but cannot be read.
    pub fn activity(&self) -> Result<Option<Activity>, IncomingError> {
        if !self.raw.contains_key("actor") || !self.raw.contains_key("object") {
            return Ok(None);
        }
        let activity = Activity::at_depth(self.raw.clone(), self.depth + 1)?;
        Ok(match activity.verb {
            Verb::Other(_) => None,
            _ => Some(activity),
        })
    }
}

impl Inner {
    fn of(raw: &Members, depth: usize) -> Result<Self, IncomingError> {
        let value = object_value(raw)?;
        match value {
            Value::Object(members) if members.contains_key("actor") => {
                let activity = Activity::at_depth(members.clone(), depth + 1)?;
                Ok(Self::Activity(Box::new(activity)))
            }
            _ => id_of(value)?
                .map(Self::Id)
                .ok_or(IncomingError::Member { member: "object" }),
        }
    }

    /// Its id, if it has one.
    #[must_use]
    pub const fn id(&self) -> Option<&AbsoluteUrl> {
        match self {
            Self::Id(id) => Some(id),
            Self::Activity(activity) => activity.id.as_ref(),
        }
    }
}
