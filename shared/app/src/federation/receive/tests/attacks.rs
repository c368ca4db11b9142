//! What an actor with a valid signature tries that it may not. The door's own are in `inbox/tests.rs`.

use std::cell::Cell;
use std::rc::Rc;

use ports::{FederationTask, Platform, Task};
use serde_json::{Value, json};
use testkit::{block_on, typed_response};

use super::world::{
    BOB, FAR, FAR_VIDEO, FILMS, ORIGIN, OURS, PUBLIC, World, activity, actor, group, note, person,
    video,
};
use crate::federation::run;

const EVE: &str = "https://evil.test/accounts/eve";
const CARL: &str = "https://far.test/accounts/carl";

/// A world with a video and a comment of bob's, and eve.
fn world() -> World {
    let world = World::new();
    world.follow(&format!("{ORIGIN}/accounts/peertube"), BOB, "accepted");
    world.receive(&activity("Create", BOB, video(FAR_VIDEO, 5)));
    world.receive(&activity(
        "Create",
        BOB,
        note("https://far.test/notes/1", BOB, OURS, "true"),
    ));
    world.serve(&video(FAR_VIDEO, 5));
    world.serve(&note("https://far.test/notes/1", BOB, OURS, "true"));
    world.serve(&person(EVE, "eve"));
    world.serve(&person(CARL, "carl"));
    world
}

fn changes_nothing(world: &World, attack: &Value) {
    let before = world.state();
    world.receive(attack);
    assert_eq!(world.state(), before, "{attack}");
}

#[test]
fn another_host_cannot_change_or_delete() {
    let world = world();
    let mut forged = video(FAR_VIDEO, 9);
    forged["name"] = json!("Forged");
    changes_nothing(&world, &activity("Update", EVE, forged.clone()));
    changes_nothing(&world, &activity("Create", EVE, forged));
    changes_nothing(&world, &activity("Delete", EVE, json!(FAR_VIDEO)));
    changes_nothing(
        &world,
        &activity("Delete", EVE, json!("https://far.test/notes/1")),
    );
    changes_nothing(&world, &activity("Delete", EVE, json!(BOB)));
    changes_nothing(&world, &activity("Update", EVE, person(BOB, "eve")));
    changes_nothing(&world, &activity("Delete", EVE, json!(OURS)));
    changes_nothing(
        &world,
        &activity(
            "Update",
            EVE,
            json!({"type": "Person",
        "id": format!("{ORIGIN}/accounts/ada"), "preferredUsername": "eve"}),
        ),
    );
    let like = activity("Like", BOB, json!(OURS));
    changes_nothing(&world, &activity("Undo", EVE, like));
    // An id of somebody else's server.
    let mut foreign = activity("Like", EVE, json!(OURS));
    foreign["id"] = json!("https://far.test/likes/1");
    changes_nothing(&world, &foreign);
}

#[test]
fn a_neighbour_is_believed_only_as_far_as_the_origin_says_so() {
    let world = world();
    let mut forged = video(FAR_VIDEO, 9);
    forged["name"] = json!("Forged");
    changes_nothing(&world, &activity("Update", CARL, forged));
    changes_nothing(&world, &activity("Delete", CARL, json!(FAR_VIDEO)));
    let mut forged = note("https://far.test/notes/1", BOB, OURS, "forged");
    forged["updated"] = json!("2025-07-01T00:00:00Z");
    changes_nothing(&world, &activity("Update", CARL, forged));
    changes_nothing(
        &world,
        &activity("Delete", CARL, json!("https://far.test/notes/1")),
    );
    changes_nothing(&world, &activity("Delete", CARL, json!(BOB)));
    // What a moderator of theirs deletes is gone there.
    world.gone(FAR_VIDEO);
    world.receive(&activity("Delete", CARL, json!(FAR_VIDEO)));
    assert_eq!(
        world.dump("SELECT count(*) FROM video WHERE remote_url IS NOT NULL"),
        ["0"]
    );
}

