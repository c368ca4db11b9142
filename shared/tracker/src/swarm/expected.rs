//! Offers that a peer was sent and may answer.

use core::hash::{BuildHasher as _, Hasher as _};

use crate::PeerId;
use crate::hashing::Hashing;
use crate::json::code_points;
use crate::limits::{ANSWER_WITHIN_SECS, MAX_EXPECTED_ANSWERS};

/// One offer, by a digest of its sender and its id. That 32 bits may collide only lets an answer
/// through that a client then ignores.
#[derive(Clone, Copy, Debug)]
struct Expected {
    digest: u32,
    until_secs: u32,
}

/// At most [`MAX_EXPECTED_ANSWERS`], each for [`ANSWER_WITHIN_SECS`].
#[derive(Clone, Debug, Default)]
pub struct ExpectedAnswers(Vec<Expected>);

impl ExpectedAnswers {
    /// An offer was sent to this peer.
    pub fn expect(&mut self, digest: u32, now_secs: u32) {
        let expected = Expected {
            digest,
            until_secs: now_secs.saturating_add(ANSWER_WITHIN_SECS),
        };
        if self.0.len() == self.0.capacity() {
            self.0.retain(|old| old.until_secs > now_secs);
        }
        if self.0.len() >= MAX_EXPECTED_ANSWERS {
            // The list is in order of time.
            self.0.remove(0);
        } else if self.0.len() == self.0.capacity() {
            // Growing by doubling would waste half of it.
            self.0.reserve_exact(4);
        }
        self.0.push(expected);
    }

    /// Was this offer sent, and not yet answered? It is answered now.
    pub fn take(&mut self, digest: u32, now_secs: u32) -> bool {
        let found = self
            .0
            .iter()
            .position(|expected| expected.digest == digest && expected.until_secs > now_secs);
        found.map(|index| self.0.remove(index)).is_some()
    }
}

/// Digest of an offer. Its id counts by its code points, as clients may escape it in another way
/// than they received it.
pub fn digest(hashing: &Hashing, from: &PeerId, offer_id: Option<&str>) -> u32 {
    let mut hasher = hashing.build_hasher();
    hasher.write(&from.0);
    match offer_id {
        None => {}
        Some(quoted) if quoted.starts_with('"') => {
            code_points(quoted).for_each(|code| hasher.write_u32(code));
        }
        Some(other) => hasher.write(other.as_bytes()),
    }
    u32::try_from(hasher.finish() >> 32).unwrap_or(0)
}
