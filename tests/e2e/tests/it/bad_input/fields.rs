//! Fields, bodies and requests out of bounds.

use std::fs;

use http::Method;

use e2e::video;
use e2e::{raw_http, samples};

use super::{admin, assert_healthy, assert_invalid, instance};

#[test]
fn attributes_out_of_bounds() {
    let sample = fs::read(samples::bunny()).unwrap();
    let long = "é".repeat(10_000);
    let many = [
        ("tags[0]", "one"),
        ("tags[1]", "two"),
        ("tags[2]", "three"),
        ("tags[3]", "four"),
        ("tags[4]", "five"),
        ("tags[5]", "six"),
    ];
    let cases: [(&str, &[(&str, &str)]); 8] = [
        ("name", &[("name", &long)]),
        ("name", &[("name", "ab")]),
        ("channelId", &[("channelId", "999999")]),
        ("channelId", &[("channelId", "one")]),
        ("privacy", &[("privacy", "99")]),
        ("category", &[("category", "9999")]),
        ("language", &[("language", "xx-klingon")]),
        ("tags", &many),
    ];
    for (field, extra) in cases {
        let form = video::form(admin(), "Out of bounds", extra).content(
            "videofile",
            "film.mp4",
            "video/mp4",
            &sample,
        );
        let answer = video::upload_form(admin(), form);
        let values: Vec<_> = extra.iter().map(|(_, value)| value.len()).collect();
        assert_eq!(
            answer.status, 400,
            "{field} with values of {values:?} bytes"
        );
        let problem = answer.problem(400);
        assert_invalid(&problem, field);
        let size = problem.to_string().len();
        assert!(size < 4_000, "a problem of {size} bytes echoes its input");
    }
    let mine = admin()
        .get("/api/v1/users/me/videos?search=Out%20of%20bounds")
        .expect_status(200);
    let names = mine.json()["data"].to_string();
    assert!(!names.contains("Out of bounds"), "{names}");
    assert_healthy(instance());
}

#[test]
fn malformed_bodies_and_queries() {
    let json = [("content-type", "application/json")];
    for body in [
        "{",
        "[]",
        "\"x\"",
        "nul",
        "{\"username\":{}}",
        &"[".repeat(100_000),
    ] {
        for path in ["/api/v1/users/token", "/api/v1/runners/register"] {
            let answer = instance()
                .visitor()
                .call(Method::POST, path, &json, body.as_bytes());
            let status = answer.status;
            assert!(
                matches!(status, 400 | 413 | 415),
                "{path} {body:.20}: {status}"
            );
            let _ = answer.problem(status);
        }
    }
    let no_boundary = [("content-type", "multipart/form-data")];
    let answer = admin().call(
        Method::POST,
        "/api/v1/videos/upload",
        &no_boundary,
        b"--x\r\n",
    );
    let _ = answer.problem(400);
    let cut = [("content-type", "multipart/form-data; boundary=x")];
    let body = b"--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nnever ends";
    let _ = admin()
        .call(Method::POST, "/api/v1/videos/upload", &cut, body)
        .problem(400);
    for query in [
        "start=-1",
        "start=x",
        "count=101",
        "sort=drop%20table",
        "nsfw=maybe",
    ] {
        let problem = instance()
            .visitor()
            .get(&format!("/api/v1/videos?{query}"))
            .problem(400);
        assert_invalid(&problem, query.split('=').next().unwrap());
    }
    assert_healthy(instance());
}

#[test]
fn strange_requests() {
    let origin = instance().origin();
    for (method, target) in [
        ("POST", "/api/v1/config"),
        ("DELETE", "/"),
        ("PATCH", "/api/v1/videos"),
    ] {
        let answer = raw_http::send(origin, method, target, &["Content-Length: 0"], b"");
        assert!(
            matches!(answer.status, 404 | 405),
            "{method} {target}: {}",
            answer.status
        );
    }
    let long = format!("/api/v1/videos?search={}", "a".repeat(20_000));
    let answer = raw_http::send(origin, "GET", &long, &[], b"");
    assert!(matches!(answer.status, 400 | 414), "{}", answer.status);
    let token = format!("Authorization: Bearer {}", "a".repeat(20_000));
    let answer = raw_http::send(origin, "GET", "/api/v1/users/me", &[&token], b"");
    assert!(
        matches!(answer.status, 400 | 401 | 431),
        "{}",
        answer.status
    );
    assert_healthy(instance());
}
