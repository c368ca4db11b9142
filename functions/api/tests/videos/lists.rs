//! Lists of videos: order, pages, filters, totals, caching.

use http::StatusCode;
use serde_json::json;

use crate::fixture::{
    add_files, add_tags, add_video, ask, get, get_as, instance, request, set, uuid,
};

#[test]
fn an_item_has_peertubes_shape_and_costs_one_batch() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    add_files(&platform, 1);
    add_tags(&platform, 1, &["b", "a"]);
    set(&platform, 1, "category", 2i64);
    let before = platform.database.batches();
    let answered = get(&platform, "/api/v1/videos/");
    assert_eq!(platform.database.batches() - before, 1);
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.json);
    assert_eq!(answered.json["total"], 1);
    let item = &answered.json["data"][0];
    let expected = json!({
        "id": 1,
        "uuid": uuid(1),
        "shortUUID": rest::ids::short_uuid(&uuid(1)),
        "url": format!("https://video.test/videos/watch/{}", uuid(1)),
        "name": "One",
        "category": { "id": 2, "label": "Films" },
        "licence": { "id": null, "label": "Unknown" },
        "language": { "id": null, "label": "Unknown" },
        "privacy": { "id": 1, "label": "Public" },
        "description": "About One",
        "truncatedDescription": "About One",
        "duration": 60,
        "aspectRatio": 1.7778,
        "isLocal": true,
        "isLive": false,
        "createdAt": "2026-01-01T00:01:00.000Z",
        "updatedAt": "2026-01-01T00:01:00.000Z",
        "publishedAt": "2026-01-01T00:01:00.000Z",
        "originallyPublishedAt": null,
        "thumbnails": [
            { "height": 157, "width": 280, "aspectRatio": "16:9", "fileUrl": "https://video.test/lazy-static/thumbnails/t1-280.jpg" },
            { "height": 480, "width": 850, "aspectRatio": "16:9", "fileUrl": "https://video.test/lazy-static/thumbnails/t1-850.jpg" },
        ],
        "thumbnailPath": "/lazy-static/thumbnails/t1-280.jpg",
        "previewPath": "/lazy-static/thumbnails/t1-850.jpg",
        "embedPath": format!("/videos/embed/{}", uuid(1)),
        "views": 0, "viewers": 0, "downloads": 0, "likes": 0, "dislikes": 0, "comments": 0,
        "nsfw": false, "nsfwFlags": 0, "nsfwSummary": null,
        "account": {
            "id": 3, "name": "ada", "displayName": "ADA", "host": "video.test",
            "url": "https://video.test/accounts/ada", "avatars": [],
        },
        "channel": {
            "id": 3, "name": "ada_channel", "displayName": "ADA channel", "host": "video.test",
            "url": "https://video.test/video-channels/ada_channel", "avatars": [],
        },
    });
    assert_eq!(item, &expected);
}

#[test]
fn pages_are_fifteen_newest_first_and_the_total_is_of_all() {
    let platform = instance();
    for number in 1..=17 {
        add_video(&platform, number, "ada", &format!("v{number}"));
    }
    let first = get(&platform, "/api/v1/videos");
    assert_eq!(first.names().len(), 15);
    assert_eq!(first.names()[0], "v17");
    assert_eq!(first.json["total"], 17);
    let second = get(&platform, "/api/v1/videos?start=15&count=5");
    assert_eq!(second.names(), ["v2", "v1"]);
    let uncounted = get(&platform, "/api/v1/videos?skipCount=true&count=0");
    assert_eq!(uncounted.json, json!({ "data": [] }));
}

#[test]
fn wrong_parameters_are_named_with_their_place_and_value() {
    let platform = instance();
    let answered = get(&platform, "/api/v1/videos?start=-1&sort=rubbish&count=101");
    assert_eq!(answered.status, StatusCode::BAD_REQUEST);
    assert_eq!(answered.header("content-type"), rest::problem::CONTENT_TYPE);
    let wrong = &answered.json["invalid-params"];
    assert_eq!(wrong["start"]["location"], "query");
    assert_eq!(wrong["start"]["value"], "-1");
    assert!(wrong["sort"].is_object() && wrong["count"].is_object());
}

