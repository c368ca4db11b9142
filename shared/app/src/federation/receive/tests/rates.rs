//! Likes, dislikes, shares, views, reports.

use serde_json::{Value, json};

use super::world::{BOB, FAR, FILMS, OURS, World, activity};

const DAY_MS: i64 = 86_400_000;
const LIKES: &str = "SELECT likes||' '||dislikes FROM video";

fn undo(actor: &str, undone: &Value) -> Value {
    let mut undo = activity("Undo", actor, undone.clone());
    undo["id"] = json!(format!("{}/undo", undone["id"].as_str().unwrap()));
    undo
}

#[test]
fn a_hundred_likes_of_one_account_are_one() {
    let world = World::new();
    let like = activity("Like", BOB, json!(OURS));
    for request in 0..100 {
        world.receive_as(&like, &format!("{request}"));
    }
    assert_eq!(world.dump(LIKES), ["1 0"]);
    world.receive(&activity("Dislike", BOB, json!(OURS)));
    assert_eq!(world.dump(LIKES), ["0 1"]);
}

#[test]
fn peertube_likes_again_with_the_same_id() {
    let world = World::new();
    let like = activity("Like", BOB, json!(OURS));
    let undo = undo(BOB, &like);
    for round in 0..3 {
        world.receive_as(&like, &format!("like {round}"));
        assert_eq!(world.dump(LIKES), ["1 0"]);
        world.receive_as(&undo, &format!("undo {round}"));
        assert_eq!(world.dump(LIKES), ["0 0"]);
        // A request that somebody repeats as it was.
        world.receive_as(&like, &format!("like {round}"));
        assert_eq!(world.dump(LIKES), ["0 0"]);
    }
}

#[test]
fn an_undo_may_come_first() {
    let world = World::new();
    for (kind, sql) in [
        ("Like", "SELECT count(*) FROM video_rate"),
        ("Dislike", "SELECT count(*) FROM video_rate"),
        ("Announce", "SELECT count(*) FROM video_share"),
    ] {
        let done = activity(kind, BOB, json!(OURS));
        for days in [0, 4, 6] {
            let undone = undo(BOB, &done);
            world.receive(&undone);
            world.platform.advance_ms(days * DAY_MS);
            world.receive(&done);
            if days < 5 {
                assert_eq!(world.dump(sql), ["0"], "{kind} {days} days late");
                // It came once; this is another with the same id.
                world.receive(&done);
            }
            assert_eq!(world.dump(sql), ["1"], "{kind} after {days} days");
            world.receive(&undone);
            assert_eq!(world.dump(sql), ["0"], "{kind}");
        }
    }
}

#[test]
fn what_was_undone_by_its_id_alone_may_come_back() {
    let world = World::new();
    for (kind, sql) in [
        ("Like", "SELECT count(*) FROM video_rate"),
        ("Announce", "SELECT count(*) FROM video_share"),
    ] {
        let done = activity(kind, BOB, json!(OURS));
        for _ in 0..2 {
            world.receive(&done);
            assert_eq!(world.dump(sql), ["1"], "{kind}");
            world.receive(&activity("Undo", BOB, done["id"].clone()));
            assert_eq!(world.dump(sql), ["0"], "{kind}");
        }
    }
}

#[test]
fn an_undo_by_id_alone_is_of_the_sender() {
    let world = World::new();
    let like = activity("Like", BOB, json!(OURS));
    world.receive(&like);
    let other = "https://far.test/accounts/carl";
    world.serve(&super::world::person(other, "carl"));
    world.receive(&activity("Undo", other, like["id"].clone()));
    assert_eq!(world.dump(LIKES), ["1 0"]);
    world.receive(&activity("Undo", BOB, like["id"].clone()));
    assert_eq!(world.dump(LIKES), ["0 0"]);
}

#[test]
fn servers_have_no_opinion_and_private_videos_get_none() {
    let world = World::new();
    world.receive(&activity("Like", FAR, json!(OURS)));
    world.sql("UPDATE video SET privacy=3 WHERE id=1");
    world.receive(&activity("Like", BOB, json!(OURS)));
    world.receive(&activity("Announce", BOB, json!(OURS)));
    assert_eq!(world.dump("SELECT count(*) FROM video_rate"), ["0"]);
    assert_eq!(world.dump("SELECT count(*) FROM video_share"), ["0"]);
}

#[test]
fn whoever_is_blocked_is_not_heard() {
    let world = World::new();
    world.sql("INSERT INTO host_block (host,created_at_unix_ms) VALUES ('far.test',1)");
    let before = world.state();
    world.receive(&activity("Like", BOB, json!(OURS)));
    world.receive(&activity("Announce", FILMS, json!(OURS)));
    assert_eq!(world.state(), before);
}

#[test]
fn views_count_once_by_their_id() {
    let world = World::new();
    let mut view = activity("View", FAR, json!(OURS));
    for request in 0..3 {
        world.receive_as(&view, &format!("{request}"));
    }
    assert_eq!(world.dump("SELECT views FROM video"), ["1"]);
    view["id"] = json!(format!("{FAR}/views/2"));
    world.receive(&view);
    assert_eq!(world.dump("SELECT views FROM video"), ["2"]);
    // Who watches now, our own tracker knows.
    view["id"] = json!(format!("{FAR}/views/3"));
    view["expires"] = json!("2026-01-01T00:05:00.000Z");
    view["result"] = json!({"type": "InteractionCounter", "userInteractionCount": 4_000});
    world.receive(&view);
    assert_eq!(world.dump("SELECT views||' '||viewers FROM video"), ["2 0"]);
}

#[test]
fn viewers_of_another_servers_video_are_its_own_to_count() {
    let world = World::new();
    world.follow("https://video.test/accounts/peertube", FAR, "accepted");
    let far_video = super::world::FAR_VIDEO;
    world.receive(&activity("Create", BOB, super::world::video(far_video, 1)));
    let mut view = activity("View", FAR, json!(far_video));
    view["expires"] = json!("2026-01-01T00:05:00.000Z");
    view["result"] = json!({"userInteractionCount": 7});
    world.receive(&view);
    let viewers = "SELECT viewers FROM video WHERE remote_url IS NOT NULL";
    assert_eq!(world.dump(viewers), ["7"]);
    let stranger = "https://evil.test/accounts/peertube";
    world.serve(&super::world::actor("Application", stranger, "peertube"));
    view["actor"] = json!(stranger);
    view["id"] = json!(format!("{stranger}/1"));
    view["result"] = json!({"userInteractionCount": 9_000});
    world.receive(&view);
    assert_eq!(world.dump(viewers), ["7"]);
}

#[test]
fn a_report_is_noted_once_for_each_thing() {
    let world = World::new();
    let mut flag = activity(
        "Flag",
        BOB,
        json!([OURS, "https://video.test/accounts/ada", "https://x.test/1"]),
    );
    flag["content"] = json!("<p>stolen</p>");
    flag["tag"] = json!([{"type": "Hashtag", "name": "rights"}]);
    world.receive(&flag);
    assert_eq!(
        world.dump("SELECT kind||' '||reason||' '||predefined_reasons FROM abuse ORDER BY id"),
        ["video stolen [5]", "account stolen [5]"]
    );
    world.receive(&flag);
    assert_eq!(world.dump("SELECT count(*) FROM abuse"), ["2"]);
}
