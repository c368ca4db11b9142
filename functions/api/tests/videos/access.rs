//! Who may see a video.

use http::StatusCode;
use ports::Body;
use serde_json::json;

use crate::fixture::{Answered, add_video, ask, get, get_as, instance, request, send, set, uuid};

const ASIDE: [&str; 4] = ["", "/description", "/storyboards", "/captions"];

#[test]
fn strangers_are_asked_to_sign_in_and_others_are_refused() {
    let platform = instance();
    for (number, privacy, stranger, other) in [
        (1u32, 1i64, 200, 200),
        (2, 2, 200, 200),
        (3, 3, 401, 403),
        (4, 4, 401, 200),
        (5, 5, 403, 403),
    ] {
        add_video(&platform, number, "ada", "Video");
        set(&platform, number, "privacy", privacy);
        for aside in ASIDE {
            let path = format!("/api/v1/videos/{}{aside}", uuid(number));
            assert_eq!(get(&platform, &path).status, stranger, "{privacy} {aside}");
            assert_eq!(
                get_as(&platform, "bob", &path).status,
                other,
                "{privacy} {aside}"
            );
            for user in ["ada", "mo", "root"] {
                assert_eq!(
                    get_as(&platform, user, &path).status,
                    200,
                    "{privacy} {aside} {user}"
                );
            }
        }
    }
}

#[test]
fn unlisted_videos_cannot_be_found_by_counting() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Video");
    set(&platform, 1, "privacy", 2i64);
    assert_eq!(
        get(&platform, "/api/v1/videos/1").status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        get_as(&platform, "bob", "/api/v1/videos/1").status,
        StatusCode::OK
    );
}

fn with_password(
    platform: &testkit::TestPlatform,
    method: &str,
    path: &str,
    password: &str,
) -> Answered {
    let mut asked = request(method, path, None, Body::Empty);
    asked
        .headers_mut()
        .insert("x-peertube-video-password", password.parse().unwrap());
    ask(platform, asked)
}

#[test]
fn a_password_opens_what_it_protects() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Video");
    let path = format!("/api/v1/videos/{}", uuid(1));
    let protect = json!({ "privacy": 5, "videoPasswords": ["open sesame", "other"] });
    assert_eq!(
        send(&platform, "PUT", &path, "ada", &protect).status,
        StatusCode::NO_CONTENT
    );
    let stored = platform
        .database
        .dump("SELECT password_hmac FROM video_password")
        .join(" ");
    assert!(
        !stored.contains("sesame") && stored.len() == 2 * 64 + 1,
        "{stored}"
    );

    assert_eq!(
        get(&platform, &path).json["code"],
        "video_requires_password"
    );
    let wrong = with_password(&platform, "GET", &path, "open");
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    assert_eq!(wrong.json["code"], "incorrect_video_password");
    let right = with_password(&platform, "GET", &path, "other");
    assert_eq!(right.status, StatusCode::OK);
    assert_eq!(right.header("cache-control"), "no-store");
    let token = with_password(&platform, "POST", &format!("{path}/token"), "other");
    assert_eq!(token.status, StatusCode::OK);
    assert!(token.json["files"]["token"].is_string());

    // The password of one video is nothing to another.
    add_video(&platform, 2, "ada", "Other");
    set(&platform, 2, "privacy", 5i64);
    let other = with_password(
        &platform,
        "GET",
        &format!("/api/v1/videos/{}", uuid(2)),
        "other",
    );
    assert_eq!(other.json["code"], "incorrect_video_password");
}

#[test]
fn a_token_lives_eight_hours_and_needs_the_right_to_see() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Video");
    set(&platform, 1, "privacy", 3i64);
    let path = format!("/api/v1/videos/{}/token", uuid(1));
    let ask_as = |user| ask(&platform, request("POST", &path, user, Body::Empty));
    assert_eq!(ask_as(None).status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask_as(Some("bob")).status, StatusCode::FORBIDDEN);
    let token = ask_as(Some("ada"));
    assert_eq!(token.header("cache-control"), "no-store");
    assert_eq!(token.json["files"]["expires"], "2026-01-01T08:01:00.000Z");
}