#[test]
fn a_private_object_is_not_shared_into_the_open() {
    let world = world();
    let id = FAR_VIDEO.replace('2', "3");
    let mut private = video(&id, 1);
    private["to"] = json!(["https://far.test/accounts/bob/followers"]);
    world.serve(&private);
    changes_nothing(&world, &activity("Announce", BOB, json!(id)));
    changes_nothing(&world, &activity("Create", BOB, private));
    // Nor one of ours.
    world.sql("UPDATE video SET privacy=3 WHERE id=1");
    changes_nothing(&world, &activity("Announce", BOB, json!(OURS)));
    // Nor one that only some servers may read.
    let hidden = FAR_VIDEO.replace('2', "4");
    world
        .platform
        .http
        .serve_status(&hidden, http::StatusCode::FORBIDDEN);
    changes_nothing(&world, &activity("Announce", BOB, json!(hidden)));
}

#[test]
fn nobody_is_asked_who_may_not_be() {
    let world = world();
    for target in [
        "https://127.0.0.1/videos/1",
        "https://localhost/videos/1",
        "http://far.test/videos/1",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/videos/1",
    ] {
        let _ = world.platform.http.take_sent();
        changes_nothing(&world, &activity("Announce", BOB, json!(target)));
        assert_eq!(world.platform.http.take_sent(), [], "{target}");
    }
    // A redirect there is none that is followed.
    let id = FAR_VIDEO.replace('2', "3");
    world.platform.http.serve(&id, |_| {
        http::Response::builder()
            .status(302)
            .header("location", "https://127.0.0.1/videos/1")
            .body(ports::Body::Empty)
            .unwrap()
    });
    changes_nothing(&world, &activity("Announce", BOB, json!(id)));
    let asked: Vec<String> = world
        .platform
        .http
        .take_sent()
        .into_iter()
        .map(|request| request.url)
        .collect();
    assert_eq!(asked, [id]);
}

#[test]
fn two_ids_of_one_video_are_one_row_and_a_uuid_is_its_owners() {
    let world = world();
    // The same document at another path: its id counts.
    let alias = "https://far.test/w/abc";
    world
        .platform
        .http
        .serve_document(alias, &video(FAR_VIDEO, 5).to_string());
    changes_nothing(&world, &activity("Create", BOB, json!(alias)));
    world.receive(&activity("Announce", BOB, json!(alias)));
    assert_eq!(
        world.dump("SELECT count(*) FROM video WHERE remote_url IS NOT NULL"),
        ["1"]
    );
    // Another id with its UUID, there and elsewhere, and with that of one of ours.
    let mut twin = video(&FAR_VIDEO.replace('2', "3"), 5);
    twin["uuid"] = json!("22222222-2222-4222-8222-222222222222");
    changes_nothing(&world, &activity("Create", BOB, twin.clone()));
    twin["uuid"] = json!(super::world::UUID);
    changes_nothing(&world, &activity("Create", BOB, twin));
}

#[test]
fn a_channel_of_another_host_is_not_theirs() {
    let world = world();
    world.follow_more(EVE);
    let mut stolen = video(
        "https://evil.test/videos/watch/66666666-6666-4666-8666-666666666666",
        1,
    );
    stolen["attributedTo"] = json!([EVE, FILMS]);
    changes_nothing(&world, &activity("Create", EVE, stolen.clone()));
    // A group that says it is bob's.
    let fake = "https://evil.test/video-channels/films";
    world.serve(&group(fake, "films", BOB));
    stolen["attributedTo"] = json!([EVE, fake]);
    changes_nothing(&world, &activity("Create", EVE, stolen));
}

