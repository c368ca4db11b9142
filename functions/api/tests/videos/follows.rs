//! Follows of the instance and subscriptions of people.

use http::StatusCode;
use ports::{Crypto, Platform};
use serde_json::json;
use testkit::{TestPlatform, typed_response};

use crate::fixture::{add_video, ask, get, get_as, instance, request, run, send};
use crate::remote_fixture::{add_far_channel, add_far_video};

const SUBSCRIPTIONS: &str = "/api/v1/users/me/subscriptions";
const FOLLOWING: &str = "/api/v1/server/following";
const FOLLOWERS: &str = "/api/v1/server/followers";

fn subscribe(platform: &TestPlatform, user: &str, handle: &str) -> StatusCode {
    send(
        platform,
        "POST",
        SUBSCRIPTIONS,
        user,
        &json!({ "uri": handle }),
    )
    .status
}

fn accept_all(platform: &TestPlatform) {
    run(
        platform,
        "UPDATE follow SET state = 'accepted' WHERE state = 'pending'",
        vec![],
    );
}

#[test]
fn a_channel_here_is_followed_at_once_and_counts() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    add_video(&platform, 2, "bob", "Two");
    assert_eq!(
        subscribe(&platform, "bob", "ada_channel"),
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        subscribe(&platform, "bob", "ada_channel@video.test"),
        StatusCode::NO_CONTENT,
        "twice is once"
    );
    let list = get_as(&platform, "bob", SUBSCRIPTIONS);
    assert_eq!(list.names(), ["ada_channel"]);
    assert_eq!(list.json["total"], 1);
    assert_eq!(list.json["data"][0]["followersCount"], 1);
    assert_eq!(
        get(&platform, "/api/v1/accounts/bob").json["followingCount"],
        1
    );
    let videos = get_as(&platform, "bob", &format!("{SUBSCRIPTIONS}/videos"));
    assert_eq!(videos.names(), ["One"]);
    assert_eq!(videos.json["total"], 1);
    let exist = get_as(
        &platform,
        "bob",
        &format!("{SUBSCRIPTIONS}/exist?uris=ada_channel@video.test&uris=bob_channel"),
    );
    assert_eq!(
        exist.json,
        json!({ "ada_channel@video.test": true, "bob_channel": false })
    );
    let one = get_as(&platform, "bob", &format!("{SUBSCRIPTIONS}/ada_channel"));
    assert_eq!(one.json["displayName"], "ADA channel");

    let ended = send(
        &platform,
        "DELETE",
        &format!("{SUBSCRIPTIONS}/ada_channel"),
        "bob",
        &json!({}),
    );
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    let again = send(
        &platform,
        "DELETE",
        &format!("{SUBSCRIPTIONS}/ada_channel"),
        "bob",
        &json!({}),
    );
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let channel = get(&platform, "/api/v1/video-channels/ada_channel").json;
    assert_eq!(channel["followersCount"], 0);
    assert_eq!(
        get_as(&platform, "bob", SUBSCRIPTIONS).names(),
        Vec::<&str>::new()
    );
}

#[test]
fn a_channel_elsewhere_is_followed_once_its_server_says_so() {
    let platform = instance();
    add_far_channel(&platform);
    add_far_video(&platform, 5, "Far");
    assert_eq!(
        subscribe(&platform, "ada", "films@far.example"),
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        get_as(&platform, "ada", SUBSCRIPTIONS).json["total"],
        0,
        "pending"
    );
    accept_all(&platform);
    assert_eq!(get_as(&platform, "ada", SUBSCRIPTIONS).names(), ["films"]);
    assert_eq!(
        get_as(&platform, "ada", &format!("{SUBSCRIPTIONS}/videos?count=5")).names(),
        ["Far"]
    );
    assert_eq!(
        get_as(&platform, "bob", &format!("{SUBSCRIPTIONS}/videos")).json["total"],
        0
    );
    let found = get_as(&platform, "ada", &format!("{SUBSCRIPTIONS}?search=FAR"));
    assert_eq!(found.json["total"], 1);
    let channel = get(&platform, "/api/v1/video-channels/films@far.example").json;
    assert_eq!(channel["followersCount"], 70, "as its own server counts");
}

