//! Shapes that servers send. Typed from their documentation, their sources and observed traffic,
//! with names and texts of our own.

mod received;
mod videos;

use serde_json::{Value, json};

use super::{
    Activity, IncomingError, Inner, Object, RemoteActor, RemoteNote, Verb, find_key,
    parse_document, verify_origin,
};
use crate::AbsoluteUrl;
use crate::limits::MAX_ADDRESSEES;

fn url(text: &str) -> AbsoluteUrl {
    AbsoluteUrl::parse(text).unwrap()
}

fn read(value: &Value) -> Activity {
    Activity::parse(value.to_string().as_bytes()).unwrap()
}

fn error(value: &Value) -> IncomingError {
    Activity::parse(value.to_string().as_bytes()).unwrap_err()
}

#[test]
fn peertube_announces_without_context() {
    let activity = read(&json!({
        "type": "Announce",
        "id": "http://127.0.0.1:9002/videos/watch/997111d4-e8d8-4f45-99d3-857905785d05/announces/1",
        "actor": "http://127.0.0.1:9002/accounts/peertube",
        "object": "http://127.0.0.1:9002/videos/watch/997111d4-e8d8-4f45-99d3-857905785d05",
        "to": ["https://www.w3.org/ns/activitystreams#Public", "http://127.0.0.1:9002/accounts/peertube/followers"],
        "cc": []
    }));
    let video = url("http://127.0.0.1:9002/videos/watch/997111d4-e8d8-4f45-99d3-857905785d05");
    assert_eq!(activity.verb, Verb::Announce(Object::Id(video)));
    assert!(activity.audience.is_listed());
    assert!(
        activity
            .audience
            .names("http://127.0.0.1:9002/accounts/peertube/followers")
    );
}

#[test]
fn peertube_creates_a_video_and_counts_viewers() {
    for attributed_to in [
        json!([{"type": "Person", "id": "https://p.example/accounts/a"}, {"type": "Group", "id": "https://p.example/video-channels/c"}]),
        json!([
            "https://p.example/accounts/a",
            "https://p.example/video-channels/c"
        ]),
        json!("https://p.example/accounts/a"),
    ] {
        let activity = read(&json!({
            "@context": ["https://www.w3.org/ns/activitystreams", {"pt": "https://joinpeertube.org/ns#"}],
            "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": ["https://p.example/accounts/a/followers"],
            "type": "Create", "id": "https://p.example/videos/watch/u/activity", "actor": "https://p.example/accounts/a",
            "object": {"type": "Video", "id": "https://p.example/videos/watch/u", "attributedTo": attributed_to, "pt:new": 1},
            "signature": {"type": "RsaSignature2017", "creator": "https://p.example/accounts/a", "signatureValue": "x"}
        }));
        let Verb::Create(Object::Embedded(video)) = activity.verb else {
            panic!()
        };
        assert!(video.is("Video") && !video.is("Note"));
        assert_eq!(video.owners()[0], url("https://p.example/accounts/a"));
        assert_eq!(video.raw["pt:new"], 1);
    }
    let view = read(&json!({
        "to": [], "cc": [], "id": "https://p.example/accounts/peertube/views/videos/1/x", "type": "View",
        "actor": "https://p.example/accounts/peertube", "object": "https://us.example/videos/watch/u",
        "expires": "2026-01-01T00:00:00.000Z",
        "result": {"interactionType": "WatchAction", "type": "InteractionCounter", "userInteractionCount": 7}
    }));
    assert_eq!(
        view.verb,
        Verb::View {
            object: url("https://us.example/videos/watch/u"),
            viewers: Some(7),
            expires_unix_ms: Some(1_767_225_600_000),
        }
    );
}

