//! What a `POST` to an inbox goes through, as types of which each is made of the one before it
//! alone: [`Bounded`] → [`Digested`] → [`Claimed`] → [`Signed`] → [`ActorKnown`] → [`Authorised`].
//! No step can be left out, and only the last one hands out the activity.
//!
//! The caller does what needs the world: it finds the key that [`Claimed::claim`] names (cached or
//! fetched), verifies, and loads the actor. Cheap checks come first: a body is parsed when its
//! signature holds.

use crate::AbsoluteUrl;
use crate::incoming::{
    Activity, BoundsError, Embedded, IncomingError, Inner, Object, PublicKey, RemoteActor, Verb,
    check_bounds,
};
use crate::media_type::is_activity;
use crate::signature::{
    Claim, DigestError, DigestHeaders, Needs, RequestView, SignatureError, claim, verify_body,
};

/// Why a delivery is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Neither of the media types of ActivityPub, 3.2.
    #[error("the body is not declared to be ActivityStreams")]
    MediaType,
    /// Too large.
    #[error(transparent)]
    Bounds(#[from] BoundsError),
    /// The body is not the one of its headers.
    #[error(transparent)]
    Digest(#[from] DigestError),
    /// Not signed, not enough of it, or not in time.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The key that was tried is not the one that the signature names.
    #[error("the signature names key {claimed}, not {tried}")]
    OtherKey {
        /// As sent.
        claimed: String,
        /// As tried.
        tried: AbsoluteUrl,
    },
    /// The key did not make the signature. Worth one more try with the key fetched anew.
    #[error("the signature was not made by {key}")]
    NotByKey {
        /// That was tried.
        key: AbsoluteUrl,
    },
    /// The actor that was looked up does not hold the key.
    #[error("{actor} does not hold key {key}")]
    OtherActor {
        /// That made the signature.
        key: AbsoluteUrl,
        /// That was looked up.
        actor: AbsoluteUrl,
    },
    /// The body cannot be read.
    #[error(transparent)]
    Document(#[from] IncomingError),
    /// Signed by another than the one who did it: a forwarded activity (ActivityPub, 7.1.2). It is
    /// not believed; what it names may be fetched from its origin.
    #[error("{signer} forwards what {actor} did")]
    Forwarded {
        /// Who signed.
        signer: AbsoluteUrl,
        /// Who did it, by the body.
        actor: AbsoluteUrl,
        /// To be fetched instead, when it is on the actor's own host: what was created, changed or
        /// deleted, or else the activity itself.
        origin: Option<AbsoluteUrl>,
    },
    /// The activity's id is another host's.
    #[error("{actor} has no say over activity {id}")]
    ForeignActivity {
        /// Who did it.
        actor: AbsoluteUrl,
        /// Of the activity.
        id: AbsoluteUrl,
    },
    /// The actor would change what is not its own.
    #[error("{actor} has no say over {object}")]
    NotOwner {
        /// Who did it.
        actor: AbsoluteUrl,
        /// To what.
        object: AbsoluteUrl,
    },
    /// Created, changed or undone, but without an id.
    #[error("the object has no id")]
    NoObjectId,
}

impl Rejected {
    /// The status to answer with. Never 5xx: the fault is the sender's.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::MediaType => 415,
            Self::Bounds(BoundsError::Body) => 413,
            Self::Bounds(_) | Self::Digest(_) | Self::Document(_) | Self::NoObjectId => 400,
            Self::Signature(_) | Self::OtherKey { .. } | Self::NotByKey { .. } => 401,
            Self::OtherActor { .. }
            | Self::Forwarded { .. }
            | Self::ForeignActivity { .. }
            | Self::NotOwner { .. } => 403,
        }
    }
}

/// A body of the right type, within all bounds, not yet read.
#[derive(Debug)]
pub struct Bounded {
    body: Vec<u8>,
}

/// A body that has the digest of its headers.
#[derive(Debug)]
pub struct Digested {
    body: Vec<u8>,
    headers: DigestHeaders,
}

