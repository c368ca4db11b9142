//! Videos come, change and go.

use serde_json::json;

use super::world::{
    BOB, FAR, FAR_VIDEO, FILMS, ORIGIN, OURS, PUBLIC, World, activity, actor, group, person, video,
};

const NAMES: &str = "SELECT name FROM video WHERE remote_url IS NOT NULL ORDER BY id";

fn instance() -> String {
    format!("{ORIGIN}/accounts/peertube")
}

#[test]
fn a_video_of_a_followed_account_is_stored_once_with_its_people() {
    let world = World::new();
    world.follow(&instance(), BOB, "accepted");
    let create = activity("Create", BOB, video(FAR_VIDEO, 1));
    for _ in 0..3 {
        world.receive(&create);
    }
    world.serve(&video(FAR_VIDEO, 1));
    world.receive(&activity("Announce", FILMS, json!(FAR_VIDEO)));
    world.receive(&activity("Announce", FAR, json!(FAR_VIDEO)));
    assert_eq!(world.dump(NAMES), ["Minute 1"]);
    assert_eq!(
        world.dump(
            "SELECT c.name||' of '||a.name||': '||v.description||' '||v.duration_secs||' '||v.views
             FROM video v JOIN channel c ON c.id=v.channel_id JOIN account a ON a.id=c.account_id
             WHERE v.remote_url IS NOT NULL"
        ),
        ["films@far.test of bob@far.test: **bold** 60 3"]
    );
    assert_eq!(world.dump("SELECT tag FROM video_tag"), ["film"]);
    assert_eq!(
        world.dump("SELECT width||'x'||height FROM thumbnail"),
        ["280x157"]
    );
    assert_eq!(world.dump("SELECT count(*) FROM remote_video"), ["1"]);
    assert_eq!(world.dump("SELECT count(*) FROM video_share"), ["2"]);
    assert_eq!(world.dump("SELECT listed_videos FROM video_total"), ["2"]);
}

#[test]
fn what_peertube_8_adds_to_videos_and_channels_does_no_harm() {
    let world = World::new();
    let settings = |object: &str, theme: &str| {
        json!({
            "id": format!("{object}/player-settings"), "type": "PlayerSettings", "object": object,
            "theme": theme,
        })
    };
    let mut films = group(FILMS, "films", BOB);
    films["playerSettings"] = settings(FILMS, "lucide")["id"].clone();
    world.serve(&films);
    world.follow(&instance(), BOB, "accepted");
    for (minute, window, player) in [
        (
            1,
            json!("PT3600S"),
            settings(FAR_VIDEO, "galaxy")["id"].clone(),
        ),
        (2, json!(null), settings(FAR_VIDEO, "galaxy")),
        (3, json!(-1), json!([[7]])),
    ] {
        let mut new = video(FAR_VIDEO, minute);
        new["downloads"] = json!("many");
        new["dvrWindow"] = window;
        new["playerSettings"] = player;
        world.receive(&activity("Update", BOB, new));
        assert_eq!(world.dump(NAMES), [format!("Minute {minute}")]);
    }
    let state = world.state();
    let _ = world.platform.http.take_sent();
    for object in [FAR_VIDEO, FILMS] {
        world.receive(&activity("Update", BOB, settings(object, "lucide")));
    }
    for video in [FAR_VIDEO, OURS] {
        world.receive(&activity("Download", BOB, json!(video)));
    }
    assert_eq!(world.state(), state);
    let sent = world.platform.http.take_sent();
    assert!(sent.is_empty(), "nothing is read for it");
}

#[test]
fn a_video_that_nobody_asked_for_is_not_taken() {
    let world = World::new();
    world.receive(&activity("Create", BOB, video(FAR_VIDEO, 1)));
    world.serve(&video(FAR_VIDEO, 1));
    world.receive(&activity("Announce", FAR, json!(FAR_VIDEO)));
    assert_eq!(world.dump(NAMES), [""; 0]);
}

#[test]
fn the_instance_of_a_channel_is_followed_too() {
    let world = World::new();
    world.follow(&instance(), FAR, "pending");
    world.receive(&activity("Create", BOB, video(FAR_VIDEO, 1)));
    assert_eq!(world.dump(NAMES), ["Minute 1"]);
}

#[test]
fn an_older_document_never_replaces_a_newer_one() {
    let world = World::new();
    world.follow(&instance(), BOB, "accepted");
    world.receive(&activity("Update", BOB, video(FAR_VIDEO, 9)));
    world.receive(&activity("Update", BOB, video(FAR_VIDEO, 5)));
    world.receive(&activity("Create", BOB, video(FAR_VIDEO, 1)));
    assert_eq!(world.dump(NAMES), ["Minute 9"]);
    world.receive(&activity("Update", BOB, video(FAR_VIDEO, 10)));
    assert_eq!(world.dump(NAMES), ["Minute 10"]);
}

