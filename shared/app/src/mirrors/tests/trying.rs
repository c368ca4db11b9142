//! Origins that are away, and steps that are cut off.

use http::StatusCode;
use ports::{Database, Platform};
use store::mirror as rows;
use testkit::block_on;

use super::super::allow_host;
use super::world::{FOLDER, World, media};

fn failures(world: &World) -> String {
    let sql = "SELECT failures FROM mirror";
    world.platform.database.dump(sql).remove(0)
}

#[test]
fn an_origin_that_is_away_for_two_days_is_away_for_good() {
    let world = World::new();
    let url = format!("{FOLDER}/a-720-fragmented.mp4");
    world
        .platform
        .http
        .serve_status(&url, StatusCode::BAD_GATEWAY);
    world.add();
    assert_eq!(world.run(), []);
    assert_eq!(failures(&world), "1", "bytes came before it stopped");
    for _ in 0..48 * 4 {
        assert_eq!(world.minutes_later(15), []);
    }
    assert!(world.mirrors()[0].starts_with("2 manual copying"));
    for _ in 0..4 * 4 {
        assert_eq!(world.minutes_later(15), []);
    }
    assert_eq!(world.mirrors(), ["2 manual failed 0"]);
}

#[test]
fn steps_that_are_cut_off_end_too() {
    let world = World::new();
    world.add();
    drop(world.platform.tasks.take());
    for _ in 0..16 {
        let now = world.platform.now();
        let claim = rows::claim(1, 0, now, now.plus_ms(60_000));
        let claimed = block_on(world.platform.database.batch(vec![claim])).unwrap();
        assert_eq!(claimed[0].len(), 1);
        world.platform.advance_ms(60_000);
    }
    assert_eq!(world.minutes_later(5), []);
    assert_eq!(world.mirrors(), ["2 manual failed 0"]);
    assert!(world.problem().contains("cut off"), "{}", world.problem());
}

#[test]
fn bytes_that_come_begin_the_count_anew() {
    let world = World::new();
    world.add();
    drop(world.platform.tasks.take());
    world.platform.database.run("UPDATE mirror SET failures=15");
    let url = format!("{FOLDER}/a-720-fragmented.mp4");
    world
        .platform
        .http
        .serve_status(&url, StatusCode::BAD_GATEWAY);
    assert_eq!(world.minutes_later(5), []);
    assert_eq!(failures(&world), "1");
    let whole = super::world::large();
    world.serve(&url, &whole);
    assert_eq!(world.minutes_later(2).len(), 1);
}

#[test]
fn one_that_waits_for_its_origin_keeps_no_other_waiting() {
    let world = World::new();
    world.add_video(3, &[("v3-360-fragmented.mp4", media(4_000, 9))]);
    let url = format!("{FOLDER}/v3-360-fragmented.mp4");
    world
        .platform
        .http
        .serve_status(&url, StatusCode::BAD_GATEWAY);
    block_on(allow_host(&world.platform, "far.test", true)).unwrap();
    assert_eq!(world.run(), []);
    assert_eq!(world.minutes_later(15).len(), 1);
    let states = "SELECT video_id||' '||state FROM mirror ORDER BY 1";
    assert_eq!(
        world.platform.database.dump(states),
        ["2 kept", "3 copying"]
    );
}
