//! An instance with users, and a client that speaks the protocol.

use http::{HeaderMap, Request, StatusCode};
use ports::{Block, BlockStream, Body, Database, LocalBoxFuture, Platform, PortError, Value};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use store::account::{NewToken, NewUser, insert_token, insert_user};
use testkit::{TestPlatform, block_on};

pub const RESUMABLE: &str = "/api/v1/videos/upload-resumable";

/// An answer with its body read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Bytes that the `Range` of a 308 says are safe.
    pub fn received(&self) -> usize {
        assert_eq!(self.status, StatusCode::PERMANENT_REDIRECT, "{self:?}");
        let last: i64 = self
            .header("range")
            .strip_prefix("bytes=0-")
            .unwrap()
            .parse()
            .unwrap();
        usize::try_from(last + 1).unwrap()
    }

    /// The uuid of the video that was made.
    pub fn video_uuid(&self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        self.json()["video"]["uuid"].as_str().unwrap().to_owned()
    }

    /// Asserts a problem document of that status.
    pub fn is_problem(&self, status: u16, detail_part: &str) {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert!(
            self.header("content-type")
                .starts_with("application/problem+json"),
            "{self:?}"
        );
        let detail = self.json()["detail"].as_str().unwrap().to_owned();
        assert!(
            detail.contains(detail_part),
            "{detail:?} does not say {detail_part:?}"
        );
    }
}

/// One user's client.
#[derive(Clone)]
pub struct Client {
    pub platform: TestPlatform,
    pub channel_id: i64,
    token: String,
}

/// An instance with one user without bounds.
pub fn client() -> Client {
    Client::of(&TestPlatform::new(), "ada", -1, -1)
}

impl Client {
    /// A fresh user with those quotas.
    pub fn of(platform: &TestPlatform, name: &str, quota: i64, daily_quota: i64) -> Self {
        let token = format!("token-of-{name}");
        let now = platform.now();
        block_on(platform.database.batch(insert_user(&NewUser {
            username: name.to_owned(),
            email: format!("{name}@video.test"),
            password_hash: String::new(),
            role: domain::user::Role::User,
            quota_bytes: quota,
            quota_daily_bytes: daily_quota,
            channel_name: format!("{name}_channel"),
            channel_display_name: name.to_owned(),
            now,
        })))
        .unwrap();
        let ids = platform.database.dump(&format!(
            "SELECT user.id, channel.id FROM user JOIN account ON user_id = user.id
             JOIN channel ON account_id = account.id WHERE username = '{name}'"
        ));
        let (user_id, channel_id) = ids[0].split_once('|').unwrap();
        let user_id = user_id.parse().unwrap();
        let year_ms = 365 * domain::time::DAY_MS;
        let new = NewToken {
            user_id,
            access_token_sha256: hex::encode(Sha256::digest(token.as_bytes())),
            access_expires_at: now.plus_ms(year_ms),
            refresh_token_sha256: name.to_owned(),
            refresh_expires_at: now.plus_ms(year_ms),
            now,
        };
        block_on(platform.database.batch(insert_token(&new, 10))).unwrap();
        Self {
            platform: platform.clone(),
            channel_id: channel_id.parse().unwrap(),
            token,
        }
    }

    pub fn send(&self, method: &str, uri: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(uri);
        request = request.header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(&self.platform, request.body(body).unwrap())
    }

    /// The fields that a video needs.
    pub fn fields(&self) -> Json {
        serde_json::json!({
            "name": "A film", "channelId": self.channel_id, "privacy": 1, "filename": "film.mp4",
        })
    }

    /// The first call.
    pub fn open(&self, fields: &Json, size: usize) -> Answer {
        let headers = [
            ("content-type", "application/json"),
            ("x-upload-content-length", &size.to_string()),
            ("x-upload-content-type", "video/mp4"),
        ];
        self.send(
            "POST",
            RESUMABLE,
            &headers,
            Body::Bytes(fields.to_string().into_bytes()),
        )
    }

    /// Opens an upload and gives the path for its chunks.
    pub fn opened(&self, size: usize) -> String {
        let answer = self.open(&self.fields(), size);
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        path_of(&answer)
    }

    /// One chunk as an honest client sends it.
    pub fn put(&self, path: &str, file: &[u8], start: usize, end: usize) -> Answer {
        self.put_body(
            path,
            start,
            end,
            file.len(),
            Body::Bytes(file[start..end].to_vec()),
        )
    }

    /// One chunk with any body.
    pub fn put_body(
        &self,
        path: &str,
        start: usize,
        end: usize,
        total: usize,
        body: Body,
    ) -> Answer {
        let range = format!("bytes {start}-{}/{total}", end - 1);
        let length = (end - start).to_string();
        let headers = [
            ("content-type", "application/octet-stream"),
            ("content-range", range.as_str()),
            ("content-length", length.as_str()),
        ];
        self.send("PUT", path, &headers, body)
    }

