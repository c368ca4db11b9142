//! The admin's lists.

use http::Method;
use serde_json::{Value, json};
use testkit::block_on;

use crate::fixture::{Instance, VIDEO};

const JOBS: &str = "/api/v1/runners/jobs";

fn uuids(list: &Value) -> Vec<String> {
    let data = list["data"].as_array().unwrap();
    data.iter()
        .map(|job| job["uuid"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn jobs_are_paged_sorted_and_filtered() {
    let instance = Instance::with_video();
    let runner = instance.runner("one of them");
    instance.host.inner.advance_ms(1_000);
    let held = runner.take("vod-hls-transcoding");
    held.call("update", json!({ "progress": 30 })).done();
    let list = |query: &str| instance.admin(Method::GET, &format!("{JOBS}?{query}")).ok();

    let all = list("");
    assert_eq!(all["total"], 5);
    assert_eq!(all["data"][0]["uuid"], held.uuid, "last changed first");
    let job = &all["data"][0];
    assert_eq!(job["runner"]["name"], "one of them");
    assert_eq!(job["progress"], 30);
    assert_eq!(job["privatePayload"]["videoUUID"], VIDEO);
    assert_eq!(job["payload"]["output"]["resolution"], 360);
    assert!(
        !all.to_string().contains("signature="),
        "upload URLs are the runner's"
    );

    let by_age = uuids(&list("sort=createdAt"));
    assert_eq!(uuids(&list("sort=createdAt&start=1&count=2")), by_age[1..3]);
    let mut reversed = uuids(&list("sort=-createdAt"));
    reversed.reverse();
    assert_eq!(reversed, by_age);
    assert_eq!(list("start=9")["total"], 5);
    assert_eq!(list("count=0")["data"], json!([]));
    for sort in ["progress", "-state", "priority", "updatedAt"] {
        assert_eq!(list(&format!("sort={sort}"))["total"], 5);
    }
    assert_eq!(uuids(&list("sort=-progress"))[0], held.uuid);

    assert_eq!(uuids(&list("stateOneOf=2")), [held.uuid.as_str()]);
    assert_eq!(list("stateOneOf=1&stateOneOf=2")["total"], 5);
    assert_eq!(list("stateOneOf[]=3")["total"], 0);
    assert_eq!(list("typeOneOf=vod-hls-transcoding")["total"], 2);
    assert_eq!(
        uuids(&list(&format!("search={}", held.uuid))),
        [held.uuid.as_str()]
    );
    assert_eq!(list("search=storyboard")["total"], 3);
    assert_eq!(list("search=one%20of%20them")["total"], 1);
    assert_eq!(list("search=100%25")["total"], 0);
    assert_eq!(list("search=one_of")["total"], 0, "no wildcards");
    for wrong in [
        "stateOneOf=99",
        "typeOneOf=x",
        "count=101",
        "start=-1",
        "sort=uuid",
    ] {
        let path = format!("{JOBS}?{wrong}");
        instance.admin(Method::GET, &path).refused(400, None);
    }
}

#[test]
fn jobs_are_cancelled_and_deleted() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    let held = runner.take("vod-hls-transcoding");
    let path = format!("{JOBS}/{}", held.uuid);
    instance
        .admin(Method::POST, &format!("{path}/cancel"))
        .done();
    assert_eq!(held.state(), "6");
    held.call("update", json!({})).refused(404, None);
    held.call("success", json!({})).refused(404, None);
    instance
        .admin(Method::POST, &format!("{path}/cancel"))
        .refused(400, None);
    instance.admin(Method::DELETE, &path).done();
    instance.admin(Method::DELETE, &path).refused(404, None);
    instance
        .admin(Method::POST, &format!("{path}/cancel"))
        .refused(404, None);
    let list = instance.admin(Method::GET, JOBS).ok();
    assert_eq!(list["total"], 4);
}

#[test]
fn jobs_are_listed_in_the_words_of_peertubes_queues() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    let held = runner.take("vod-hls-transcoding");
    let list = |path: &str| {
        instance
            .admin(Method::GET, &format!("/api/v1/jobs{path}"))
            .ok()
    };
    assert_eq!(list("/waiting")["total"], 4);
    let active = list("/active");
    assert_eq!(active["total"], 1);
    let job = &active["data"][0];
    assert_eq!(job["id"], held.uuid);
    assert_eq!(job["state"], "active");
    assert_eq!(job["type"], "video-transcoding");
    assert_eq!(
        job["data"],
        json!({ "type": "new-resolution-to-hls", "videoUUID": VIDEO, "resolution": 360,
                "fps": 25 })
    );
    assert_eq!(job["createdAt"], "2026-01-01T00:00:00.000Z");
    assert_eq!(job["processedOn"], "2026-01-01T00:00:00.000Z");
    assert_eq!(job["finishedOn"], Value::Null);
    assert_eq!(
        list("/waiting?jobType=generate-video-storyboard")["total"],
        3
    );
    assert_eq!(list("/waiting?jobType=video-import")["total"], 0);
    assert_eq!(list("/delayed")["total"], 0);
    assert_eq!(list("")["total"], 5);
    assert_eq!(list("?states=waiting,active&count=2")["total"], 5);
    held.finish_hls().done();
    assert_eq!(list("/completed")["data"][0]["progress"], 100);
    instance
        .admin(Method::GET, "/api/v1/jobs/nonsense")
        .refused(404, None);
    instance
        .admin(Method::GET, "/api/v1/jobs?states=nonsense")
        .refused(400, None);
}

#[test]
fn old_jobs_and_forgotten_runners_go() {
    let instance = Instance::with_video();
    let runner = instance.runner("container");
    runner.take("vod-hls-transcoding").finish_hls().done();
    instance.host.inner.advance_ms(31 * 86_400_000);
    block_on(app::runners::tick(&instance.host)).unwrap();
    assert_eq!(instance.host.one("SELECT count(*) FROM runner_job"), "4");
    assert_eq!(instance.host.one("SELECT count(*) FROM runner"), "0");
    assert_eq!(runner.instance.job_states("vod-hls-transcoding"), ["1"]);
}
