//! Counting views.

use app::videos::fold_views;
use http::StatusCode;
use ports::{Body, ClientAddress, Platform};
use testkit::{TestPlatform, block_on};

use crate::fixture::{add_video, ask, get, instance, request, uuid};

struct Viewer {
    address: &'static str,
    user_agent: &'static str,
}

const ONE: Viewer = Viewer {
    address: "192.0.2.1",
    user_agent: "a",
};

fn ping(platform: &TestPlatform, viewer: &Viewer, body: &str) -> StatusCode {
    let path = format!("/api/v1/videos/{}/views", uuid(1));
    let mut asked = request("POST", &path, None, Body::Bytes(body.as_bytes().to_vec()));
    asked
        .headers_mut()
        .insert("user-agent", viewer.user_agent.parse().unwrap());
    asked
        .extensions_mut()
        .insert(ClientAddress(viewer.address.to_owned()));
    ask(platform, asked).status
}

fn watch(platform: &TestPlatform, viewer: &Viewer) {
    for secs in [0, 5, 10, 15, 20] {
        let status = ping(platform, viewer, &format!("{{\"currentTime\":{secs}}}"));
        assert_eq!(status, StatusCode::NO_CONTENT);
    }
}

fn counted(platform: &TestPlatform) -> Vec<String> {
    platform.database.dump(
        "SELECT v.views, v.recent_views, coalesce(sum(d.views), 0) FROM video v
               LEFT JOIN video_view_day d ON d.video_id = v.id GROUP BY v.id",
    )
}

#[test]
fn a_view_counts_once_per_viewer_and_hour() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    watch(&platform, &ONE);
    watch(&platform, &ONE);
    assert_eq!(counted(&platform), ["1|1|1"]);
    watch(
        &platform,
        &Viewer {
            user_agent: "b",
            ..ONE
        },
    );
    watch(
        &platform,
        &Viewer {
            address: "192.0.2.2",
            ..ONE
        },
    );
    assert_eq!(counted(&platform), ["3|3|3"]);
    assert_eq!(get(&platform, "/api/v1/videos/1").json["views"], 3);
}

#[test]
fn jumping_ahead_is_not_watching() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    ping(&platform, &ONE, r#"{"currentTime":0}"#);
    ping(&platform, &ONE, r#"{"currentTime":50,"viewEvent":"seek"}"#);
    ping(&platform, &ONE, r#"{"currentTime":55.5}"#);
    assert_eq!(counted(&platform), ["0|0|0"]);
    ping(&platform, &ONE, r#"{"currentTime":60.1}"#);
    assert_eq!(counted(&platform), ["1|1|1"]);
}

#[test]
fn pings_of_a_counted_viewer_cost_no_database() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    watch(&platform, &ONE);
    let before = platform.database.batches();
    watch(&platform, &ONE);
    assert_eq!(platform.database.batches(), before);
}

#[test]
fn nothing_that_is_kept_names_the_viewer() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    watch(&platform, &ONE);
    let kept = format!("{:?}", platform.key_value().entries());
    assert!(
        kept.contains("view/") && !kept.contains("192.0.2.1"),
        "{kept}"
    );
    assert!(platform.logged.borrow().is_empty());
}

#[test]
fn wrong_pings_are_refused() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    for body in [
        "{}",
        r#"{"currentTime":-1}"#,
        r#"{"currentTime":"x"}"#,
        r#"{"currentTime":1e30}"#,
    ] {
        assert_eq!(
            ping(&platform, &ONE, body),
            StatusCode::BAD_REQUEST,
            "{body}"
        );
    }
    let nowhere = request(
        "POST",
        "/api/v1/videos/9/views",
        None,
        Body::Bytes(b"{\"currentTime\":1}".to_vec()),
    );
    assert_eq!(ask(&platform, nowhere).status, StatusCode::NOT_FOUND);
}

#[test]
fn trending_forgets_after_a_week_and_folding_twice_changes_nothing() {
    const DAY_MS: i64 = 86_400_000;
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    watch(&platform, &ONE);
    platform.advance_ms(6 * DAY_MS);
    watch(
        &platform,
        &Viewer {
            address: "192.0.2.2",
            ..ONE
        },
    );
    for _ in 0..2 {
        block_on(fold_views(&platform)).unwrap();
        assert_eq!(counted(&platform), ["2|2|2"]);
    }
    platform.advance_ms(DAY_MS);
    for _ in 0..2 {
        block_on(fold_views(&platform)).unwrap();
        assert_eq!(counted(&platform), ["2|1|1"]);
    }
}