    /// How far the upload is.
    pub fn status(&self, path: &str, total: usize) -> Answer {
        let range = format!("bytes */{total}");
        let headers = [("content-range", range.as_str()), ("content-length", "0")];
        self.send("PUT", path, &headers, Body::Empty)
    }

    pub fn cancel(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], Body::Empty)
    }

    /// Uploads a whole file in chunks of one size; every chunk must be taken.
    pub fn upload(&self, file: &[u8], chunk: usize) -> String {
        let path = self.opened(file.len());
        let mut start = 0;
        loop {
            let end = file.len().min(start + chunk);
            let answer = self.put(&path, file, start, end);
            if end == file.len() {
                return answer.video_uuid();
            }
            assert_eq!(answer.received(), end);
            start = end;
        }
    }
}

pub fn answer(platform: &TestPlatform, request: Request<Body>) -> Answer {
    let response = block_on(api::handle(platform, request)).expect("a route of the API");
    let (parts, body) = response.into_parts();
    let bytes = block_on(body.into_bytes(1024 * 1024)).unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(bytes).unwrap(),
    }
}

/// Path and query of a `Location`.
pub fn path_of(answer: &Answer) -> String {
    let location = answer.header("location");
    let path = location
        .strip_prefix("https://video.test")
        .expect("the public origin");
    path.to_owned()
}

/// The stored original of a video.
pub fn original(platform: &TestPlatform, uuid: &str) -> Vec<u8> {
    let keys = platform.database.dump(&format!(
        "SELECT object_key FROM video_source JOIN video ON video.id = video_id WHERE uuid = '{uuid}'"
    ));
    platform
        .objects
        .bytes(&keys[0])
        .expect("the original is stored")
}

pub fn count(platform: &TestPlatform, table: &str) -> String {
    platform
        .database
        .dump(&format!("SELECT count(*) FROM {table}"))[0]
        .clone()
}

pub fn execute(platform: &TestPlatform, sql: &'static str, params: Vec<Value>) {
    let statement = ports::Statement::new(sql, params);
    block_on(platform.database.batch(vec![statement])).unwrap();
}

/// Cron, once.
pub fn run_cron(platform: &TestPlatform) {
    block_on(app::upload::collect_abandoned(platform)).unwrap();
    block_on(app::upload::delete_unowned_objects(platform)).unwrap();
}

/// Lets two days pass and asserts that nothing is left but what rows of videos name.
pub fn assert_clean(platform: &TestPlatform) {
    assert_clean_but(platform, 0);
}

/// The same, with multipart uploads that only the bucket's own rule can remove.
pub fn assert_clean_but(platform: &TestPlatform, open_multiparts: usize) {
    platform.advance_ms(2 * domain::time::DAY_MS);
    run_cron(platform);
    assert_eq!(count(platform, "upload"), "0");
    assert_eq!(count(platform, "upload_part"), "0");
    assert_eq!(count(platform, "unowned_object"), "0");
    assert_eq!(platform.objects.open_multiparts(), open_multiparts);
    let mut named = platform
        .database
        .dump("SELECT object_key FROM video_source");
    named.extend(
        platform
            .database
            .dump("SELECT 'thumbnails/' || filename FROM thumbnail"),
    );
    named.sort();
    assert_eq!(platform.objects.keys(), named);
}

/// A body that comes block by block and does something in between.
pub struct Interrupted {
    bytes: Vec<u8>,
    position: usize,
    /// Runs once, before the first byte at or behind this position is given.
    interruption: Option<(usize, Box<dyn FnOnce()>)>,
    /// Where the connection breaks.
    breaks_at: usize,
}

impl Interrupted {
    pub fn body(bytes: &[u8], at: usize, interruption: impl FnOnce() + 'static) -> Body {
        Body::Stream(Box::new(Self {
            bytes: bytes.to_vec(),
            position: 0,
            interruption: Some((at, Box::new(interruption))),
            breaks_at: usize::MAX,
        }))
    }

    /// A body whose connection breaks after some bytes.
    pub fn broken(bytes: &[u8], breaks_at: usize) -> Body {
        Body::Stream(Box::new(Self {
            bytes: bytes.to_vec(),
            position: 0,
            interruption: None,
            breaks_at,
        }))
    }
}

impl BlockStream for Interrupted {
    fn read(
        &mut self,
        bytes: usize,
    ) -> LocalBoxFuture<'_, Result<Option<Box<dyn Block>>, PortError>> {
        let end = self.bytes.len().min(self.position + bytes);
        if let Some((at, interrupt)) = self.interruption.take() {
            if end > at {
                interrupt();
            } else {
                self.interruption = Some((at, interrupt));
            }
        }
        let answer: Result<Option<Box<dyn Block>>, PortError> = if end > self.breaks_at {
            Err(PortError::unavailable("stream", "connection reset"))
        } else if self.position == end {
            Ok(None)
        } else {
            Ok(Some(Box::new(self.bytes[self.position..end].to_vec())))
        };
        self.position = end;
        Box::pin(std::future::ready(answer))
    }

    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}
