//! Playlists of other servers, and what an actor with a valid signature tries with them.

use std::cell::Cell;
use std::rc::Rc;

use serde_json::{Value, json};
use testkit::typed_response;

use super::super::playlists::{MAX_PLAYLIST_ELEMENTS, MAX_PLAYLIST_PAGES};
use super::world::{
    BOB, FAR_VIDEO, FILMS, ORIGIN, OURS, PUBLIC, World, activity, group, person, video,
};

const LIST: &str = "https://far.test/video-playlists/33333333-3333-4333-8333-333333333333";
const EVE: &str = "https://evil.test/accounts/eve";
const EVIL_FILMS: &str = "https://evil.test/video-channels/films";

/// The head of a playlist of `films`, changed `minute` minutes into 2025.
fn playlist(id: &str, minute: u32, channel: &str) -> Value {
    json!({
        "id": id, "type": "Playlist", "totalItems": 2, "first": format!("{id}?page=1"),
        "name": format!("Minute {minute}"), "content": "About", "mediaType": "text/markdown",
        "uuid": &id[id.len() - 36..], "published": "2025-01-01T00:00:00.000Z",
        "updated": format!("2025-01-01T00:{minute:02}:00.000Z"), "attributedTo": [channel],
        "to": [PUBLIC], "cc": [format!("{BOB}/followers")],
    })
}

fn element_id(number: u32) -> String {
    format!("{LIST}/videos/{number}")
}

/// Serves an element, and answers its id.
fn element(world: &World, number: u32, video: &str) -> String {
    world.serve(&json!({
        "id": element_id(number), "type": "PlaylistElement", "url": video, "position": number,
        "startTimestamp": number,
    }));
    element_id(number)
}

/// Serves the playlist as it is at that minute with these elements.
fn serve(world: &World, minute: u32, elements: &[String]) {
    world.serve(&playlist(LIST, minute, FILMS));
    let mut page = playlist(LIST, minute, FILMS);
    page["id"] = json!(format!("{LIST}?page=1"));
    page["partOf"] = json!(LIST);
    page["orderedItems"] = json!(elements);
    world.serve(&page);
}

fn state(world: &World) -> Vec<String> {
    let mut state = world.dump(
        "SELECT p.display_name||' '||a.name||' '||c.name||' '||p.privacy||' '||p.elements FROM video_playlist p \
         JOIN account a ON a.id=p.account_id JOIN channel c ON c.id=p.channel_id WHERE p.remote_url IS NOT NULL",
    );
    state.extend(world.dump(
        "SELECT e.position||' '||v.name||' '||e.start_secs FROM video_playlist_element e \
         JOIN video v ON v.id=e.video_id WHERE e.state=1 AND e.remote_url IS NOT NULL ORDER BY e.position",
    ));
    state
}

/// Somebody here follows bob, whose playlist has a video of his and one of ours.
fn world() -> World {
    let world = World::new();
    world.follow(&format!("{ORIGIN}/accounts/peertube"), BOB, "accepted");
    world.serve(&video(FAR_VIDEO, 5));
    let elements = [element(&world, 1, FAR_VIDEO), element(&world, 2, OURS)];
    serve(&world, 3, &elements);
    world
}

fn create(minute: u32) -> Value {
    activity("Create", BOB, playlist(LIST, minute, FILMS))
}

const AS_MADE: [&str; 3] = [
    "Minute 3 bob@far.test films@far.test 1 2",
    "1 Minute 5 1",
    "2 Bernoulli 2",
];

#[test]
fn a_playlist_is_read_with_its_elements_changed_and_deleted() {
    let world = world();
    world.receive(&create(3));
    assert_eq!(state(&world), AS_MADE);
    // Again, and an older one: nothing.
    world.receive(&create(3));
    serve(&world, 2, &[]);
    world.receive(&activity("Update", BOB, playlist(LIST, 2, FILMS)));
    assert_eq!(state(&world), AS_MADE);

    serve(&world, 4, &[element_id(2), element_id(1)]);
    world.receive(&activity("Update", BOB, json!(LIST)));
    let turned = [
        "Minute 4 bob@far.test films@far.test 1 2",
        "1 Bernoulli 2",
        "2 Minute 5 1",
    ];
    assert_eq!(state(&world), turned);
    serve(&world, 5, &[element_id(1)]);
    world.receive(&activity("Update", BOB, playlist(LIST, 5, FILMS)));
    let shorter = ["Minute 5 bob@far.test films@far.test 1 1", "1 Minute 5 1"];
    assert_eq!(state(&world), shorter);

    world.receive(&activity("Delete", BOB, json!(LIST)));
    assert_eq!(state(&world), [""; 0]);
}

