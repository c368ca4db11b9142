//! Requests without the right token.

use std::fs;

use serde_json::json;

use e2e::client::percent;
use e2e::form::Form;
use e2e::samples;
use e2e::scratch::Scratch;
use e2e::video::{self, privacy, text};

use super::{admin, assert_healthy, instance};

#[test]
fn wrong_tokens() {
    let visitor = instance().visitor();
    for client in [
        visitor.clone(),
        visitor.with_token("wrong"),
        visitor.with_token(""),
    ] {
        let form = Form::new().text("name", "No token");
        let problem = video::upload_form(&client, form).problem(401);
        assert_eq!(problem["code"], "invalid_token");
        let body = json!({ "name": "No token", "channelId": 1, "filename": "film.mp4" });
        let answer = client.post_json("/api/v1/videos/upload-resumable", &body);
        let _ = answer.problem(401);
        for path in [
            "/users/me",
            "/users/me/videos",
            "/runners",
            "/runners/jobs",
            "/jobs/active",
        ] {
            let _ = client.get(&format!("/api/v1{path}")).problem(401);
        }
        let _ = client.delete("/api/v1/videos/1").problem(401);
    }
    let body = json!({ "name": "x", "registrationToken": "ptrrt-wrong" });
    let _ = visitor
        .post_json("/api/v1/runners/register", &body)
        .problem(404);
    let body = json!({ "runnerToken": "ptrt-wrong" });
    let problem = visitor
        .post_json("/api/v1/runners/jobs/request", &body)
        .problem(404);
    assert_eq!(problem["code"], "unknown_runner_token");
    assert_healthy(instance());
}

#[test]
fn private_files_need_a_token() {
    let scratch = Scratch::new("private");
    let sample = samples::test_card(&scratch, "card.mp4", "320x180", 2);
    let extra = [("privacy", privacy::PRIVATE)];
    let created = video::upload(admin(), &sample, "Secret card", &extra);
    let visitor = instance().visitor();
    let path = format!("/api/v1/videos/{}", created.uuid);
    let status = visitor.get(&path).status;
    assert!(matches!(status, 401 | 403), "{status}");
    let video = video::details(admin(), &created.uuid);
    let url = text(&video["files"][0], "fileUrl").to_owned();
    assert!(url.contains("/private/"), "{url}");
    assert_eq!(visitor.get(&url).status, 403);
    assert_eq!(visitor.get(&url.replace("/private/", "/")).status, 404);
    assert_eq!(
        visitor.get(&format!("{url}?videoFileToken=wrong")).status,
        403
    );
    let _ = admin().get(&url).expect_status(200);
    let token = admin()
        .post_empty(&format!("{path}/token"))
        .expect_status(200)
        .json();
    let token = percent(text(&token["files"], "token"));
    let answer = visitor
        .get(&format!("{url}?videoFileToken={token}"))
        .expect_status(200);
    assert_eq!(answer.body, fs::read(&sample).unwrap());
    let cache = answer.header("cache-control").to_owned();
    assert!(
        cache.contains("private") || cache.contains("no-store"),
        "{cache}"
    );
    let listed = visitor
        .get("/api/v1/videos?count=100")
        .expect_status(200)
        .text();
    assert!(!listed.contains(&created.uuid));
    let _ = admin().delete(&path).expect_status(204);
    assert_healthy(instance());
}
