//! Steps that meet others of the same copy, of another in its place, or nothing any more.

use std::cell::Cell;
use std::rc::Rc;

use domain::limits::PART_BYTES;
use http::{Response, StatusCode};
use ports::{Body, Database, DatabaseError, Platform, Statement};
use rest::ids::VideoRef;
use store::mirror::{self as rows, CopyRow};
use testkit::{TestPlatform, block_on};

use super::super::{add, allow_host, copy, remove};
use super::world::{FOLDER, World, media};

const LARGE: &str = "a-720-fragmented.mp4";
const PLAYLIST: &str = "a-720.m3u8";

/// Has the origin do something when it is asked for a file for the first time, and answer like that.
fn when_asked(
    world: &World,
    name: &str,
    status: StatusCode,
    happens: impl Fn(&TestPlatform) + 'static,
) {
    let (platform, is_first) = (world.platform.clone(), Rc::new(Cell::new(true)));
    let serve = move |_: &_| {
        if is_first.replace(false) {
            happens(&platform);
        }
        let mut response = Response::new(Body::Bytes(b"#EXTM3U\n".to_vec()));
        *response.status_mut() = status;
        response
    };
    world
        .platform
        .http
        .serve(&format!("{FOLDER}/{name}"), serve);
}

/// Serves a file by ranges, and lets something happen before the part that begins at `first`, which has that status.
fn before_part(
    world: &World,
    name: &str,
    first: u64,
    happens: impl Fn(&TestPlatform) -> StatusCode + 'static,
) {
    let url = format!("{FOLDER}/{name}");
    let whole = world.files.borrow()[&url].clone();
    let platform = world.platform.clone();
    world.platform.http.serve(&url, move |request| {
        let range = request.headers["range"].to_str().unwrap()[6..].to_owned();
        let (from, to) = range.split_once('-').unwrap();
        let status = match from == first.to_string() {
            true => happens(&platform),
            false => StatusCode::PARTIAL_CONTENT,
        };
        let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
        Response::builder()
            .status(status)
            .header("content-range", format!("bytes {range}/{}", whole.len()))
            .body(Body::Bytes(whole[from..=to].to_vec()))
            .unwrap()
    });
}

fn add_again(platform: &TestPlatform) {
    block_on(remove(platform, 1)).unwrap();
    block_on(add(platform, &VideoRef::Id(2))).unwrap();
}

#[test]
fn what_another_step_was_faster_with_stays() {
    let world = World::new();
    when_asked(&world, PLAYLIST, StatusCode::OK, |platform| {
        platform.advance_ms(4 * 60_000);
        let kept = platform
            .database
            .dump("SELECT sum(kept_bytes) FROM mirror_file");
        block_on(copy(platform, 1, kept[0].parse().unwrap())).unwrap();
    });
    world.add();
    assert_eq!(world.run().len(), 1, "{:?}", world.mirrors());
    let keys = world.platform.objects.keys();
    assert!(keys.iter().any(|key| key.ends_with(PLAYLIST)), "{keys:?}");
}

#[test]
fn a_step_leaves_alone_what_is_begun_in_place_of_its_own() {
    // It ends by giving up, and by waiting.
    for status in [StatusCode::NOT_FOUND, StatusCode::BAD_GATEWAY] {
        let world = World::new();
        when_asked(&world, PLAYLIST, status, add_again);
        world.add();
        let step = world.platform.tasks.take().unwrap();
        assert!(matches!(step, ports::Task::CopyMirror { .. }));
        block_on(copy(&world.platform, 1, 0)).unwrap();
        let left = "SELECT id,state,failures,taken_until_unix_ms,problem FROM mirror";
        assert_eq!(
            world.platform.database.dump(left),
            ["1|copying|0|0|NULL"],
            "{status}"
        );
    }
    // It ends by noting a part: the other has come as far, and waits for that file.
    let world = World::new();
    let calls = Rc::new(Cell::new(0));
    let (platform, count) = (world.platform.clone(), calls.clone());
    let url = format!("{FOLDER}/{PLAYLIST}");
    world.platform.http.serve(&url, move |_| {
        let nth = count.get() + 1;
        count.set(nth);
        if nth == 1 {
            add_again(&platform);
            block_on(copy(&platform, 1, 0)).unwrap();
        }
        let mut response = Response::new(Body::Bytes(b"#EXTM3U\n".to_vec()));
        if nth == 2 {
            *response.status_mut() = StatusCode::BAD_GATEWAY;
        }
        response
    });
    world.add();
    assert_eq!(world.run(), []);
    assert_eq!(world.minutes_later(5).len(), 1);
    assert_eq!(calls.get(), 3);
    assert!(world.has(PLAYLIST) && world.has(LARGE));
}

