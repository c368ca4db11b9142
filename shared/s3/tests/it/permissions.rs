//! Presigned URLs in the hands of somebody else.

use ports::{ObjectStore as _, PortError, Secret};
use s3::{MAX_EXPIRES_SECS, presigned_put};
use s3_server::S3Server;
use testkit::block_on;

use crate::client::{BlockingHttp, now, settings, store};

const KEY: &str = "web-videos/a b+c.mp4";
const EXPIRES_IN_SECS: u32 = 60;

fn put(url: &str) -> (u16, String) {
    let (status, body) = BlockingHttp::new().ask("PUT", url, b"bytes");
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[test]
fn lets_its_holder_store_that_object() {
    let server = S3Server::start();
    let url = presigned_put(&settings(&server), KEY, now(), EXPIRES_IN_SECS).unwrap();
    assert_eq!(put(&url), (200, String::new()));
    assert_eq!(server.objects(), [(KEY.to_owned(), 5)]);
    let url = presigned_put(&settings(&server), KEY, now(), MAX_EXPIRES_SECS).unwrap();
    assert_eq!(put(&url).0, 200, "seven days");
}

#[test]
fn lets_its_holder_do_nothing_else() {
    let server = S3Server::start();
    let url = presigned_put(&settings(&server), KEY, now(), EXPIRES_IN_SECS).unwrap();
    let flipped = match url.strip_suffix('0') {
        Some(rest) => format!("{rest}1"),
        None => format!("{}0", &url[..url.len() - 1]),
    };
    for tampered in [
        url.replace("web-videos", "torrents"),
        url.replace("Expires=60", "Expires=61"),
        format!("{url}&uploads="),
        flipped,
    ] {
        assert_ne!(tampered, url);
        let (status, body) = put(&tampered);
        assert_eq!(status, 403, "{tampered}: {body}");
        assert!(body.contains("SignatureDoesNotMatch"), "{body}");
    }
    let http = BlockingHttp::new();
    assert_eq!(http.ask("DELETE", &url, b"").0, 403);
    assert_eq!(http.ask("GET", &url, b"").0, 403);
    let (unsigned, _) = url.split_once('?').unwrap();
    assert_eq!(put(unsigned).0, 403);
    assert_eq!(server.objects(), []);
}

#[test]
fn ends_in_time() {
    let server = S3Server::start();
    let ago = |secs: i64| now().plus_ms(-secs * 1_000);
    let made = ago(i64::from(EXPIRES_IN_SECS) + 2);
    let late = presigned_put(&settings(&server), KEY, made, EXPIRES_IN_SECS).unwrap();
    let (status, body) = put(&late);
    assert_eq!(status, 403, "{body}");
    assert!(body.contains("expired"), "{body}");
    let made = ago(i64::from(EXPIRES_IN_SECS) - 20);
    let in_time = presigned_put(&settings(&server), KEY, made, EXPIRES_IN_SECS).unwrap();
    assert_eq!(put(&in_time).0, 200);
}

#[test]
fn a_wrong_secret_opens_nothing() {
    let server = S3Server::start();
    let mut settings = settings(&server);
    settings.secret_access_key = Secret("another".to_owned());
    let found = block_on(store(settings).head(KEY));
    assert!(
        matches!(&found, Err(PortError::Unavailable { cause, .. }) if cause.starts_with("403")),
        "{found:?}"
    );
}