#[test]
fn what_cannot_be_followed_is_named() {
    let platform = instance();
    add_far_channel(&platform);
    for (handle, expected) in [
        ("nobody", StatusCode::NOT_FOUND),
        ("ada@far.example", StatusCode::BAD_REQUEST),
        ("films@down.example", StatusCode::SERVICE_UNAVAILABLE),
        ("", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(subscribe(&platform, "ada", handle), expected, "{handle}");
    }
    let anonymous = ask(
        &platform,
        request("GET", SUBSCRIPTIONS, None, ports::Body::Empty),
    );
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED);
    for path in ["?sort=name", "/exist", "/exist?uris="] {
        let answer = get_as(&platform, "ada", &format!("{SUBSCRIPTIONS}{path}"));
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
    }
}

/// `far.example` with a NodeInfo that names its actor.
fn serve_far(platform: &TestPlatform) {
    platform
        .http
        .serve("https://far.example/.well-known/nodeinfo", |_| {
            typed_response(
                "application/json",
                br#"{"links":[{"rel":"https://www.w3.org/ns/activitystreams#Application",
                "href":"https://far.example/accounts/peertube"}]}"#,
            )
        });
    let pem = public_key();
    platform.http.serve_document(
        "https://far.example/accounts/peertube",
        &json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Application",
            "id": "https://far.example/accounts/peertube", "preferredUsername": "peertube",
            "inbox": "https://far.example/accounts/peertube/inbox",
            "outbox": "https://far.example/accounts/peertube/outbox",
            "endpoints": { "sharedInbox": "https://far.example/inbox" },
            "publicKey": { "id": "https://far.example/accounts/peertube#main-key",
                "owner": "https://far.example/accounts/peertube", "publicKeyPem": pem }
        })
        .to_string(),
    );
}

/// A public key: its value matters to nobody here.
fn public_key() -> String {
    let platform = TestPlatform::new();
    let pair = testkit::block_on(platform.crypto().generate_rsa_key());
    pair.unwrap().public_key_pem
}

