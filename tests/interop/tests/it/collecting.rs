//! Playlists, with what is in them.

use e2e::client::Answer;
use e2e::form::Form;
use http::Method;
use interop::{Direction, Side};
use serde_json::{Value, json};

fn send(side: &Side, method: Method, path: &str, fields: &[(&str, &str)]) -> Answer {
    side.admin
        .send_form(method, path, Form::new().texts(fields))
}

/// A new public playlist of the publisher's channel; its UUID.
fn create(side: &Side, name: &str) -> String {
    let me = side.admin.get("/api/v1/users/me").expect_status(200).json();
    let channel = me["videoChannels"][0]["id"].to_string();
    let fields = [
        ("displayName", name),
        ("privacy", "1"),
        ("videoChannelId", &channel),
    ];
    let made = send(side, Method::POST, "/api/v1/video-playlists", &fields);
    let made = made.expect_status(200).json();
    let uuid = made["videoPlaylist"]["uuid"].as_str();
    uuid.unwrap_or_else(|| panic!("no playlist in {made}"))
        .to_owned()
}

fn add(side: &Side, playlist: &str, video: &str) {
    let path = format!("/api/v1/video-playlists/{playlist}/videos");
    let body = json!({ "videoId": side.video(video)["id"], "startTimestamp": 1 });
    let _ = side.admin.post_json(&path, &body).expect_status(200);
}

/// Position, video and start of each element, if the playlist is known.
fn elements(side: &Side, playlist: &str) -> Option<Vec<(u64, String, u64)>> {
    let path = format!("/api/v1/video-playlists/{playlist}/videos");
    let answer = side.admin.get(&path);
    if answer.status == 404 {
        return None;
    }
    let list = answer.expect_status(200).json();
    let element = |element: &Value| {
        let video = element["video"]["uuid"].as_str()?.to_owned();
        let start = element["startTimestamp"].as_u64()?;
        Some((element["position"].as_u64()?, video, start))
    };
    list["data"].as_array()?.iter().map(element).collect()
}

/// A playlist is made, filled, put in another order, renamed, and deleted.
pub fn a_playlist_arrives_changes_and_disappears(on: &Direction<'_>) {
    on.connect();
    let videos = ["In a list, first", "In a list, second"].map(|name| {
        let uuid = on.publisher.publish(name).uuid;
        on.until("the follower has the video", || on.follower.knows(&uuid));
        uuid
    });
    let playlist = create(on.publisher, "A list of two");
    for video in &videos {
        add(on.publisher, &playlist, video);
    }
    let [first, second] = videos;
    let holds = |expected: [&String; 2]| {
        let wanted: Vec<_> = (1..)
            .zip(expected)
            .map(|(at, uuid)| (at, uuid.clone(), 1))
            .collect();
        on.until("the follower has both elements in order", || {
            (elements(on.follower, &playlist).as_ref() == Some(&wanted)).then_some(())
        });
    };
    holds([&first, &second]);
    let channel = on.publisher.channel_handle();
    let list = format!("/api/v1/video-channels/{channel}/video-playlists?count=100");
    let listed = on.follower.list(&list);
    assert!(
        listed.iter().any(|item| item["uuid"] == playlist.as_str()),
        "{listed:?}"
    );

    let path = format!("/api/v1/video-playlists/{playlist}");
    let moved = json!({ "startPosition": 2, "insertAfterPosition": 0 });
    let answer = on
        .publisher
        .admin
        .post_json(&format!("{path}/videos/reorder"), &moved);
    let _ = answer.expect_status(204);
    holds([&second, &first]);
    let renamed = send(
        on.publisher,
        Method::PUT,
        &path,
        &[("displayName", "A list, renamed")],
    );
    let _ = renamed.expect_status(204);
    on.until("the follower has the new name", || {
        let known = on.follower.admin.get(&path).expect_status(200).json();
        (known["displayName"] == "A list, renamed").then_some(())
    });
    let _ = on.publisher.admin.delete(&path).expect_status(204);
    on.until("the playlist is gone there", || {
        (on.follower.admin.get(&path).status == 404).then_some(())
    });
}