/// A body whose signature covers enough and is fresh, if the named key made it.
#[derive(Debug)]
pub struct Claimed {
    body: Vec<u8>,
    claim: Claim,
}

/// A signature that a key did not make; it can be tried once more with the key fetched anew.
#[derive(Debug)]
pub struct Unconfirmed {
    /// What to answer if it is not tried again.
    pub rejected: Rejected,
    /// As it was before.
    pub claimed: Claimed,
}

/// A body that the owner of a key has signed.
#[derive(Debug)]
pub struct Signed {
    body: Vec<u8>,
    key: PublicKey,
}

/// What has to be known of an actor: from its row, or from its fetched document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownActor<'a> {
    /// Its id.
    pub id: &'a AbsoluteUrl,
    /// The key that its own document holds.
    pub public_key_pem: &'a str,
}

impl<'a> KnownActor<'a> {
    /// Of a fetched document; nothing when it holds no key.
    #[must_use]
    pub fn of(actor: &'a RemoteActor) -> Option<Self> {
        Some(Self {
            id: &actor.id,
            public_key_pem: &actor.public_key.as_ref()?.pem,
        })
    }
}

/// An activity of an actor that we know, signed by it.
#[derive(Debug)]
pub struct ActorKnown {
    activity: Activity,
}

/// An activity that its actor was free to do.
#[derive(Debug)]
pub struct Authorised {
    activity: Activity,
    trust: Trust,
}

/// What may be believed of what an activity embeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It is the actor's own, and may be stored as it stands.
    Embedded,
    /// It is somebody else's: only its id counts, and it is fetched from there.
    FetchFromOrigin,
}

impl Bounded {
    /// The first step.
    ///
    /// # Errors
    /// [`Rejected::MediaType`] and [`Rejected::Bounds`].
    pub fn new(content_type: &str, body: Vec<u8>) -> Result<Self, Rejected> {
        if !is_activity(content_type) {
            return Err(Rejected::MediaType);
        }
        check_bounds(&body)?;
        Ok(Self { body })
    }

    /// Compares the body with `Digest` and `Content-Digest`.
    ///
    /// # Errors
    /// [`Rejected::Digest`], and [`Rejected::Signature`] for header values with line breaks.
    pub fn digest(self, view: &RequestView<'_>) -> Result<Digested, Rejected> {
        let digest = view.header("digest")?;
        let content_digest = view.header("content-digest")?;
        let headers = verify_body(digest.as_deref(), content_digest.as_deref(), &self.body)?;
        Ok(Digested {
            body: self.body,
            headers,
        })
    }
}

impl Digested {
    /// Reads the signature.
    ///
    /// # Errors
    /// [`Rejected::Signature`].
    pub fn claim(self, view: &RequestView<'_>, now_unix_secs: i64) -> Result<Claimed, Rejected> {
        let needs = Needs {
            now_unix_secs,
            body: Some(self.headers),
        };
        Ok(Claimed {
            claim: claim(view, needs)?,
            body: self.body,
        })
    }
}

impl Claimed {
    /// What to verify, and with which key.
    #[must_use]
    pub const fn claim(&self) -> &Claim {
        &self.claim
    }

    /// Whether it says that an actor deletes itself. Such an actor's key can often no longer be
    /// fetched (Mastodon tells everybody it ever heard of); when nothing of it is known here, there
    /// is nothing to do and no need to know who asks.
    #[must_use]
    pub fn is_deletion_of_self(&self) -> bool {
        Activity::parse(&self.body).is_ok_and(|activity| match &activity.verb {
            Verb::Delete(object) => object.id() == Some(&activity.actor),
            _ => false,
        })
    }

