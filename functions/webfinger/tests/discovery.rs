//! What other servers are told, over the in-memory host.

#![expect(clippy::unwrap_used, reason = "a test's own requests and answers")]

use app::{AppError, Rejection};
use ports::{Database, Statement};
use serde_json::{Value, json};
use testkit::{TestPlatform, block_on};
use webfinger::{Document, Route, document};

fn instance() -> TestPlatform {
    let platform = TestPlatform::new();
    for sql in [
        "INSERT INTO user (username, email, password_hash, role, quota_bytes, quota_daily_bytes,
             created_at_unix_ms) VALUES ('ada', 'ada@video.test', '', 2, -1, -1, 0)",
        "INSERT INTO account (user_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, 'ada', 'Ada', 0, 0 FROM user",
        "INSERT INTO channel (account_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, 'Ada_Channel', 'Channel', 0, 0 FROM account",
    ] {
        let batch = vec![Statement::new(sql, Vec::new())];
        block_on(platform.database.batch(batch)).unwrap();
    }
    platform
}

fn ask(platform: &TestPlatform, path: &str, query: &str) -> Result<Document, AppError> {
    let route = Route::parse(path).unwrap();
    block_on(document(platform, route, query))
}

fn json_of(platform: &TestPlatform, path: &str, query: &str) -> Value {
    let document = ask(platform, path, query).unwrap();
    serde_json::from_slice(&document.bytes).unwrap()
}

fn finger(platform: &TestPlatform, resource: &str) -> Value {
    json_of(
        platform,
        "/.well-known/webfinger",
        &format!("resource={resource}"),
    )
}

fn rejection(platform: &TestPlatform, path: &str, query: &str) -> Rejection {
    match ask(platform, path, query) {
        Err(AppError::Rejected { rejection, .. }) => rejection,
        other => panic!("{path}?{query}: {other:?}"),
    }
}

#[test]
fn an_account_is_described_by_its_handle() {
    let platform = instance();
    let batches = platform.database.batches();
    let found = finger(&platform, "acct%3Aada%40video.test");
    assert_eq!(platform.database.batches(), batches + 1);
    assert_eq!(
        found,
        json!({
            "subject": "acct:ada@video.test",
            "aliases": ["https://video.test/accounts/ada", "https://video.test/a/ada"],
            "links": [
                {
                    "rel": "self",
                    "type": "application/activity+json",
                    "href": "https://video.test/accounts/ada",
                },
                {
                    "rel": "http://webfinger.net/rel/profile-page",
                    "type": "text/html",
                    "href": "https://video.test/a/ada",
                },
                {
                    "rel": "http://ostatus.org/schema/1.0/subscribe",
                    "template": "https://video.test/remote-interaction?uri={uri}",
                },
            ],
        })
    );
}

#[test]
fn channels_and_the_instance_answer_too() {
    let platform = instance();
    let of = |resource| finger(&platform, resource)["links"][0]["href"].clone();
    let channel = "https://video.test/video-channels/Ada_Channel";
    assert_eq!(of("acct:Ada_Channel@video.test"), channel);
    assert_eq!(of(channel), channel);
    assert_eq!(of("https://video.test/c/Ada_Channel"), channel);
    let instance_actor = "https://video.test/accounts/peertube";
    assert_eq!(of("acct:peertube@video.test"), instance_actor);
    assert_eq!(of("https://video.test/"), instance_actor);
    assert_eq!(
        of("acct:ADA@video.test"),
        "https://video.test/accounts/ada",
        "names in lower case are found in any case"
    );
}

#[test]
fn only_the_asked_relations_are_told() {
    let platform = instance();
    let query = "resource=acct:ada@video.test&rel=self&rel=http://nowhere.test/rel";
    let found = json_of(&platform, "/.well-known/webfinger", query);
    assert_eq!(found["links"].as_array().unwrap().len(), 1);
    assert_eq!(found["links"][0]["rel"], "self");
    let query = "resource=acct:ada@video.test&rel=http://nowhere.test/rel";
    let found = json_of(&platform, "/.well-known/webfinger", query);
    assert_eq!(found["links"], json!([]), "RFC 7033, 4.3");
    assert_eq!(found["subject"], "acct:ada@video.test");
}

#[test]
fn what_is_not_here_is_404_and_what_names_nothing_is_400() {
    let platform = instance();
    let path = "/.well-known/webfinger";
    assert_eq!(rejection(&platform, path, ""), Rejection::BadRequest);
    let of = |resource: &str| rejection(&platform, path, &format!("resource={resource}"));
    assert_eq!(of("ada"), Rejection::BadRequest);
    assert_eq!(of("acct:nobody@video.test"), Rejection::NotFound);
    assert_eq!(of("acct:ada@other.test"), Rejection::NotFound);
    assert_eq!(of("acct:' OR 1=1@video.test"), Rejection::NotFound);
    assert_eq!(
        rejection(&platform, "/nodeinfo/3.0.json", ""),
        Rejection::NotFound
    );
}

#[test]
fn host_meta_points_to_webfinger() {
    let platform = TestPlatform::new();
    let template = "https://video.test/.well-known/webfinger?resource={uri}";
    let found = json_of(&platform, "/.well-known/host-meta.json", "");
    assert_eq!(found["links"][0]["template"], template);
    let xrd = ask(&platform, "/.well-known/host-meta", "").unwrap();
    assert!(xrd.content_type.starts_with("application/xrd+xml"));
    let xml = String::from_utf8(xrd.bytes).unwrap();
    assert!(xml.contains(&format!("template=\"{template}\"")), "{xml}");
}

#[test]
fn node_info_counts_and_names_the_instance_actor() {
    let platform = instance();
    let index = json_of(&platform, "/.well-known/nodeinfo", "");
    let links = index["links"].as_array().unwrap();
    let href = |rel: &str| &links.iter().find(|link| link["rel"] == rel).unwrap()["href"];
    assert_eq!(
        href("https://www.w3.org/ns/activitystreams#Application"),
        "https://video.test/accounts/peertube"
    );
    for version in ["2.0", "2.1"] {
        let rel = format!("http://nodeinfo.diaspora.software/ns/schema/{version}");
        let path = format!("/nodeinfo/{version}.json");
        assert_eq!(href(&rel), &json!(format!("https://video.test{path}")));
        let document = ask(&platform, &path, "").unwrap();
        assert!(document.content_type.contains(&format!("\"{rel}#\"")));
        let info: Value = serde_json::from_slice(&document.bytes).unwrap();
        assert_eq!(info["version"], version);
        assert_eq!(info["software"]["name"], "edgetube");
        assert_eq!(info["protocols"], json!(["activitypub"]));
        assert_eq!(info["usage"]["users"]["total"], 1);
        assert_eq!(info["usage"]["localPosts"], 0);
        assert_eq!(info["metadata"]["nodeName"], "Test instance");
        // 2.0 does not know where software is from, and its schema forbids more keys.
        assert_eq!(info["software"]["homepage"].is_string(), version == "2.1");
    }
}
