//! A scrape of swarms that are in several objects.

use torrent::InfoHash;

use crate::limits::MAX_SCRAPED;
use crate::websocket::Counts;

/// Counts of some swarms, added up over objects. Objects tell theirs as text: one line per swarm, in the
/// order in which the swarms were named, of two numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwarmCounts {
    info_hashes: Vec<InfoHash>,
    counts: Vec<Counts>,
}

/// The text is not what an object says of so many swarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountsError {
    /// More or fewer lines than swarms were named.
    #[error("not one line for each swarm")]
    Lines,
    /// A line that is not two numbers.
    #[error("a line is not two numbers")]
    Numbers,
}

impl SwarmCounts {
    /// Nobody in any of them. At most [`MAX_SCRAPED`] are taken.
    #[must_use]
    pub fn nobody(mut info_hashes: Vec<InfoHash>) -> Self {
        info_hashes.truncate(MAX_SCRAPED);
        let counts = vec![Counts::default(); info_hashes.len()];
        Self {
            info_hashes,
            counts,
        }
    }

    /// What an object says.
    #[must_use]
    pub fn encode(counts: &[Counts]) -> String {
        counts
            .iter()
            .map(|counts| format!("{} {}\n", counts.complete, counts.incomplete))
            .collect()
    }

    /// Adds what an object said.
    ///
    /// # Errors
    /// [`CountsError`]; nothing is added then.
    pub fn add(&mut self, text: &str) -> Result<(), CountsError> {
        let mut said = Vec::with_capacity(self.counts.len());
        for line in text.lines().take(self.counts.len() + 1) {
            let numbers = line.split_once(' ').and_then(|(complete, incomplete)| {
                Some(Counts {
                    complete: complete.parse().ok()?,
                    incomplete: incomplete.parse().ok()?,
                })
            });
            said.push(numbers.ok_or(CountsError::Numbers)?);
        }
        if said.len() != self.counts.len() {
            return Err(CountsError::Lines);
        }
        for (sum, part) in self.counts.iter_mut().zip(said) {
            sum.complete = sum.complete.saturating_add(part.complete);
            sum.incomplete = sum.incomplete.saturating_add(part.incomplete);
        }
        Ok(())
    }

    /// Swarms and their counts. Whoever `is_open` does not hold for has nobody, whatever was said.
    pub fn files(
        &self,
        mut is_open: impl FnMut(&InfoHash) -> bool,
    ) -> impl Iterator<Item = (InfoHash, Counts)> {
        let both = self.info_hashes.iter().zip(&self.counts);
        both.map(move |(info_hash, counts)| {
            let counts = if is_open(info_hash) {
                *counts
            } else {
                Counts::default()
            };
            (*info_hash, counts)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Counts = Counts {
        complete: 1,
        incomplete: 20,
    };

    #[test]
    fn what_objects_say_is_added_up() {
        let hashes = vec![InfoHash([1; 20]), InfoHash([2; 20])];
        let mut sum = SwarmCounts::nobody(hashes.clone());
        let text = SwarmCounts::encode(&[ONE, Counts::default()]);
        assert_eq!(text, "1 20\n0 0\n");
        assert_eq!(sum.add(&text), Ok(()));
        assert_eq!(sum.add("2 0\n0 1\n"), Ok(()));
        let files: Vec<_> = sum.files(|_| true).collect();
        let counts = |complete, incomplete| Counts {
            complete,
            incomplete,
        };
        assert_eq!(
            files,
            [(hashes[0], counts(3, 20)), (hashes[1], counts(0, 1))]
        );
        let closed = sum.files(|hash| *hash == hashes[1]);
        assert_eq!(closed.map(|(_, counts)| counts.complete).sum::<u32>(), 0);
    }

    #[test]
    fn what_no_object_says_adds_nothing() {
        let mut sum = SwarmCounts::nobody(vec![InfoHash([1; 20])]);
        for (text, error) in [
            ("", CountsError::Lines),
            ("1 2\n3 4\n", CountsError::Lines),
            ("1\n", CountsError::Numbers),
            ("-1 2\n", CountsError::Numbers),
            ("Too many requests", CountsError::Numbers),
        ] {
            assert_eq!(sum.add(text), Err(error), "{text:?}");
        }
        let counts = sum.files(|_| true).map(|(_, counts)| counts);
        assert_eq!(counts.collect::<Vec<_>>(), [Counts::default()]);
        let most = SwarmCounts::nobody(vec![InfoHash([1; 20]); MAX_SCRAPED + 1]);
        assert_eq!(most.files(|_| true).count(), MAX_SCRAPED);
    }
}
