//! Answers of the last second in JavaScript's own form: in a busy minute most requests are for the very same
//! few, and these cost neither Wasm's copy of the request nor a new copy of the answer.
//!
//! What may be kept, and for how long, the site says ([`site::Kept`]).

use std::cell::RefCell;

use http::Response;
use platform_workers::KeptResponse;
use ports::{Body, Platform};
use site::{AnswerMemo, Kept};
use wasm_bindgen::prelude::wasm_bindgen;

/// Most answers kept, as many as the site itself keeps.
const MAX_ANSWERS: usize = 64;

thread_local! {
    static ANSWERS: RefCell<KeptAnswers> = RefCell::new(KeptAnswers::new());
}

#[wasm_bindgen(module = "/src/answer_index.js")]
extern "C" {
    /// Where the answers are, by the requests that they answer.
    type AnswerIndex;
    #[wasm_bindgen(constructor)]
    fn new() -> AnswerIndex;
    /// The place of the answer to the same request; below zero where none is kept.
    #[wasm_bindgen(method)]
    fn find(this: &AnswerIndex, request: &web_sys::Request) -> i32;
    /// From now on the answer to this request is there, and nothing else; false if this request's is not kept.
    #[wasm_bindgen(method)]
    fn put(this: &AnswerIndex, request: &web_sys::Request, place: u32) -> bool;
}

struct KeptAnswers {
    index: AnswerIndex,
    /// By place.
    answers: Vec<Answer>,
}

struct Answer {
    url: String,
    kept: Kept,
    response: KeptResponse,
}

impl KeptAnswers {
    fn new() -> Self {
        Self {
            index: AnswerIndex::new(),
            answers: Vec::new(),
        }
    }

    /// Where an answer to this address may be put: its own place, a new one, or that of one that is old.
    fn place_for(&self, url: &str, is_fresh: impl Fn(&Answer) -> bool) -> Option<usize> {
        let is_there = |answer: &Answer| answer.url == url;
        let answers = &self.answers;
        answers
            .iter()
            .position(is_there)
            .or_else(|| (answers.len() < MAX_ANSWERS).then_some(answers.len()))
            .or_else(|| answers.iter().position(|answer| !is_fresh(answer)))
    }
}

/// The answer to a request that was answered a moment ago.
pub(crate) fn recall(request: &web_sys::Request, memo: &AnswerMemo) -> Option<web_sys::Response> {
    ANSWERS.with_borrow(|kept| {
        let place = usize::try_from(kept.index.find(request)).ok()?;
        let answer = kept.answers.get(place)?;
        memo.is_fresh(answer.kept, platform_workers::now())
            .then(|| answer.response.response().ok())
            .flatten()
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
    let Some(kept) = response.extensions().get::<Kept>().copied() else {
        return;
    };
    let Some(response) = KeptResponse::of(response) else {
        return;
    };
    let now = platform.now();
    ANSWERS.with_borrow_mut(|kept_answers| {
        let place = kept_answers.place_for(url, |answer| memo.is_fresh(answer.kept, now));
        let Some((place, number)) = place.and_then(|at| Some((at, u32::try_from(at).ok()?))) else {
            return;
        };
        if !kept_answers.index.put(request, number) {
            return;
        }
        let answer = Answer {
            url: url.to_owned(),
            kept,
            response,
        };
        match kept_answers.answers.get_mut(place) {
            Some(old) => *old = answer,
            None => kept_answers.answers.push(answer),
        }
    });
}
