//! HTTP for tests, and a store on it.

use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domain::UnixMillis;
use http::{Request, Response};
use ports::{Body, HttpClient, PortError, S3Settings, Secret};
use s3::S3Store;
use s3_server::{ACCESS_KEY_ID, BUCKET, REGION, S3Server, SECRET_ACCESS_KEY};
use ureq::Agent;

/// Blocks the thread, which is all right here.
#[derive(Debug, Clone)]
pub struct BlockingHttp {
    agent: Agent,
}

impl BlockingHttp {
    pub fn new() -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .into();
        Self { agent }
    }

    /// Asks for a URL as somebody who knows nothing but it. Answers status and body.
    pub fn ask(&self, method: &str, url: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let request = Request::builder().method(method).uri(url);
        let request = request.body(body.to_vec()).expect("a request");
        let mut response = self.agent.run(request).expect("the server answers");
        let body = response.body_mut().read_to_vec().expect("a whole body");
        (response.status().as_u16(), body)
    }
}

impl HttpClient for BlockingHttp {
    async fn send(
        &self,
        request: Request<Body>,
        timeout_ms: u32,
    ) -> Result<Response<Body>, PortError> {
        let failed = |error: &dyn std::fmt::Display| PortError::unavailable("HTTP", error);
        let (parts, body) = request.into_parts();
        let body = body.into_bytes(usize::MAX).await;
        let body = body.map_err(|error| failed(&error))?;
        let request = Request::from_parts(parts, body);
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(Some(Duration::from_millis(timeout_ms.into())))
            .allow_non_standard_methods(true)
            .build();
        let response = self.agent.run(request).map_err(|error| failed(&error))?;
        let (parts, mut body) = response.into_parts();
        let body = body.read_to_vec().map_err(|error| failed(&error))?;
        Ok(Response::from_parts(parts, Body::Bytes(body)))
    }
}

#[expect(clippy::disallowed_methods, reason = "native test code")]
pub fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.expect("the clock is set");
    UnixMillis(i64::try_from(since.as_millis()).expect("it is not that late"))
}

pub fn settings(server: &S3Server) -> S3Settings {
    S3Settings {
        endpoint: server.endpoint(),
        bucket: BUCKET.to_owned(),
        region: REGION.to_owned(),
        access_key_id: ACCESS_KEY_ID.to_owned(),
        secret_access_key: Secret(SECRET_ACCESS_KEY.to_owned()),
        is_only_store: true,
    }
}

pub fn store(settings: S3Settings) -> S3Store<BlockingHttp> {
    S3Store::new(BlockingHttp::new(), Rc::new(settings), now).expect("the endpoint is one")
}
