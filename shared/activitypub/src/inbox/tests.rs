//! The whole way of a delivery, and everything that must not get through.

use serde_json::{Value, json};

use super::{Authorised, Bounded, Claimed, KnownActor, Rejected, Trust, Unconfirmed, authorise};
use crate::AbsoluteUrl;
use crate::incoming::{Activity, PublicKey};
use crate::signature::{DigestError, Outgoing, RequestView, Scheme, Unsigned};

const NOW: i64 = 1_800_000_000;
const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n";
const ACTOR: &str = "https://m.example/users/a";

fn url(text: &str) -> AbsoluteUrl {
    AbsoluteUrl::parse(text).unwrap()
}

fn key() -> PublicKey {
    PublicKey {
        id: url("https://m.example/users/a#main-key"),
        owner: url(ACTOR),
        pem: PEM.to_owned(),
    }
}

/// As far as the signature; what RSA says is each test's own.
fn claimed(body: &Value, sent: Option<Vec<u8>>) -> Result<Claimed, Rejected> {
    let body = body.to_string().into_bytes();
    let inbox = url("https://us.example/inbox");
    let outgoing = Outgoing {
        method: "POST",
        url: &inbox,
        key_id: "https://m.example/users/a#main-key",
        now_unix_secs: NOW,
        body: Some(&body),
    };
    let headers = Unsigned::new(&outgoing, Scheme::Cavage)
        .unwrap()
        .headers(b"x");
    let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let view = RequestView {
        method: "POST",
        origin: "https://us.example",
        path_and_query: "/inbox",
        headers: &headers,
    };
    Bounded::new("application/activity+json", sent.unwrap_or(body))?
        .digest(&view)?
        .claim(&view, NOW + 1)
}

fn receive(body: &Value) -> Result<Authorised, Rejected> {
    let actor = url(ACTOR);
    let known = KnownActor {
        id: &actor,
        public_key_pem: PEM,
    };
    let signed = claimed(body, None)?
        .confirm(&key(), true)
        .map_err(|unconfirmed| unconfirmed.rejected)?;
    assert_eq!(signed.owner().as_str(), ACTOR);
    signed.by(&known)?.authorise()
}

fn activity(verb: &str, object: Value) -> Value {
    json!({"id": "https://m.example/1", "type": verb, "actor": ACTOR, "object": object})
}

fn note(id: &str, owner: &str) -> Value {
    json!({"type": "Note", "id": id, "attributedTo": owner, "content": "x"})
}

#[test]
fn what_an_actor_may_do() {
    let follow = json!({"type": "Follow", "id": "https://us.example/f/1", "actor": "https://us.example/a", "object": ACTOR});
    let like = json!({"type": "Like", "id": "https://m.example/2", "actor": ACTOR, "object": "https://us.example/v"});
    for (body, trust) in [
        (
            activity("Create", note("https://m.example/n", ACTOR)),
            Trust::Embedded,
        ),
        (
            activity("Create", json!("https://m.example/n")),
            Trust::FetchFromOrigin,
        ),
        (
            activity("Delete", json!("https://m.example/n")),
            Trust::FetchFromOrigin,
        ),
        (activity("Undo", like), Trust::Embedded),
        (
            activity("Undo", json!("https://m.example/2")),
            Trust::FetchFromOrigin,
        ),
        (activity("Accept", follow), Trust::FetchFromOrigin),
        (
            activity("Announce", json!("https://far.example/v")),
            Trust::FetchFromOrigin,
        ),
        (
            activity(
                "Announce",
                activity("Create", note("https://m.example/n", ACTOR)),
            ),
            Trust::Embedded,
        ),
        (
            activity("Follow", json!("https://us.example/a")),
            Trust::FetchFromOrigin,
        ),
    ] {
        assert_eq!(receive(&body).unwrap().trust(), trust, "{body}");
    }
}

#[test]
fn what_an_actor_may_not_do() {
    let victim = "https://victim.example/n";
    let foreign_like = json!({"type": "Like", "id": "https://m.example/2", "actor": "https://m.example/users/b", "object": "https://us.example/v"});
    let foreign_follow = json!({"type": "Follow", "id": "https://us.example/f/1", "actor": "https://us.example/a", "object": "https://m.example/users/b"});
    for (body, object) in [
        (activity("Delete", json!(victim)), victim),
        (activity("Update", note(victim, ACTOR)), victim),
        (
            activity("Create", note("https://m.example/n", victim)),
            victim,
        ),
        (
            activity("Update", json!({"type": "Person", "id": victim})),
            victim,
        ),
        (activity("Undo", json!(victim)), victim),
        (activity("Undo", foreign_like), "https://m.example/users/b"),
        (
            activity(
                "Undo",
                activity("Create", json!({"type": "CacheFile", "id": victim})),
            ),
            victim,
        ),
        (activity("Undo", activity("Create", json!(victim))), victim),
        (
            activity("Accept", foreign_follow),
            "https://m.example/users/b",
        ),
    ] {
        let rejected = receive(&body).unwrap_err();
        assert_eq!(
            rejected,
            Rejected::NotOwner {
                actor: url(ACTOR),
                object: url(object)
            },
            "{body}"
        );
        assert_eq!(rejected.status(), 403);
    }
    let mut foreign_id = activity("Follow", json!("https://us.example/a"));
    foreign_id["id"] = json!(victim);
    assert!(matches!(
        receive(&foreign_id),
        Err(Rejected::ForeignActivity { .. })
    ));
    assert_eq!(
        receive(&activity("Create", json!({"type": "Note"}))).unwrap_err(),
        Rejected::NoObjectId
    );
}

