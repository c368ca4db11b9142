//! Which function answers which path.

use activitypub_server::{REMOTE_INTERACTION_PATH, Route};
use app::runners::wake::Refusal;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use ports::{Body, Platform};
use rest::Problem;

use crate::answer_memo::AnswerMemo;
use crate::discovery;
use crate::embeds::SiteEmbeds;
use crate::federation;
use crate::html;

/// Where the bundled scripts and styles are served from, by the host's own asset server.
const ASSET_ROOT: &str = "/client";
/// Roots that hold media.
const MEDIA_ROOTS: [&str; 3] = ["/static", "/lazy-static", "/download"];
/// Root of the REST API.
const API_ROOT: &str = "/api/v1";
/// Root of Socket.IO.
const SOCKET_ROOT: &str = "/socket.io";
/// Root of oEmbed.
const SERVICES_ROOT: &str = "/services";

/// Whether the path is a bundled script or style, which the host serves itself.
#[must_use]
pub fn is_asset_path(path: &str) -> bool {
    is_below(path, ASSET_ROOT)
}

/// Whether the path is that of sockets, which the host connects to the instance's object.
#[must_use]
pub fn is_socket_path(path: &str) -> bool {
    is_below(path.split('?').next().unwrap_or(path), SOCKET_ROOT)
}

/// Why a client gets no socket, in Engine.IO's words.
#[must_use]
pub fn socket_refusal(refusal: Refusal) -> Response<Body> {
    let mut response = Response::new(Body::Bytes(refusal.body().into_bytes()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    response
}

/// What every visitor of an instance sees whose variables are missing or wrong; which they are is for its log
/// alone.
#[must_use]
pub fn not_configured() -> Response<Body> {
    let told = "This instance is not configured. Its log says what is missing.";
    let status = StatusCode::SERVICE_UNAVAILABLE.as_u16();
    Problem::new(status, told).to_response().map(Body::Bytes)
}

fn is_below(path: &str, root: &str) -> bool {
    path.strip_prefix(root)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request. `memo` lives as long as the host's instance of the site.
pub async fn answer<P: Platform>(
    platform: &P,
    memo: &AnswerMemo,
    request: Request<Body>,
) -> Response<Body> {
    if is_api_path(request.uri().path()) {
        return answer_api(platform, memo, request).await;
    }
    answer_other(platform, memo, request).await
}

/// Whether the path belongs to [`answer_api`].
fn is_api_path(path: &str) -> bool {
    is_below(path, API_ROOT) || is_below(path, SERVICES_ROOT)
}

/// Answers a request for the REST API or oEmbed: for hosts that keep it apart from all else.
pub async fn answer_api<P: Platform>(
    platform: &P,
    memo: &AnswerMemo,
    mut request: Request<Body>,
) -> Response<Body> {
    let path = request.uri().path();
    let may_change = !request.method().is_safe() && !is_view_ping(path);
    let is_head = ask_with_get(&mut request);
    let shared_name = shared_name(&request);
    let make = async || {
        let answered = if is_below(request.uri().path(), SERVICES_ROOT) {
            let embeds = SiteEmbeds(html::site(platform.settings()));
            api::handle_services(platform, request, &embeds).await
        } else {
            api::handle(platform, request).await
        };
        answered.unwrap_or_else(no_such_file)
    };
    let mut response = match shared_name {
        Some(name) => memo.kept_or(platform, &name, make).await,
        None => make().await,
    };
    if is_head {
        *response.body_mut() = Body::Empty;
    }
    if may_change {
        memo.forget();
    }
    response
}

/// What an answer of the API may be kept by: its address, where nothing else of the request decides.
fn shared_name(request: &Request<Body>) -> Option<String> {
    let headers = request.headers();
    let is_plain = request.method() == Method::GET
        && !api::is_personal(headers)
        && !headers.contains_key(header::IF_NONE_MATCH);
    is_plain.then(|| request.uri().path_and_query().map(ToString::to_string))?
}

/// Answers all other requests.
pub async fn answer_other<P: Platform>(
    platform: &P,
    memo: &AnswerMemo,
    request: Request<Body>,
) -> Response<Body> {
    let may_change = !request.method().is_safe() && !is_inbox(request.uri().path());
    let response = file_or_page(platform, memo, request).await;
    if may_change {
        memo.forget();
    }
    response
}

/// Players report every few seconds, some at the older path, and a count of views may be a second old.
fn is_view_ping(path: &str) -> bool {
    path.ends_with("/views") || path.ends_with("/watching")
}

/// What arrives waits in a queue before it changes anything.
fn is_inbox(path: &str) -> bool {
    Route::parse(path) == Some(Route::Inbox)
}

/// HEAD is GET without the body, except for media, which need no GET for it.
async fn file_or_page<P: Platform>(
    platform: &P,
    memo: &AnswerMemo,
    mut request: Request<Body>,
) -> Response<Body> {
    let path = request.uri().path();
    if MEDIA_ROOTS.iter().any(|root| is_below(path, root)) {
        return media::handle(platform, request)
            .await
            .unwrap_or_else(no_such_file);
    }
    let is_head = ask_with_get(&mut request);
    let mut response = if let Some(route) = discovery::Route::parse(request.uri().path()) {
        discovery::answer(platform, memo, route, request).await
    } else {
        page_or_document(platform, memo, request).await
    };
    if is_head {
        *response.body_mut() = Body::Empty;
    }
    response
}

/// Makes GET of HEAD; answers whether it was one.
fn ask_with_get(request: &mut Request<Body>) -> bool {
    let is_head = request.method() == Method::HEAD;
    if is_head {
        *request.method_mut() = Method::GET;
    }
    is_head
}

/// At an id of ours stand a page and a document; `Accept` says which is meant.
async fn page_or_document<P: Platform>(
    platform: &P,
    memo: &AnswerMemo,
    request: Request<Body>,
) -> Response<Body> {
    let path = request.uri().path();
    if path == REMOTE_INTERACTION_PATH {
        let query = request.uri().query().unwrap_or_default();
        return match activitypub_server::remote_interaction(platform, query).await {
            Ok(target) => federation::found_at(&target),
            Err(error) => html::failed_page(platform, path, error),
        };
    }
    let Some(route) = Route::parse(path) else {
        return page(platform, memo, &request).await;
    };
    if federation::is_meant(&route, &request) {
        return federation::answer(platform, memo, &route, request).await;
    }
    let response = match federation::page_elsewhere(&route) {
        Some(elsewhere) => federation::found_at(&elsewhere),
        None => page(platform, memo, &request).await,
    };
    federation::varying(response)
}

async fn page<P: Platform>(
    platform: &P,
    memo: &AnswerMemo,
    request: &Request<Body>,
) -> Response<Body> {
    let uri = request.uri();
    let address = uri
        .path_and_query()
        .map_or(uri.path(), |both| both.as_str());
    let is_personal = request.headers().contains_key(header::AUTHORIZATION);
    let render = async || html::answer(platform, request).await;
    if request.method() != Method::GET || is_personal {
        return render().await;
    }
    memo.kept_or(platform, address, render).await
}

fn no_such_file() -> Response<Body> {
    let mut response = Response::new(Body::Bytes(b"Not found".to_vec()));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
