//! Follows in both directions.

use ports::Task;
use serde_json::{Value, json};
use testkit::block_on;

use super::world::{BOB, FAR, FAR_VIDEO, FILMS, ORIGIN, World, activity, video};
use crate::federation::{received, run};

const FOLLOWS: &str =
    "SELECT f.state||' '||t.url FROM follow f JOIN actor t ON t.id=f.target_id ORDER BY f.id";
/// What others are told of follows.
const NOTES: &str = "SELECT count(*) FROM outgoing_change WHERE kind='follow'";

fn instance() -> String {
    format!("{ORIGIN}/accounts/peertube")
}

fn follow(actor: &str, target: &str) -> Value {
    let mut follow = activity("Follow", actor, json!(target));
    follow["id"] = json!(format!("{actor}/follows/{}", target.len()));
    follow
}

#[test]
fn channels_and_accounts_may_always_be_followed() {
    let world = World::with(|settings| settings.accepts_followers = false);
    let channel = format!("{ORIGIN}/video-channels/engines");
    world.receive(&follow(BOB, &channel));
    world.receive(&follow(BOB, &format!("{ORIGIN}/accounts/ada")));
    world.receive(&follow(BOB, &format!("{ORIGIN}/accounts/nobody")));
    world.receive(&follow(FAR, &instance()));
    assert_eq!(
        world.dump(FOLLOWS),
        [
            "accepted https://video.test/video-channels/engines",
            "accepted https://video.test/accounts/ada",
            "rejected https://video.test/accounts/peertube",
        ]
    );
    assert_eq!(world.dump(NOTES), ["3"], "each is answered");
}

#[test]
fn the_admin_may_look_at_followers_of_the_instance_first() {
    let world = World::with(|settings| settings.approves_followers = true);
    world.receive(&follow(FAR, &instance()));
    assert_eq!(
        world.dump(FOLLOWS),
        ["pending https://video.test/accounts/peertube"]
    );
    assert_eq!(world.dump(NOTES), ["0"]);
}

#[test]
fn the_instance_follows_back_if_it_is_to() {
    let world = World::with(|settings| settings.follows_back = true);
    world.receive(&follow(FAR, &instance()));
    world.receive(&follow(BOB, &instance()));
    assert_eq!(
        world.dump(FOLLOWS),
        [
            "accepted https://video.test/accounts/peertube",
            "pending https://far.test/accounts/peertube",
            "accepted https://video.test/accounts/peertube",
        ]
    );
}

#[test]
fn a_follow_in_a_hundred_requests_is_one_and_answered_once() {
    let world = World::new();
    for request in 0..100 {
        world.receive_as(&follow(FAR, &instance()), &format!("{request}"));
    }
    assert_eq!(world.dump("SELECT count(*) FROM follow"), ["1"]);
    assert_eq!(world.dump(NOTES), ["1"]);
}

#[test]
fn an_undo_ends_a_follow_whichever_comes_first() {
    let world = World::new();
    let followed = follow(BOB, &instance());
    let undo = activity("Undo", BOB, followed.clone());
    world.receive(&followed);
    world.receive(&undo);
    assert_eq!(world.dump("SELECT count(*) FROM follow"), ["0"]);
    world.receive(&undo);
    world.receive(&followed);
    assert_eq!(world.dump("SELECT count(*) FROM follow"), ["0"]);
}

#[test]
fn answers_count_from_whom_we_asked_alone() {
    let world = World::new();
    world.follow(&instance(), FILMS, "pending");
    let ours = json!({"type": "Follow", "id": format!("{}/follows/70", instance()),
        "actor": instance(), "object": FILMS});
    world.receive(&activity("Accept", BOB, ours.clone()));
    world.receive(&activity("Accept", BOB, ours["id"].clone()));
    assert_eq!(world.dump("SELECT state FROM follow"), ["pending"]);
    world.gone(&format!("{FILMS}/outbox"));
    // Some name the Follow by its id.
    world.receive(&activity("Accept", FILMS, ours["id"].clone()));
    assert_eq!(world.dump("SELECT state FROM follow"), ["accepted"]);
    world.receive(&activity("Reject", FILMS, ours.clone()));
    assert_eq!(world.dump("SELECT state FROM follow"), ["rejected"]);
    // A refusal is the last word until we ask again.
    world.receive(&activity("Accept", FILMS, ours));
    assert_eq!(world.dump("SELECT state FROM follow"), ["rejected"]);
}

#[test]
fn what_is_to_be_read_elsewhere_outlives_the_queue() {
    let world = World::new();
    world.follow(&format!("{ORIGIN}/accounts/peertube"), FAR, "pending");
    let outbox = json!({"id": format!("{FAR}/outbox"), "type": "OrderedCollection", "orderedItems": [
        {"type": "Announce", "actor": FAR, "object": FAR_VIDEO},
    ], "next": format!("{FAR}/outbox?page=2")});
    world.serve(&outbox);
    world.serve(
        &json!({"id": format!("{FAR}/outbox?page=2"), "type": "OrderedCollectionPage",
        "orderedItems": []}),
    );
    world.serve(&video(FAR_VIDEO, 1));
    let follow = json!({"type": "Follow", "id": format!("{ORIGIN}/accounts/peertube/follows/70"),
        "actor": format!("{ORIGIN}/accounts/peertube"), "object": FAR});
    let accept = activity("Accept", FAR, follow).to_string();
    let origin = super::super::Origin::default();
    block_on(super::super::act(&world.platform, FAR, &accept, origin)).unwrap();
    // Each time all that the queue has is lost: the outbox, then its video and next page, then the video's numbers.
    let mut waiting = Vec::new();
    for _ in 0..4 {
        waiting.push(world.dump("SELECT count(*) FROM received_task").remove(0));
        while world.platform.tasks.take().is_some() {}
        block_on(received::act_again(&world.platform)).unwrap();
        let task = world.platform.tasks.take();
        if let Some(Task::Federation(task)) = task {
            block_on(run(&world.platform, task)).unwrap();
        }
    }
    assert_eq!(waiting, ["1", "2", "1", "0"]);
    let stored = world.dump("SELECT remote_url FROM video WHERE remote_url IS NOT NULL");
    assert_eq!(stored, [FAR_VIDEO]);
}
