//! Offers that a peer was sent and may answer.

use core::hash::{BuildHasher as _, Hasher as _};

use crate::PeerId;
use crate::hashing::Hashing;
use crate::json::code_points;
use crate::limits::{ANSWER_WITHIN_SECS, MAX_EXPECTED_ANSWERS};

/// One offer in 32 bits: 24 of a digest of its sender and its id, and 8 of the time until which it
/// may be answered, counted in [`TICK_SECS`]. That digests may collide only lets an answer through
/// that a client then ignores.
#[derive(Clone, Copy, Debug)]
struct Expected(u32);

/// Half the times that can be told apart are ahead and half behind: 512 s each.
const TICK_SECS: u32 = 4;
const TICK_BITS: u32 = 0xff;

impl Expected {
    fn new(digest: u32, now_secs: u32) -> Self {
        // Rounded up, as what is left of the present tick counts as a whole one.
        let until = now_secs.wrapping_add(ANSWER_WITHIN_SECS) / TICK_SECS + 1;
        Self((digest & !TICK_BITS) | (until & TICK_BITS))
    }

    const fn is(self, digest: u32) -> bool {
        self.0 & !TICK_BITS == digest & !TICK_BITS
    }

    fn may_be_answered(self, now_secs: u32) -> bool {
        let left = self.0.wrapping_sub(now_secs / TICK_SECS) & TICK_BITS;
        left > 0 && left <= TICK_BITS / 2
    }
}

/// At most [`MAX_EXPECTED_ANSWERS`], each for [`ANSWER_WITHIN_SECS`] and up to four seconds more.
#[derive(Clone, Debug, Default)]
pub struct ExpectedAnswers(Vec<Expected>);

impl ExpectedAnswers {
    /// An offer was sent to this peer.
    pub fn expect(&mut self, digest: u32, now_secs: u32) {
        if self.0.len() == self.0.capacity() {
            self.forget_old(now_secs);
        }
        if self.0.len() >= MAX_EXPECTED_ANSWERS {
            // The list is in order of time.
            self.0.remove(0);
        } else if self.0.len() == self.0.capacity() {
            // Growing by doubling would waste half of it.
            self.0.reserve_exact(4);
        }
        self.0.push(Expected::new(digest, now_secs));
    }

    /// Forgets what may no longer be answered; often enough that no old time looks like a new one.
    pub fn forget_old(&mut self, now_secs: u32) {
        self.0.retain(|expected| expected.may_be_answered(now_secs));
    }

    /// Was this offer sent, and not yet answered? It is answered now.
    pub fn take(&mut self, digest: u32, now_secs: u32) -> bool {
        let found = self
            .0
            .iter()
            .position(|expected| expected.is(digest) && expected.may_be_answered(now_secs));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_answered_once_and_within_a_minute() {
        for start in [0, 1_234_567, u32::MAX - 2_000] {
            let mut expected = ExpectedAnswers::default();
            for step in 0..70 {
                expected.expect(0xabcd_ef00, start);
                assert!(!expected.take(0x1234_5600, start + step));
                let is_in_time = expected.take(0xabcd_ef00, start + step);
                assert!(is_in_time || step > ANSWER_WITHIN_SECS, "{step}");
                assert!(
                    !is_in_time || step < ANSWER_WITHIN_SECS + 2 * TICK_SECS,
                    "{step}"
                );
                assert!(!expected.take(0xabcd_ef00, start + step));
                expected = ExpectedAnswers::default();
            }
        }
    }

    #[test]
    fn the_oldest_give_way() {
        let mut expected = ExpectedAnswers::default();
        let digest = |n: u32| n << 8;
        (0..1_000).for_each(|n| expected.expect(digest(n), 50));
        assert_eq!(expected.0.len(), MAX_EXPECTED_ANSWERS);
        assert!(!expected.take(digest(1), 50));
        assert!(expected.take(digest(999), 50));
        expected.expect(digest(1), 500);
        expected.forget_old(500);
        assert_eq!(expected.0.len(), 1);
    }
}
