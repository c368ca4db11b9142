//! A plain HTTP client that knows nothing of the instance but its address.

use std::io::Read;
use std::time::Duration;

use http::{HeaderMap, Method, Request};
use serde_json::Value;
use ureq::{Agent, Body, SendBody};

use crate::form::Form;

/// A call that takes longer has failed.
const CALL_PATIENCE: Duration = Duration::from_secs(120);

/// Sends requests to one origin, with a bearer token if signed in.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for messages.
    pub request: String,
    /// HTTP status.
    pub status: u16,
    /// Header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    /// A client that is not signed in. `base` is an origin, or a URL that paths are appended to.
    #[must_use]
    pub fn new(base: &str) -> Self {
        // No kept connections: tests kill the server, and a retry would hide what they look for.
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0)
            .timeout_global(Some(CALL_PATIENCE))
            .build()
            .into();
        Self {
            agent,
            base: base.to_owned(),
            token: None,
        }
    }

    /// The same client with another bearer token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// Signs in by OAuth's password grant.
    #[must_use]
    pub fn signed_in(&self, username: &str, password: &str) -> Self {
        let tokens = self.ask_token(username, password).expect_status(200).json();
        let token = tokens["access_token"].as_str();
        self.with_token(token.unwrap_or_else(|| panic!("no access_token in {tokens}")))
    }

    /// Asks for a token and answers what comes.
    #[must_use]
    pub fn ask_token(&self, username: &str, password: &str) -> Answer {
        let client = self
            .get("/api/v1/oauth-clients/local")
            .expect_status(200)
            .json();
        let text = |key: &str| client[key].as_str().unwrap_or_default().to_owned();
        let (id, secret) = (text("client_id"), text("client_secret"));
        let fields = [
            ("client_id", id.as_str()),
            ("client_secret", secret.as_str()),
            ("grant_type", "password"),
            ("response_type", "code"),
            ("scope", "user"),
            ("username", username),
            ("password", password),
        ];
        self.post_form("/api/v1/users/token", &fields)
    }

    /// GET.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    /// GET with header fields.
    #[must_use]
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.call(Method::GET, path, headers, &[])
    }

    /// GET; `None` if nobody answers.
    #[must_use]
    pub fn try_get(&self, path: &str) -> Option<Answer> {
        self.try_call(Method::GET, path, &[], &[]).ok()
    }

    /// GET as far as the header fields, then the body as a stream.
    #[must_use]
    pub fn open(&self, path: &str, headers: &[(&str, &str)]) -> (u16, impl Read + use<>) {
        let request = self.request(&Method::GET, path, headers, SendBody::none());
        let response = self
            .agent
            .run(request)
            .unwrap_or_else(|error| panic!("GET {path}: {error}"));
        (
            response.status().as_u16(),
            response.into_body().into_reader(),
        )
    }

    /// POST without a body.
    #[must_use]
    pub fn post_empty(&self, path: &str) -> Answer {
        self.call(Method::POST, path, &[], &[])
    }

    /// POST of `application/json`.
    #[must_use]
    pub fn post_json(&self, path: &str, value: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.call(Method::POST, path, &headers, value.to_string().as_bytes())
    }

    /// POST of `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.call(Method::POST, path, &headers, urlencoded(fields).as_bytes())
    }

    /// POST or PUT of `multipart/form-data`, streamed.
    #[must_use]
    pub fn send_form(&self, method: Method, path: &str, form: Form<'_>) -> Answer {
        let length = form.length().to_string();
        let content_type = form.content_type();
        let headers = [
            ("content-type", content_type.as_str()),
            ("content-length", length.as_str()),
        ];
        let mut reader = form.into_reader();
        self.send(method, path, &headers, SendBody::from_reader(&mut reader))
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// DELETE.
    #[must_use]
    pub fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, &[], &[])
    }

    /// Any request with a body in memory; no body if it is empty.
    #[must_use]
    pub fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        self.try_call(method.clone(), path, headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// As [`Self::call`], for calls during which the server may die.
    ///
    /// # Errors
    /// If no whole answer came.
    pub fn try_call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        if body.is_empty() && matches!(method, Method::GET | Method::HEAD | Method::DELETE) {
            return self.send(method, path, headers, SendBody::none());
        }
        let length = body.len().to_string();
        let mut all = headers.to_vec();
        all.push(("content-length", &length));
        let mut reader = body;
        self.send(method, path, &all, SendBody::from_reader(&mut reader))
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: SendBody<'_>,
    ) -> Result<Answer, ureq::Error> {
        let request = self.request(&method, path, headers, body);
        let name = format!("{method} {}", request.uri());
        let (parts, body) = self.agent.run(request)?.into_parts();
        Ok(Answer {
            request: name,
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: read_whole(body)?,
        })
    }

    fn request<'a>(
        &self,
        method: &Method,
        path: &str,
        headers: &[(&str, &str)],
        body: SendBody<'a>,
    ) -> Request<SendBody<'a>> {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        let mut request = Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request
            .body(body)
            .unwrap_or_else(|error| panic!("{method} {url} is no request: {error}"))
    }
}

fn read_whole(body: Body) -> Result<Vec<u8>, ureq::Error> {
    let mut bytes = Vec::new();
    body.into_reader().read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Answer {
    /// Panics with the body if the status is another one.
    #[must_use]
    pub fn expect_status(self, status: u16) -> Self {
        assert!(
            self.status == status,
            "{} answered {} instead of {status}: {}",
            self.request,
            self.status,
            self.text()
        );
        self
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} answered {:?}: {error}", self.request, self.text()))
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header field, empty when absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// Checks that it is an error as PeerTube sends it, and answers the body.
    #[must_use]
    pub fn problem(self, status: u16) -> Value {
        let answer = self.expect_status(status);
        let content_type = answer.header("content-type");
        assert!(
            content_type.starts_with("application/problem+json"),
            "{}: an error of type {content_type:?}: {}",
            answer.request,
            answer.text()
        );
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{}", answer.request);
        for key in ["type", "title", "detail"] {
            assert!(
                problem[key].is_string(),
                "{}: no {key} in {problem}",
                answer.request
            );
        }
        assert_eq!(problem["error"], problem["detail"], "{}", answer.request);
        problem
    }
}

fn urlencoded(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", percent(name), percent(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Percent-encodes all but RFC 3986's unreserved characters.
#[must_use]
pub fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
