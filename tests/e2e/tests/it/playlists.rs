//! A playlist on the real database, as a page, and as another server sees it.

use e2e::form::Form;
use e2e::{Client, video, wait};
use http::Method;
use serde_json::{Value, json};

use crate::federation::{PATIENCE, far_video, follow, host, instance, item, upload};

/// As PeerTube's web client sends it: a multipart form.
fn send(
    client: &Client,
    method: Method,
    path: &str,
    fields: &[(&str, &str)],
) -> e2e::client::Answer {
    client.send_form(method, path, Form::new().texts(fields))
}

fn create(owner: &Client, name: &str, privacy: &str) -> String {
    let me = owner.get("/api/v1/users/me").expect_status(200).json();
    let channel = me["videoChannels"][0]["id"].to_string();
    let fields = [
        ("displayName", name),
        ("privacy", privacy),
        ("videoChannelId", &channel),
    ];
    let made = send(owner, Method::POST, "/api/v1/video-playlists", &fields);
    let made = made.expect_status(200).json();
    video::text(&made["videoPlaylist"], "shortUUID").to_owned()
}

fn add(owner: &Client, playlist: &str, video_uuid: &str) -> u64 {
    let path = format!("/api/v1/video-playlists/{playlist}/videos");
    let body = json!({ "videoId": video_uuid, "startTimestamp": 1 });
    let added = owner.post_json(&path, &body).expect_status(200).json();
    video::number(&added["videoPlaylistElement"], "id")
}

/// Names of what a playlist holds, as far as this client sees them.
fn names(client: &Client, playlist: &str) -> Vec<String> {
    let path = format!("/api/v1/video-playlists/{playlist}/videos");
    let list = client.get(&path).expect_status(200).json();
    let elements = list["data"].as_array().into_iter().flatten();
    let name = |element: &Value| element["video"]["name"].as_str().unwrap_or("-").to_owned();
    elements.map(name).collect()
}

fn wait_for(client: &Client, playlist: &str, expected: &[&str]) {
    let what = format!("the playlist holds {expected:?} there");
    wait::until(&what, PATIENCE, || {
        (names(client, playlist) == expected).then_some(())
    });
}

#[test]
fn a_playlist_is_shown_here_and_elsewhere() {
    let (far, near) = (instance(), instance());
    let (owner, reader) = (far.admin(), near.admin());
    let first = upload(&owner, "First");
    let second = upload(&owner, "Second");
    follow(&reader, host(&far));
    let _ = far_video(&reader, "Second");
    let secret = create(&owner, "Secret", "3");
    let id = create(&owner, "Reels", "1");
    add(&owner, &id, &first.uuid);
    let element = add(&owner, &id, &second.uuid);
    assert_eq!(names(&far.visitor(), &id), ["First", "Second"]);
    let _ = far
        .visitor()
        .get(&format!("/api/v1/video-playlists/{secret}"))
        .problem(401);
    let page = far
        .visitor()
        .get(&format!("/w/p/{id}"))
        .expect_status(200)
        .text();
    assert!(
        page.contains("<h1>Reels</h1>") && page.contains("From 0:01"),
        "{page}"
    );
    assert!(!page.contains("Secret"));
    let _ = far
        .visitor()
        .get(&format!("/w/p/{secret}"))
        .expect_status(404);
    let channel = far
        .visitor()
        .get("/c/root_channel")
        .expect_status(200)
        .text();
    assert!(
        channel.contains(&format!("href=\"/w/p/{id}\"")),
        "{channel}"
    );

    let list = format!(
        "/api/v1/video-channels/root_channel@{}/video-playlists",
        host(&far)
    );
    let seen = item(&reader, &list, "the playlist is known there", |found| {
        found["displayName"] == "Reels"
    });
    assert_eq!(
        (&seen["shortUUID"], &seen["isLocal"]),
        (&json!(id), &json!(false))
    );
    wait_for(&near.visitor(), &id, &["First", "Second"]);
    let page = near
        .visitor()
        .get(&format!("/w/p/{id}"))
        .expect_status(200)
        .text();
    assert!(page.contains("Second"), "{page}");

    let path = format!("/api/v1/video-playlists/{id}");
    let moved = json!({ "startPosition": 2, "insertAfterPosition": 0 });
    let _ = owner
        .post_json(&format!("{path}/videos/reorder"), &moved)
        .expect_status(204);
    wait_for(&near.visitor(), &id, &["Second", "First"]);
    let _ = owner
        .delete(&format!("{path}/videos/{element}"))
        .expect_status(204);
    let _ = send(&owner, Method::PUT, &path, &[("displayName", "Rolls")]).expect_status(204);
    wait_for(&near.visitor(), &id, &["First"]);
    let _ = item(&reader, &list, "the new name is known there", |found| {
        found["displayName"] == "Rolls"
    });
    let _ = owner.delete(&path).expect_status(204);
    wait::until("the playlist is gone there", PATIENCE, || {
        (near.visitor().get(&path).status == 404).then_some(())
    });
    assert_eq!(reader.get(&list).expect_status(200).json()["total"], 0);
}
