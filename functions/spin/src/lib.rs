//! The site on Spin: what [`platform_spin::SpinPlatform`] and [`site`] make of a request, for the components that
//! are built of it.
//!
//! There are two files: one of the REST API, one of all else. Both in one would be larger than a component should
//! be. `spin.toml` makes several components of them, each with the routes, stores and hosts that it needs and no
//! others.

#![cfg(target_os = "wasi")]

mod assets;
mod client;
mod jobs;
mod tracker;

use std::rc::Rc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use platform_spin::{BodyError, Rest, SpinPlatform, incoming_with_rest, outgoing};
use ports::Body;
use site::AnswerMemo;

thread_local! {
    /// An instance may answer several requests.
    static MEMO: Rc<AnswerMemo> = Rc::default();
}

/// Answers a request for the REST API, oEmbed or a socket.
pub async fn answer_api(
    request: spin_sdk::http::Request,
) -> Response<impl http_body::Body<Data = Bytes, Error = BodyError>> {
    let (request, rest) = begin(request).await;
    let answer = with_platform(async |platform, memo| {
        if site::is_socket_path(request.uri().path()) {
            return problem(
                StatusCode::NOT_IMPLEMENTED,
                "This host keeps no sockets: runners ask for work from time to time instead.",
            );
        }
        site::answer_api(platform, memo, request).await
    });
    end(answer.await, rest).await
}

/// Answers all other requests.
pub async fn answer_other(
    request: spin_sdk::http::Request,
) -> Response<impl http_body::Body<Data = Bytes, Error = BodyError>> {
    let (request, rest) = begin(request).await;
    if tracker::is_path(request.uri().path()) {
        return end(tracker::answer(request).await, rest).await;
    }
    let answer = with_platform(async |platform, memo| {
        let path = request.uri().path();
        if jobs::is_path(path) {
            return jobs::answer(platform, &request).await;
        }
        if site::is_asset_path(path) {
            return assets::answer(path);
        }
        site::answer_other(platform, memo, request).await
    });
    end(answer.await, rest).await
}

/// The request, who sends it, and what a client may still send when nobody wants it.
async fn begin(request: spin_sdk::http::Request) -> (Request<Body>, Rest) {
    let (parts, body) = request.into_parts();
    let (body, rest) = incoming_with_rest(body);
    let mut request = Request::from_parts(parts, body);
    client::note(&mut request).await;
    (request, rest)
}

/// Has `answer` made, and goes on with the work that it leaves.
async fn with_platform(
    answer: impl AsyncFnOnce(&SpinPlatform, &AnswerMemo) -> Response<Body>,
) -> Response<Body> {
    let platform = match SpinPlatform::new(jobs::go_on_afterwards).await {
        Ok(platform) => platform,
        Err(problem) => return misconfigured(&problem),
    };
    let memo = MEMO.with(Rc::clone);
    let answer = answer(&platform, &memo).await;
    jobs::go_on_afterwards(&platform);
    answer
}

async fn end(
    answer: Response<Body>,
    rest: Rest,
) -> Response<impl http_body::Body<Data = Bytes, Error = BodyError>> {
    if answer.status().is_client_error() {
        rest.drain().await;
    }
    let (mut head, body) = answer.into_parts();
    let body = outgoing(&mut head.headers, body);
    Response::from_parts(head, body)
}

fn misconfigured(cause: &str) -> Response<Body> {
    eprintln!("configuration: {cause}");
    site::not_configured()
}

/// RFC 9457, as the API's.
fn problem(status: StatusCode, detail: &'static str) -> Response<Body> {
    rest::Problem::new(status.as_u16(), detail)
        .to_response()
        .map(Body::Bytes)
}
