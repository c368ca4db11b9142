//! Views, viewers and reports.

use domain::UnixMillis;
use ports::{Database, Platform};
use serde_json::{Value, json};
use store::federation::outgoing::view::{note_view, note_viewers};
use testkit::{TestPlatform, block_on};

use super::super::{keep_told, tell_changes, tell_lazy_changes};
use super::fixture::{UUID, follow, instance, meet_bob, publish, queued, run};
use crate::federation::keys::LocalActor;

const FAR_INBOX: &str = "https://far.test/inbox";

fn told(platform: &TestPlatform) -> Vec<(String, Value)> {
    block_on(tell_changes(platform)).unwrap();
    let deliveries = queued(platform).into_iter();
    deliveries
        .map(|delivery| {
            let activity: Value = serde_json::from_str(&delivery.activity).unwrap();
            assert_eq!(activity["actor"], delivery.signer_url.as_str());
            (delivery.inbox_url, activity)
        })
        .collect()
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
    let told = told(&platform);
    let inboxes: Vec<_> = told.iter().map(|(inbox, _)| inbox.as_str()).collect();
    assert_eq!(inboxes, [FAR_INBOX; 2]);
    let view = &told[0].1;
    let id = "https://video.test/accounts/peertube/views/videos/2/0123";
    for (member, expected) in [
        ("type", json!("View")),
        ("id", json!(id)),
        ("actor", json!("https://video.test/accounts/peertube")),
        ("object", json!("https://far.test/v/2")),
        ("to", json!(["https://far.test/u/bob"])),
        ("cc", json!([])),
        ("expires", Value::Null),
    ] {
        assert_eq!(view[member], expected, "{member}");
    }
    let viewer = &told[1].1;
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
    assert_eq!(told(&platform).len(), 1);
}

#[test]
fn views_of_ours_are_told_as_a_total_within_an_hour() {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Instance, 1);
    let _ = told(&platform);
    run(&platform, "UPDATE video SET views=views+1");
    block_on(tell_lazy_changes(&platform, 1)).unwrap();
    assert_eq!(queued(&platform), []);
    // The clock stands at a full hour.
    block_on(keep_told(&platform)).unwrap();
    let deliveries = queued(&platform);
    let update: Value = serde_json::from_str(&deliveries[0].activity).unwrap();
    assert_eq!((deliveries.len(), &update["type"]), (1, &json!("Update")));
    assert_eq!(update["object"]["views"], 1);
}

#[test]
fn who_follows_hears_how_many_watch() {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Instance, 1);
    let _ = told(&platform);
    run(&platform, "UPDATE video SET viewers=7");
    block_on(platform.database.batch(vec![note_viewers(10)])).unwrap();
    let first = told(&platform);
    assert_eq!(first.len(), 1);
    let view = &first[0].1;
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
    assert_eq!(told(&platform), []);
    let waiting = "SELECT count(*) FROM delayed_delivery";
    assert_eq!(platform.database.dump(waiting), ["0"]);
}

#[test]
fn moderators_elsewhere_hear_what_is_reported_of_theirs() {
    let platform = instance();
    publish(&platform);
    meet_bob(&platform);
    let _ = told(&platform);
    run(
        &platform,
        "INSERT INTO abuse (id,reporter_id,kind,flagged_account_id,video_id,start_at_secs,reason,\
         predefined_reasons,created_at_unix_ms,updated_at_unix_ms) VALUES \
         (1,1,'video',2,2,5,'Spam, Mr. Bob','[3,5]',1,1),(2,1,'account',2,NULL,NULL,'him','[]',1,1),\
         (3,1,'video',1,1,NULL,'our own','[]',1,1),(4,2,'account',2,NULL,NULL,'theirs','[]',1,1)",
    );
    let told = told(&platform);
    let inboxes: Vec<_> = told.iter().map(|(inbox, _)| inbox.as_str()).collect();
    assert_eq!(inboxes, [FAR_INBOX; 2]);
    let video = &told[0].1;
    for (member, expected) in [
        ("type", json!("Flag")),
        ("id", json!("https://video.test/admin/abuses/1")),
        ("actor", json!("https://video.test/accounts/ada")),
        ("object", json!("https://far.test/v/2")),
        ("content", json!("Spam, Mr. Bob")),
        ("mediaType", json!("text/markdown")),
        ("startAt", json!(5)),
        ("endAt", Value::Null),
        ("to", json!(["https://far.test/u/bob"])),
    ] {
        assert_eq!(video[member], expected, "{member}");
    }
    let reason = |name: &str| json!({ "type": "Hashtag", "name": name });
    assert_eq!(
        video["tag"],
        json!([reason("spamOrMisleading"), reason("rights")])
    );
    assert_eq!(told[1].1["object"], "https://far.test/u/bob");
}
