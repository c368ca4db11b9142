//! Lists: the answer's envelope and what a query may ask for.

use serde::{Deserialize, Serialize};

/// Answer of every list route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultList<T> {
    /// Items that match, on all pages; absent with `skipCount=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// This page.
    pub data: Vec<T>,
}

impl<T> ResultList<T> {
    /// A page of `total` items.
    #[must_use]
    pub const fn new(total: u64, data: Vec<T>) -> Self {
        Self {
            total: Some(total),
            data,
        }
    }
}
