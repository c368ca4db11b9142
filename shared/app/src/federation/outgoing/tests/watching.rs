//! Views, viewers and reports.

use domain::UnixMillis;
use ports::{Database, FederationTask, Platform, Task};
use serde_json::{Value, json};
use store::federation::outgoing::view::{note_view, note_viewers};
use testkit::{TestPlatform, block_on};

use super::super::{keep_told, tell_lazy_changes};
use super::fixture::{
    UUID, activity, follow, inboxes, instance, meet_bob, publish, queued, run, tell,
};
use crate::federation::keys::LocalActor;

const FAR_INBOX: &str = "https://far.test/inbox";

fn assert_members(activity: &Value, members: &[(&str, Value)]) {
    for (member, expected) in members {
        assert_eq!(activity[member], *expected, "{member}");
    }
}

fn watch(platform: &TestPlatform, video_id: i64, for_ms: i64) {
    let until = UnixMillis(platform.now().0 + for_ms);
    let note = note_view(video_id, "0123", until);
    block_on(platform.database.batch(vec![note])).unwrap();
}

#[test]
fn the_origin_of_a_video_hears_that_it_is_watched() {
    let platform = instance();
    meet_bob(&platform);
    watch(&platform, 2, 90_000);
    let deliveries = tell(&platform);
    assert_eq!(inboxes(&deliveries), [FAR_INBOX; 2]);
    let view = activity(&deliveries[0]);
    let id = "https://video.test/accounts/peertube/views/videos/2/0123";
    let expected = [
        ("type", json!("View")),
        ("id", json!(id)),
        ("actor", json!("https://video.test/accounts/peertube")),
        ("object", json!("https://far.test/v/2")),
        ("to", json!(["https://far.test/u/bob"])),
        ("cc", json!([])),
        ("expires", Value::Null),
    ];
    assert_members(&view, &expected);
    let viewer = activity(&deliveries[1]);
    assert_ne!(viewer["id"], view["id"]);
    assert_eq!(viewer["expires"], "2026-01-01T00:01:30.000Z");
    let counter = json!({
        "interactionType": "WatchAction", "type": "InteractionCounter", "userInteractionCount": 1,
    });
    assert_eq!(viewer["result"], counter);
}

#[test]
fn a_view_that_is_told_late_is_no_viewer() {
    let platform = instance();
    meet_bob(&platform);
    watch(&platform, 2, 1_000);
    platform.advance_ms(2_000);
    assert_eq!(tell(&platform).len(), 1);
}

#[test]
fn views_of_ours_are_told_as_a_total_within_an_hour() {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Instance, 1);
    let _ = tell(&platform);
    run(&platform, "UPDATE video SET views=views+1");
    block_on(tell_lazy_changes(&platform, 1)).unwrap();
    assert_eq!(queued(&platform), []);
    // The clock stands at a full hour.
    block_on(keep_told(&platform)).unwrap();
    let deliveries = queued(&platform);
    let update = activity(&deliveries[0]);
    assert_eq!((deliveries.len(), &update["type"]), (1, &json!("Update")));
    assert_eq!(update["object"]["views"], 1);
}

