//! What viewers have watched, as the video's owner is told.

use std::time::Duration;

use e2e::{Client, Instance, samples, video, wait};
use http::Method;
use serde_json::{Value, json};

use crate::browser;

const PATIENCE: Duration = Duration::from_secs(60);

fn stats(client: &Client, uuid: &str, what: &str) -> Value {
    let path = format!("/api/v1/videos/{uuid}/stats/{what}");
    client.get(&path).expect_status(200).json()
}

fn ping(client: &Client, uuid: &str, body: &Value) -> u16 {
    let path = format!("/api/v1/videos/{uuid}/views");
    client.post_json(&path, body).status
}

#[test]
fn a_viewing_is_in_the_statistics_when_it_is_over() {
    let instance = Instance::with_vars(&[("VIEWING_ENDS_AFTER_SECS", "3")]);
    let (admin, visitor) = (instance.admin(), instance.visitor());
    let created = video::upload(&admin, &samples::bunny(), "To be watched", &[]);
    let uuid = created.uuid.as_str();
    assert_eq!(stats(&admin, uuid, "overall")["totalViewers"], 0);
    // From the start to the second second, and of the last one twice.
    for body in [
        json!({ "currentTime": 0 }),
        json!({ "currentTime": 2.9, "isLast": true }),
        json!({ "currentTime": 4, "viewEvent": "seek" }),
        json!({ "currentTime": 5 }),
        json!({ "currentTime": 4, "viewEvent": "seek" }),
    ] {
        assert_eq!(ping(&visitor, uuid, &body), 204, "{body}");
    }
    // The path of older clients.
    let path = format!("/api/v1/videos/{uuid}/watching");
    let headers = [("content-type", "application/json")];
    let last = visitor.call(Method::PUT, &path, &headers, br#"{"currentTime":5}"#);
    assert_eq!(last.status, 204);
    assert_eq!(ping(&visitor, uuid, &json!({ "currentTime": 7 })), 400);
    assert_eq!(video::details(&visitor, uuid)["views"], 1);
    let overall = wait::until("the viewing is over", PATIENCE, || {
        instance.run_cron();
        let overall = stats(&admin, uuid, "overall");
        (overall["totalViewers"] == 1).then_some(overall)
    });
    for (member, expected) in [
        ("totalWatchTime", json!(4)),
        ("averageWatchTime", json!(4)),
        ("viewersPeak", json!(1)),
        ("countries", json!([])),
        ("subdivisions", json!([])),
    ] {
        assert_eq!(overall[member], expected, "{member} of {overall}");
    }
    assert!(overall["viewersPeakDate"].is_string(), "{overall}");
    let retention = stats(&admin, uuid, "retention");
    let percent = |second: usize| retention["data"][second]["retentionPercent"].as_f64();
    let expected = [100.0, 100.0, 100.0, 0.0, 100.0, 100.0].map(Some);
    assert_eq!([0, 1, 2, 3, 4, 5].map(percent), expected, "{retention}");
    for (metric, sum) in [("viewers", 1_i64), ("aggregateWatchTime", 4)] {
        let series = stats(&admin, uuid, &format!("timeseries/{metric}"));
        assert_eq!(series["groupInterval"], "1 minute");
        let data = series["data"].as_array().expect("a series has data");
        let values = data.iter().filter_map(|part| part["value"].as_i64());
        // Who watches when a minute begins is in both.
        assert!(
            (sum..=2 * sum).contains(&values.sum::<i64>()),
            "{metric}: {series}"
        );
    }
    let path = format!("/api/v1/videos/{uuid}/stats/overall");
    let _ = visitor.get(&path).expect_status(401);
    let shown = json!({
        "name": "To be watched",
        "figures": {
            "Views": "1", "Viewers": "1", "Watch time": "0:04", "On average": "0:04 (80%)", "Most at once": "1",
        },
        "curve": "Viewers who have seen it: 100% at 0:00, 100% at 0:01, 0% at 0:03, 100% at 0:04, 100% at 0:05",
    });
    browser::run_script("statistics.mjs", &instance, &shown);
}
