//! Documents for other servers and for feed readers: what finds us, and what tells what is new.

use feeds::{Asked, Markup};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use ports::{Body, Platform};

use crate::answer_memo::AnswerMemo;

/// How long these documents may be shown before they are asked for again, in seconds: readers come
/// every half an hour, and what other servers learn changes with the configuration.
const MAX_AGE_SECS: u32 = 300;

/// A document of another crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Finger(webfinger::Route),
    Feed(feeds::Route),
}

impl Route {
    /// `None` when the path is elsewhere.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        webfinger::Route::parse(path)
            .map(Self::Finger)
            .or_else(|| feeds::Route::parse(path).map(Self::Feed))
    }
}

/// Answers a request; anybody's browser may read the answer.
pub(crate) async fn answer<P: Platform>(
    platform: &P,
    memo: &AnswerMemo,
    route: Route,
    request: Request<Body>,
) -> Response<Body> {
    let head = api::RequestHead::new(request.into_parts().0);
    match head.method {
        Method::GET => {}
        Method::OPTIONS => return api::preflight(&head),
        _ => return not_allowed(),
    }
    let accept = head.header("accept").unwrap_or_default();
    let key = format!("{}?{}\n{accept}", head.path, head.query);
    let is_plain = !head.headers.contains_key(header::IF_NONE_MATCH);
    let make = async || {
        let response = document(platform, route, &head).await;
        api::with_cors(
            response.unwrap_or_else(|error| api::problem_response(platform, &head, error)),
        )
    };
    if is_plain {
        memo.kept_or(platform, &key, make).await
    } else {
        make().await
    }
}

async fn document<P: Platform>(
    platform: &P,
    route: Route,
    head: &api::RequestHead,
) -> Result<Response<Body>, app::AppError> {
    let accept = head.header("accept").unwrap_or_default();
    let query = &head.query;
    let (document, vary) = match route {
        Route::Finger(route) => {
            let document = webfinger::document(platform, route, query).await?;
            ((document.content_type, document.bytes), None)
        }
        Route::Feed(route) => {
            let asked = Asked { query, accept };
            let document = feeds::document(platform, &PageMarkup, route, asked).await?;
            let document = (document.content_type, document.bytes);
            (document, Some("Accept"))
        }
    };
    api::shared_document(head, document, MAX_AGE_SECS, vary)
}

/// Descriptions as pages show them.
struct PageMarkup;

impl Markup for PageMarkup {
    fn html(&self, markdown: &str, max_bytes: usize) -> String {
        pages::render_elsewhere(markdown, max_bytes)
    }

    fn plain_text(&self, markdown: &str, max_chars: usize) -> String {
        pages::plain_text(markdown, max_chars)
    }
}

fn not_allowed() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response.headers_mut().insert(
        header::ALLOW,
        HeaderValue::from_static("GET, HEAD, OPTIONS"),
    );
    api::with_cors(response)
}
