//! The rest of the world, as far as a test has it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use http::{HeaderMap, Method, Request, Response, StatusCode};
use ports::{Body, HttpClient, PortError};

/// A request that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRequest {
    /// Its method.
    pub method: Method,
    /// Its absolute URL.
    pub url: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

type Answer = Rc<dyn Fn(&SentRequest) -> Response<Body>>;

/// Servers as a table from URL to answer. An URL that is not in it has no server: no connection.
#[derive(Clone, Default)]
pub struct TestHttp {
    answers: Rc<RefCell<BTreeMap<String, Answer>>>,
    sent: Rc<RefCell<Vec<SentRequest>>>,
}

const MAX_SENT_BYTES: usize = 16 * 1024 * 1024;

impl TestHttp {
    /// Has `url` answer whatever `answer` makes of a request.
    pub fn serve(&self, url: &str, answer: impl Fn(&SentRequest) -> Response<Body> + 'static) {
        self.answers
            .borrow_mut()
            .insert(url.to_owned(), Rc::new(answer));
    }

    /// Has `url` answer 200 with a document of ActivityStreams.
    pub fn serve_document(&self, url: &str, json: &str) {
        let json = json.to_owned();
        self.serve(url, move |_| {
            typed_response("application/activity+json", json.as_bytes())
        });
    }

    /// Has `url` answer with a status and nothing else.
    pub fn serve_status(&self, url: &str, status: StatusCode) {
        self.serve(url, move |_| {
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = status;
            response
        });
    }

    /// Takes the server at `url` away.
    pub fn stop(&self, url: &str) {
        self.answers.borrow_mut().remove(url);
    }

    /// Takes the requests sent so far.
    #[must_use]
    pub fn take_sent(&self) -> Vec<SentRequest> {
        std::mem::take(&mut *self.sent.borrow_mut())
    }
}

/// 200 with that type and body.
///
/// # Panics
/// When `content_type` is no header value.
#[must_use]
pub fn typed_response(content_type: &str, body: &[u8]) -> Response<Body> {
    Response::builder()
        .header("content-type", content_type)
        .body(Body::Bytes(body.to_vec()))
        .expect("the type is a header value")
}

impl HttpClient for TestHttp {
    async fn send(
        &self,
        request: Request<Body>,
        _timeout_ms: u32,
    ) -> Result<Response<Body>, PortError> {
        let (parts, body) = request.into_parts();
        let body = body
            .into_bytes(MAX_SENT_BYTES)
            .await
            .map_err(|error| PortError::bug("a request body", error))?;
        let sent = SentRequest {
            method: parts.method,
            url: parts.uri.to_string(),
            headers: parts.headers,
            body,
        };
        let answer = self.answers.borrow().get(&sent.url).cloned();
        self.sent.borrow_mut().push(sent.clone());
        match answer {
            Some(answer) => Ok(answer(&sent)),
            None => Err(PortError::unavailable("another server", "no connection")),
        }
    }
}