#[test]
fn every_order_runs_both_ways() {
    let platform = instance();
    for (number, name) in [(1, "banana"), (2, "Apple"), (3, "cherry")] {
        add_video(&platform, number, "ada", name);
        add_files(&platform, number);
    }
    for (column, values) in [
        ("views", [5i64, 7, 6]),
        ("recent_views", [3, 1, 2]),
        ("likes", [2, 3, 1]),
        ("duration_secs", [30, 10, 20]),
    ] {
        for (number, value) in (1u32..).zip(values) {
            set(&platform, number, column, value);
        }
    }
    for (sort, expected) in [
        ("name", ["Apple", "banana", "cherry"]),
        ("publishedAt", ["banana", "Apple", "cherry"]),
        ("createdAt", ["banana", "Apple", "cherry"]),
        ("views", ["banana", "cherry", "Apple"]),
        ("trending", ["Apple", "cherry", "banana"]),
        ("likes", ["cherry", "banana", "Apple"]),
        ("duration", ["Apple", "cherry", "banana"]),
        ("hot", ["cherry", "banana", "Apple"]),
    ] {
        let upwards = get(&platform, &format!("/api/v1/videos?sort={sort}"));
        assert_eq!(upwards.names(), expected, "{sort}");
        let downwards = get(&platform, &format!("/api/v1/videos?sort=-{sort}"));
        let reversed: Vec<&str> = expected.iter().rev().copied().collect();
        assert_eq!(downwards.names(), reversed, "-{sort}");
        // The plain lists and the filtered one agree.
        let filtered = get(&platform, &format!("/api/v1/videos?sort=-{sort}&nsfw=both"));
        assert_eq!(filtered.names(), reversed, "-{sort} filtered");
    }
    for sort in [
        "best",
        "comments",
        "originallyPublishedAt",
        "localVideoFilesSize",
        "match",
    ] {
        let answered = get(&platform, &format!("/api/v1/videos?sort=-{sort}"));
        assert_eq!(answered.names().len(), 3, "{sort}");
    }
}

#[test]
fn only_public_published_and_safe_videos_are_listed_and_counted() {
    let platform = instance();
    for (number, name) in [
        (1, "public"),
        (2, "unlisted"),
        (3, "private"),
        (4, "internal"),
        (5, "waiting"),
        (6, "nsfw"),
    ] {
        add_video(&platform, number, "ada", name);
    }
    for (number, privacy) in [(2, 2i64), (3, 3), (4, 4)] {
        set(&platform, number, "privacy", privacy);
    }
    set(&platform, 5, "state", 2i64);
    set(&platform, 6, "nsfw", 1i64);
    for path in [
        "/api/v1/videos",
        "/api/v1/video-channels/ada_channel/videos",
        "/api/v1/accounts/ada/videos",
    ] {
        let answered = get(&platform, path);
        assert_eq!(answered.names(), ["public"], "{path}");
        assert_eq!(answered.json["total"], 1, "{path}");
        let both = get(&platform, &format!("{path}?nsfw=both"));
        assert_eq!(both.names(), ["nsfw", "public"], "{path}");
        let only = get(&platform, &format!("{path}?nsfw=true"));
        assert_eq!(only.names(), ["nsfw"], "{path}");
        assert_eq!(only.json["total"], 1, "{path}");
    }
    let signed_in = get_as(&platform, "bob", "/api/v1/videos");
    assert_eq!(signed_in.names(), ["internal", "public"]);
    assert_eq!(signed_in.json["total"], 2);
}

#[test]
fn stored_totals_follow_every_change() {
    let platform = instance();
    let totals = || {
        let stored = platform
            .database
            .dump("SELECT listed_videos FROM video_total");
        let counted = platform
            .database
            .dump("SELECT count(*) FROM video WHERE privacy = 1 AND state = 1 AND nsfw = 0");
        assert_eq!(stored, counted);
        let wrong = platform.database.dump(
            "SELECT c.name FROM channel c WHERE listed_videos <> (SELECT count(*) FROM video
             WHERE channel_id = c.id AND privacy = 1 AND state = 1 AND nsfw = 0)",
        );
        assert!(wrong.is_empty(), "{wrong:?}");
        stored
    };
    add_video(&platform, 1, "ada", "v1");
    add_video(&platform, 2, "bob", "v2");
    assert_eq!(totals(), ["2"]);
    set(&platform, 1, "privacy", 3i64);
    assert_eq!(totals(), ["1"]);
    set(&platform, 1, "state", 2i64);
    set(&platform, 1, "privacy", 1i64);
    assert_eq!(totals(), ["1"]);
    set(&platform, 1, "state", 1i64);
    set(&platform, 1, "views", 9i64);
    assert_eq!(totals(), ["2"]);
    crate::fixture::run(
        &platform,
        "UPDATE video SET channel_id = (SELECT id FROM channel WHERE name = 'bob_channel')",
        vec![],
    );
    assert_eq!(totals(), ["2"]);
    crate::fixture::run(
        &platform,
        "DELETE FROM channel WHERE name = 'bob_channel'",
        vec![],
    );
    assert_eq!(totals(), ["0"]);
}

