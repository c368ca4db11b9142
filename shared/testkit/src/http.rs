//! The rest of the world, as far as a test has it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::task::Poll;

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
#[derive(Clone)]
pub struct TestHttp {
    answers: Rc<RefCell<BTreeMap<String, Answer>>>,
    silent: Rc<RefCell<BTreeSet<String>>>,
    /// The platform's clock, in Unix milliseconds.
    now: Rc<Cell<i64>>,
    sent: Rc<RefCell<Vec<SentRequest>>>,
}

const MAX_SENT_BYTES: usize = 16 * 1024 * 1024;
/// Who waits longer than this for a silent server, without the clock moving, waits for ever.
const MAX_POLLS: u32 = 100_000;

/// Yields once.
pub(crate) async fn let_others_go_on() {
    let mut has_yielded = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl TestHttp {
    pub(crate) fn new(now: Rc<Cell<i64>>) -> Self {
        Self {
            answers: Rc::default(),
            silent: Rc::default(),
            now,
            sent: Rc::default(),
        }
    }

    /// Has the server at `url` take requests and keep them waiting until it speaks again or the clock says
    /// that their time is up.
    pub fn fall_silent(&self, url: &str) {
        self.silent.borrow_mut().insert(url.to_owned());
    }

    /// Has it answer again, those included who wait.
    pub fn speak_again(&self, url: &str) {
        self.silent.borrow_mut().remove(url);
    }

    async fn wait_while_silent(&self, url: &str, timeout_ms: u32) -> Result<(), PortError> {
        let until = self.now.get() + i64::from(timeout_ms);
        for _ in 0..MAX_POLLS {
            if !self.silent.borrow().contains(url) {
                return Ok(());
            }
            if self.now.get() >= until {
                return Err(PortError::unavailable("another server", "no answer"));
            }
            let_others_go_on().await;
        }
        panic!("{url} is waited for and time stands still");
    }

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
        timeout_ms: u32,
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
        self.sent.borrow_mut().push(sent.clone());
        self.wait_while_silent(&sent.url, timeout_ms).await?;
        let answer = self.answers.borrow().get(&sent.url).cloned();
        match answer {
            Some(answer) => Ok(answer(&sent)),
            None => Err(PortError::unavailable("another server", "no connection")),
        }
    }
}
