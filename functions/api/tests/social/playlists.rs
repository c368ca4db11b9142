//! Lists of videos that people put together.

use http::StatusCode;
use ports::Body;
use serde_json::{Value as Json, json};
use testkit::TestPlatform;

use crate::fixture::{Answered, add_video, ask, get, get_as, request, run, send, set, uuid};
use crate::stage::{delete, stage};

const ROOT: &str = "/api/v1/video-playlists";

fn channel_id(platform: &TestPlatform, owner: &str) -> i64 {
    let account = get(
        platform,
        &format!("/api/v1/accounts/{owner}/video-channels"),
    );
    account.json["data"][0]["id"].as_i64().unwrap()
}

/// A playlist of ada's; its row id.
fn create(platform: &TestPlatform, name: &str, privacy: i64) -> i64 {
    platform.advance_ms(1_000);
    let body = json!({
        "displayName": name, "privacy": privacy, "videoChannelId": channel_id(platform, "ada"),
    });
    let made = send(platform, "POST", ROOT, "ada", &body);
    assert_eq!(made.status, StatusCode::OK, "{}", made.json);
    made.json["videoPlaylist"]["id"].as_i64().unwrap()
}

fn add(platform: &TestPlatform, playlist: i64, video: u32) -> i64 {
    let path = format!("{ROOT}/{playlist}/videos");
    let added = send(
        platform,
        "POST",
        &path,
        "ada",
        &json!({ "videoId": uuid(video) }),
    );
    assert_eq!(added.status, StatusCode::OK, "{}", added.json);
    added.json["videoPlaylistElement"]["id"].as_i64().unwrap()
}