    /// Takes the caller's word that `key` verifies [`Self::claim`], or does not.
    ///
    /// # Errors
    /// [`Rejected::OtherKey`] when the signature does not name this key or its owner;
    /// [`Rejected::NotByKey`] when it does not verify. Both hand the claim back for a second try
    /// with the key fetched anew.
    pub fn confirm(self, key: &PublicKey, is_valid: bool) -> Result<Signed, Box<Unconfirmed>> {
        let claimed = self.claim.key_id();
        if claimed != key.id.as_str() && claimed != key.owner.as_str() {
            let rejected = Rejected::OtherKey {
                claimed: claimed.to_owned(),
                tried: key.id.clone(),
            };
            return Err(Box::new(Unconfirmed {
                rejected,
                claimed: self,
            }));
        }
        if !is_valid || !key.id.has_host_of(&key.owner) {
            return Err(Box::new(Unconfirmed {
                rejected: Rejected::NotByKey {
                    key: key.id.clone(),
                },
                claimed: self,
            }));
        }
        Ok(Signed {
            body: self.body,
            key: key.clone(),
        })
    }
}

impl Signed {
    /// The actor whose key it was: to be loaded, with whether it is blocked.
    #[must_use]
    pub const fn owner(&self) -> &AbsoluteUrl {
        &self.key.owner
    }

    /// Reads the body as something that this actor did. The actor's own document has to hold the
    /// key: one that merely lies on the same host could have been uploaded there by anybody.
    ///
    /// # Errors
    /// [`Rejected::OtherActor`] for an actor that is not the key's owner or does not hold it,
    /// [`Rejected::Document`] for a body that cannot be read, [`Rejected::Forwarded`] when somebody
    /// else did it.
    pub fn by(self, actor: &KnownActor<'_>) -> Result<ActorKnown, Rejected> {
        let holds_key = actor.public_key_pem.trim() == self.key.pem.trim();
        if *actor.id != self.key.owner || !holds_key {
            return Err(Rejected::OtherActor {
                key: self.key.id,
                actor: actor.id.clone(),
            });
        }
        let activity = Activity::parse(&self.body)?;
        if activity.actor != self.key.owner {
            return Err(Rejected::Forwarded {
                signer: self.key.owner,
                origin: origin(&activity).filter(|id| id.has_host_of(&activity.actor)),
                actor: activity.actor,
            });
        }
        Ok(ActorKnown { activity })
    }
}

impl ActorKnown {
    /// Whether the actor may do this: it speaks for its own host alone, as in PeerTube.
    ///
    /// # Errors
    /// [`Rejected::ForeignActivity`], [`Rejected::NotOwner`] and [`Rejected::NoObjectId`].
    pub fn authorise(self) -> Result<Authorised, Rejected> {
        let trust = authorise(&self.activity)?;
        Ok(Authorised {
            activity: self.activity,
            trust,
        })
    }
}

impl Authorised {
    /// What to act on.
    #[must_use]
    pub const fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Whether what it embeds may be stored.
    #[must_use]
    pub const fn trust(&self) -> Trust {
        self.trust
    }

    /// The activity alone.
    #[must_use]
    pub fn into_activity(self) -> Activity {
        self.activity
    }
}

/// Where it can be read what became of a forwarded activity. Rates, views and follows come from those who
/// do them, and nothing of others' is worth a fetch.
fn origin(activity: &Activity) -> Option<AbsoluteUrl> {
    match &activity.verb {
        Verb::Create(object) | Verb::Update(object) | Verb::Delete(object) => object.id().cloned(),
        Verb::Announce(_) => activity.id.clone(),
        _ => None,
    }
}