#[test]
fn every_filter_filters() {
    let platform = instance();
    for (number, name) in [(1, "Rust talk"), (2, "Bunny"), (3, "Cats")] {
        add_video(&platform, number, "ada", name);
    }
    set(&platform, 1, "category", 15i64);
    set(&platform, 2, "category", 2i64);
    set(&platform, 1, "licence", 7i64);
    set(&platform, 1, "language", "fr");
    set(&platform, 2, "nsfw_flags", 1i64);
    add_tags(&platform, 1, &["Rust", "talk"]);
    add_tags(&platform, 2, &["rabbit", "talk"]);
    add_files(&platform, 3);
    for (query, expected) in [
        ("categoryOneOf=15", &["Rust talk"][..]),
        ("categoryOneOf=15&categoryOneOf=2", &["Bunny", "Rust talk"]),
        ("licenceOneOf=7", &["Rust talk"]),
        ("languageOneOf=fr", &["Rust talk"]),
        ("languageOneOf=_unknown", &["Cats", "Bunny"]),
        ("tagsOneOf=RUST&tagsOneOf=rabbit", &["Bunny", "Rust talk"]),
        ("tagsAllOf=talk&tagsAllOf=rust", &["Rust talk"]),
        ("hasHLSFiles=true", &["Cats"]),
        ("hasHLSFiles=false", &["Bunny", "Rust talk"]),
        ("hasWebVideoFiles=true", &["Cats"]),
        ("nsfwFlagsIncluded=1", &["Bunny"]),
        ("nsfwFlagsExcluded=1", &["Cats", "Rust talk"]),
        ("search=BUN", &["Bunny"]),
        ("isLocal=true&isLive=false", &["Cats", "Bunny", "Rust talk"]),
        ("isLocal=false", &[]),
        ("isLive=true", &[]),
        ("host=video.test", &["Cats", "Bunny", "Rust talk"]),
        ("host=other.test", &[]),
    ] {
        let answered = get(&platform, &format!("/api/v1/videos?{query}"));
        assert_eq!(answered.names(), expected, "{query}");
        assert_eq!(answered.json["total"], expected.len(), "{query}");
    }
}

#[test]
fn a_search_puts_titles_that_begin_with_the_words_first() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Bunny in the wood");
    add_video(&platform, 2, "ada", "Big Buck Bunny");
    add_video(&platform, 3, "ada", "Tagged alone");
    add_tags(&platform, 3, &["bunny"]);
    let answered = get(&platform, "/api/v1/search/videos?search=bunny");
    assert_eq!(
        answered.names(),
        ["Bunny in the wood", "Tagged alone", "Big Buck Bunny"]
    );
    let percent = get(&platform, "/api/v1/search/videos?search=%25");
    assert_eq!(percent.names(), [""; 0]);
    assert_eq!(
        get(&platform, "/api/v1/search/videos").status,
        StatusCode::BAD_REQUEST
    );
}

#[test]
fn files_and_tags_come_when_asked_for() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    add_files(&platform, 1);
    add_tags(&platform, 1, &["b", "a"]);
    let item = &get(&platform, "/api/v1/videos?include=136").json["data"][0];
    assert_eq!(item["tags"], json!(["b", "a"]));
    assert_eq!(
        item["files"][0]["fileUrl"],
        "https://video.test/static/web-videos/w1-720.mp4"
    );
    let resolutions: Vec<_> = item["streamingPlaylists"][0]["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["resolution"]["id"].as_u64().unwrap())
        .collect();
    assert_eq!(resolutions, [720, 360]);
}

#[test]
fn only_moderators_see_what_is_not_published() {
    let platform = instance();
    add_video(&platform, 1, "ada", "waiting");
    set(&platform, 1, "state", 2i64);
    set(&platform, 1, "privacy", 3i64);
    let path = "/api/v1/videos?include=1&privacyOneOf=3";
    assert_eq!(get(&platform, path).status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        get_as(&platform, "bob", path).status,
        StatusCode::UNAUTHORIZED
    );
    let answered = get_as(&platform, "mo", path);
    assert_eq!(answered.names(), ["waiting"]);
    assert_eq!(
        answered.json["data"][0]["state"],
        json!({ "id": 2, "label": "To transcode" })
    );
}

#[test]
fn strangers_share_an_answer_and_learn_that_it_has_not_changed() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    let first = get(&platform, "/api/v1/videos");
    assert_eq!(first.header("cache-control"), "public, max-age=10");
    assert!(first.header("vary").contains("Authorization"));
    let etag = first.header("etag").to_owned();
    let again = |etag: &str| {
        let mut again = request("GET", "/api/v1/videos", None, ports::Body::Empty);
        again
            .headers_mut()
            .insert("if-none-match", etag.parse().unwrap());
        ask(&platform, again)
    };
    let known = again(&etag);
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    assert!(known.bytes.is_empty());
    assert_eq!(known.header("etag"), etag);
    set(&platform, 1, "views", 1i64);
    assert_eq!(again(&etag).status, StatusCode::OK);
    let own = get_as(&platform, "ada", "/api/v1/videos");
    assert_eq!(own.header("cache-control"), "no-store");
    assert_eq!(own.header("etag"), "");
}

#[test]
fn a_wrong_token_is_told_so_that_clients_refresh() {
    let platform = instance();
    let answered = get_as(&platform, "nobody", "/api/v1/videos");
    assert_eq!(answered.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answered.json["code"], "invalid_token");
}

#[test]
fn long_descriptions_are_cut_at_250_characters() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    set(&platform, 1, "description", "é".repeat(10_000));
    let item = &get(&platform, "/api/v1/videos").json["data"][0];
    let cut = item["truncatedDescription"].as_str().unwrap();
    assert_eq!(cut.chars().count(), 250);
    assert!(cut.ends_with("é..."));
    assert_eq!(item["description"], item["truncatedDescription"]);
    set(&platform, 1, "description", "é".repeat(250));
    let item = &get(&platform, "/api/v1/videos").json["data"][0];
    assert_eq!(item["truncatedDescription"], "é".repeat(250));
}