#[test]
fn the_instance_follows_a_server_by_its_host() {
    let platform = instance();
    serve_far(&platform);
    let body = json!({ "hosts": ["far.example"] });
    let refused = send(&platform, "POST", FOLLOWING, "mo", &body);
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let followed = send(&platform, "POST", FOLLOWING, "root", &body);
    assert_eq!(followed.status, StatusCode::NO_CONTENT, "{}", followed.json);
    let list = get(&platform, FOLLOWING).json;
    assert_eq!(list["total"], 1);
    let follow = &list["data"][0];
    assert_eq!(follow["state"], "pending");
    assert_eq!(follow["follower"]["name"], "peertube");
    assert_eq!(follow["follower"]["host"], "video.test");
    assert_eq!(follow["following"]["host"], "far.example");
    assert_eq!(
        follow["following"]["url"],
        "https://far.example/accounts/peertube"
    );
    for (query, total) in [
        ("state=pending", 1),
        ("state=accepted", 0),
        ("actorType=Application", 1),
        ("actorType=Group", 0),
        ("search=FAR", 1),
        ("search=near", 0),
        ("sort=state&count=0", 1),
    ] {
        let list = get(&platform, &format!("{FOLLOWING}?{query}")).json;
        assert_eq!(list["total"], total, "{query}");
    }
    accept_all(&platform);
    assert_eq!(
        get(&platform, "/api/v1/server/stats").json["totalInstanceFollowing"],
        1
    );
    let path = format!("{FOLLOWING}/far.example");
    let ended = send(&platform, "DELETE", &path, "root", &json!({}));
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(get(&platform, FOLLOWING).json["total"], 0);
    let again = send(&platform, "DELETE", &path, "root", &json!({}));
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[test]
fn the_instance_follows_single_actors_and_asks_the_silent_again() {
    let platform = instance();
    add_far_channel(&platform);
    let body = json!({ "handles": ["films@far.example"], "hosts": ["down.example"] });
    let followed = send(&platform, "POST", FOLLOWING, "root", &body);
    assert_eq!(followed.status, StatusCode::NO_CONTENT);
    let kept = platform.database.dump("SELECT message FROM received_task");
    assert!(
        kept.iter()
            .any(|task| task.contains("follow-from-instance") && task.contains("down.example")),
        "{kept:?}"
    );
    let list = get(&platform, FOLLOWING).json;
    assert_eq!(list["data"][0]["following"]["name"], "films");
    let ended = send(
        &platform,
        "DELETE",
        &format!("{FOLLOWING}/films@far.example"),
        "root",
        &json!({}),
    );
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    for body in [
        json!({}),
        json!({ "hosts": ["video.test"] }),
        json!({ "hosts": ["a@far.example"] }),
        json!({ "handles": ["far.example"] }),
        json!({ "hosts": ["far.example/../x"] }),
    ] {
        let answer = send(&platform, "POST", FOLLOWING, "root", &body);
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
}

/// The far account follows `target`, one of ours by its ActivityPub id.
fn far_follows(platform: &TestPlatform, target: &str, state: &str) {
    run(
        platform,
        "INSERT INTO follow (follower_id, target_id, state, url, created_at_unix_ms, updated_at_unix_ms)
         SELECT x.id, t.id, ?2, 'https://far.example/accounts/ada/follows/' || t.id, ?3, ?3
         FROM actor x, actor t WHERE x.url = 'https://far.example/accounts/ada' AND t.url = ?1",
        vec![target.into(), state.into(), platform.now().into()],
    );
}

/// Has an actor of ours made, as its first signature or document does.
fn meet(platform: &TestPlatform, url: &str) {
    testkit::block_on(app::federation::keys::local_actor_by_url(platform, url))
        .unwrap()
        .unwrap();
}

#[test]
fn followers_are_accepted_rejected_and_removed() {
    let platform = instance();
    add_far_channel(&platform);
    let own = "https://video.test/accounts/peertube";
    meet(&platform, own);
    far_follows(&platform, own, "pending");
    let say = |method: &str, path: &str| {
        send(
            &platform,
            method,
            &format!("{FOLLOWERS}/{path}"),
            "root",
            &json!({}),
        )
        .status
    };
    let state = || get(&platform, FOLLOWERS).json["data"][0]["state"].clone();
    assert_eq!(
        say("POST", "ada@far.example/accept"),
        StatusCode::NO_CONTENT
    );
    assert_eq!(state(), "accepted");
    assert_eq!(
        say("POST", "ada@far.example/accept"),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        get(&platform, "/api/v1/server/stats").json["totalInstanceFollowers"],
        1
    );
    assert_eq!(
        say("POST", "ada@far.example/reject"),
        StatusCode::NO_CONTENT
    );
    assert_eq!(state(), "rejected");
    assert_eq!(say("POST", "eve@far.example/accept"), StatusCode::NOT_FOUND);
    assert_eq!(say("DELETE", "ada@far.example"), StatusCode::NO_CONTENT);
    assert_eq!(get(&platform, FOLLOWERS).json["total"], 0);
    assert_eq!(say("DELETE", "ada@far.example"), StatusCode::NOT_FOUND);
}

#[test]
fn followers_of_a_channel_are_its_owners_business() {
    let platform = instance();
    add_far_channel(&platform);
    let channel = "https://video.test/video-channels/ada_channel";
    meet(&platform, channel);
    far_follows(&platform, channel, "accepted");
    for path in [
        "/api/v1/video-channels/ada_channel/followers",
        "/api/v1/accounts/ada/followers",
    ] {
        let list = get_as(&platform, "ada", path).json;
        assert_eq!(list["total"], 1, "{path}");
        assert_eq!(list["data"][0]["follower"]["host"], "far.example");
        assert_eq!(list["data"][0]["following"]["name"], "ada_channel");
        assert_eq!(get_as(&platform, "bob", path).status, StatusCode::FORBIDDEN);
        assert_eq!(get(&platform, path).status, StatusCode::UNAUTHORIZED);
        assert_eq!(get_as(&platform, "root", path).json["total"], 1);
    }
    let far = "/api/v1/video-channels/films@far.example/followers";
    assert_eq!(get_as(&platform, "root", far).status, StatusCode::FORBIDDEN);
}
