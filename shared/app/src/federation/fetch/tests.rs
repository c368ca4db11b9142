use std::rc::Rc;

use testkit::{TestPlatform, block_on, test_settings, typed_response};

use super::*;

const ACTOR: &str = r#"{"id":"https://other.test/actor","type":"Person"}"#;

fn url(text: &str) -> AbsoluteUrl {
    AbsoluteUrl::parse(text).unwrap()
}

fn get_at(platform: &TestPlatform, at: &str) -> Result<Document, FetchError> {
    block_on(get_document(platform, &url(at)))
}

fn redirect_to(platform: &TestPlatform, from: &str, to: &'static str) {
    platform.http.serve(from, move |_| {
        Response::builder()
            .status(302)
            .header("location", to)
            .body(Body::Empty)
            .unwrap()
    });
}

#[test]
fn only_public_addresses_over_tls_are_asked() {
    let platform = TestPlatform::new();
    for refused in [
        "http://other.test/actor",
        "https://localhost/actor",
        "https://127.0.0.1/actor",
        "https://10.1.2.3/actor",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/actor",
        "https://[fd00::1]/actor",
        "https://[::ffff:127.0.0.1]/actor",
        "https://printer/actor",
        "https://db.internal/actor",
        "https://host.local/actor",
    ] {
        let error = get_at(&platform, refused).unwrap_err();
        assert!(matches!(error, FetchError::Refused { .. }), "{refused}");
    }
    assert_eq!(platform.http.take_sent(), []);

    let mut settings = test_settings();
    settings.federation.allows_private_addresses = true;
    let open = TestPlatform::with_settings(settings);
    let local = r#"{"id":"http://127.0.0.1:9000/actor"}"#;
    open.http
        .serve_document("http://127.0.0.1:9000/actor", local);
    assert!(get_at(&open, "http://127.0.0.1:9000/actor").is_ok());
}

#[test]
fn a_document_is_its_hosts_own() {
    let platform = TestPlatform::new();
    platform
        .http
        .serve_document("https://other.test/actor", ACTOR);
    platform
        .http
        .serve_document("https://evil.test/actor", ACTOR);
    let document = get_at(&platform, "https://other.test/actor#main-key").unwrap();
    assert_eq!(document.id.as_str(), "https://other.test/actor");
    let sent = platform.http.take_sent();
    assert!(sent[0].headers.contains_key("signature"));
    assert_eq!(sent[0].url, "https://other.test/actor");
    let error = get_at(&platform, "https://evil.test/actor").unwrap_err();
    assert!(matches!(error, FetchError::Invalid { .. }), "{error}");
}

/// Has a document be served to requests with one form of signature alone.
fn serve_signed(platform: &TestPlatform, at: &str, scheme: &'static str) {
    platform.http.serve(at, move |sent| {
        let form = match sent.headers.contains_key("signature-input") {
            true => "rfc9421",
            false => "cavage",
        };
        match form == scheme {
            true => typed_response("application/activity+json", ACTOR.as_bytes()),
            false => Response::builder().status(401).body(Body::Empty).unwrap(),
        }
    });
}

#[test]
fn who_refuses_one_form_of_signature_is_offered_the_other() {
    let platform = TestPlatform::new();
    let schemes = || {
        let sql = "SELECT host||' '||scheme FROM remote_host";
        platform.database.dump(sql)
    };
    redirect_to(&platform, "https://other.test/@a", "/actor");
    for (scheme, asked) in [("cavage", 2), ("rfc9421", 3), ("rfc9421", 2), ("cavage", 3)] {
        serve_signed(&platform, "https://other.test/actor", scheme);
        get_at(&platform, "https://other.test/@a").unwrap();
        assert_eq!(platform.http.take_sent().len(), asked, "{scheme}");
    }
    assert_eq!(schemes(), ["other.test cavage"]);

    // One more request to whoever wants neither, and nothing learnt.
    serve_signed(&platform, "https://closed.test/actor", "another");
    let error = get_at(&platform, "https://closed.test/actor").unwrap_err();
    assert!(matches!(error, FetchError::Forbidden { .. }), "{error}");
    assert_eq!(platform.http.take_sent().len(), 2);
    assert_eq!(schemes(), ["other.test cavage"]);
    // Pictures are not signed, and there is nothing else to offer.
    serve_signed(&platform, "https://closed.test/1.jpg", "another");
    block_on(get_picture(&platform, &url("https://closed.test/1.jpg"))).unwrap_err();
    assert_eq!(platform.http.take_sent().len(), 1);
}

#[test]
fn redirects_stay_on_their_host_and_end() {
    let platform = TestPlatform::new();
    platform
        .http
        .serve_document("https://other.test/actor", ACTOR);
    redirect_to(&platform, "https://other.test/@a", "/actor");
    redirect_to(&platform, "https://other.test/b", "https://other.test/@a");
    redirect_to(&platform, "https://other.test/loop", "/loop");
    redirect_to(
        &platform,
        "https://other.test/away",
        "https://evil.test/actor",
    );
    redirect_to(
        &platform,
        "https://other.test/home",
        "https://127.0.0.1/actor",
    );
    redirect_to(&platform, "https://other.test/slashes", "//127.0.0.1/actor");
    assert!(get_at(&platform, "https://other.test/b").is_ok());
    for at in ["loop", "away", "home", "slashes"] {
        drop(platform.http.take_sent());
        let error = get_at(&platform, &format!("https://other.test/{at}")).unwrap_err();
        assert!(matches!(error, FetchError::Invalid { .. }), "{at}: {error}");
        let sent = platform.http.take_sent();
        assert!(sent.len() <= 4, "{at}: {} requests", sent.len());
        assert!(
            sent.iter()
                .all(|sent| sent.url.starts_with("https://other.test/"))
        );
    }
}

#[test]
fn answers_that_are_none() {
    let platform = TestPlatform::new();
    let large = Rc::new(vec![b' '; MAX_BODY_BYTES + 1]);
    platform.http.serve("https://other.test/large", move |_| {
        typed_response("application/activity+json", &large)
    });
    platform.http.serve("https://other.test/page", |_| {
        typed_response("text/html", ACTOR.as_bytes())
    });
    platform
        .http
        .serve_document("https://other.test/text", "\"text\"");
    for at in ["large", "page", "text"] {
        let error = get_at(&platform, &format!("https://other.test/{at}")).unwrap_err();
        assert!(matches!(error, FetchError::Invalid { .. }), "{at}: {error}");
    }
    for (status, is_passing) in [(404, false), (410, false), (403, false), (503, true)] {
        let status = StatusCode::from_u16(status).unwrap();
        platform
            .http
            .serve_status("https://other.test/status", status);
        let error = get_at(&platform, "https://other.test/status").unwrap_err();
        assert_eq!(error.is_passing(), is_passing, "{status}");
    }
    assert!(
        get_at(&platform, "https://nobody.test/")
            .unwrap_err()
            .is_passing()
    );
}
