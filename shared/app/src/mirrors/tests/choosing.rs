//! Copies that nobody asks for one by one.

use ports::MirrorStrategy;
use testkit::block_on;

use super::super::allow_host;
use super::world::{World, media};
use crate::{AppError, Rejection};

const HOUR: i64 = 60;

fn allow(world: &World, is_allowed: bool) {
    block_on(allow_host(&world.platform, "far.test", is_allowed)).unwrap();
}

fn add_small(world: &World, id: i64) {
    world.add_video(
        id,
        &[(&format!("v{id}-360-fragmented.mp4"), media(4_000, 9))],
    );
}

fn types(told: &[(String, serde_json::Value)]) -> Vec<&str> {
    told.iter()
        .map(|(_, activity)| activity["type"].as_str().unwrap())
        .collect()
}

#[test]
fn of_a_server_that_is_mirrored_the_newest_come_first_and_stay_while_it_is() {
    let world = World::new();
    add_small(&world, 3);
    allow(&world, true);
    let told = world.run();
    assert_eq!(types(&told), ["Create", "Create"]);
    assert_eq!(told[0].1["object"]["object"], "https://far.test/v/3");
    let ends = told[0].1["object"]["expires"].as_str().unwrap();
    assert_eq!(ends, "2026-01-03T00:00:00.000Z");

    assert_eq!(types(&world.minutes_later(23 * HOUR)), [""; 0]);
    assert_eq!(types(&world.minutes_later(2 * HOUR)), ["Update", "Update"]);
    assert_eq!(types(&world.minutes_later(23 * HOUR)), [""; 0]);
    let unknown = block_on(allow_host(&world.platform, "nobody.test", true));
    assert!(matches!(
        unknown,
        Err(AppError::Rejected {
            rejection: Rejection::NotFound,
            ..
        })
    ));

    allow(&world, false);
    assert_eq!(types(&world.run()), ["Undo", "Undo"]);
    assert_eq!(world.mirrors(), [""; 0]);
    assert_eq!(world.left_over(), [""; 0]);
}

#[test]
fn what_is_not_prolonged_ends() {
    let world = World::new();
    allow(&world, true);
    let _ = world.run();
    world
        .platform
        .database
        .run("UPDATE remote_host SET is_mirrored=0");
    assert_eq!(types(&world.minutes_later(47 * HOUR)), [""; 0]);
    assert_eq!(types(&world.minutes_later(HOUR)), ["Undo"]);
    assert_eq!(world.left_over(), [""; 0]);
}

#[test]
fn the_newer_takes_the_place_of_the_older_after_two_days() {
    let world = World::with(|settings| settings.max_bytes = 8_500_000);
    allow(&world, true);
    let _ = world.run();
    assert_eq!(world.mirrors().len(), 1);
    world.add_video(3, &[("v3-360-fragmented.mp4", media(200_000, 9))]);
    let _ = world.minutes_later(24 * HOUR);
    assert!(world.mirrors()[0].starts_with("2 "), "too early");
    let _ = world.minutes_later(25 * HOUR);
    let told = world.minutes_later(15);
    assert_eq!(world.mirrors().len(), 1, "{told:?}");
    assert!(
        world.mirrors()[0].starts_with("3 recently-added kept"),
        "{:?}",
        world.mirrors()
    );
    // What is older never comes back for it.
    let _ = world.minutes_later(49 * HOUR);
    assert!(world.mirrors()[0].starts_with("3 "));
}

#[test]
fn the_admin_may_want_the_most_watched_or_nothing() {
    let world = World::with(|settings| settings.strategy = MirrorStrategy::MostViews);
    add_small(&world, 3);
    world
        .platform
        .database
        .run("UPDATE video SET views=10 WHERE id=2");
    allow(&world, true);
    let told = world.run();
    assert_eq!(told[0].1["object"]["object"], "https://far.test/v/2");

    let world = World::with(|settings| settings.strategy = MirrorStrategy::Manual);
    allow(&world, true);
    assert_eq!(world.run(), []);
    assert_eq!(world.minutes_later(15), []);
    assert_eq!(world.mirrors(), [""; 0]);
    world.add();
    assert_eq!(types(&world.run()), ["Create"]);
}

#[test]
fn a_stream_that_its_origin_replaces_is_copied_anew() {
    let world = World::new();
    world.add();
    let _ = world.run();
    world.platform.database.run("DELETE FROM remote_video");
    world.platform.database.run("DELETE FROM video WHERE id=9");
    add_small(&world, 3);
    // Video 2 now has what video 3 was made of.
    world.platform.database.run(
        "INSERT INTO remote_video (video_id,page_url,document,fetched_at_unix_ms) \
         SELECT 2,'',document,1 FROM remote_video WHERE video_id=3",
    );
    world.platform.database.run("DELETE FROM video WHERE id=3");
    assert_eq!(types(&world.minutes_later(15)), ["Create"]);
    assert!(world.has("v3-360-fragmented.mp4"));
    assert!(
        world.mirrors()[0].starts_with("2 manual kept 4"),
        "{:?}",
        world.mirrors()
    );
    assert!(
        world.left_over().iter().all(|key| !key.contains("a-720")),
        "{}",
        world.now()
    );
}