#[test]
fn a_deleted_video_comes_back_only_if_its_origin_has_it() {
    let world = World::new();
    world.follow(&instance(), BOB, "accepted");
    let create = activity("Create", BOB, video(FAR_VIDEO, 1));
    let delete = activity("Delete", BOB, json!(FAR_VIDEO));
    // The Delete may be first.
    world.receive(&delete);
    world.gone(FAR_VIDEO);
    world.receive(&create);
    assert_eq!(world.dump(NAMES), [""; 0]);
    // Public again, as PeerTube does with the ids that it used before.
    world.serve(&video(FAR_VIDEO, 1));
    world.receive(&create);
    assert_eq!(world.dump(NAMES), ["Minute 1"]);
    world.receive(&delete);
    assert_eq!(world.dump(NAMES), [""; 0]);
    assert_eq!(world.dump("SELECT count(*) FROM remote_video"), ["0"]);
}

#[test]
fn a_video_that_is_no_longer_public_goes() {
    let world = World::new();
    world.follow(&instance(), BOB, "accepted");
    world.receive(&activity("Create", BOB, video(FAR_VIDEO, 1)));
    let mut private = video(FAR_VIDEO, 2);
    private["to"] = json!(["https://far.test/accounts/bob/followers"]);
    world.receive(&activity("Update", BOB, private));
    assert_eq!(world.dump(NAMES), [""; 0]);
}

#[test]
fn an_unlisted_video_is_not_in_the_lists() {
    let world = World::new();
    world.follow(&instance(), BOB, "accepted");
    let mut unlisted = video(FAR_VIDEO, 1);
    // Mastodon's way, and PeerTube's.
    for (minute, cc) in [(1, json!(PUBLIC)), (2, json!([]))] {
        unlisted["updated"] = json!(format!("2025-01-01T00:{minute:02}:00.000Z"));
        unlisted["to"] = json!([]);
        unlisted["cc"] = cc;
        world.receive(&activity("Update", BOB, unlisted.clone()));
        assert_eq!(
            world.dump("SELECT privacy FROM video WHERE remote_url IS NOT NULL"),
            ["2"]
        );
        assert_eq!(world.dump("SELECT listed_videos FROM video_total"), ["1"]);
    }
}

#[test]
fn a_refresh_takes_numbers_and_comments_from_the_origin() {
    let world = World::new();
    world.follow(&instance(), BOB, "accepted");
    let mut with_collections = video(FAR_VIDEO, 1);
    for name in ["likes", "dislikes", "comments"] {
        with_collections[name] = json!(format!("{FAR_VIDEO}/{name}"));
    }
    let totals = |name: &str, total: u32| json!({"id": format!("{FAR_VIDEO}/{name}"), "type": "OrderedCollection", "totalItems": total});
    world.serve(&totals("likes", 12));
    world.serve(&totals("dislikes", 2));
    let comment = format!("{FAR_VIDEO}/comments/5");
    world.serve(&json!({
        "id": format!("{FAR_VIDEO}/comments"), "type": "OrderedCollection", "totalItems": 1,
        "first": {"type": "OrderedCollectionPage", "orderedItems": [comment, format!("{ORIGIN}/x")]},
    }));
    world.serve(&super::world::note(
        &comment,
        BOB,
        FAR_VIDEO,
        "<p>first</p>",
    ));
    world.receive(&activity("Create", BOB, with_collections.clone()));
    assert_eq!(
        world.dump(
            "SELECT likes||' '||dislikes||' '||comments FROM video WHERE remote_url IS NOT NULL"
        ),
        ["12 2 1"]
    );
    // Somebody likes it at once, which PeerTube tells by an Update without numbers: cron asks for them.
    world.serve(&totals("likes", 13));
    world.platform.advance_ms(5_000);
    let mut later = with_collections;
    later["updated"] = json!("2025-01-01T00:30:00Z");
    world.serve(&later);
    world.receive(&activity("Update", BOB, later));
    let likes = || world.dump("SELECT likes FROM video WHERE remote_url IS NOT NULL");
    assert_eq!(likes(), ["12"]);
    testkit::block_on(crate::federation::outgoing::keep_fresh(&world.platform)).unwrap();
    world.run_tasks();
    assert_eq!(likes(), ["13"]);
    // Two days later it is read again; meanwhile it is gone.
    world.platform.advance_ms(3 * 86_400_000);
    world.gone(FAR_VIDEO);
    let refresh = crate::federation::videos::refresh(&world.platform, FAR_VIDEO);
    testkit::block_on(refresh).unwrap();
    assert_eq!(world.dump(NAMES), [""; 0]);
}

