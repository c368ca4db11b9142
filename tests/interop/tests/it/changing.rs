//! What changes at the publisher changes at the follower.

use http::Method;
use interop::Direction;
use serde_json::json;

/// A new name of a video.
pub fn a_renamed_video_is_renamed_there(on: &Direction<'_>) {
    let uuid = arrived(on, "Its first name");
    on.publisher.rename(&uuid, "Its second name");
    assert_eq!(on.publisher.name_of(&uuid), "Its second name");
    on.until("the follower has the new name", || {
        (on.follower.name_of(&uuid) == "Its second name").then_some(())
    });
}

/// A new display name of a channel.
pub fn a_renamed_channel_is_renamed_there(on: &Direction<'_>) {
    let uuid = arrived(on, "In a channel with a new name");
    let name = format!("Channel of {}", &uuid[..8]);
    let body = json!({ "displayName": name }).to_string();
    let path = format!("/api/v1/video-channels/{}", on.publisher.channel);
    let headers = [("content-type", "application/json")];
    let answer = on
        .publisher
        .admin
        .call(Method::PUT, &path, &headers, body.as_bytes());
    let _ = answer.expect_status(204);
    on.until("the follower has the channel's new name", || {
        let video = on.follower.video(&uuid);
        (video["channel"]["displayName"] == name.as_str()).then_some(())
    });
}

/// A deleted video.
pub fn a_deleted_video_disappears(on: &Direction<'_>) {
    let uuid = arrived(on, "To be deleted");
    on.publisher.delete_video(&uuid);
    assert_eq!(on.publisher.knows(&uuid), None);
    on.until("the video is gone there", || {
        on.follower.knows(&uuid).is_none().then_some(())
    });
}

/// A video that only its author may see any more.
pub fn a_video_made_private_disappears(on: &Direction<'_>) {
    let uuid = arrived(on, "To be hidden");
    let path = format!("/api/v1/videos/{uuid}");
    let headers = [("content-type", "application/json")];
    let body = json!({ "privacy": 3 }).to_string();
    let answer = on
        .publisher
        .admin
        .call(Method::PUT, &path, &headers, body.as_bytes());
    let _ = answer.expect_status(204);
    on.until("the private video is gone there", || {
        on.follower.knows(&uuid).is_none().then_some(())
    });
    assert!(on.publisher.knows(&uuid).is_some(), "it is still there");
}

/// A new video that the follower has.
fn arrived(on: &Direction<'_>, name: &str) -> String {
    on.connect();
    let uuid = on.publisher.publish(name).uuid;
    on.until("the follower has the video", || on.follower.knows(&uuid));
    uuid
}
