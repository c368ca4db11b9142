//! Choosing peers at random, without allocating.

use crate::limits::MAX_RELAYED_OFFERS;
use crate::random::Random;

/// Up to [`MAX_RELAYED_OFFERS`] indexes.
#[derive(Default)]
pub struct Picked {
    indexes: [usize; MAX_RELAYED_OFFERS],
    count: usize,
}

impl Picked {
    /// In random order.
    pub fn as_slice(&self) -> &[usize] {
        &self.indexes[..self.count]
    }

    fn push_new(&mut self, index: usize) {
        if !self.as_slice().contains(&index) {
            self.indexes[self.count] = index;
            self.count += 1;
        }
    }
}

/// Chooses `wanted` different indexes below `length` that are `eligible`, or as many as there are.
///
/// Draws two at random and takes the one of which `picked_before` is less, so that nobody is passed over
/// for long: of many drawn one by one, one in 150 would get no offer in the time in which the others get
/// five. Then it draws again; if few are eligible, a walk from a random start finds them.
/// The walk looks at 256 at most: who hides more than that behind one socket need not be found.
pub fn pick(
    length: usize,
    wanted: usize,
    random: &mut impl Random,
    is_eligible: impl Fn(usize) -> bool,
    picked_before: impl Fn(usize) -> u32,
) -> Picked {
    const MAX_WALK: usize = 256;
    let wanted = wanted.min(MAX_RELAYED_OFFERS);
    let mut picked = Picked::default();
    if length <= 2 * MAX_RELAYED_OFFERS {
        pick_of_few(length, wanted, random, is_eligible, &mut picked);
        return picked;
    }
    let mut draws = 4 * wanted;
    while picked.count < wanted && draws > 0 {
        draws -= 1;
        let (one, other) = (random.index_below(length), random.index_below(length));
        let index = if picked_before(other) < picked_before(one) {
            other
        } else {
            one
        };
        if is_eligible(index) {
            picked.push_new(index);
        }
    }
    if picked.count < wanted {
        let start = random.index_below(length);
        for step in 0..length.min(MAX_WALK) {
            let index = (start + step) % length;
            if is_eligible(index) {
                picked.push_new(index);
                if picked.count == wanted {
                    break;
                }
            }
        }
    }
    picked
}

/// Shuffles the first `wanted` of all that are eligible.
fn pick_of_few(
    length: usize,
    wanted: usize,
    random: &mut impl Random,
    is_eligible: impl Fn(usize) -> bool,
    picked: &mut Picked,
) {
    let mut candidates = [0; 2 * MAX_RELAYED_OFFERS];
    let mut count = 0;
    for index in (0..length).filter(|&index| is_eligible(index)) {
        candidates[count] = index;
        count += 1;
    }
    for place in 0..wanted.min(count) {
        candidates.swap(place, place + random.index_below(count - place));
        picked.push_new(candidates[place]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRandom;

    #[test]
    fn picks_are_different_eligible_and_as_many_as_there_are() {
        let mut random = SeededRandom::new(1);
        for length in 0..60 {
            for wanted in 0..12 {
                for excluded in [0, 3, length / 2, length] {
                    let is_eligible = |index| index >= excluded;
                    let picked = pick(length, wanted, &mut random, is_eligible, |_| 0);
                    let mut indexes = picked.as_slice().to_vec();
                    let expected = wanted
                        .min(MAX_RELAYED_OFFERS)
                        .min(length - excluded.min(length));
                    assert_eq!(indexes.len(), expected, "{length} {wanted} {excluded}");
                    assert!(
                        indexes
                            .iter()
                            .all(|&index| index < length && is_eligible(index))
                    );
                    indexes.sort_unstable();
                    indexes.dedup();
                    assert_eq!(indexes.len(), expected);
                }
            }
        }
    }

    #[test]
    fn everybody_is_picked_about_as_often() {
        let mut random = SeededRandom::new(2);
        for length in [15, 100] {
            let mut times = vec![0_u32; length];
            for _ in 0..20_000 {
                let picked = pick(length, 5, &mut random, |index| index > 0, |_| 0);
                for &index in picked.as_slice() {
                    times[index] += 1;
                }
            }
            let mean = 100_000 / u32::try_from(length - 1).unwrap();
            let is_fair = |count: &u32| (mean * 8 / 10..mean * 12 / 10).contains(count);
            assert!(times[1..].iter().all(is_fair), "{times:?}");
        }
    }

    #[test]
    fn nobody_is_passed_over_for_long() {
        let mut random = SeededRandom::new(3);
        let mut times = vec![0_u32; 1_000];
        // Everybody offers to five.
        for _ in 0..1_000 {
            let picked = pick(1_000, 5, &mut random, |_| true, |index| times[index]);
            for &index in picked.as_slice() {
                times[index] += 1;
            }
        }
        assert_eq!(times.iter().sum::<u32>(), 5_000);
        assert!(
            times.iter().all(|count| (1..=8).contains(count)),
            "{times:?}"
        );
    }
}