/// The rules for an activity whose actor is certain: signed by it, or fetched from its host.
///
/// # Errors
/// As [`ActorKnown::authorise`].
pub fn authorise(activity: &Activity) -> Result<Trust, Rejected> {
    let actor = &activity.actor;
    if let Some(id) = activity.id.as_ref().filter(|id| !id.has_host_of(actor)) {
        return Err(Rejected::ForeignActivity {
            actor: actor.clone(),
            id: id.clone(),
        });
    }
    match &activity.verb {
        Verb::Create(object) | Verb::Update(object) => own_object(actor, object),
        Verb::Delete(object) => own_id(actor, object.id()).map(|()| Trust::FetchFromOrigin),
        Verb::Undo(inner) => undone(actor, inner),
        Verb::Accept(inner) | Verb::Reject(inner) => answered(actor, inner),
        Verb::Announce(object) => Ok(announced(actor, object)),
        Verb::Follow(_)
        | Verb::Like(_)
        | Verb::Dislike(_)
        | Verb::View { .. }
        | Verb::Flag { .. }
        | Verb::ApproveReply { .. }
        | Verb::RejectReply { .. }
        | Verb::Other(_) => Ok(Trust::FetchFromOrigin),
    }
}

fn own_id(actor: &AbsoluteUrl, id: Option<&AbsoluteUrl>) -> Result<(), Rejected> {
    let id = id.ok_or(Rejected::NoObjectId)?;
    if id.has_host_of(actor) {
        Ok(())
    } else {
        Err(Rejected::NotOwner {
            actor: actor.clone(),
            object: id.clone(),
        })
    }
}

/// The object is on the actor's host, and so is everybody whom it names as its owner: PeerTube's
/// video names account and channel, and is sent by the account.
fn own_object(actor: &AbsoluteUrl, object: &Object) -> Result<Trust, Rejected> {
    own_id(actor, object.id())?;
    let Object::Embedded(embedded) = object else {
        return Ok(Trust::FetchFromOrigin);
    };
    match embedded
        .owners()
        .iter()
        .find(|owner| !owner.has_host_of(actor))
    {
        None => Ok(Trust::Embedded),
        Some(owner) => Err(Rejected::NotOwner {
            actor: actor.clone(),
            object: owner.clone(),
        }),
    }
}

/// Only what one did oneself can be undone.
fn undone(actor: &AbsoluteUrl, inner: &Inner) -> Result<Trust, Rejected> {
    match inner {
        Inner::Id(id) => own_id(actor, Some(id)).map(|()| Trust::FetchFromOrigin),
        Inner::Activity(activity) => {
            // Servers that never gave the activity an id still say whose it was.
            if activity.id.is_some() {
                own_id(actor, activity.id.as_ref())?;
            }
            if let Verb::Create(object) = &activity.verb {
                own_id(actor, object.id())?;
            }
            if activity.actor == *actor {
                Ok(Trust::Embedded)
            } else {
                Err(Rejected::NotOwner {
                    actor: actor.clone(),
                    object: activity.actor.clone(),
                })
            }
        }
    }
}

/// Only the actor that was to be followed can answer. By id alone, the caller has to compare with
/// the follow that it stored.
fn answered(actor: &AbsoluteUrl, inner: &Inner) -> Result<Trust, Rejected> {
    match inner {
        Inner::Id(_) => Ok(Trust::FetchFromOrigin),
        Inner::Activity(activity) => match &activity.verb {
            Verb::Follow(followed) if followed == actor => Ok(Trust::FetchFromOrigin),
            Verb::Follow(followed) => Err(Rejected::NotOwner {
                actor: actor.clone(),
                object: followed.clone(),
            }),
            _ => Ok(Trust::FetchFromOrigin),
        },
    }
}

/// A group may pass on what others did (FEP-1b12); it is believed only of its own host. The activity
/// inside then goes through [`authorise`] itself.
fn announced(group: &AbsoluteUrl, object: &Object) -> Trust {
    let own = |embedded: &Embedded| {
        let activity = embedded.activity().ok()??;
        let is_own = activity.actor.has_host_of(group);
        (is_own && authorise(&activity).is_ok()).then_some(())
    };
    match object {
        Object::Embedded(embedded) if own(embedded).is_some() => Trust::Embedded,
        Object::Embedded(_) | Object::Id(_) => Trust::FetchFromOrigin,
    }
}

#[cfg(test)]
mod tests;
