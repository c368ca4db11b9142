//! Likes and dislikes.

use http::StatusCode;
use serde_json::json;
use testkit::TestPlatform;

use crate::fixture::{add_video, get, get_as, run, send, set, uuid};
use crate::stage::{counted, stage};

fn rate(platform: &TestPlatform, user: &str, number: u32, rating: &str) -> StatusCode {
    platform.advance_ms(1_000);
    let path = format!("/api/v1/videos/{}/rate", uuid(number));
    send(platform, "PUT", &path, user, &json!({ "rating": rating })).status
}

#[test]
fn a_rating_counts_once_and_changes_sides() {
    let platform = stage();
    for (user, rating, expected) in [
        ("bob", "like", "0|1|0"),
        ("bob", "like", "0|1|0"),
        ("ada", "like", "0|2|0"),
        ("bob", "dislike", "0|1|1"),
        ("bob", "none", "0|1|0"),
        ("bob", "none", "0|1|0"),
        ("ada", "dislike", "0|0|1"),
    ] {
        assert_eq!(rate(&platform, user, 1, rating), StatusCode::NO_CONTENT);
        assert_eq!(counted(&platform), expected, "{user} {rating}");
    }
    let video = get(&platform, &format!("/api/v1/videos/{}", uuid(1))).json;
    assert_eq!(
        (&video["likes"], &video["dislikes"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(rate(&platform, "bob", 1, "love"), StatusCode::BAD_REQUEST);
}

#[test]
fn everybody_learns_their_own_rating() {
    let platform = stage();
    let mine = |user: &str| {
        let path = format!("/api/v1/users/me/videos/{}/rating", uuid(1));
        get_as(&platform, user, &path).json
    };
    assert_eq!(mine("bob"), json!({ "videoId": 1, "rating": "none" }));
    rate(&platform, "bob", 1, "dislike");
    assert_eq!(mine("bob")["rating"], "dislike");
    assert_eq!(mine("ada")["rating"], "none");
    let path = format!("/api/v1/users/me/videos/{}/rating", uuid(1));
    assert_eq!(get(&platform, &path).status, StatusCode::UNAUTHORIZED);
}

#[test]
fn ratings_are_listed_for_their_account_alone() {
    let platform = stage();
    add_video(&platform, 2, "ada", "Second");
    add_video(&platform, 3, "ada", "Hidden");
    rate(&platform, "bob", 1, "like");
    rate(&platform, "bob", 2, "dislike");
    rate(&platform, "bob", 3, "like");
    set(&platform, 3, "privacy", 3i64);
    let path = "/api/v1/accounts/bob/ratings";
    assert_eq!(get_as(&platform, "ada", path).status, StatusCode::FORBIDDEN);
    let listed = |query: &str| {
        let list = get_as(&platform, "bob", &format!("{path}{query}")).json;
        let items = list["data"].as_array().unwrap().iter();
        let shown: Vec<String> = items
            .map(|item| {
                let name = item["video"]["name"].as_str().unwrap();
                format!("{name} {}", item["rating"].as_str().unwrap())
            })
            .collect();
        shown.join(", ")
    };
    assert_eq!(listed(""), "Second dislike, Bunny like");
    assert_eq!(listed("?rating=like"), "Bunny like");
    assert_eq!(listed("?sort=createdAt&count=1"), "Bunny like");
    let wrong = get_as(&platform, "bob", &format!("{path}?rating=none"));
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

#[test]
fn ratings_go_with_their_account() {
    let platform = stage();
    rate(&platform, "bob", 1, "like");
    run(&platform, "DELETE FROM user WHERE username = 'bob'", vec![]);
    assert_eq!(counted(&platform), "0|0|0");
}
