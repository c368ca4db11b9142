//! Answers that were given a moment ago.
//!
//! A page, a document or an answer of the API to nobody in particular is a function of its address, so in a busy
//! minute thousands of visitors ask for the same bytes. What is kept is at most a second old, and gone at once when
//! this instance of the site has changed anything; another instance's change shows after that second. The answers
//! themselves allow caches elsewhere more than that.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use domain::UnixMillis;
use http::response::Parts;
use http::{Response, StatusCode, header};
use ports::{Body, Platform};

/// How long an answer is given again, in milliseconds.
const KEPT_MS: i64 = 1_000;
/// Most answers kept; one has 2 to 30 KB.
const MAX_ANSWERS: usize = 64;
/// Larger answers are not kept, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// Answers with longer names are not kept, in bytes.
const MAX_NAME_BYTES: usize = 256;

/// One for the lifetime of a host's instance of the site; it holds nothing that belongs to a request.
#[derive(Default)]
pub struct AnswerMemo {
    answers: RefCell<HashMap<String, Answer>>,
    changes: Cell<u64>,
}

struct Answer {
    parts: Parts,
    body: Vec<u8>,
    kept: Kept,
}

/// An extension of answers that are kept, so that the host may keep them in a form of its own. Such an answer is
/// that of every `GET` of the same address with the same `Accept`, without `Authorization`, `If-None-Match` and a
/// video's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    since: UnixMillis,
    seen: Seen,
}

/// The state of the site as it was when an answer began to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen(u64);

impl AnswerMemo {
    /// Something has changed: no answer from before is given any more.
    pub fn forget(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
        self.answers.borrow_mut().clear();
    }

    /// Whether an answer that was kept may be given again.
    #[must_use]
    pub fn is_fresh(&self, kept: Kept, now: UnixMillis) -> bool {
        kept.seen == self.seen() && (0..KEPT_MS).contains(&now.since_ms(kept.since))
    }

    /// The answer that is kept by this name, if it is fresh, else a new one, which is kept if caches may share it.
    pub(crate) async fn kept_or(
        &self,
        platform: &impl Platform,
        name: &str,
        make: impl AsyncFnOnce() -> Response<Body>,
    ) -> Response<Body> {
        if let Some(kept) = self.recall(name, platform.now()) {
            return kept;
        }
        let seen = self.seen();
        let response = make().await;
        self.keep(name, response, seen, platform.now())
    }

    fn seen(&self) -> Seen {
        Seen(self.changes.get())
    }

    fn recall(&self, name: &str, now: UnixMillis) -> Option<Response<Body>> {
        let answers = self.answers.borrow();
        let answer = answers.get(name)?;
        self.is_fresh(answer.kept, now)
            .then(|| Response::from_parts(answer.parts.clone(), Body::Bytes(answer.body.clone())))
    }

    /// Keeps a good answer, unless something has changed since `seen`.
    fn keep(
        &self,
        name: &str,
        response: Response<Body>,
        seen: Seen,
        now: UnixMillis,
    ) -> Response<Body> {
        let (mut parts, body) = response.into_parts();
        if let Body::Bytes(bytes) = &body
            && is_shared(&parts)
            && bytes.len() <= MAX_BODY_BYTES
            && name.len() <= MAX_NAME_BYTES
            && seen == self.seen()
        {
            let mut answers = self.answers.borrow_mut();
            if answers.len() >= MAX_ANSWERS {
                answers.retain(|_, answer| now.since_ms(answer.kept.since) < KEPT_MS);
            }
            if answers.len() < MAX_ANSWERS {
                let kept = Kept { since: now, seen };
                parts.extensions.insert(kept);
                let answer = Answer {
                    parts: parts.clone(),
                    body: bytes.clone(),
                    kept,
                };
                answers.insert(name.to_owned(), answer);
            }
        }
        Response::from_parts(parts, body)
    }
}