#[test]
fn mastodon_follows_undoes_likes_and_deletes() {
    let follow = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "https://m.example/1f0-ab", "type": "Follow", "actor": "https://m.example/users/a",
        "object": "https://us.example/video-channels/c"
    });
    let channel = url("https://us.example/video-channels/c");
    assert_eq!(read(&follow).verb, Verb::Follow(channel));
    let undo = read(&json!({
        "id": "https://m.example/users/a#follows/1/undo", "type": "Undo",
        "actor": "https://m.example/users/a", "object": follow
    }));
    let Verb::Undo(Inner::Activity(inner)) = undo.verb else {
        panic!()
    };
    assert_eq!(inner.id, Some(url("https://m.example/1f0-ab")));
    let like = read(&json!({
        "id": "https://m.example/users/a#likes/9", "type": "Like", "actor": "https://m.example/users/a",
        "object": "https://us.example/videos/watch/u"
    }));
    assert_eq!(
        like.verb,
        Verb::Like(url("https://us.example/videos/watch/u"))
    );
    let delete = read(&json!({
        "id": "https://m.example/users/a/statuses/5#delete", "type": "Delete", "actor": "https://m.example/users/a",
        "to": "https://www.w3.org/ns/activitystreams#Public",
        "object": {"id": "https://m.example/users/a/statuses/5", "type": "Tombstone", "atomUri": "x"}
    }));
    assert!(delete.audience.is_public());
    let Verb::Delete(object) = delete.verb else {
        panic!()
    };
    assert_eq!(
        object.id(),
        Some(&url("https://m.example/users/a/statuses/5"))
    );
}

#[test]
fn mastodon_replies_with_a_note() {
    let activity = read(&json!({
        "id": "https://m.example/users/a/statuses/5/activity", "type": "Create", "actor": "https://m.example/users/a",
        "published": "2026-01-02T03:04:05Z",
        "to": ["https://m.example/users/a/followers"], "cc": ["as:Public"],
        "object": {
            "id": "https://m.example/users/a/statuses/5", "type": "Note", "summary": null,
            "inReplyTo": "https://us.example/videos/watch/u", "published": "2026-01-02T03:04:05Z",
            "url": "https://m.example/@a/5", "attributedTo": "https://m.example/users/a",
            "to": "https://m.example/users/a/followers", "cc": "as:Public", "sensitive": false,
            "content": "<p>Hello</p>", "contentMap": {"en": "<p>Hello</p>"}, "attachment": [],
            "tag": [{"type": "Mention", "href": "https://us.example/accounts/b", "name": "@b@us.example"},
                    {"type": "Hashtag", "href": "https://m.example/tags/x", "name": "#x"}],
            "replies": {"type": "Collection"}
        }
    }));
    assert!(activity.audience.is_public() && !activity.audience.is_listed());
    let Verb::Create(Object::Embedded(object)) = activity.verb else {
        panic!()
    };
    let note = RemoteNote::from_members(object.raw).unwrap();
    assert_eq!(note.content, "<p>Hello</p>");
    assert!(!note.is_markdown && note.audience.is_public());
    assert_eq!(
        note.in_reply_to,
        Some(url("https://us.example/videos/watch/u"))
    );
    assert_eq!(note.published_unix_ms, Some(1_767_323_045_000));
    assert_eq!(note.page_url, Some(url("https://m.example/@a/5")));
    assert_eq!(note.mentions.len(), 1);
}

#[test]
fn pleroma_and_misskey_variants() {
    let pleroma = read(&json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://pl.example/schemas/litepub-0.1.jsonld", {"@language": "und"}],
        "actor": {"id": "https://pl.example/users/a", "type": "Person"}, "type": ["Like"],
        "context": "https://pl.example/contexts/1", "directMessage": false,
        "id": "https://pl.example/activities/1", "object": {"id": "https://us.example/videos/watch/u", "type": "Video"},
        "to": "Public", "cc": null
    }));
    assert_eq!(pleroma.actor, url("https://pl.example/users/a"));
    assert_eq!(
        pleroma.verb,
        Verb::Like(url("https://us.example/videos/watch/u"))
    );
    assert!(pleroma.audience.is_public());
    assert_eq!(pleroma.raw["context"], "https://pl.example/contexts/1");
    let reaction = json!({
        "type": "EmojiReact", "actor": "https://pl.example/users/a", "content": "x",
        "object": "https://us.example/videos/watch/u", "id": "https://pl.example/activities/2"
    });
    assert_eq!(read(&reaction).verb, Verb::Other("EmojiReact".to_owned()));
    let misskey = read(&json!({
        "type": "Like", "id": "https://mk.example/likes/9", "actor": "https://mk.example/users/9",
        "object": "https://us.example/videos/watch/u", "content": ":x:", "_misskey_reaction": ":x:"
    }));
    assert_eq!(misskey.raw["_misskey_reaction"], ":x:");
    let accept = read(&json!({
        "type": "Accept", "actor": "https://mk.example/users/9", "object": "https://us.example/accounts/a/follows/3"
    }));
    assert_eq!(accept.id, None);
    assert_eq!(
        accept.verb,
        Verb::Accept(Inner::Id(url("https://us.example/accounts/a/follows/3")))
    );
}

