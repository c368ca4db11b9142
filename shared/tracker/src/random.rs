//! Randomness, which comes in from outside.

/// Gives evenly distributed numbers. Any `FnMut() -> u32` is one.
///
/// Nothing secret hangs on it: it chooses who meets whom.
pub trait Random {
    /// The next number.
    fn next_u32(&mut self) -> u32;

    /// A number in `0..bound`; 0 if `bound` is 0. Its bias of `bound` / 2^32 does not matter here.
    fn below(&mut self, bound: u32) -> u32 {
        let product = u64::from(self.next_u32()) * u64::from(bound);
        // The high half of a product of two 32-bit numbers has 32 bits.
        u32::try_from(product >> 32).unwrap_or(0)
    }

    /// An index of a list of `length` items; 0 if it has none. Lists of this crate are bounded far
    /// below 2^32.
    fn index_below(&mut self, length: usize) -> usize {
        let bound = u32::try_from(length).unwrap_or(u32::MAX);
        usize::try_from(self.below(bound)).unwrap_or(0)
    }
}

impl<F: FnMut() -> u32> Random for F {
    fn next_u32(&mut self) -> u32 {
        self()
    }
}

/// A small generator (SplitMix64) for hosts to seed once, as asking the platform for every number
/// would be a call out of Wasm each.
#[derive(Clone, Debug)]
pub struct SeededRandom(u64);

impl SeededRandom {
    /// Any seed will do, zero as well.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl Random for SeededRandom {
    fn next_u32(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_below_their_bound_and_reach_all_of_it() {
        let mut random = SeededRandom::new(7);
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            seen[random.index_below(10)] += 1;
        }
        assert!(
            seen.iter().all(|count| (800..1_200).contains(count)),
            "{seen:?}"
        );
        assert_eq!(random.below(0), 0);
        assert_eq!(random.below(1), 0);
        let mut highest = || u32::MAX;
        assert_eq!(highest.below(10), 9);
    }
}