#[test]
fn an_outbox_is_crawled_after_the_follow_was_accepted() {
    let world = World::new();
    world.follow(&instance(), FAR, "pending");
    world.serve(&json!({
        "id": format!("{FAR}/outbox"), "type": "OrderedCollection", "totalItems": 3,
        "first": format!("{FAR}/outbox?page=1"),
    }));
    let id = |digit: &str| FAR_VIDEO.replace('2', digit);
    let page = |number: u32, items: Vec<serde_json::Value>| {
        json!({
            "id": format!("{FAR}/outbox?page={number}"), "type": "OrderedCollectionPage",
            "next": format!("{FAR}/outbox?page={}", number + 1), "orderedItems": items,
        })
    };
    world.serve(&page(
        1,
        vec![
            activity("Announce", FAR, json!(id("3"))),
            activity("Announce", FAR, json!(id("4"))),
        ],
    ));
    world.serve(&page(2, vec![activity("Create", BOB, video(&id("5"), 5))]));
    world.gone(&format!("{FAR}/outbox?page=3"));
    for digit in ["3", "4", "5"] {
        world.serve(&video(&id(digit), digit.parse().unwrap()));
    }
    let follow = json!({"type": "Follow", "id": format!("{}/follows/70", instance()),
        "actor": instance(), "object": FAR});
    world.receive(&activity("Accept", FAR, follow));
    assert_eq!(world.dump("SELECT state FROM follow"), ["accepted"]);
    assert_eq!(world.dump(NAMES), ["Minute 3", "Minute 4", "Minute 5"]);
}

#[test]
fn an_actor_that_says_it_changed_is_read_at_its_origin() {
    let world = World::new();
    world.follow(&instance(), BOB, "accepted");
    let mut renamed = person(BOB, "bob");
    renamed["name"] = json!("Robert");
    renamed["summary"] = json!("<p>A <b>line</b></p>");
    world.serve(&renamed);
    world.receive(&activity("Update", BOB, person(BOB, "bob")));
    assert_eq!(
        world.dump("SELECT name||' '||display_name||' '||description FROM account WHERE id<>1"),
        ["bob@far.test Robert A line"]
    );
}

#[test]
fn whoever_goes_takes_all_that_is_theirs() {
    let world = World::new();
    world.follow(&instance(), BOB, "accepted");
    world.receive(&activity("Create", BOB, video(FAR_VIDEO, 1)));
    world.receive(&activity("Like", BOB, json!(super::world::OURS)));
    world.receive(&activity("Delete", BOB, json!(BOB)));
    assert_eq!(world.dump(NAMES), [""; 0]);
    assert_eq!(world.dump("SELECT name FROM account"), ["ada"]);
    assert_eq!(world.dump("SELECT likes FROM video"), ["0"]);
    assert_eq!(
        world.dump("SELECT count(*) FROM actor WHERE url='https://far.test/accounts/bob'"),
        ["0"]
    );
    // Once more, and nobody knows who that was: nothing is fetched.
    let _ = world.platform.http.take_sent();
    world.receive(&activity("Delete", BOB, json!(BOB)));
    assert_eq!(world.platform.http.take_sent(), []);
}

#[test]
fn a_name_belongs_to_the_actor_who_had_it_first() {
    let world = World::new();
    world.follow(&instance(), BOB, "accepted");
    let other = "https://far.test/users/other";
    world.serve(&person(other, "bob"));
    world.receive(&activity("Like", other, json!(super::world::OURS)));
    assert_eq!(world.dump("SELECT likes FROM video"), ["0"]);
    // Nor does it become another kind of actor.
    world.serve(&group(BOB, "bob", BOB));
    world.receive(&activity("Update", BOB, actor("Group", BOB, "bob")));
    assert_eq!(
        world.dump("SELECT kind FROM actor WHERE url='https://far.test/accounts/bob'"),
        ["account"]
    );
}

const LISTED: &str = "SELECT is_followed FROM video WHERE remote_url IS NOT NULL";

#[test]
fn what_a_user_has_asked_for_is_listed_when_the_instance_follows() {
    let user = "https://video.test/accounts/ada";
    for followed in [BOB, FILMS, FAR] {
        let world = World::new();
        world.follow(user, FILMS, "accepted");
        world.receive(&activity("Create", BOB, video(FAR_VIDEO, 1)));
        assert_eq!(world.dump(LISTED), ["0"]);
        assert_eq!(world.dump("SELECT listed_videos FROM video_total"), ["1"]);
        world.follow_more(followed);
        assert_eq!(world.dump(LISTED), ["1"], "{followed}");
        assert_eq!(world.dump("SELECT listed_videos FROM video_total"), ["2"]);
        world.sql("UPDATE follow SET state='rejected' WHERE id=71");
        assert_eq!(world.dump(LISTED), ["0"], "{followed}");
        assert_eq!(world.dump("SELECT listed_videos FROM video_total"), ["1"]);
    }
}

#[test]
fn what_somebody_shares_whom_the_instance_follows_is_listed() {
    let relay = "https://relay.test/accounts/peertube";
    let world = World::new();
    world.serve(&actor("Application", relay, "peertube"));
    world.follow("https://video.test/accounts/ada", FILMS, "accepted");
    world.receive(&activity("Create", BOB, video(FAR_VIDEO, 1)));
    world.receive(&activity("Announce", relay, json!(FAR_VIDEO)));
    assert_eq!(world.dump(LISTED), ["0"]);
    world.follow_more(relay);
    assert_eq!(world.dump(LISTED), ["1"]);
    let announce = activity("Announce", relay, json!(FAR_VIDEO));
    world.receive(&activity("Undo", relay, announce));
    assert_eq!(world.dump(LISTED), ["0"]);
}