#[test]
fn order_does_not_matter() {
    let world = world();
    world.receive(&activity("Update", BOB, playlist(LIST, 3, FILMS)));
    world.receive(&create(1));
    assert_eq!(state(&world), AS_MADE);

    let world = self::world();
    world.gone(LIST);
    world.receive(&activity("Delete", BOB, json!(LIST)));
    world.receive(&create(3));
    assert_eq!(state(&world), [""; 0]);
}

#[test]
fn playlists_from_before_the_follow_are_read() {
    let world = World::new();
    world.follow(&format!("{ORIGIN}/accounts/peertube"), FILMS, "pending");
    let mut films = group(FILMS, "films", BOB);
    films["playlists"] = json!(format!("{FILMS}/playlists"));
    world.sql(&format!(
        "UPDATE actor SET playlists_url='{FILMS}/playlists' WHERE url='{FILMS}'"
    ));
    world.serve(&films);
    world.serve(
        &json!({"id": format!("{FILMS}/outbox"), "type": "OrderedCollection", "orderedItems": []}),
    );
    world.serve(
        &json!({"id": format!("{FILMS}/playlists"), "type": "OrderedCollection",
        "first": format!("{FILMS}/playlists?page=1")}),
    );
    world.serve(
        &json!({"id": format!("{FILMS}/playlists?page=1"), "type": "OrderedCollectionPage",
        "orderedItems": [LIST, "https://evil.test/video-playlists/1"]}),
    );
    world.serve(&video(FAR_VIDEO, 5));
    serve(
        &world,
        3,
        &[element(&world, 1, FAR_VIDEO), element(&world, 2, OURS)],
    );
    let ours = format!("{ORIGIN}/accounts/peertube");
    let follow = json!({"type": "Follow", "id": format!("{ours}/follows/70"), "actor": ours, "object": FILMS});
    world.receive(&activity("Accept", FILMS, follow));
    assert_eq!(state(&world), AS_MADE);
}

#[test]
fn strangers_have_no_playlists_here() {
    let world = World::new();
    let elements = [element(&world, 1, OURS)];
    serve(&world, 3, &elements);
    world.receive(&create(3));
    assert_eq!(state(&world), [""; 0]);
}

#[test]
fn naming_somebody_who_is_followed_opens_no_door() {
    let world = world();
    world.serve(&person(EVE, "eve"));
    world.serve(&group(EVIL_FILMS, "films", EVE));
    let evil = "https://evil.test/video-playlists/33333333-3333-4333-8333-333333333333";
    let mut named = playlist(evil, 3, EVIL_FILMS);
    named["attributedTo"] = json!([EVIL_FILMS, BOB]);
    world.serve(&named);
    world.serve(
        &json!({"id": format!("{evil}?page=1"), "type": "OrderedCollectionPage", "orderedItems": []}),
    );
    world.receive(&activity("Create", EVE, json!(evil)));
    assert_eq!(state(&world), [""; 0]);
}

#[test]
fn nobody_speaks_for_another_server_or_owner() {
    let world = world();
    world.serve(&person(EVE, "eve"));
    world.serve(&group(EVIL_FILMS, "films", EVE));
    world.receive(&create(3));
    world.follow_more(EVE);
    let carl = "https://far.test/accounts/carl";
    world.serve(&person(carl, "carl"));

    let mut stolen = playlist(LIST, 9, EVIL_FILMS);
    world.receive(&activity("Update", EVE, stolen.clone()));
    world.receive(&activity("Delete", EVE, json!(LIST)));
    // A neighbour is not the owner: the origin has the last word.
    world.receive(&activity("Update", carl, playlist(LIST, 9, FILMS)));
    world.receive(&activity("Delete", carl, json!(LIST)));
    assert_eq!(state(&world), AS_MADE);

    // Of another server's channel; under another's UUID; one of ours.
    let evil = "https://evil.test/video-playlists/33333333-3333-4333-8333-333333333333";
    stolen["id"] = json!(evil);
    stolen["attributedTo"] = json!([FILMS]);
    world.serve(&stolen);
    world.receive(&activity("Create", EVE, stolen.clone()));
    stolen["attributedTo"] = json!([EVIL_FILMS]);
    world.serve(&stolen);
    world.receive(&activity("Create", EVE, stolen.clone()));
    let ours = format!("{ORIGIN}/video-playlists/33333333-3333-4333-8333-333333333333");
    world.receive(&activity("Update", EVE, playlist(&ours, 9, EVIL_FILMS)));
    assert_eq!(state(&world), AS_MADE);
}

