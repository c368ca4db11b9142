//! Runners that come and go.

use http::Method;
use serde_json::json;

use crate::fixture::Instance;

const REGISTER: &str = "/api/v1/runners/register";

#[test]
fn an_admin_makes_a_token_and_a_runner_registers_with_it() {
    let instance = Instance::new();
    let tokens = "/api/v1/runners/registration-tokens";
    let generate = format!("{tokens}/generate");
    instance.admin(Method::POST, &generate).done();
    let list = instance.admin(Method::GET, tokens).ok();
    assert_eq!(list["total"], 1);
    let token = &list["data"][0]["registrationToken"];
    assert!(token.as_str().unwrap().starts_with("ptrrt-"));
    assert_eq!(list["data"][0]["registeredRunnersCount"], 0);

    let body = json!({ "registrationToken": token, "name": "one", "description": "words",
                       "version": "1.2.3" });
    let registered = instance.post(REGISTER, &body).ok();
    let runner_token = registered["runnerToken"].as_str().unwrap();
    assert!(runner_token.starts_with("ptrt-"));
    let stored = instance.host.dump("SELECT * FROM runner").join("");
    assert!(!stored.contains(runner_token), "stored hashed");
    let list = instance.admin(Method::GET, tokens).ok();
    assert_eq!(list["data"][0]["registeredRunnersCount"], 1);

    let runners = instance.admin(Method::GET, "/api/v1/runners").ok();
    assert_eq!(runners["total"], 1);
    assert_eq!(runners["data"][0]["id"], registered["id"]);
    assert_eq!(runners["data"][0]["name"], "one");
    assert_eq!(runners["data"][0]["description"], "words");
    assert_eq!(runners["data"][0]["version"], "1.2.3");
    assert_eq!(
        runners["data"][0]["lastContact"],
        "2026-01-01T00:00:00.000Z"
    );

    let id = list["data"][0]["id"].as_i64().unwrap();
    let delete = format!("{tokens}/{id}");
    instance.admin(Method::DELETE, &delete).done();
    instance.admin(Method::DELETE, &delete).refused(404, None);
    let runners = instance.admin(Method::GET, "/api/v1/runners").ok();
    assert_eq!(runners["total"], 0, "its runners go with a token");
}

#[test]
fn wrong_registrations_are_refused() {
    let instance = Instance::new();
    let body = json!({ "registrationToken": "ptrrt-nobody", "name": "one" });
    instance.post(REGISTER, &body).refused(404, None);
    instance.runner("one");
    let body = json!({ "registrationToken": "ptrrt-local", "name": "one" });
    instance.post(REGISTER, &body).refused(400, None);
    let problem = instance.post(REGISTER, &json!({})).refused(400, None);
    assert!(problem["invalid-params"]["registrationToken"].is_object());
    assert!(problem["invalid-params"]["name"].is_object());
    let body = json!({ "registrationToken": "ptrrt-local", "name": "x".repeat(101) });
    instance.post(REGISTER, &body).refused(400, None);
    assert_eq!(instance.host.one("SELECT count(*) FROM runner"), "1");
}

#[test]
fn bodies_come_in_any_encoding() {
    let instance = Instance::new();
    let form = b"registrationToken=ptrrt-local&name=two".to_vec();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    instance.send(Method::POST, REGISTER, &headers, form).ok();
    let form = "--b\r\nContent-Disposition: form-data; name=\"registrationToken\"\r\n\r\n\
                ptrrt-local\r\n--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n\
                three\r\n--b--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=b")];
    let answer = instance.send(Method::POST, REGISTER, &headers, form.into());
    answer.ok();
    assert_eq!(
        instance.host.dump("SELECT name FROM runner ORDER BY id"),
        ["two", "three"]
    );
    let headers = [("content-type", "text/plain")];
    let answer = instance.send(Method::POST, REGISTER, &headers, b"x".to_vec());
    answer.refused(415, None);
}

#[test]
fn an_unregistered_runner_learns_that_it_is_unknown() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    let body = json!({ "runnerToken": runner.token });
    instance.post("/api/v1/runners/unregister", &body).done();
    for path in ["unregister", "jobs/request"] {
        let answer = instance.post(&format!("/api/v1/runners/{path}"), &body);
        answer.refused(404, Some("unknown_runner_token"));
    }
    let uuid = instance
        .host
        .one("SELECT uuid FROM runner_job ORDER BY id LIMIT 1");
    let answer = runner.try_accept(&uuid);
    answer.refused(404, Some("unknown_runner_token"));
}

#[test]
fn a_deleted_runner_loses_its_jobs_at_once() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    let held = runner.take("vod-hls-transcoding");
    let id = instance.host.one("SELECT id FROM runner");
    let path = format!("/api/v1/runners/{id}");
    instance.admin(Method::DELETE, &path).done();
    instance.admin(Method::DELETE, &path).refused(404, None);
    assert_eq!(held.state(), "1");
    held.call("update", json!({})).refused(404, None);
}

#[test]
fn only_administrators_manage_runners() {
    let instance = Instance::new();
    for (method, path) in [
        (Method::GET, "/api/v1/runners"),
        (Method::GET, "/api/v1/runners/jobs"),
        (Method::GET, "/api/v1/runners/registration-tokens"),
        (Method::POST, "/api/v1/runners/registration-tokens/generate"),
        (Method::DELETE, "/api/v1/runners/1"),
        (Method::POST, "/api/v1/runners/jobs/x/cancel"),
        (Method::GET, "/api/v1/jobs/waiting"),
    ] {
        let answer = instance.send(method.clone(), path, &[], Vec::new());
        answer.refused(401, Some("invalid_token"));
    }
    testkit::block_on(async {
        use ports::{Database, Platform, Statement};
        let demote = Statement::new("UPDATE user SET role = 2", vec![]);
        let database = instance.host.database();
        database.batch(vec![demote]).await.unwrap();
    });
    let answer = instance.admin(Method::GET, "/api/v1/runners");
    answer.refused(403, None);
}