#[test]
fn nothing_is_noted_of_a_copy_in_another_folder() {
    let world = World::new();
    world.add();
    let now = world.platform.now();
    let claim = rows::claim(1, 0, now, now.plus_ms(1_000));
    let claimed = block_on(world.platform.database.batch(vec![claim])).unwrap();
    let mine = rows::read_copy(&claimed[0][0]).unwrap();
    let look = "SELECT state,failures,taken_until_unix_ms,problem,expires_at_unix_ms FROM mirror";
    let before = world.platform.database.dump(look);
    let other = CopyRow {
        folder: "another".to_owned(),
        ..mine
    };
    let mut notes: Vec<Statement> = rows::fail(&other, "gone", now).into();
    notes.push(rows::finish(&other, now, now));
    notes.push(rows::stumble(&other, "later", now));
    notes.push(rows::release(&other));
    block_on(world.platform.database.batch(notes)).unwrap();
    assert_eq!(world.platform.database.dump(look), before);
    let plan = block_on(
        world
            .platform
            .database
            .batch(rows::plan(&other, "[]").into()),
    );
    assert!(matches!(plan, Err(DatabaseError::DemandNotMet { .. })));
}

#[test]
fn a_server_that_is_mirrored_no_more_leaves_no_parts() {
    let world = World::new();
    before_part(&world, LARGE, PART_BYTES, |_| StatusCode::BAD_GATEWAY);
    world.add();
    assert_eq!(world.run(), []);
    assert_eq!(world.platform.objects.open_multiparts(), 1);
    block_on(allow_host(&world.platform, "far.test", false)).unwrap();
    assert_eq!(world.platform.objects.open_multiparts(), 0);
    assert_eq!(world.mirrors(), [""; 0]);
    assert_eq!(world.left_over(), [""; 0]);
}

#[test]
fn a_video_that_is_deleted_during_a_step_leaves_no_parts() {
    let world = World::new();
    let three = usize::try_from(2 * PART_BYTES + 1).unwrap();
    world.add_video(4, &[("v4-720-fragmented.mp4", media(three, 5))]);
    before_part(&world, "v4-720-fragmented.mp4", PART_BYTES, |platform| {
        assert_eq!(platform.objects.open_multiparts(), 1);
        platform.database.run("DELETE FROM video WHERE id=4");
        StatusCode::PARTIAL_CONTENT
    });
    block_on(add(&world.platform, &VideoRef::Id(4))).unwrap();
    assert_eq!(world.run(), []);
    assert_eq!(world.platform.objects.open_multiparts(), 0);
    assert_eq!(world.left_over(), [""; 0]);
}

#[test]
fn redirects_share_the_time_of_a_part() {
    let world = World::new();
    let hop = |from: String, to: &'static str| {
        let platform = world.platform.clone();
        world.platform.http.serve(&from, move |_| {
            platform.advance_ms(40_000);
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = StatusCode::FOUND;
            response
                .headers_mut()
                .insert("location", to.parse().unwrap());
            response
        });
    };
    hop(format!("{FOLDER}/{LARGE}"), "/second");
    hop("https://far.test/second".to_owned(), "/third");
    world.add();
    assert_eq!(world.run(), []);
    assert!(world.problem().contains("too long"), "{}", world.problem());
    let asked = world.platform.http.take_sent();
    assert!(asked.iter().all(|sent| !sent.url.ends_with("/third")));
}
