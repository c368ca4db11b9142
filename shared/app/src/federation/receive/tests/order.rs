//! Whatever arrives, in whatever order and however often, ends in one state.

use serde_json::{Value, json};

use super::world::{BOB, FAR_VIDEO, OURS, World, activity, note, video};

fn history(world: &World) -> Vec<Value> {
    world.follow("https://video.test/accounts/peertube", BOB, "accepted");
    let id = "https://far.test/notes/1";
    let mut changed = note(id, BOB, OURS, "changed");
    changed["updated"] = json!("2025-06-02T00:00:00Z");
    let mut update = activity("Update", BOB, changed.clone());
    update["id"] = json!(format!("{BOB}/activities/update-note"));
    world.serve(&changed);
    world.serve(&video(FAR_VIDEO, 7));
    vec![
        activity("Create", BOB, video(FAR_VIDEO, 1)),
        activity("Update", BOB, video(FAR_VIDEO, 7)),
        activity("Create", BOB, note(id, BOB, OURS, "first")),
        update,
        activity("Like", BOB, json!(OURS)),
        activity("Announce", BOB, json!(OURS)),
    ]
}

#[test]
fn every_order_of_a_history_ends_the_same() {
    let reference = World::new();
    for activity in history(&reference) {
        reference.receive(&activity);
    }
    let expected = reference.state();
    assert_eq!(expected.len(), 7, "{expected:?}");
    // Rotations of the history and of its reverse, each activity twice.
    for rotation in 0..6 {
        for is_reverse in [false, true] {
            let world = World::new();
            let mut activities = history(&world);
            if is_reverse {
                activities.reverse();
            }
            activities.rotate_left(rotation);
            for activity in activities.iter().chain(&activities) {
                world.receive(activity);
            }
            let mut state = world.state();
            let mut expected = expected.clone();
            state.sort();
            expected.sort();
            assert_eq!(state, expected, "{rotation} {is_reverse}");
        }
    }
}

#[test]
fn a_server_that_does_not_answer_is_asked_again_later() {
    let world = World::new();
    world.platform.http.stop(BOB);
    let like = activity("Like", BOB, json!(OURS));
    let act = || {
        testkit::block_on(super::super::act(
            &world.platform,
            BOB,
            &like.to_string(),
            super::super::Origin::default(),
        ))
    };
    assert!(matches!(act(), Err(crate::AppError::Unavailable { .. })));
    world.serve(&super::world::person(BOB, "bob"));
    assert_eq!(act(), Ok(()));
    assert_eq!(world.dump("SELECT likes FROM video"), ["1"]);
}
