//! A copy of a publisher's video at its follower.

use interop::Direction;
use serde_json::{Value, json};

const COPIES: &str = "/api/v1/server/redundancy/videos";

/// The follower copies the video, the publisher shows where, the copy has the same bytes, and goes again.
pub fn a_copy_is_shown_at_its_origin(on: &Direction<'_>) {
    on.connect();
    let uuid = on.publisher.publish("To be copied").uuid;
    let files = on.publisher.video(&uuid)["streamingPlaylists"][0]["files"].clone();
    let remote = on.until("the follower has the stream", || {
        let remote = on.follower.knows(&uuid)?;
        let is_streamed = remote["streamingPlaylists"][0]["files"][0].is_object();
        is_streamed.then_some(remote)
    });
    let asked = json!({ "videoId": remote["id"] });
    let _ = on
        .follower
        .admin
        .post_json(COPIES, &asked)
        .expect_status(204);
    let folder = format!("http://{}/static/redundancy/hls/{uuid}", on.follower.host);
    let shown = json!([{ "baseUrl": folder }]);
    on.until("the publisher shows the copy", || {
        (redundancies(&on.publisher.video(&uuid)) == shown).then_some(())
    });
    let url = files[0]["fileUrl"].as_str().unwrap_or_default();
    let name = url.rsplit('/').next().unwrap_or_default();
    let range = [("range", "bytes=1000-1999")];
    let copied = on
        .follower
        .visitor
        .get_with(&format!("{folder}/{name}"), &range);
    let original = on.publisher.visitor.get_with(url, &range);
    assert_eq!(
        copied.expect_status(206).body,
        original.expect_status(206).body
    );

    let listed = on.follower.list(&format!(
        "{COPIES}?target=remote-videos&count=100&sort=name"
    ));
    let copy = listed.iter().find(|video| video["uuid"] == uuid.as_str());
    let copy = copy.unwrap_or_else(|| panic!("no copy of {uuid} in {listed:?}"));
    let copy = &copy["redundancies"]["streamingPlaylists"][0];
    assert_eq!(copy["strategy"], "manual");
    let path = format!("{COPIES}/{}", copy["id"]);
    let _ = on.follower.admin.delete(&path).expect_status(204);
    on.until("the publisher shows it no more", || {
        (redundancies(&on.publisher.video(&uuid)) == json!([])).then_some(())
    });
}

fn redundancies(video: &Value) -> Value {
    video["streamingPlaylists"][0]["redundancies"].clone()
}