#[test]
fn lemmy_passes_activities_on() {
    let activity = read(&json!({
        "actor": "http://l.example/c/main", "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "object": {
            "actor": "http://l.example/u/a", "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "object": {"type": "Page", "id": "http://l.example/post/7", "attributedTo": "http://l.example/u/a",
                       "name": "post", "published": "2021-11-01T12:11:22.871846+00:00"},
            "cc": ["http://l.example/c/main"], "type": "Create", "id": "http://l.example/activities/create/2"
        },
        "cc": ["http://l.example/c/main/followers"], "type": "Announce", "id": "http://l.example/activities/announce/8"
    }));
    let Verb::Announce(Object::Embedded(embedded)) = activity.verb else {
        panic!()
    };
    let inner = embedded.activity().unwrap().unwrap();
    assert_eq!(inner.actor, url("http://l.example/u/a"));
    assert!(matches!(inner.verb, Verb::Create(Object::Embedded(page)) if page.is("Page")));
}

#[test]
fn nesting_ends() {
    let mut activity =
        json!({"type": "Like", "actor": "https://a.example/u", "object": "https://a.example/o"});
    for depth in 1..=4 {
        activity = json!({"type": "Undo", "actor": "https://a.example/u", "object": activity});
        let read = Activity::parse(activity.to_string().as_bytes());
        assert_eq!(read.is_ok(), depth < 3, "{depth}");
    }
    assert_eq!(error(&activity), IncomingError::Nesting);
}

#[test]
fn what_is_no_activity_is_refused() {
    let id = "https://a.example/1";
    for (value, expected) in [
        (json!([]), IncomingError::NotAnObject),
        (
            json!({"type": "Like", "object": id}),
            IncomingError::Member { member: "actor" },
        ),
        (
            json!({"type": "Like", "actor": "acct:a@b", "object": id}),
            IncomingError::Member { member: "actor" },
        ),
        (
            json!({"actor": id, "object": id}),
            IncomingError::Member { member: "type" },
        ),
        (
            json!({"type": "Like", "actor": id}),
            IncomingError::Member { member: "object" },
        ),
        (
            json!({"type": "Create", "actor": id, "object": 1}),
            IncomingError::Member { member: "object" },
        ),
        (
            json!({"type": "Create", "actor": id, "object": {"id": "/x"}}),
            IncomingError::Member {
                member: "object.id",
            },
        ),
        (
            json!({"type": "Like", "actor": id, "object": id, "id": "urn:x"}),
            IncomingError::Member { member: "id" },
        ),
        (
            json!({"type": "Flag", "actor": id, "object": []}),
            IncomingError::Member { member: "object" },
        ),
    ] {
        assert_eq!(error(&value), expected, "{value}");
    }
    assert_eq!(Activity::parse(b"{\"a\":"), Err(IncomingError::NotJson));
    assert_eq!(Activity::parse(b"\xff"), Err(IncomingError::NotJson));
    let many: Vec<String> = (0..MAX_ADDRESSEES + 5)
        .map(|n| format!("https://a.example/{n}"))
        .collect();
    let crowd = read(&json!({"type": "Like", "actor": id, "object": id, "to": many}));
    assert_eq!(crowd.audience.to.len(), MAX_ADDRESSEES);
}

const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n";

fn actor_document() -> Value {
    json!({
        "id": "https://m.example/users/a", "type": "Person", "preferredUsername": "a", "name": "A",
        "inbox": "https://m.example/users/a/inbox", "outbox": "https://m.example/users/a/outbox",
        "followers": "https://m.example/users/a/followers", "url": "https://m.example/@a",
        "endpoints": {"sharedInbox": "https://m.example/inbox"},
        "icon": [{"type": "Image", "width": 48, "url": "https://m.example/48.jpg"},
                 {"type": "Image", "width": 120, "url": "https://m.example/120.jpg"}],
        "published": "2020-01-01T00:00:00Z",
        "publicKey": {"id": "https://m.example/users/a#main-key", "owner": "https://m.example/users/a", "publicKeyPem": PEM}
    })
}

