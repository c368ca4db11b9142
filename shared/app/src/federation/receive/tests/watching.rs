//! `WatchAction`: what was watched elsewhere.

use domain::time::{DAY_MS, HOUR_MS};
use ports::Platform;
use rest::date::iso8601;
use serde_json::{Value, json};

use super::world::{BOB, FAR, OURS, World, activity};

const ACTION: &str = "https://far.test/videos/local-viewer/33333333-3333-4333-8333-333333333333";

/// One minute of our video of a minute, just now.
fn action(world: &World) -> Value {
    let now = world.platform.now();
    json!({
        "id": ACTION, "type": "WatchAction", "duration": "PT60S", "object": OURS,
        "startTime": iso8601(now.0 - 90_000), "endTime": iso8601(now.0 - 30_000),
        "uuid": "33333333-3333-4333-8333-333333333333", "actionStatus": "CompletedActionStatus",
        "watchSections": [{"startTimestamp": 0, "endTimestamp": 60}],
        "location": {"addressCountry": "FR"},
    })
}

fn create(action: Value) -> Value {
    let mut create = activity("Create", FAR, action);
    create["id"] = json!(format!("{ACTION}/activity"));
    create
}

fn world() -> World {
    let world = World::new();
    world.sql("UPDATE video SET duration_secs=60");
    world
}

fn watched(world: &World) -> Vec<String> {
    world.dump(
        "SELECT video_id,watched_secs,country,remote_url FROM video_watch ORDER BY remote_url",
    )
}

#[test]
fn what_was_watched_elsewhere_counts_once() {
    let world = world();
    for _ in 0..3 {
        world.receive(&create(action(&world)));
        // The same with other words, and from somebody else there.
        let mut again = action(&world);
        again["watchSections"][0]["endTimestamp"] = json!(5);
        world.receive(&activity("Create", BOB, again));
        world.platform.advance_ms(HOUR_MS);
    }
    assert_eq!(watched(&world), [format!("1|60|FR|{ACTION}")]);
    let curve =
        world.dump("SELECT viewers,duration_secs,counts->>0,counts->>60 FROM video_retention");
    assert_eq!(curve, ["1|60|1|1"]);
    // Views are told by others than these.
    assert_eq!(world.dump("SELECT views FROM video"), ["0"]);
}

#[test]
fn what_lies_beyond_the_end_is_cut_off() {
    let world = world();
    let mut action = action(&world);
    action["duration"] = json!("PT86400S");
    action["watchSections"] = json!([
        {"startTimestamp": 50, "endTimestamp": 4_000_000_000u64},
        {"startTimestamp": 70, "endTimestamp": 90},
    ]);
    world.receive(&create(action));
    assert_eq!(watched(&world), [format!("1|10|FR|{ACTION}")]);
}

#[test]
fn what_cannot_be_is_in_no_statistics() {
    let world = world();
    let now = world.platform.now().0;
    let section = json!({"startTimestamp": 1, "endTimestamp": 2});
    for (member, value) in [
        ("watchSections", json!(vec![section; 1_900])),
        (
            "watchSections",
            json!([{"startTimestamp": 60, "endTimestamp": 90}]),
        ),
        (
            "object",
            json!("https://video.test/videos/watch/99999999-9999-4999-8999-999999999999"),
        ),
        ("object", json!("https://far.test/videos/watch/1")),
        ("object", json!("https://video.test/accounts/ada")),
        ("startTime", json!(iso8601(now - 2 * DAY_MS))),
        ("endTime", json!(iso8601(now + 2 * HOUR_MS))),
        ("actionStatus", json!("FailedActionStatus")),
        ("id", json!("https://other.test/videos/local-viewer/1")),
        ("id", json!("https://video.test/videos/local-viewer/1")),
        ("attributedTo", json!("https://other.test/accounts/eve")),
    ] {
        let mut action = action(&world);
        action[member] = value.clone();
        world.receive(&create(action));
        assert_eq!(watched(&world), [""; 0], "{member}: {value}");
    }
    let mut old = action(&world);
    old["startTime"] = json!(iso8601(now - 31 * DAY_MS));
    old["endTime"] = old["startTime"].clone();
    world.receive(&create(old));
    // Nobody elsewhere can know that it is there.
    for hidden in ["privacy=3", "state=2"] {
        world.sql(&format!("UPDATE video SET privacy=1,state=1,{hidden}"));
        world.receive(&create(action(&world)));
        world.sql("UPDATE video SET privacy=1,state=1");
    }
    assert_eq!(watched(&world), [""; 0]);
    assert_eq!(world.dump("SELECT count(*) FROM video_retention"), ["0"]);
    world.receive(&create(action(&world)));
    assert_eq!(watched(&world).len(), 1);
}
