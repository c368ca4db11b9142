//! What there is room for, and what makes room.

use domain::UnixMillis;
use ports::{Database, DatabaseError, MirrorStrategy};
use rest::ids::VideoRef;
use store::mirror::{self as rows, NewStream};
use testkit::block_on;

use super::super::{add, allow_host};
use super::world::{FOLDER, World, large, media};
use crate::{AppError, Rejection};

fn allow(world: &World) {
    block_on(allow_host(&world.platform, "far.test", true)).unwrap();
}

/// Has the origin say that video 2 is another stream, of a file of that size.
fn replace(world: &World, size_bytes: u64) {
    world.platform.database.run(&format!(
        "UPDATE remote_video SET document=json_set(document,\
         '$.streaming.master_url','{FOLDER}/new-master.m3u8','$.streaming.files[0].size_bytes',{size_bytes}) \
         WHERE video_id=2"
    ));
}

fn look(world: &World) -> Vec<String> {
    let sql = "SELECT state,expires_at_unix_ms FROM mirror";
    world.platform.database.dump(sql)
}

#[test]
fn what_has_no_room_any_more_goes_with_its_files() {
    let world = World::with(|settings| settings.max_bytes = 9_000_000);
    world.add();
    let _ = world.run();
    replace(&world, 600_000);
    let told = world.minutes_later(15);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1["type"], "Undo");
    assert_eq!(world.mirrors(), [""; 0]);
    assert_eq!(world.left_over(), [""; 0]);
}

#[test]
fn what_is_closed_is_not_copied_anew() {
    let closed = |strategy: MirrorStrategy, privacy: u8| {
        let world = World::with(|settings| settings.strategy = strategy);
        match strategy {
            MirrorStrategy::Manual => world.add(),
            _ => allow(&world),
        }
        let _ = world.run();
        replace(&world, 1_000);
        let close = format!("UPDATE video SET privacy={privacy} WHERE id=2");
        world.platform.database.run(&close);
        block_on(super::super::keep_up(&world.platform)).unwrap();
        look(&world)[0].starts_with("kept")
    };
    assert!(closed(MirrorStrategy::Manual, 3));
    assert!(!closed(MirrorStrategy::Manual, 2), "it was asked for");
    assert!(closed(MirrorStrategy::RecentlyAdded, 2));
    assert!(!closed(MirrorStrategy::RecentlyAdded, 1));
}

#[test]
fn what_is_copied_anew_has_no_end_before_it_is_there() {
    let world = World::new();
    allow(&world);
    let _ = world.run();
    replace(&world, 1_000);
    // Nobody has the new playlist, and the old end comes.
    assert_eq!(world.minutes_later(15), []);
    assert_eq!(look(&world), ["copying|NULL"]);
    let folder = world
        .platform
        .database
        .dump("SELECT folder FROM mirror")
        .remove(0);
    let stream = NewStream {
        size_bytes: 1,
        master_url: "https://far.test/third.m3u8",
        folder: "third",
        max_bytes: 1_000_000,
        now: UnixMillis(1),
    };
    let restart = rows::restart(1, &folder, stream);
    let again = block_on(world.platform.database.batch(restart.into()));
    assert!(matches!(again, Err(DatabaseError::DemandNotMet { .. })));
}

#[test]
fn sizes_that_nothing_has_harm_nobody() {
    let world = World::new();
    world.add_video(3, &[("v3-360-fragmented.mp4", media(4_000, 9))]);
    // An old row: such a file is not taken any more.
    for index in 0..2 {
        world.platform.database.run(&format!(
            "UPDATE remote_video SET document=json_set(document,\
             '$.streaming.files[{index}].size_bytes',9223372036854775807) WHERE video_id=2"
        ));
    }
    // The newest has no stream at all.
    world.add_video(4, &[]);
    let empty = "UPDATE remote_video SET document='{}' WHERE video_id=4";
    world.platform.database.run(empty);
    allow(&world);
    let told = world.run();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1["object"]["object"], "https://far.test/v/3");
    let refused = block_on(add(&world.platform, &VideoRef::Id(2)));
    assert!(matches!(
        refused,
        Err(AppError::Rejected {
            rejection: Rejection::PayloadTooLarge,
            ..
        })
    ));
}

#[test]
fn nothing_makes_room_for_what_will_never_fit() {
    let room = u64::try_from(large().len()).unwrap() + 200_000;
    let world = World::with(|settings| settings.max_bytes = room);
    world.add();
    let _ = world.run();
    world.add_video(3, &[("v3-360-fragmented.mp4", media(4_000, 9))]);
    allow(&world);
    assert_eq!(world.run().len(), 1);
    world.add_video(4, &[("v4-360-fragmented.mp4", media(300_000, 7))]);
    for _ in 0..60 {
        let _ = world.minutes_later(60);
    }
    let mirrors = world.mirrors();
    assert_eq!(mirrors.len(), 2, "{mirrors:?}");
    assert!(mirrors[1].starts_with("3 recently-added kept"));
}

#[test]
fn only_what_is_finished_makes_room() {
    let world = World::new();
    allow(&world);
    let _ = world.run();
    let oldest = || {
        let select =
            rows::select_oldest(MirrorStrategy::RecentlyAdded, UnixMillis(world.now() + 1));
        let results = block_on(world.platform.database.batch(vec![select])).unwrap();
        results[0].len()
    };
    assert_eq!(oldest(), 1);
    for state in ["copying", "failed"] {
        let set = format!("UPDATE mirror SET state='{state}'");
        world.platform.database.run(&set);
        assert_eq!(oldest(), 0, "{state}");
    }
}