fn members(value: &Value) -> super::Members {
    parse_document(value.to_string().as_bytes()).unwrap()
}

#[test]
fn actors_and_their_keys() {
    let actor = RemoteActor::from_members(members(&actor_document())).unwrap();
    assert_eq!(actor.shared_inbox, Some(url("https://m.example/inbox")));
    assert_eq!(actor.avatar_url, Some(url("https://m.example/120.jpg")));
    assert_eq!(actor.page_url, Some(url("https://m.example/@a")));
    assert_eq!(actor.public_key.unwrap().pem, PEM);

    let document = members(&actor_document());
    let main_key = url("https://m.example/users/a#main-key");
    assert_eq!(find_key(&document, &main_key).unwrap().id, main_key);
    // PeerTube names the actor.
    assert_eq!(
        find_key(&document, &url("https://m.example/users/a"))
            .unwrap()
            .id,
        main_key
    );
    assert_eq!(find_key(&document, &url("https://m.example/users/b")), None);

    // GoToSocial serves a stub of the actor.
    let stub = members(&json!({
        "id": "https://g.example/users/a", "type": "Person", "preferredUsername": "a",
        "publicKey": {"id": "https://g.example/users/a/main-key", "owner": "https://g.example/users/a", "publicKeyPem": PEM}
    }));
    let key_id = url("https://g.example/users/a/main-key");
    assert_eq!(
        find_key(&stub, &key_id).unwrap().owner,
        url("https://g.example/users/a")
    );
    let alone = members(
        &json!({"id": key_id.as_str(), "owner": "https://g.example/users/a", "publicKeyPem": PEM}),
    );
    assert!(find_key(&alone, &key_id).is_some());
    let foreign = members(
        &json!({"id": key_id.as_str(), "owner": "https://victim.example/users/a", "publicKeyPem": PEM}),
    );
    assert_eq!(find_key(&foreign, &key_id), None);
}

#[test]
fn actors_that_cannot_be_used() {
    for (member, value) in [
        ("inbox", json!("https://other.example/inbox")),
        ("preferredUsername", json!("a/b")),
        ("preferredUsername", json!("")),
        ("type", json!("Note")),
        ("id", json!("a")),
    ] {
        let mut document = actor_document();
        document[member] = value;
        assert_eq!(
            RemoteActor::from_members(members(&document)).unwrap_err(),
            IncomingError::Member { member }
        );
    }
    // A shared inbox elsewhere would make us send everything there.
    let mut document = actor_document();
    document["endpoints"]["sharedInbox"] = json!("https://other.example/inbox");
    assert_eq!(
        RemoteActor::from_members(members(&document))
            .unwrap()
            .shared_inbox,
        None
    );
}

#[test]
fn documents_speak_for_the_host_that_served_them() {
    let document = members(&actor_document());
    assert!(verify_origin(&document, &url("https://m.example/@a")).is_ok());
    assert!(matches!(
        verify_origin(&document, &url("https://evil.example/users/a")),
        Err(IncomingError::ForeignId { .. })
    ));
}

mod properties {
    use proptest::prelude::{any, prop, proptest};

    use super::{Activity, actor_document};
    use crate::incoming::{RemoteActor, RemoteNote, parse_document};

    proptest! {
        #[test]
        fn mutated_documents_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let note = r#"{"type":"Create","id":"https://a.example/1","actor":["https://a.example/u"],"to":"as:Public","object":{"type":"Note","id":"https://a.example/n","attributedTo":"https://a.example/u","content":"x","tag":[{"type":"Mention","href":"https://b.example/"}],"url":[{"mediaType":"text/html","href":"https://a.example/n"}]}}"#;
            for text in [note.to_owned(), actor_document().to_string()] {
                let mut bytes = text.into_bytes();
                let at = at.index(bytes.len());
                bytes[at] = byte;
                let _ = Activity::parse(&bytes);
                if let Ok(members) = parse_document(&bytes) {
                    let _ = RemoteActor::from_members(members.clone());
                    let _ = RemoteNote::from_members(members);
                }
            }
        }
    }
}