#[test]
fn announced_activities_of_other_hosts_are_fetched() {
    let far = json!({
        "id": "https://far.example/1", "type": "Create", "actor": "https://far.example/u",
        "object": note("https://far.example/n", "https://far.example/u")
    });
    let authorised = receive(&activity("Announce", far)).unwrap();
    assert_eq!(authorised.trust(), Trust::FetchFromOrigin);
    // On the group's host, but speaking for another.
    let forged = json!({
        "id": "https://m.example/9", "type": "Delete", "actor": "https://m.example/users/b",
        "object": "https://victim.example/n"
    });
    let authorised = receive(&activity("Announce", forged)).unwrap();
    assert_eq!(authorised.trust(), Trust::FetchFromOrigin);
}

#[test]
fn forwarded_activities_are_not_believed() {
    let mut body = activity(
        "Create",
        note("https://far.example/n", "https://far.example/u"),
    );
    body["actor"] = json!("https://far.example/u");
    let forwarded = |origin| Rejected::Forwarded {
        signer: url(ACTOR),
        actor: url("https://far.example/u"),
        origin,
    };
    let note = Some(url("https://far.example/n"));
    assert_eq!(receive(&body).unwrap_err(), forwarded(note.clone()));
    body["id"] = json!("https://far.example/1");
    assert_eq!(receive(&body).unwrap_err(), forwarded(note));
    body["type"] = json!("Like");
    assert_eq!(receive(&body).unwrap_err(), forwarded(None));
}

#[test]
fn bodies_keys_and_actors_have_to_belong_together() {
    let body = activity("Follow", json!("https://us.example/a"));
    let changed = claimed(&body, Some(b"{}".to_vec())).unwrap_err();
    assert_eq!(
        changed,
        Rejected::Digest(DigestError::Mismatch { header: "Digest" })
    );
    assert_eq!(changed.status(), 400);

    let Unconfirmed {
        rejected,
        claimed: again,
    } = *claimed(&body, None)
        .unwrap()
        .confirm(&key(), false)
        .unwrap_err();
    assert_eq!(rejected, Rejected::NotByKey { key: key().id });
    assert_eq!(rejected.status(), 401);
    // The key was fetched anew, and now it fits.
    assert!(again.confirm(&key(), true).is_ok());

    let other = PublicKey {
        id: url("https://m.example/users/b#main-key"),
        owner: url("https://m.example/users/b"),
        pem: PEM.to_owned(),
    };
    let unconfirmed = claimed(&body, None)
        .unwrap()
        .confirm(&other, true)
        .unwrap_err();
    assert!(matches!(unconfirmed.rejected, Rejected::OtherKey { .. }));
    let foreign = PublicKey {
        owner: url("https://victim.example/u"),
        ..key()
    };
    let unconfirmed = claimed(&body, None)
        .unwrap()
        .confirm(&foreign, true)
        .unwrap_err();
    assert!(matches!(unconfirmed.rejected, Rejected::NotByKey { .. }));

    // A key that somebody laid on the actor's host, but that its document does not hold.
    let actor = url(ACTOR);
    for known in [
        KnownActor {
            id: &actor,
            public_key_pem: "-----BEGIN PUBLIC KEY-----\nAAAA",
        },
        KnownActor {
            id: &url("https://m.example/users/b"),
            public_key_pem: PEM,
        },
    ] {
        let signed = claimed(&body, None).unwrap().confirm(&key(), true).unwrap();
        assert!(matches!(
            signed.by(&known),
            Err(Rejected::OtherActor { .. })
        ));
    }
}

#[test]
fn types_and_sizes() {
    let rejected = Bounded::new("application/json", b"{}".to_vec()).unwrap_err();
    assert_eq!(rejected.status(), 415);
    let rejected = Bounded::new("application/ld+json", vec![b' '; 1 << 20]).unwrap_err();
    assert_eq!(rejected.status(), 413);
    let rejected = Bounded::new("application/activity+json", vec![b'['; 100]).unwrap_err();
    assert_eq!(rejected.status(), 400);
}

#[test]
fn actors_that_delete_themselves_are_seen_before_their_key_is_fetched() {
    assert!(
        claimed(&activity("Delete", json!(ACTOR)), None)
            .unwrap()
            .is_deletion_of_self()
    );
    assert!(
        !claimed(&activity("Delete", json!("https://m.example/n")), None)
            .unwrap()
            .is_deletion_of_self()
    );
    assert!(
        !claimed(&activity("Follow", json!(ACTOR)), None)
            .unwrap()
            .is_deletion_of_self()
    );
}

#[test]
fn fetched_activities_follow_the_same_rules() {
    let body = activity("Delete", json!("https://victim.example/n"));
    let fetched = Activity::parse(body.to_string().as_bytes()).unwrap();
    assert!(matches!(
        authorise(&fetched),
        Err(Rejected::NotOwner { .. })
    ));
}