#[test]
fn collections_without_an_end_end() {
    let world = World::new();
    world.follow(&format!("{ORIGIN}/accounts/peertube"), FAR, "pending");
    let pages = Rc::new(Cell::new(0_u32));
    for page in 0..200 {
        let pages = Rc::clone(&pages);
        let url = if page == 0 {
            format!("{FAR}/outbox")
        } else {
            format!("{FAR}/outbox?page={page}")
        };
        let document = json!({"id": url, "type": "OrderedCollectionPage", "orderedItems": [],
            "next": format!("{FAR}/outbox?page={}", page + 1)});
        world.platform.http.serve(&url, move |_| {
            pages.set(pages.get() + 1);
            typed_response("application/activity+json", document.to_string().as_bytes())
        });
    }
    let follow = json!({"type": "Follow", "id": format!("{ORIGIN}/accounts/peertube/follows/70"),
        "actor": format!("{ORIGIN}/accounts/peertube"), "object": FAR});
    world.receive(&activity("Accept", FAR, follow));
    assert_eq!(pages.get(), super::super::crawl::MAX_OUTBOX_PAGES + 1);
    // One that leads to itself.
    let circle = json!({"id": format!("{FAR}/outbox"), "type": "OrderedCollection",
        "orderedItems": [], "next": format!("{FAR}/outbox")});
    world.serve(&circle);
    let task = FederationTask::CrawlOutbox {
        actor_url: FAR.to_owned(),
        page_url: None,
        pages_read: 0,
    };
    block_on(run(&world.platform, task)).unwrap();
    assert_eq!(world.platform.tasks.take(), None::<Task>);
}

#[test]
fn chains_of_answers_without_an_end_end() {
    let world = world();
    // A circle.
    world.serve(&note(
        "https://evil.test/n/1",
        EVE,
        "https://evil.test/n/2",
        "a",
    ));
    world.serve(&note(
        "https://evil.test/n/2",
        EVE,
        "https://evil.test/n/1",
        "b",
    ));
    let _ = world.platform.http.take_sent();
    changes_nothing(
        &world,
        &activity(
            "Create",
            EVE,
            note("https://evil.test/n/1", EVE, "https://evil.test/n/2", "a"),
        ),
    );
    assert!(world.platform.http.take_sent().len() <= 3);
    // A line that never comes to a video.
    for number in 10..100 {
        let id = format!("https://evil.test/n/{number}");
        let above = format!("https://evil.test/n/{}", number + 1);
        world.serve(&note(&id, EVE, &above, "c"));
    }
    changes_nothing(
        &world,
        &activity(
            "Create",
            EVE,
            note("https://evil.test/n/10", EVE, "https://evil.test/n/11", "c"),
        ),
    );
    assert!(world.platform.http.take_sent().len() <= 12);
}

#[test]
fn documents_that_are_too_much_are_not_read() {
    let world = world();
    let nested = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let wide = format!("[{}1]", "1,".repeat(100_000));
    for (digit, bomb) in [("3", nested), ("4", wide), ("5", "x".repeat(2_000_000))] {
        let id = FAR_VIDEO.replace('2', digit);
        let text = format!("{{\"id\":\"{id}\",\"type\":\"Video\",\"bomb\":{bomb}}}");
        world.platform.http.serve_document(&id, &text);
        changes_nothing(&world, &activity("Announce", BOB, json!(id)));
    }
    // Neither what a document says of its length.
    let mut huge = video(&FAR_VIDEO.replace('2', "6"), 1);
    huge["views"] = json!(u64::MAX);
    huge["duration"] = json!("PT99999999999999H");
    huge["published"] = json!("9999-12-31T23:59:59Z");
    huge["updated"] = json!("9999-12-31T23:59:59Z");
    world.receive(&activity("Create", BOB, huge));
    let now = world.platform.now().0;
    for text in world.dump(
        "SELECT max(published_at_unix_ms,updated_at_unix_ms) FROM video WHERE name='Minute 1'",
    ) {
        assert!(text.parse::<i64>().unwrap() <= now);
    }
}

#[test]
fn ours_are_never_fetched_nor_described_by_others() {
    let world = world();
    let _ = world.platform.http.take_sent();
    changes_nothing(
        &world,
        &activity(
            "Announce",
            BOB,
            json!(format!("{ORIGIN}/videos/watch/7777")),
        ),
    );
    let mut ours = actor("Person", &format!("{ORIGIN}/accounts/ada"), "ada");
    ours["to"] = json!([PUBLIC]);
    changes_nothing(&world, &activity("Announce", BOB, ours));
    assert_eq!(world.platform.http.take_sent(), []);
}