/// `position:name` of each element, or its kind where there is no video.
fn shown(list: &Answered) -> String {
    let elements = list.json["data"].as_array().unwrap();
    let one = |element: &Json| {
        let name = element["video"]["name"].as_str();
        let kind = element["type"].to_string();
        format!("{}:{}", element["position"], name.unwrap_or(&kind))
    };
    elements.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn videos(platform: &TestPlatform, playlist: i64) -> String {
    shown(&get(platform, &format!("{ROOT}/{playlist}/videos")))
}

fn names(list: &Answered) -> Vec<&str> {
    let items = list.json["data"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["displayName"].as_str().unwrap())
        .collect()
}

#[test]
fn everybody_has_a_list_of_what_to_watch_later() {
    let platform = stage();
    let me = get_as(&platform, "ada", "/api/v1/users/me").json;
    let special = &me["specialPlaylists"][0];
    assert_eq!(
        (&special["name"], &special["type"]),
        (&json!("Watch later"), &json!(2))
    );
    let id = special["id"].as_i64().unwrap();
    add(&platform, id, 1);
    let path = format!("{ROOT}/{id}");
    assert_eq!(get_as(&platform, "ada", &path).json["videosLength"], 1);
    let uuids = platform
        .database
        .dump("SELECT DISTINCT length(uuid), substr(uuid, 15, 1) FROM video_playlist");
    assert_eq!(uuids, ["36|4"]);
    for status in [
        delete(&platform, Some("ada"), &path).status,
        send(
            &platform,
            "PUT",
            &path,
            "ada",
            &json!({ "displayName": "x" }),
        )
        .status,
    ] {
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(get(&platform, &path).status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        get_as(&platform, "bob", &path).status,
        StatusCode::FORBIDDEN
    );
}

#[test]
fn a_playlist_is_made_changed_and_deleted() {
    let platform = stage();
    let id = create(&platform, "Films", 1);
    add(&platform, id, 1);
    let found = get(&platform, &format!("{ROOT}/{id}")).json;
    let uuid = found["uuid"].as_str().unwrap();
    assert_eq!(
        found["url"],
        format!("https://video.test/video-playlists/{uuid}")
    );
    assert_eq!(found["privacy"], json!({ "id": 1, "label": "Public" }));
    assert_eq!(found["type"], json!({ "id": 1, "label": "Regular" }));
    assert_eq!(found["ownerAccount"]["name"], "ada");
    assert_eq!(found["videoChannel"]["name"], "ada_channel");
    assert_eq!(found["embedPath"], format!("/video-playlists/embed/{uuid}"));
    let short = found["shortUUID"].as_str().unwrap();
    assert_eq!(get(&platform, &format!("{ROOT}/{short}")).json["id"], id);

    let path = format!("{ROOT}/{uuid}");
    let change =
        json!({ "displayName": "Better films", "description": "Seen twice.", "privacy": 2 });
    assert_eq!(
        send(&platform, "PUT", &path, "bob", &change).status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        send(&platform, "PUT", &path, "ada", &change).status,
        StatusCode::NO_CONTENT
    );
    let changed = get(&platform, &path).json;
    assert_eq!(changed["displayName"], "Better films");
    assert_eq!(changed["description"], "Seen twice.");
    assert_eq!(changed["videoChannel"]["name"], "ada_channel");
    // Unlisted: for whoever knows its UUID, whom counting row ids does not help.
    assert_eq!(
        get(&platform, &format!("{ROOT}/{id}")).status,
        StatusCode::NOT_FOUND
    );
    let public_alone = json!({ "privacy": 1, "videoChannelId": null });
    assert_eq!(
        send(&platform, "PUT", &path, "ada", &public_alone).status,
        StatusCode::BAD_REQUEST
    );

    assert_eq!(
        delete(&platform, Some("bob"), &path).status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        delete(&platform, None, &path).status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        delete(&platform, Some("ada"), &path).status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(get(&platform, &path).status, StatusCode::NOT_FOUND);
}

#[test]
fn wrong_forms_are_refused() {
    let platform = stage();
    let of_bob = channel_id(&platform, "bob");
    for body in [
        json!({}),
        json!({ "displayName": "" }),
        json!({ "displayName": "x".repeat(121) }),
        json!({ "displayName": "x", "privacy": 4 }),
        json!({ "displayName": "x", "privacy": 1 }),
        json!({ "displayName": "x", "privacy": 2 }),
        json!({ "displayName": "x", "description": "no" }),
        json!({ "displayName": "x", "privacy": 1, "videoChannelId": of_bob }),
    ] {
        let made = send(&platform, "POST", ROOT, "ada", &body);
        assert_eq!(made.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let body = Body::Bytes(b"{\"displayName\":\"x\"}".to_vec());
    let made = ask(&platform, request("POST", ROOT, None, body));
    assert_eq!(made.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        get(&platform, &format!("{ROOT}/nothing")).status,
        StatusCode::NOT_FOUND
    );
    let privacies = get(&platform, &format!("{ROOT}/privacies")).json;
    assert_eq!(
        privacies,
        json!({ "1": "Public", "2": "Unlisted", "3": "Private" })
    );
}

#[test]
fn lists_hold_what_their_reader_may_see() {
    let platform = stage();
    for (name, privacy) in [("Open", 1), ("Hidden", 2), ("Secret", 3)] {
        create(&platform, name, privacy);
    }
    assert_eq!(names(&get(&platform, ROOT)), ["Open"]);
    let of_account = "/api/v1/accounts/ada/video-playlists";
    assert_eq!(names(&get(&platform, of_account)), ["Open"]);
    assert_eq!(names(&get_as(&platform, "bob", of_account)), ["Open"]);
    let mine = get_as(&platform, "ada", &format!("{of_account}?sort=displayName"));
    assert_eq!(names(&mine), ["Hidden", "Open", "Secret", "Watch later"]);
    assert_eq!(mine.json["total"], 4);
    let regular = get_as(
        &platform,
        "ada",
        &format!("{of_account}?playlistType=1&search=EC"),
    );
    assert_eq!(names(&regular), ["Secret"]);
    let of_channel = "/api/v1/video-channels/ada_channel/video-playlists";
    assert_eq!(names(&get(&platform, of_channel)), ["Open"]);
    let found = get(
        &platform,
        "/api/v1/search/video-playlists?search=op&sort=-match",
    );
    assert_eq!(names(&found), ["Open"]);
    let nobody = get(&platform, "/api/v1/accounts/nobody/video-playlists");
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    run(
        &platform,
        "UPDATE account SET is_blocked = 1 WHERE name = 'ada'",
        vec![],
    );
    assert!(names(&get(&platform, ROOT)).is_empty());
}

#[test]
fn elements_keep_their_order() {
    let platform = stage();
    for (number, name) in [(2, "Two"), (3, "Three"), (4, "Four")] {
        add_video(&platform, number, "bob", name);
    }
    let id = create(&platform, "Films", 1);
    let elements: Vec<i64> = (1..=4).map(|number| add(&platform, id, number)).collect();
    assert_eq!(videos(&platform, id), "1:Bunny 2:Two 3:Three 4:Four");
    let move_block = |start: u32, after: u32, length: u32| {
        let body = json!({
            "startPosition": start, "insertAfterPosition": after, "reorderLength": length,
        });
        let path = format!("{ROOT}/{id}/videos/reorder");
        send(&platform, "POST", &path, "ada", &body).status
    };
    for (start, after, length, expected) in [
        (1, 4, 1, "1:Two 2:Three 3:Four 4:Bunny"),
        (3, 0, 2, "1:Four 2:Bunny 3:Two 4:Three"),
        (1, 3, 2, "1:Two 2:Four 3:Bunny 4:Three"),
        (2, 2, 2, "1:Two 2:Four 3:Bunny 4:Three"),
        (4, 1, 1, "1:Two 2:Three 3:Four 4:Bunny"),
    ] {
        assert_eq!(move_block(start, after, length), StatusCode::NO_CONTENT);
        assert_eq!(videos(&platform, id), expected, "{start} {after} {length}");
    }
    for (start, after, length) in [(5, 1, 1), (1, 5, 1), (4, 0, 2), (0, 1, 1), (1, 1, 0)] {
        assert_eq!(move_block(start, after, length), StatusCode::BAD_REQUEST);
    }
    let element = format!("{ROOT}/{id}/videos/{}", elements[2]);
    assert_eq!(
        delete(&platform, Some("bob"), &element).status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        delete(&platform, Some("ada"), &element).status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        delete(&platform, Some("ada"), &element).status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(videos(&platform, id), "1:Two 2:Four 3:Bunny");
    let page = get(&platform, &format!("{ROOT}/{id}/videos?start=1&count=1"));
    assert_eq!(
        (shown(&page).as_str(), &page.json["total"]),
        ("2:Four", &json!(3))
    );
}

#[test]
fn an_element_plays_a_part_of_its_video() {
    let platform = stage();
    let id = create(&platform, "Films", 1);
    let element = add(&platform, id, 1);
    let path = format!("{ROOT}/{id}/videos/{element}");
    let moment = || {
        let list = get(&platform, &format!("{ROOT}/{id}/videos")).json;
        let element = &list["data"][0];
        format!("{} {}", element["startTimestamp"], element["stopTimestamp"])
    };
    for (change, expected) in [
        (json!({ "startTimestamp": 3, "stopTimestamp": 9 }), "3 9"),
        (json!({ "stopTimestamp": null }), "3 null"),
        (
            json!({ "startTimestamp": null, "stopTimestamp": 5 }),
            "null 5",
        ),
    ] {
        let status = send(&platform, "PUT", &path, "ada", &change).status;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(moment(), expected);
    }
    let wrong = send(
        &platform,
        "PUT",
        &path,
        "ada",
        &json!({ "startTimestamp": -1 }),
    );
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let placed = get_as(
        &platform,
        "ada",
        "/api/v1/users/me/video-playlists/videos-exist?videoIds[]=1&videoIds[]=7",
    );
    let one = &placed.json["1"][0];
    assert_eq!(
        (&one["playlistElementId"], &one["stopTimestamp"]),
        (&json!(element), &json!(5))
    );
    assert_eq!(one["playlistDisplayName"], "Films");
    assert_eq!(placed.json["7"], json!([]));
}

#[test]
fn what_may_not_be_seen_is_not_told() {
    let platform = stage();
    for (number, name) in [
        (2, "Private"),
        (3, "Internal"),
        (4, "Gone"),
        (5, "Unfinished"),
    ] {
        add_video(&platform, number, "bob", name);
    }
    let id = create(&platform, "Films", 1);
    for number in 1..=5 {
        add(&platform, id, number);
    }
    set(&platform, 2, "privacy", 3i64);
    set(&platform, 3, "privacy", 4i64);
    set(&platform, 5, "state", 2i64);
    run(&platform, "DELETE FROM video WHERE id = 4", vec![]);
    assert_eq!(videos(&platform, id), "1:Bunny 2:2 3:2 4:1 5:3");
    let path = format!("{ROOT}/{id}/videos");
    let as_ada = shown(&get_as(&platform, "ada", &path));
    assert_eq!(as_ada, "1:Bunny 2:2 3:Internal 4:1 5:3");
    let as_bob = shown(&get_as(&platform, "bob", &path));
    assert_eq!(as_bob, "1:Bunny 2:Private 3:Internal 4:1 5:Unfinished");
    let private = send(
        &platform,
        "POST",
        &path,
        "ada",
        &json!({ "videoId": uuid(2) }),
    );
    assert_eq!(private.status, StatusCode::FORBIDDEN);
    let unknown = send(
        &platform,
        "POST",
        &path,
        "ada",
        &json!({ "videoId": uuid(9) }),
    );
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[test]
fn a_playlist_has_a_bound() {
    let platform = stage();
    let id = create(&platform, "Films", 1);
    run(
        &platform,
        "INSERT INTO video_playlist_element (playlist_id, video_id, position) \
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 500) \
         SELECT ?1, 1, n FROM n",
        vec![id.into()],
    );
    let path = format!("{ROOT}/{id}/videos");
    let more = send(&platform, "POST", &path, "ada", &json!({ "videoId": 1 }));
    assert_eq!(more.status, StatusCode::BAD_REQUEST, "{}", more.json);
    assert_eq!(get(&platform, &path).json["total"], 500);
}

#[test]
fn moderators_may_change_a_playlist_but_not_look_into_a_private_one() {
    let platform = stage();
    let id = create(&platform, "Films", 3);
    let path = format!("{ROOT}/{id}");
    let elements = format!("{path}/videos");
    for hidden in [&path, &elements] {
        let seen = get_as(&platform, "mo", hidden).status;
        assert_eq!(seen, StatusCode::FORBIDDEN, "{hidden}");
        assert_eq!(get_as(&platform, "root", hidden).status, StatusCode::OK);
    }
    let one = json!({ "videoId": 1 });
    let add = |who| send(&platform, "POST", &elements, who, &one).status;
    assert_eq!(add("mo"), StatusCode::FORBIDDEN);
    assert_eq!(add("root"), StatusCode::OK);
    assert_eq!(
        delete(&platform, Some("mo"), &path).status,
        StatusCode::NO_CONTENT
    );
}
