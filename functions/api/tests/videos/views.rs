//! Counting views.

use app::videos::{end_viewings, fold_views};
use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use http::StatusCode;
use ports::{Body, ClientAddress, Platform};
use testkit::{TestPlatform, block_on};

use crate::fixture::{add_video, ask, get, get_as, instance, request, set, uuid};

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

/// Cron, for ten minutes.
fn end(platform: &TestPlatform) {
    for _ in 0..10 {
        block_on(end_viewings(platform)).unwrap();
        platform.advance_ms(MINUTE_MS);
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
fn most_pings_write_nothing() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    set(&platform, 1, "duration_secs", 1_200u32);
    watch(&platform, &ONE);
    let before = platform.database.batches();
    for secs in [25, 30, 35] {
        ping(&platform, &ONE, &format!("{{\"currentTime\":{secs}}}"));
    }
    assert_eq!(platform.database.batches(), before + 3, "one reading each");
    ping(&platform, &ONE, r#"{"currentTime":40}"#);
    assert_eq!(platform.database.batches(), before + 5);
    let noted = platform.database.dump("SELECT sections FROM viewer");
    assert_eq!(noted, ["[[0,40]]"]);
}

#[test]
fn nothing_that_is_kept_names_the_viewer() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    watch(&platform, &ONE);
    let key = || platform.database.dump("SELECT key FROM viewer").remove(0);
    let today = key();
    assert_eq!(today.len(), 32);
    let kept = format!("{:?}", platform.database.dump("SELECT * FROM viewer"));
    assert!(!kept.contains("192.0.2.1"), "{kept}");
    assert!(platform.key_value().entries().is_empty());
    assert!(platform.logged.borrow().is_empty());
    // Who watches at midnight goes on, and is somebody else the day after.
    platform.advance_ms(DAY_MS);
    ping(&platform, &ONE, r#"{"currentTime":25}"#);
    assert_eq!(key(), today);
    platform.advance_ms(HOUR_MS);
    end(&platform);
    ping(&platform, &ONE, r#"{"currentTime":0}"#);
    assert_ne!(key(), today);
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
        r#"{"currentTime":62}"#,
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

/// Two who watch the first half, one of whom goes on to the last fifth, and are gone.
fn two_have_watched(platform: &TestPlatform) {
    add_video(platform, 1, "ada", "One");
    for secs in [0, 15, 30] {
        ping(platform, &ONE, &format!("{{\"currentTime\":{secs}}}"));
        let other = Viewer {
            user_agent: "b",
            ..ONE
        };
        ping(platform, &other, &format!("{{\"currentTime\":{secs}}}"));
        platform.advance_ms(15_000);
    }
    ping(platform, &ONE, r#"{"currentTime":48,"viewEvent":"seek"}"#);
    platform.advance_ms(12_000);
    ping(platform, &ONE, r#"{"currentTime":61,"isLast":true}"#);
    end(platform);
    assert_eq!(platform.database.dump("SELECT count(*) FROM viewer"), ["2"]);
    platform.advance_ms(HOUR_MS);
    end(platform);
    assert_eq!(platform.database.dump("SELECT count(*) FROM viewer"), ["0"]);
}

#[test]
fn a_viewing_that_is_over_is_in_the_statistics() {
    let platform = instance();
    let began = platform.now().plus_ms(MINUTE_MS);
    two_have_watched(&platform);
    // Nobody counts twice.
    end(&platform);
    let overall = get_as(&platform, "ada", "/api/v1/videos/1/stats/overall");
    assert_eq!(overall.header("cache-control"), "no-store");
    assert_eq!(
        overall.json,
        serde_json::json!({
            "totalViewers": 2, "totalWatchTime": 72, "averageWatchTime": 36, "viewersPeak": 2,
            "viewersPeakDate": rest::date::iso8601(began.0), "countries": [], "subdivisions": [],
        })
    );
    let retention = get_as(&platform, "mo", "/api/v1/videos/1/stats/retention").json;
    let points = retention["data"].as_array().unwrap();
    assert_eq!(points.len(), 61);
    for (second, percent) in [(0, 100.0), (30, 100.0), (31, 0.0), (48, 50.0), (60, 50.0)] {
        let expected = serde_json::json!({"second": second, "retentionPercent": percent});
        assert_eq!(points[second], expected);
    }
    // Its time is that of its end.
    let path = "/api/v1/videos/1/stats/timeseries";
    let watched = get_as(&platform, "ada", &format!("{path}/aggregateWatchTime")).json;
    assert_eq!(watched["groupInterval"], "1 minute");
    let values = |list: &serde_json::Value| -> Vec<i64> {
        let data = list["data"].as_array().unwrap().iter();
        data.map(|part| part["value"].as_i64().unwrap()).collect()
    };
    assert_eq!(values(&watched).iter().sum::<i64>(), 72);
    let from = rest::date::iso8601(began.0);
    let until = rest::date::iso8601(began.0 + MINUTE_MS);
    let query = format!("startDate={from}&endDate={until}");
    let viewers = get_as(&platform, "ada", &format!("{path}/viewers?{query}")).json;
    assert_eq!(values(&viewers)[0], 2, "{viewers}");
    let earlier = "startDate=2001-01-01&endDate=2001-01-02T12:00:00Z";
    let viewers = get_as(&platform, "ada", &format!("{path}/viewers?{earlier}")).json;
    assert_eq!(
        (values(&viewers).len(), &viewers["groupInterval"]),
        (37, &"1 hour".into())
    );
    assert!(values(&viewers).iter().all(|value| *value == 0));
    let overall = get_as(
        &platform,
        "ada",
        "/api/v1/videos/1/stats/overall?endDate=2001-01-01",
    );
    assert_eq!(overall.json["totalViewers"], 0);
    assert_eq!(overall.json["viewersPeakDate"], serde_json::Value::Null);
}

#[test]
fn statistics_are_for_owners_and_moderators() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    for what in ["overall", "retention", "timeseries/viewers"] {
        let path = format!("/api/v1/videos/{}/stats/{what}", uuid(1));
        assert_eq!(get(&platform, &path).status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            get_as(&platform, "bob", &path).status,
            StatusCode::FORBIDDEN
        );
        for who in ["ada", "mo", "root"] {
            assert_eq!(
                get_as(&platform, who, &path).status,
                StatusCode::OK,
                "{what}"
            );
        }
        let unknown = format!("/api/v1/videos/9/stats/{what}");
        assert_eq!(
            get_as(&platform, "ada", &unknown).status,
            StatusCode::NOT_FOUND
        );
    }
    for wrong in [
        "overall?startDate=x",
        "overall?endDate=1",
        "timeseries/views",
        "timeseries/viewers?startDate=2020-01-01",
        "timeseries/viewers?endDate=2020-01-01",
        "timeseries/viewers?startDate=2010-01-01&endDate=2020-01-01",
        "timeseries/viewers?startDate=2020-01-01T10:00:30Z&endDate=2020-01-01T09:00:00Z",
        "overall?startDate=2020-01-02&endDate=2020-01-01",
    ] {
        let path = format!("/api/v1/videos/1/stats/{wrong}");
        let answered = get_as(&platform, "ada", &path);
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let path = "/api/v1/videos/1/stats/user-agent";
    assert_eq!(get_as(&platform, "ada", path).status, StatusCode::NOT_FOUND);
}

#[test]
fn a_video_of_another_length_has_a_curve_of_its_own() {
    let platform = instance();
    two_have_watched(&platform);
    set(&platform, 1, "duration_secs", 30u32);
    let path = "/api/v1/videos/1/stats/retention";
    let points = |platform: &TestPlatform| get_as(platform, "ada", path).json["data"].clone();
    assert_eq!(points(&platform).as_array().unwrap().len(), 31);
    assert_eq!(points(&platform)[3]["retentionPercent"], 0.0);
    for secs in [0, 30] {
        ping(&platform, &ONE, &format!("{{\"currentTime\":{secs}}}"));
    }
    platform.advance_ms(HOUR_MS);
    end(&platform);
    assert_eq!(points(&platform)[3]["retentionPercent"], 100.0);
}

#[test]
fn who_sees_nothing_or_a_video_that_goes_is_in_no_statistics() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    ping(&platform, &ONE, r#"{"currentTime":5}"#);
    let other = Viewer {
        user_agent: "b",
        ..ONE
    };
    add_video(&platform, 2, "ada", "Two");
    let path = format!("/api/v1/videos/{}/watching", uuid(2));
    let body = Body::Bytes(br#"{"currentTime":0}"#.to_vec());
    let asked = request("POST", &path, None, body);
    assert_eq!(ask(&platform, asked).status, StatusCode::NO_CONTENT);
    watch(&platform, &other);
    platform.database.run("DELETE FROM video WHERE id=2");
    platform.advance_ms(HOUR_MS);
    end(&platform);
    let left =
        "SELECT (SELECT count(*) FROM viewer),(SELECT group_concat(watched_secs) FROM video_watch)";
    assert_eq!(platform.database.dump(left), ["0|20"]);
}
