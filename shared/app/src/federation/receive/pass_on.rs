//! What others say about videos of ours, passed on as it came to those who follow the video, as PeerTube does.
//!
//! Nobody there would believe us: only what carries its sender's own linked-data signature is passed on, and whoever
//! hears it checks that.

use activitypub::incoming::{Activity, Inner, Members, Object, RemoteNote, Verb};
use ports::{Platform, Statement};
use store::federation::incoming_comment::{self, PassedOn};

use super::{Received, comments};
use crate::federation::outgoing;

/// Largest activity that is passed on, in bytes: PeerTube's have two thousand.
const MAX_PASSED_ON_BYTES: usize = 16 * 1024;

/// Whether it may come to be passed on, and so has to be kept with its context and signature.
pub(in crate::federation) fn is_possible(activity: &Activity) -> bool {
    let is_passed_on = match &activity.verb {
        Verb::Create(Object::Embedded(object)) | Verb::Update(Object::Embedded(object)) => {
            let kind = object.raw.get("type").and_then(|kind| kind.as_str());
            matches!(kind, Some("Note" | "CacheFile"))
        }
        Verb::Delete(_) => true,
        Verb::Undo(Inner::Activity(undone)) => matches!(undone.verb, Verb::Create(_)),
        _ => false,
    };
    is_passed_on && is_signed_by(&activity.raw, activity.actor.as_str())
}

/// Whether there is a signature as PeerTube checks it, in the actor's name. It is for others to check.
fn is_signed_by(raw: &Members, actor_url: &str) -> bool {
    let Some(signature) = raw.get("signature") else {
        return false;
    };
    let text = |name: &str| signature.get(name).and_then(|value| value.as_str());
    // PeerTube names the actor, Mastodon its key.
    let creator = text("creator").and_then(|creator| creator.split('#').next());
    text("type") == Some("RsaSignature2017")
        && creator == Some(actor_url)
        && text("signatureValue").is_some()
}

/// The activity's JSON, if it can be passed on.
pub(super) fn text(received: &Received<'_>) -> Option<String> {
    let raw = &received.activity.raw;
    if !is_signed_by(raw, &received.actor.url) || received.id().is_none() {
        return None;
    }
    let json = serde_json::to_string(raw).ok();
    json.filter(|json| json.len() <= MAX_PASSED_ON_BYTES)
}

/// A comment below a video of ours, to go behind the statement that stores it. Changes are told together, the last
/// one of some minutes, so that nobody has us write to everybody all day.
pub(super) fn comment<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    note: &RemoteNote,
) -> Vec<Statement> {
    let Some(activity) = text(received) else {
        return Vec::new();
    };
    let is_lazy = matches!(received.activity.verb, Verb::Update(_));
    let said = PassedOn {
        url: note.id.as_str(),
        verb: if is_lazy { "Update" } else { "Create" },
        activity: &activity,
        is_lazy,
    };
    let now = platform.now();
    let (_, updated_at) = comments::times(note, now);
    let until = now.plus_ms(outgoing::TRIED_FOR_MS);
    incoming_comment::pass_on_version(said, updated_at, now, until).into()
}

/// That a comment is gone, to go before the statement that deletes it.
pub(super) fn deleted_comment(received: &Received<'_>, url: &str) -> Option<Statement> {
    let activity = text(received)?;
    Some(incoming_comment::pass_on(PassedOn {
        url,
        verb: "Delete",
        activity: &activity,
        is_lazy: false,
    }))
}
