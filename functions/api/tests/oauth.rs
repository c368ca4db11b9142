//! Signing in and out over the in-memory host.

#![expect(clippy::unwrap_used, reason = "a test's own requests and answers")]

use http::{Request, StatusCode};
use ports::{Body, ClientAddress};
use serde_json::Value;
use testkit::{TestPlatform, block_on, test_settings};

struct Answered {
    status: StatusCode,
    json: Value,
}

fn ask(platform: &TestPlatform, request: Request<Body>) -> Answered {
    block_on(async {
        let response = api::handle(platform, request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().into_bytes(100_000).await.unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answered { status, json }
    })
}

fn get(path: &str, token: Option<&str>) -> Request<Body> {
    let mut request = Request::get(format!("https://video.test{path}"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::Empty).unwrap()
}

fn post_form(path: &str, form: &str) -> Request<Body> {
    Request::post(format!("https://video.test{path}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::Bytes(form.as_bytes().to_vec()))
        .unwrap()
}

fn client_fields(platform: &TestPlatform) -> String {
    let client = ask(platform, get("/api/v1/oauth-clients/local/", None)).json;
    format!(
        "client_id={}&client_secret={}",
        client["client_id"].as_str().unwrap(),
        client["client_secret"].as_str().unwrap()
    )
}

fn sign_in(platform: &TestPlatform, password: &str) -> Answered {
    let client = client_fields(platform);
    let form = format!("{client}&grant_type=password&username=root&password={password}");
    ask(platform, post_form("/api/v1/users/token", &form))
}

#[test]
fn the_configured_admin_signs_in_and_refreshes_once() {
    let platform = TestPlatform::new();
    let first = sign_in(&platform, "correct+horse");
    assert_eq!(first.status, StatusCode::OK, "{}", first.json);
    assert_eq!(first.json["token_type"], "Bearer");
    assert_eq!(first.json["expires_in"], 86_400);

    let client = client_fields(&platform);
    let refresh = first.json["refresh_token"].as_str().unwrap();
    let form = format!("{client}&grant_type=refresh_token&refresh_token={refresh}");
    let second = ask(&platform, post_form("/api/v1/users/token", &form));
    assert_eq!(second.status, StatusCode::OK);
    let again = ask(&platform, post_form("/api/v1/users/token", &form));
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(again.json["code"], "invalid_grant");
}

#[test]
fn tokens_are_stored_hashed_only() {
    let platform = TestPlatform::new();
    let pair = sign_in(&platform, "correct+horse").json;
    let stored = platform
        .database
        .dump("SELECT access_token_sha256, refresh_token_sha256 FROM oauth_token")
        .join("");
    for token in ["access_token", "refresh_token"] {
        assert!(!stored.contains(pair[token].as_str().unwrap()));
    }
}

#[test]
fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let platform = TestPlatform::new();
    let wrong = sign_in(&platform, "wrong");
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(wrong.json["code"], "invalid_grant");
    let client = client_fields(&platform);
    let form = format!("{client}&grant_type=password&username=nobody&password=x");
    let unknown = ask(&platform, post_form("/api/v1/users/token", &form));
    assert_eq!(unknown.json, wrong.json);
}

#[test]
fn a_wrong_client_is_refused_before_the_password_is_looked_at() {
    let platform = TestPlatform::new();
    let form = "client_id=a&client_secret=b&grant_type=password&username=root&password=x";
    let answered = ask(&platform, post_form("/api/v1/users/token", form));
    assert_eq!(answered.status, StatusCode::BAD_REQUEST);
    assert_eq!(answered.json["code"], "invalid_client");
}

#[test]
fn an_address_has_fifteen_attempts_in_five_minutes() {
    let platform = TestPlatform::new();
    let attempt = || {
        let mut request = post_form(
            "/api/v1/users/token",
            "client_id=a&client_secret=b&grant_type=refresh_token&refresh_token=x",
        );
        request
            .extensions_mut()
            .insert(ClientAddress("192.0.2.7".to_owned()));
        ask(&platform, request).status
    };
    for _ in 0..15 {
        assert_eq!(attempt(), StatusCode::BAD_REQUEST);
    }
    assert_eq!(attempt(), StatusCode::TOO_MANY_REQUESTS);
    platform.advance_ms(5 * 60 * 1000);
    assert_eq!(attempt(), StatusCode::BAD_REQUEST);
    let stored = platform
        .database
        .dump("SELECT address_sha256 FROM login_attempt")
        .join("");
    assert!(!stored.contains("192.0.2.7"));
}

#[test]
fn a_revoked_token_opens_nothing() {
    let platform = TestPlatform::new();
    let pair = sign_in(&platform, "correct+horse").json;
    let token = pair["access_token"].as_str().unwrap();
    let revoke = || {
        Request::post("https://video.test/api/v1/users/revoke-token")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::Empty)
            .unwrap()
    };
    assert_eq!(ask(&platform, revoke()).status, StatusCode::NO_CONTENT);
    let again = ask(&platform, revoke());
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    assert_eq!(again.json["code"], "invalid_token");
}

#[test]
fn an_expired_token_opens_nothing() {
    let platform = TestPlatform::new();
    let pair = sign_in(&platform, "correct+horse").json;
    platform.advance_ms(24 * 60 * 60 * 1000 + 1);
    let request = Request::post("https://video.test/api/v1/users/revoke-token")
        .header(
            "authorization",
            format!("Bearer {}", pair["access_token"].as_str().unwrap()),
        )
        .body(Body::Empty)
        .unwrap();
    assert_eq!(ask(&platform, request).status, StatusCode::UNAUTHORIZED);
}

/// Nobody is asked for a password that nobody has chosen: it stands in the log, once.
#[test]
fn a_generated_password_is_told_once() {
    let mut settings = test_settings();
    settings.admin_password = None;
    let platform = TestPlatform::with_settings(settings);
    let _ = client_fields(&platform);
    let _ = client_fields(&platform);
    let lines = platform.logged.borrow().clone();
    let passwords: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.split_once("password ").map(|(_, password)| password))
        .collect();
    let [password] = passwords[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(sign_in(&platform, password).status, StatusCode::OK);
    let wrong = sign_in(&platform, "correct+horse");
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}