#[test]
fn what_is_private_is_in_no_playlist_of_others() {
    let world = world();
    world.sql("UPDATE video SET privacy=3 WHERE id=1");
    // A video that its own server shows to nobody, or says to be for somebody alone.
    let hidden = "https://evil.test/videos/watch/44444444-4444-4444-8444-444444444444";
    world
        .platform
        .http
        .serve_status(hidden, http::StatusCode::FORBIDDEN);
    let secret = "https://evil.test/videos/watch/55555555-5555-4555-8555-555555555555";
    let mut for_one = video(secret, 5);
    for_one["to"] = json!([format!("{EVE}/followers")]);
    world.serve(&for_one);
    // An element that another server would have to serve, and one that lies about where it is.
    let foreign = "https://evil.test/video-playlists/1/videos/1".to_owned();
    world.serve(&json!({"id": foreign, "type": "PlaylistElement", "url": FAR_VIDEO}));
    let elements = [
        element(&world, 1, FAR_VIDEO),
        element(&world, 2, OURS),
        element(&world, 3, hidden),
        element(&world, 4, secret),
        foreign,
    ];
    serve(&world, 3, &elements);
    world.receive(&create(3));
    assert_eq!(
        state(&world),
        ["Minute 3 bob@far.test films@far.test 1 1", "1 Minute 5 1"]
    );
    assert_eq!(
        world.dump("SELECT count(*) FROM video WHERE remote_url LIKE '%evil%'"),
        ["0"]
    );
}

#[test]
fn a_playlist_that_is_closed_goes() {
    let world = world();
    world.receive(&create(3));
    let mut closed = playlist(LIST, 4, FILMS);
    closed["to"] = json!([format!("{BOB}/followers")]);
    closed["cc"] = json!([]);
    world.serve(&closed);
    world.receive(&activity("Update", BOB, closed));
    assert_eq!(state(&world), [""; 0]);
}

#[test]
fn playlists_without_an_end_end() {
    let world = world();
    let pages = Rc::new(Cell::new(0_u32));
    let mut head = playlist(LIST, 3, FILMS);
    head["first"] = json!(format!("{LIST}?page=1"));
    world.serve(&head);
    for page in 1..100_u32 {
        let pages = Rc::clone(&pages);
        let url = format!("{LIST}?page={page}");
        let items: Vec<String> = (0..60).map(|n| element_id(page * 1_000 + n)).collect();
        for item in &items {
            world.gone(item);
        }
        let document = json!({"id": url, "type": "Playlist", "orderedItems": items,
            "next": format!("{LIST}?page={}", page + 1)});
        world.platform.http.serve(&url, move |_| {
            pages.set(pages.get() + 1);
            typed_response("application/activity+json", document.to_string().as_bytes())
        });
    }
    world.receive_some(&activity("Create", BOB, json!(LIST)), 2);
    let kept =
        world.dump("SELECT count(*) FROM video_playlist_element WHERE remote_url IS NOT NULL");
    assert_eq!(kept, [MAX_PLAYLIST_ELEMENTS.to_string()]);
    assert!(usize::try_from(pages.get()).unwrap() <= MAX_PLAYLIST_PAGES);

    // Pages that lead in a circle and bring nothing.
    let world = self::world();
    let asked = Rc::new(Cell::new(0_u32));
    for page in 1..=2_u32 {
        let asked = Rc::clone(&asked);
        let url = format!("{LIST}?page={page}");
        let document = json!({"id": url, "type": "Playlist", "orderedItems": [],
            "next": format!("{LIST}?page={}", 3 - page)});
        world.platform.http.serve(&url, move |_| {
            asked.set(asked.get() + 1);
            typed_response("application/activity+json", document.to_string().as_bytes())
        });
    }
    world.receive(&create(3));
    assert_eq!(usize::try_from(asked.get()).unwrap(), MAX_PLAYLIST_PAGES);
}
