//! One copy: whole, interrupted, refused, removed.

use http::{Response, StatusCode};
use ports::{Body, Database, Platform, Statement, Task, TaskQueue};
use rest::ids::VideoRef;
use serde_json::json;
use testkit::{FaultMode, block_on};

use super::super::{Target, add, list, remove};
use super::world::{FOLDER, UUID, World, large};
use crate::{AppError, Rejection};

const LARGE: &str = "a-720-fragmented.mp4";
const SMALL: &str = "a-360-fragmented.mp4";

#[test]
fn the_origin_hears_of_a_copy_that_is_whole_and_of_its_end() {
    let world = World::new();
    world.add();
    let told = world.run();
    for name in [
        "2-master.m3u8",
        "2-sha.json",
        "a-360.m3u8",
        "a-720.m3u8",
        SMALL,
        LARGE,
    ] {
        assert!(world.has(name), "{name}");
    }
    let [(inbox, create)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(inbox, "https://far.test/inbox");
    let id = format!("https://video.test/redundancy/streaming-playlists/hls/{UUID}");
    assert_eq!(create["type"], "Create");
    assert_eq!(create["id"], format!("{id}/activity"));
    assert_eq!(create["actor"], "https://video.test/accounts/peertube");
    assert_eq!(create["to"], json!(["https://far.test/u/bob"]));
    let object = &create["object"];
    assert_eq!(
        (&object["id"], &object["type"]),
        (&json!(id), &json!("CacheFile"))
    );
    assert_eq!(object["object"], "https://far.test/v/2");
    assert_eq!(object["expires"], json!(null));
    let base_url = format!("https://video.test/static/redundancy/hls/{UUID}");
    assert_eq!(object["url"]["href"], base_url);

    let shown = block_on(list(&world.platform, Target::Others, (0, 15), false)).unwrap();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["total"], 1);
    let video = &shown["data"][0];
    assert_eq!((&video["id"], &video["name"]), (&json!(2), &json!("Far 2")));
    let copy = &video["redundancies"]["streamingPlaylists"][0];
    assert_eq!(copy["fileUrl"], base_url);
    assert_eq!(
        (&copy["strategy"], &copy["state"]),
        (&json!("manual"), &json!("kept"))
    );
    assert_eq!(copy["createdAt"], "2026-01-01T00:00:00.000Z");
    assert_eq!(copy["expiresOn"], json!(null));
    assert!(copy["size"].as_u64() > Some(8_388_608));
    let ours = block_on(list(&world.platform, Target::Ours, (0, 15), false)).unwrap();
    assert_eq!(ours, r#"{"total":0,"data":[]}"#);

    let id_here = copy["id"].as_i64().unwrap();
    block_on(remove(&world.platform, id_here)).unwrap();
    let told = world.run();
    let [(_, undo)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(undo["type"], "Undo");
    assert_eq!(undo["object"]["type"], "Create");
    assert_eq!(undo["object"]["object"]["id"], id);
    assert_eq!(world.left_over(), [""; 0]);
    let again = block_on(remove(&world.platform, id_here));
    assert!(matches!(
        again,
        Err(AppError::Rejected {
            rejection: Rejection::NotFound,
            ..
        })
    ));
}

#[test]
fn whatever_fails_on_the_way_the_copy_is_whole_at_last() {
    // A playlist, the last small file, and of the large one its beginning, its parts and its end.
    for nth in [0, 4, 5, 6, 7, 8] {
        for mode in [FaultMode::FailBefore, FaultMode::FailAfter] {
            let world = World::new();
            world.platform.objects.fail_write(nth, mode);
            world.add();
            let mut told = world.run();
            for _ in 0..3 {
                told.extend(world.minutes_later(5));
            }
            assert!(
                world.has(LARGE) && world.has(SMALL),
                "{nth} {mode:?} {}",
                world.problem()
            );
            assert_eq!(told.len(), 1, "{nth} {mode:?}");
        }
    }
}

#[test]
fn an_origin_that_is_away_is_asked_for_the_rest_later() {
    let world = World::new();
    let whole = large();
    let asked = std::rc::Rc::new(std::cell::Cell::new(0));
    let (count, bytes) = (asked.clone(), whole.clone());
    world
        .platform
        .http
        .serve(&format!("{FOLDER}/{LARGE}"), move |request| {
            count.set(count.get() + 1);
            let range = request.headers["range"].to_str().unwrap()[6..].to_owned();
            let (first, last) = range.split_once('-').unwrap();
            let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
            // The second part breaks off, then the server is gone for a while.
            let end = if count.get() == 2 {
                first + 5
            } else {
                last + 1
            };
            let status = if count.get() == 3 {
                StatusCode::BAD_GATEWAY
            } else {
                StatusCode::PARTIAL_CONTENT
            };
            Response::builder()
                .status(status)
                .header("content-range", format!("bytes {range}/{}", bytes.len()))
                .body(Body::Bytes(bytes[first..end].to_vec()))
                .unwrap()
        });
    world.add();
    assert_eq!(world.run(), []);
    assert!(world.problem().contains("broke off"), "{}", world.problem());
    assert_eq!(world.minutes_later(1), [], "too early");
    assert_eq!(asked.get(), 2);
    assert_eq!(world.minutes_later(1), []);
    assert_eq!((asked.get(), world.problem().contains("502")), (3, true));
    assert_eq!(world.minutes_later(4).len(), 1);
    assert!(world.has(LARGE));
    assert_eq!(asked.get(), 4, "what was there was not fetched again");
}

#[test]
fn the_same_task_twice_is_as_once() {
    let world = World::new();
    world.add();
    let first = world.platform.tasks.take().unwrap();
    let twice: Vec<Task> = vec![first.clone(), first];
    block_on(world.platform.tasks().send_all(twice)).unwrap();
    assert_eq!(world.run().len(), 1);
    // One that comes late finds nothing to do, and one of a lost step is replaced.
    let late = Task::CopyMirror {
        mirror_id: 1,
        from_bytes: 0,
    };
    block_on(world.platform.tasks().send(late)).unwrap();
    assert_eq!(world.run(), []);

    let world = World::new();
    world.add();
    drop(world.platform.tasks.take());
    assert_eq!(world.minutes_later(1), []);
    assert_eq!(world.minutes_later(3).len(), 1);
}

#[test]
fn what_is_not_as_promised_is_no_copy() {
    let check = |change: &dyn Fn(&World), problem: &str| {
        let world = World::new();
        change(&world);
        world.add();
        assert_eq!(world.run(), []);
        assert_eq!(world.mirrors(), ["2 manual failed 0"]);
        assert!(world.problem().contains(problem), "{}", world.problem());
        assert_eq!(world.left_over(), [""; 0]);
        assert_eq!(world.platform.objects.open_multiparts(), 0);
    };
    let put =
        |world: &World, name: &str, bytes: &[u8]| world.serve(&format!("{FOLDER}/{name}"), bytes);
    let mut forged = large();
    forged[8_400_000] ^= 1;
    check(&|world| put(world, LARGE, &forged), "hashes");
    check(&|world| put(world, LARGE, &large()[1..]), "206");
    check(&|world| put(world, "2-sha.json", b"{}"), "hashes");
    check(&|world| put(world, "2-sha.json", b"not json"), "");
    check(
        &|world| put(world, "2-master.m3u8", b"#EXTM3U\nhttp://10.0.0.1/a.m3u8\n"),
        "10.0.0.1",
    );
    check(
        &|world| put(world, "2-master.m3u8", &[b'#'; 70_000]),
        "65536",
    );
    check(
        &|world| {
            drop(
                world
                    .files
                    .borrow_mut()
                    .remove(&format!("{FOLDER}/a-360.m3u8")),
            )
        },
        "does not have it",
    );
}

#[test]
fn parts_of_what_breaks_off_for_good_are_given_up() {
    let world = World::new();
    let whole = large();
    world
        .platform
        .http
        .serve(&format!("{FOLDER}/{LARGE}"), move |request| {
            let range = request.headers["range"].to_str().unwrap()[6..].to_owned();
            let mut response = Response::new(Body::Bytes(whole[..8 * 1024 * 1024].to_vec()));
            if range.starts_with("0-") {
                let said = format!("bytes {range}/{}", whole.len());
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                response
                    .headers_mut()
                    .insert("content-range", said.parse().unwrap());
            }
            response
        });
    world.add();
    assert_eq!(world.run(), []);
    assert_eq!(world.mirrors(), ["2 manual failed 0"]);
    assert_eq!(world.platform.objects.open_multiparts(), 0);
    assert_eq!(world.left_over(), [""; 0]);
    // Asked for again it is begun anew.
    world.serve(&format!("{FOLDER}/{LARGE}"), &large());
    world.add();
    assert_eq!(world.run().len(), 1);
}

/// What the origin's document may point at, which is nobody's but its own word.
#[test]
fn nothing_private_is_asked() {
    for url in [
        "http://127.0.0.1:8787/a.mp4",
        "https://169.254.169.254/a.mp4",
        "https://nas.local/a.mp4",
        "http://far.test/a.mp4",
    ] {
        let world = World::new();
        let point = Statement::new(
            "UPDATE remote_video SET document=json_set(document,'$.streaming.files[0].url',?1)",
            vec![url.into()],
        );
        block_on(world.platform.database.batch(vec![point])).unwrap();
        world.add();
        assert_eq!(world.run(), []);
        assert!(
            world.problem().contains("may not be asked"),
            "{}",
            world.problem()
        );
        let sent = world.platform.http.take_sent();
        assert!(
            sent.iter()
                .all(|request| request.url.starts_with("https://far.test/"))
        );
    }
}

#[test]
fn only_what_fits_and_is_open_and_elsewhere_is_copied_and_once() {
    let refusal = |world: &World, id: i64| match block_on(add(&world.platform, &VideoRef::Id(id))) {
        Err(AppError::Rejected { rejection, .. }) => rejection,
        other => panic!("{other:?}"),
    };
    let world = World::with(|settings| settings.max_bytes = 8_000_000);
    assert_eq!(refusal(&world, 2), Rejection::PayloadTooLarge);
    let world = World::new();
    testkit::rows::add_video(&world.platform.database);
    assert_eq!(refusal(&world, 1), Rejection::BadRequest);
    assert_eq!(refusal(&world, 7), Rejection::NotFound);
    world
        .platform
        .database
        .run("UPDATE video SET privacy=3 WHERE id=2");
    assert_eq!(refusal(&world, 2), Rejection::BadRequest);
    world
        .platform
        .database
        .run("UPDATE video SET privacy=1 WHERE id=2");
    world.add();
    assert_eq!(refusal(&world, 2), Rejection::Conflict);
}

#[test]
fn a_copy_that_is_removed_on_its_way_leaves_nothing() {
    let world = World::new();
    let platform = world.platform.clone();
    world
        .platform
        .http
        .serve(&format!("{FOLDER}/a-720.m3u8"), move |_| {
            block_on(remove(&platform, 1)).unwrap();
            Response::new(Body::Bytes(b"#EXTM3U\n".to_vec()))
        });
    world.add();
    assert_eq!(world.run(), []);
    assert_eq!(world.mirrors(), [""; 0]);
    assert_eq!(world.left_over(), [""; 0]);
}

#[test]
fn a_video_that_goes_takes_its_copy_along_and_nobody_is_told() {
    let world = World::new();
    world.add();
    assert_eq!(world.run().len(), 1);
    assert!(!world.left_over().is_empty());
    world.platform.database.run("DELETE FROM video WHERE id=2");
    assert_eq!(world.minutes_later(1), []);
    assert_eq!(world.left_over(), [""; 0]);
}
