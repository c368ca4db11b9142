//! Answers of the last second in JavaScript's own form: in a busy minute most requests are for the very same
//! few, and these cost neither Wasm's copy of the request nor a new copy of the answer.
//!
//! What may be kept, and for how long, the site says ([`site::Kept`]).

use std::cell::RefCell;
use std::collections::HashMap;

use http::Response;
use platform_workers::KeptResponse;
use ports::{Body, Platform};
use site::{AnswerMemo, Kept};

/// Most answers kept, as many as the site itself keeps.
const MAX_ANSWERS: usize = 64;
/// Longer addresses and longer `Accept` are not kept, in bytes.
const MAX_NAME_BYTES: usize = 512;
/// What makes an answer another one.
const PERSONAL: [&str; 3] = [
    "authorization",
    "if-none-match",
    "x-peertube-video-password",
];

thread_local! {
    static ANSWERS: RefCell<HashMap<String, Answer>> = RefCell::default();
}

struct Answer {
    accept: Option<String>,
    kept: Kept,
    response: KeptResponse,
}

/// The answer to a request that was answered a moment ago.
pub(crate) fn recall(
    request: &web_sys::Request,
    url: &str,
    memo: &AnswerMemo,
) -> Option<web_sys::Response> {
    ANSWERS.with_borrow(|answers| {
        let answer = answers.get(url)?;
        let is_same = memo.is_fresh(answer.kept, platform_workers::now())
            && accept_of_plain(request)? == answer.accept;
        is_same.then(|| answer.response.response().ok()).flatten()
    })
}

/// Keeps an answer if the site keeps it.
pub(crate) fn keep(
    platform: &impl Platform,
    memo: &AnswerMemo,
    request: &web_sys::Request,
    url: &str,
    response: &Response<Body>,
) {
    let kept = response.extensions().get::<Kept>().copied();
    let Some(kept) = kept.filter(|_| url.len() <= MAX_NAME_BYTES) else {
        return;
    };
    let Some(accept) = accept_of_plain(request) else {
        return;
    };
    if accept
        .as_ref()
        .is_some_and(|accept| accept.len() > MAX_NAME_BYTES)
    {
        return;
    }
    let Some(response) = KeptResponse::of(response) else {
        return;
    };
    ANSWERS.with_borrow_mut(|answers| {
        if answers.len() >= MAX_ANSWERS && !answers.contains_key(url) {
            let now = platform.now();
            answers.retain(|_, answer| memo.is_fresh(answer.kept, now));
            if answers.len() >= MAX_ANSWERS {
                return;
            }
        }
        let answer = Answer {
            accept,
            kept,
            response,
        };
        answers.insert(url.to_owned(), answer);
    });
}

/// `Accept` of a `GET` that anybody may have sent; nothing for any other request.
fn accept_of_plain(request: &web_sys::Request) -> Option<Option<String>> {
    if request.method() != "GET" {
        return None;
    }
    let headers = request.headers();
    for name in PERSONAL {
        if headers.has(name).ok()? {
            return None;
        }
    }
    headers.get("accept").ok()
}