#[test]
fn the_origin_of_a_video_hears_what_was_watched_of_it() {
    let platform = instance();
    meet_bob(&platform);
    run(
        &platform,
        "INSERT INTO viewer (key,video_id,began_at_unix_ms,seen_at_unix_ms,sections) VALUES \
         ('a',2,1700000000000,1700000090000,'[[0,60],[90,90],[80,100]]'),\
         ('b',2,1700000000000,1700000090000,'[[7,7]]')",
    );
    for _ in 0..10 {
        block_on(crate::videos::end_viewings(&platform)).unwrap();
        platform.advance_ms(60_000);
    }
    let woken = platform.tasks.take();
    assert_eq!(woken, Some(Task::Federation(FederationTask::TellChanges)));
    let deliveries = tell(&platform);
    assert_eq!(inboxes(&deliveries), [FAR_INBOX]);
    let create = activity(&deliveries[0]);
    let action = &create["object"];
    let uuid = action["uuid"].as_str().unwrap();
    let id = format!("https://video.test/videos/local-viewer/{uuid}");
    let of_both = [
        ("actor", json!("https://video.test/accounts/peertube")),
        ("type", json!("Create")),
        ("id", json!(format!("{id}/activity"))),
        ("to", json!(["https://far.test/u/bob"])),
        ("cc", json!([])),
    ];
    assert_members(&create, &of_both);
    let members = [
        ("to", json!(["https://far.test/u/bob"])),
        ("cc", json!([])),
        ("id", json!(id)),
        ("type", json!("WatchAction")),
        ("duration", json!("PT80S")),
        ("startTime", json!("2023-11-14T22:13:20.000Z")),
        ("endTime", json!("2023-11-14T22:14:50.000Z")),
        ("object", json!("https://far.test/v/2")),
        ("actionStatus", json!("CompletedActionStatus")),
        ("location", Value::Null),
        (
            "watchSections",
            json!([{"startTimestamp": 0, "endTimestamp": 60}, {"startTimestamp": 80, "endTimestamp": 100}]),
        ),
    ];
    assert_members(action, &members);
    // Nothing of it is kept.
    let left = "SELECT (SELECT count(*) FROM viewer)+(SELECT count(*) FROM video_watch)";
    assert_eq!(platform.database.dump(left), ["0"]);
    assert_eq!(tell(&platform), []);
}

#[test]
fn who_follows_hears_how_many_watch() {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Instance, 1);
    let _ = tell(&platform);
    run(&platform, "UPDATE video SET viewers=7");
    block_on(platform.database.batch(vec![note_viewers(10)])).unwrap();
    let deliveries = tell(&platform);
    assert_eq!(deliveries.len(), 1);
    let view = activity(&deliveries[0]);
    assert_eq!(view["type"], "View");
    assert_eq!(view["result"]["userInteractionCount"], 7);
    assert_eq!(
        view["object"],
        format!("https://video.test/videos/watch/{UUID}")
    );
    assert_eq!(view["to"], json!([activitypub::object::PUBLIC]));
    // Who does not answer need not know later.
    run(
        &platform,
        "INSERT INTO remote_host (host,failures) VALUES ('h0.test',1)",
    );
    block_on(platform.database.batch(vec![note_viewers(10)])).unwrap();
    assert_eq!(tell(&platform), []);
    let waiting = "SELECT count(*) FROM delayed_delivery";
    assert_eq!(platform.database.dump(waiting), ["0"]);
}

#[test]
fn moderators_elsewhere_hear_what_is_reported_of_theirs() {
    let platform = instance();
    publish(&platform);
    meet_bob(&platform);
    let _ = tell(&platform);
    run(
        &platform,
        "INSERT INTO abuse (id,reporter_id,kind,flagged_account_id,video_id,start_at_secs,reason,\
         predefined_reasons,created_at_unix_ms,updated_at_unix_ms) VALUES \
         (1,1,'video',2,2,5,'Spam, Mr. Bob','[3,5]',1,1),(2,1,'account',2,NULL,NULL,'him','[]',1,1),\
         (3,1,'video',1,1,NULL,'our own','[]',1,1),(4,2,'account',2,NULL,NULL,'theirs','[]',1,1)",
    );
    let deliveries = tell(&platform);
    assert_eq!(inboxes(&deliveries), [FAR_INBOX; 2]);
    let video = activity(&deliveries[0]);
    let expected = [
        ("type", json!("Flag")),
        ("id", json!("https://video.test/admin/abuses/1")),
        ("actor", json!("https://video.test/accounts/ada")),
        ("object", json!("https://far.test/v/2")),
        ("content", json!("Spam, Mr. Bob")),
        ("mediaType", json!("text/markdown")),
        ("startAt", json!(5)),
        ("endAt", Value::Null),
        ("to", json!(["https://far.test/u/bob"])),
    ];
    assert_members(&video, &expected);
    let reason = |name: &str| json!({ "type": "Hashtag", "name": name });
    assert_eq!(
        video["tag"],
        json!([reason("spamOrMisleading"), reason("rights")])
    );
    assert_eq!(activity(&deliveries[1])["object"], "https://far.test/u/bob");
}
