//! Which rows of `received_task` a message names.

use serde::{Deserialize, Serialize};

/// Rows that one message names at most, so that a batch of messages fits into memory.
const MAX_ROWS: i64 = 64;

/// Rows with ids that follow each other, or several such runs, from the oldest to the youngest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedRows {
    /// The oldest.
    first_id: i64,
    /// The youngest of the first run.
    last_id: i64,
    /// First and last of each further run. An older deploy knows one run alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    more: Vec<(i64, i64)>,
}

impl ReceivedRows {
    /// The rows from `first_id` to `last_id`.
    #[must_use]
    pub const fn run(first_id: i64, last_id: i64) -> Self {
        Self::new(first_id, last_id, Vec::new())
    }

    pub(crate) const fn new(first_id: i64, last_id: i64, more: Vec<(i64, i64)>) -> Self {
        Self {
            first_id,
            last_id,
            more,
        }
    }

    /// First and last of each run.
    pub fn runs(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        let first = (self.first_id, self.last_id);
        std::iter::once(first).chain(self.more.iter().copied())
    }

    fn count(&self) -> i64 {
        let lengths = self.runs().map(|(first, last)| last - first + 1);
        lengths.fold(0, i64::saturating_add)
    }

    /// These rows and younger ones; nothing if the others are not younger, or are too many.
    #[must_use]
    pub fn joined(&self, next: &Self) -> Option<Self> {
        let mut all = self.clone();
        let last = all.more.last_mut();
        let youngest = last.map_or(&mut all.last_id, |(_, last)| last);
        if next.first_id <= *youngest || self.count().saturating_add(next.count()) > MAX_ROWS {
            return None;
        }
        let mut runs = next.runs();
        if next.first_id == *youngest + 1 {
            *youngest = next.last_id;
            runs.next();
        }
        all.more.extend(runs);
        Some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(runs: &[(i64, i64)]) -> ReceivedRows {
        let (first, more) = runs.split_first().unwrap();
        ReceivedRows::new(first.0, first.1, more.to_vec())
    }

    #[test]
    fn rows_are_named_together() {
        let [early, late] = [of(&[(1, 3)]), of(&[(4, 9)])];
        assert_eq!(early.joined(&late), Some(of(&[(1, 9)])));
        assert_eq!(late.joined(&early), None, "backwards");
        assert_eq!(early.joined(&early), None, "the same");
        assert_eq!(early.joined(&of(&[(5, 9)])), Some(of(&[(1, 3), (5, 9)])));
        let two = of(&[(1, 3), (5, 9)]);
        assert_eq!(two.joined(&of(&[(10, 11)])), Some(of(&[(1, 3), (5, 11)])));
        let both = two.joined(&of(&[(10, 11), (20, 20)]));
        assert_eq!(both, Some(of(&[(1, 3), (5, 11), (20, 20)])));
        assert_eq!(two.joined(&of(&[(9, 12)])), None, "overlapping");
    }

    #[test]
    fn no_message_names_too_many() {
        let most = of(&[(1, 60), (100, 102)]);
        assert_eq!(
            most.joined(&of(&[(103, 103)])),
            Some(of(&[(1, 60), (100, 103)]))
        );
        assert_eq!(most.joined(&of(&[(200, 201)])), None);
    }
}