/// Whether everybody may get it.
fn is_shared(parts: &Parts) -> bool {
    let cache_control = parts.headers.get(header::CACHE_CONTROL);
    parts.status == StatusCode::OK
        && cache_control.is_some_and(|value| value.as_bytes().starts_with(b"public"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_000_000);

    fn page(text: &str) -> Response<Body> {
        Response::builder()
            .header(header::CACHE_CONTROL, "public, max-age=0")
            .body(Body::Bytes(text.as_bytes().to_vec()))
            .unwrap()
    }

    fn recalled(memo: &AnswerMemo, address: &str, now: UnixMillis) -> Option<Vec<u8>> {
        memo.recall(address, now)
            .map(|response| match response.into_body() {
                Body::Bytes(html) => html,
                _ => panic!("a page is bytes"),
            })
    }

    #[test]
    fn a_page_is_shown_again_for_a_second() {
        let memo = AnswerMemo::default();
        memo.keep("/", page("home"), memo.seen(), NOW);
        assert_eq!(recalled(&memo, "/", NOW.plus_ms(999)).unwrap(), b"home");
        assert_eq!(recalled(&memo, "/", NOW.plus_ms(1_000)), None);
        assert_eq!(
            recalled(&memo, "/", NOW.plus_ms(-1)),
            None,
            "clocks may go back"
        );
        assert_eq!(recalled(&memo, "/?page=2", NOW), None);
    }

    #[test]
    fn a_change_is_seen_at_once() {
        let memo = AnswerMemo::default();
        let before = memo.seen();
        memo.keep("/", page("old"), before, NOW);
        memo.forget();
        assert_eq!(recalled(&memo, "/", NOW), None);
        memo.keep("/", page("rendered before the change"), before, NOW);
        assert_eq!(recalled(&memo, "/", NOW), None);
    }

    #[test]
    fn whoever_keeps_it_too_learns_when_it_is_old() {
        let memo = AnswerMemo::default();
        let shown = memo.keep("/", page("home"), memo.seen(), NOW);
        let again = memo.recall("/", NOW.plus_ms(500)).unwrap();
        let kept = *shown.extensions().get::<Kept>().unwrap();
        assert_eq!(again.extensions().get::<Kept>(), Some(&kept));
        assert!(memo.is_fresh(kept, NOW.plus_ms(999)));
        assert!(!memo.is_fresh(kept, NOW.plus_ms(1_000)));
        memo.forget();
        assert!(!memo.is_fresh(kept, NOW));
        let mut missing = page("missing");
        *missing.status_mut() = StatusCode::NOT_FOUND;
        let shown = memo.keep("/x", missing, memo.seen(), NOW);
        assert!(shown.extensions().get::<Kept>().is_none());
    }

    #[test]
    fn errors_giants_and_what_is_for_one_are_not_kept() {
        let memo = AnswerMemo::default();
        let mut personal = page("mine");
        personal.headers_mut().insert(
            header::CACHE_CONTROL,
            http::HeaderValue::from_static("no-store"),
        );
        memo.keep("/mine", personal, memo.seen(), NOW);
        let mut missing = page("missing");
        *missing.status_mut() = StatusCode::NOT_FOUND;
        memo.keep("/w/x", missing, memo.seen(), NOW);
        memo.keep(
            "/big",
            page(&"x".repeat(MAX_BODY_BYTES + 1)),
            memo.seen(),
            NOW,
        );
        let long = format!("/{}", "x".repeat(MAX_NAME_BYTES));
        memo.keep(&long, page("long"), memo.seen(), NOW);
        for address in ["/mine", "/w/x", "/big", &long] {
            assert_eq!(recalled(&memo, address, NOW), None);
        }
    }

    #[test]
    fn many_pages_do_not_grow_it() {
        let memo = AnswerMemo::default();
        for number in 0..10 * MAX_ANSWERS {
            memo.keep(&format!("/?page={number}"), page("list"), memo.seen(), NOW);
        }
        assert_eq!(memo.answers.borrow().len(), MAX_ANSWERS);
        memo.keep("/", page("home"), memo.seen(), NOW.plus_ms(KEPT_MS));
        assert_eq!(memo.answers.borrow().len(), 1, "old ones make room");
    }
}
