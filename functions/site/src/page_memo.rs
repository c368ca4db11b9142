//! Pages that were rendered a moment ago.
//!
//! A page is a function of its address alone, so in a busy minute thousands of visitors ask for the same
//! bytes. What is kept is at most a second old, and gone at once when this instance of the site has
//! changed anything; another instance's change shows after that second.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use domain::UnixMillis;
use http::response::Parts;
use http::{Response, StatusCode};
use ports::Body;

/// How long a page is shown again, in milliseconds.
const KEPT_MS: i64 = 1_000;
/// Most pages kept; a page is 8 to 30 KB.
const MAX_PAGES: usize = 64;
/// Larger pages are not kept, in bytes.
const MAX_PAGE_BYTES: usize = 64 * 1024;
/// Longer addresses are not kept, in bytes.
const MAX_ADDRESS_BYTES: usize = 256;

/// One for the lifetime of a host's instance of the site; it holds nothing that belongs to a request.
#[derive(Default)]
pub struct PageMemo {
    pages: RefCell<HashMap<String, Page>>,
    changes: Cell<u64>,
}

struct Page {
    parts: Parts,
    html: Vec<u8>,
    kept: Kept,
}

/// An extension of answers that are kept, so that the host may keep them in a form of its own. Such an answer is
/// that of every `GET` of the same address with the same `Accept`, without `Authorization` and `If-None-Match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    since: UnixMillis,
    seen: Seen,
}

/// The state of the site as it was when a page began to be rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen(u64);

impl PageMemo {
    /// Something has changed: no page from before is shown any more.
    pub fn forget(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
        self.pages.borrow_mut().clear();
    }

    /// Whether an answer that was kept may be shown again.
    #[must_use]
    pub fn is_fresh(&self, kept: Kept, now: UnixMillis) -> bool {
        kept.seen == self.seen() && (0..KEPT_MS).contains(&now.since_ms(kept.since))
    }

    pub(crate) fn seen(&self) -> Seen {
        Seen(self.changes.get())
    }

    /// The page at a path with its query, if it is fresh.
    pub(crate) fn recall(&self, address: &str, now: UnixMillis) -> Option<Response<Body>> {
        let pages = self.pages.borrow();
        let page = pages.get(address)?;
        self.is_fresh(page.kept, now)
            .then(|| Response::from_parts(page.parts.clone(), Body::Bytes(page.html.clone())))
    }

    /// Keeps a good page, unless something has changed since `seen`.
    pub(crate) fn keep(
        &self,
        address: &str,
        response: Response<Body>,
        seen: Seen,
        now: UnixMillis,
    ) -> Response<Body> {
        let (mut parts, body) = response.into_parts();
        if let Body::Bytes(html) = &body
            && parts.status == StatusCode::OK
            && html.len() <= MAX_PAGE_BYTES
            && address.len() <= MAX_ADDRESS_BYTES
            && seen == self.seen()
        {
            let mut pages = self.pages.borrow_mut();
            if pages.len() >= MAX_PAGES {
                pages.retain(|_, page| now.since_ms(page.kept.since) < KEPT_MS);
            }
            if pages.len() < MAX_PAGES {
                let kept = Kept { since: now, seen };
                parts.extensions.insert(kept);
                let page = Page {
                    parts: parts.clone(),
                    html: html.clone(),
                    kept,
                };
                pages.insert(address.to_owned(), page);
            }
        }
        Response::from_parts(parts, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_000_000);

    fn page(text: &str) -> Response<Body> {
        Response::new(Body::Bytes(text.as_bytes().to_vec()))
    }

    fn recalled(memo: &PageMemo, address: &str, now: UnixMillis) -> Option<Vec<u8>> {
        memo.recall(address, now)
            .map(|response| match response.into_body() {
                Body::Bytes(html) => html,
                _ => panic!("a page is bytes"),
            })
    }

    #[test]
    fn a_page_is_shown_again_for_a_second() {
        let memo = PageMemo::default();
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
        let memo = PageMemo::default();
        let before = memo.seen();
        memo.keep("/", page("old"), before, NOW);
        memo.forget();
        assert_eq!(recalled(&memo, "/", NOW), None);
        memo.keep("/", page("rendered before the change"), before, NOW);
        assert_eq!(recalled(&memo, "/", NOW), None);
    }

    #[test]
    fn whoever_keeps_it_too_learns_when_it_is_old() {
        let memo = PageMemo::default();
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
    fn errors_and_giants_are_not_kept() {
        let memo = PageMemo::default();
        let mut missing = page("missing");
        *missing.status_mut() = StatusCode::NOT_FOUND;
        memo.keep("/w/x", missing, memo.seen(), NOW);
        memo.keep(
            "/big",
            page(&"x".repeat(MAX_PAGE_BYTES + 1)),
            memo.seen(),
            NOW,
        );
        let long = format!("/{}", "x".repeat(MAX_ADDRESS_BYTES));
        memo.keep(&long, page("long"), memo.seen(), NOW);
        for address in ["/w/x", "/big", &long] {
            assert_eq!(recalled(&memo, address, NOW), None);
        }
    }

    #[test]
    fn many_pages_do_not_grow_it() {
        let memo = PageMemo::default();
        for number in 0..10 * MAX_PAGES {
            memo.keep(&format!("/?page={number}"), page("list"), memo.seen(), NOW);
        }
        assert_eq!(memo.pages.borrow().len(), MAX_PAGES);
        memo.keep("/", page("home"), memo.seen(), NOW.plus_ms(KEPT_MS));
        assert_eq!(memo.pages.borrow().len(), 1, "old ones make room");
    }
}
