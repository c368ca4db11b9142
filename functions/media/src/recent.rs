//! What this isolate has learnt lately: short records, each with its age, and which blocks are being
//! filled right now. Only ever a shortcut: another isolate, or this one after a restart, asks again.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use domain::UnixMillis;

/// Records kept; about 250 bytes each.
const RECORDS_MAX: usize = 1_000;

thread_local! {
    static RECORDS: RefCell<BTreeMap<String, (UnixMillis, String)>> = const {
        RefCell::new(BTreeMap::new())
    };
    static FILLING: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// The record of that key, unless its time is over.
pub(crate) fn record(key: &str, now: UnixMillis) -> Option<String> {
    RECORDS.with_borrow(|records| {
        records
            .get(key)
            .filter(|(expires_at, _)| *expires_at > now)
            .map(|(_, text)| text.clone())
    })
}

/// Keeps a record until its time is over, or until there are too many.
pub(crate) fn keep(key: &str, text: &str, expires_at: UnixMillis, now: UnixMillis) {
    RECORDS.with_borrow_mut(|records| {
        if records.len() >= RECORDS_MAX {
            records.retain(|_, (expires_at, _)| *expires_at > now);
        }
        if records.len() >= RECORDS_MAX {
            records.pop_first();
        }
        records.insert(key.to_owned(), (expires_at, text.to_owned()));
    });
}

/// Forgets a record that turned out wrong.
pub(crate) fn forget(key: &str) {
    RECORDS.with_borrow_mut(|records| records.remove(key));
}

/// The right to fill one block. Many small requests for one block come at once (a torrent client asks for
/// 16 KiB at a time); one of them fills it. Dropping the right, also by a cancelled request, gives it up.
pub(crate) struct Filling {
    cache_key: String,
}

impl Filling {
    /// The right, unless somebody in this isolate has it.
    pub(crate) fn start(cache_key: String) -> Option<Self> {
        FILLING
            .with_borrow_mut(|filling| filling.insert(cache_key.clone()))
            // Lazily: a `Self` that is made and dropped would give up somebody else's right.
            .then(|| Self { cache_key })
    }

    pub(crate) fn cache_key(&self) -> &str {
        &self.cache_key
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        FILLING.with_borrow_mut(|filling| filling.remove(&self.cache_key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_000);

    #[test]
    fn records_end_at_their_time() {
        keep("a", "text", NOW.plus_ms(10), NOW);
        assert_eq!(record("a", NOW.plus_ms(9)).as_deref(), Some("text"));
        assert_eq!(record("a", NOW.plus_ms(10)), None);
        forget("a");
        assert_eq!(record("a", NOW), None);
    }

    #[test]
    fn there_are_never_too_many() {
        for index in 0..3 * RECORDS_MAX {
            keep(&format!("{index:05}"), "", NOW.plus_ms(10), NOW);
        }
        assert_eq!(RECORDS.with_borrow(BTreeMap::len), RECORDS_MAX);
        keep("later", "", NOW.plus_ms(30), NOW.plus_ms(20));
        assert_eq!(RECORDS.with_borrow(BTreeMap::len), 1);
    }

    #[test]
    fn one_at_a_time_fills_a_block() {
        let first = Filling::start("block".to_owned());
        assert!(first.is_some());
        assert!(Filling::start("block".to_owned()).is_none());
        assert!(Filling::start("block".to_owned()).is_none());
        drop(first);
        assert!(Filling::start("block".to_owned()).is_some());
    }
}
