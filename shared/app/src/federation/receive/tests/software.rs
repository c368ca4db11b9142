//! What real servers send, acted upon. Where it is from, each folder says.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::world::{OURS, World};

/// A document; PeerTube's were recorded on loopback, and ours is meant where they name their peer.
fn document(software: &str, name: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../activitypub/tests/vectors/received");
    let text = fs::read_to_string(root.join(software).join(name)).unwrap();
    serde_json::from_str(
        &text
            .replace("http://127.0.0.1:9101", "https://a.test")
            .replace("http://127.0.0.1:9102", "https://b.test"),
    )
    .unwrap()
}

/// Likes, shares, followers, and the words of comments that are left.
fn seen(world: &World) -> Vec<String> {
    world.dump(
        "SELECT v.likes||' '||(SELECT count(*) FROM video_share)||' '||(SELECT count(*) FROM follow)||' '||
         coalesce((SELECT group_concat(text) FROM comment WHERE deleted_at_unix_ms IS NULL),'-')
         FROM video v WHERE v.id=1",
    )
}

fn acts(software: &str, steps: &[(&str, &str)]) {
    let world = World::new();
    world.serve(&document(software, "actor.json"));
    for (name, expected) in steps {
        let activity = document(software, name);
        // At least once, as queues do.
        world.receive(&activity);
        world.receive(&activity);
        assert_eq!(seen(&world), [*expected], "{software} {name}");
    }
}

#[test]
fn mastodon() {
    acts(
        "mastodon-4",
        &[
            ("follow.json", "0 0 1 -"),
            ("create.json", "0 0 1 @ada well made"),
            ("like.json", "1 0 1 @ada well made"),
            ("announce.json", "1 1 1 @ada well made"),
            ("update.json", "1 1 1 very well made"),
            ("undo-like.json", "0 1 1 very well made"),
            ("undo-announce.json", "0 0 1 very well made"),
            ("undo-follow.json", "0 0 0 very well made"),
            ("delete.json", "0 0 0 -"),
            ("delete-actor.json", "0 0 0 -"),
        ],
    );
}

#[test]
fn lemmy() {
    let world = World::new();
    for name in ["actor.json", "group.json", "note.json"] {
        world.serve(&document("lemmy-0.19", name));
    }
    world.gone("https://lemmy.test/c/films/moderators");
    for (name, expected) in [
        ("announce-create.json", "0 0 0 good point"),
        ("create.json", "0 0 0 good point"),
        // A vote that a group passes on cannot be read at its origin.
        ("announce-like.json", "0 0 0 good point"),
        ("like.json", "1 0 0 good point"),
        ("follow.json", "1 0 1 good point"),
        ("undo-follow.json", "1 0 0 good point"),
        ("delete.json", "1 0 0 -"),
    ] {
        world.receive(&document("lemmy-0.19", name));
        assert_eq!(seen(&world), [expected], "{name}");
    }
}

#[test]
fn pleroma() {
    acts(
        "pleroma-2",
        &[
            ("follow.json", "0 0 1 -"),
            ("create.json", "0 0 1 @ada nice :)"),
            ("like.json", "1 0 1 @ada nice :)"),
            ("emoji-react.json", "1 0 1 @ada nice :)"),
            ("announce.json", "1 1 1 @ada nice :)"),
            ("undo-like.json", "0 1 1 @ada nice :)"),
            ("delete.json", "0 1 1 -"),
        ],
    );
}

#[test]
fn gotosocial() {
    acts(
        "gotosocial-0.17",
        &[
            ("follow.json", "0 0 1 -"),
            ("create.json", "0 0 1 from gus"),
            ("like.json", "1 0 1 from gus"),
            ("announce.json", "1 1 1 from gus"),
            ("undo-follow.json", "1 1 0 from gus"),
            ("delete.json", "1 1 0 -"),
        ],
    );
}

#[test]
fn misskey() {
    let world = World::new();
    let instance = super::world::actor(
        "Service",
        "https://misskey.test/users/instance.actor",
        "instance.actor",
    );
    world.serve(&instance);
    world.receive(&document("misskey-2024", "flag.json"));
    assert_eq!(
        world.dump("SELECT kind||' '||reason FROM abuse"),
        ["video spam"]
    );
    acts(
        "misskey-2024",
        &[
            ("follow.json", "0 0 1 -"),
            ("create.json", "0 0 1 @ada@video.test sugoi"),
            ("like.json", "1 0 1 @ada@video.test sugoi"),
            ("announce.json", "1 1 1 @ada@video.test sugoi"),
            ("undo-like.json", "0 1 1 @ada@video.test sugoi"),
            ("delete.json", "0 1 1 -"),
        ],
    );
}

#[test]
fn peertube() {
    let world = World::new();
    let software = "peertube-6.3";
    let mut ada = document(software, "account.json");
    for name in [
        "id",
        "inbox",
        "outbox",
        "followers",
        "following",
        "preferredUsername",
        "publicKey",
        "endpoints",
    ] {
        let text = ada[name].to_string().replace("anna", "ada");
        ada[name] = serde_json::from_str(&text).unwrap();
    }
    world.serve(&ada);
    let mut channel = document(software, "channel.json");
    let text = channel
        .to_string()
        .replace("anna_c", "root_channel")
        .replace("anna", "ada");
    channel = serde_json::from_str(&text).unwrap();
    world.serve(&channel);
    world.serve(&document(software, "instance.json"));
    world.follow(
        "https://video.test/accounts/peertube",
        "https://a.test/accounts/peertube",
        "accepted",
    );

    let create = document(software, "create-video-by-account.json");
    world.serve(&create["object"]);
    for name in ["likes", "dislikes", "comments"] {
        world.gone(create["object"][name].as_str().unwrap());
    }
    for _ in 0..2 {
        world.receive(&create);
    }
    let video = "SELECT v.name||' in '||c.name FROM video v JOIN channel c ON c.id=v.channel_id WHERE v.id<>1";
    assert_eq!(
        world.dump(video),
        [format!(
            "{} in root_channel@a.test",
            create["object"]["name"].as_str().unwrap()
        )]
    );

    // Its peer's likes, of which each has the video that was liked then; ours is meant.
    let b_ada: Value = serde_json::from_str(&ada.to_string().replace("a.test", "b.test")).unwrap();
    world.serve(&b_ada);
    for (name, likes) in [
        ("like-by-account.json", "1"),
        ("undo-like-by-account.json", "0"),
        ("dislike-by-account.json", "0"),
    ] {
        let activity = document(software, name);
        let liked = match activity["type"].as_str() {
            Some("Undo") => activity["object"]["object"].as_str().unwrap().to_owned(),
            _ => activity["object"].as_str().unwrap().to_owned(),
        };
        let text = activity.to_string().replace(&liked, OURS);
        world.receive(&serde_json::from_str(&text).unwrap());
        assert_eq!(
            world.dump("SELECT likes FROM video WHERE id=1"),
            [likes],
            "{name}"
        );
    }
    assert_eq!(world.dump("SELECT dislikes FROM video WHERE id=1"), ["1"]);
}
