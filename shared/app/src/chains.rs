//! Work of which some must stay in order: what could overtake each other makes a chain.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use futures_util::stream;

/// Work by the name of its chain.
#[derive(Debug)]
pub struct Chains<T>(BTreeMap<String, Vec<T>>);

impl<T> Default for Chains<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Chains<T> {
    /// Adds work at the end of a chain.
    pub fn add(&mut self, chain: String, work: T) {
        self.0.entry(chain).or_default().push(work);
    }

    /// Does everything: the work of one chain one after the other, up to `at_once` chains side by side. Answers
    /// what came of each, in no order.
    pub async fn run<R>(self, at_once: usize, act: impl AsyncFn(T) -> R) -> Vec<R> {
        let act = &act;
        let running = self.0.into_values().map(|chain| async move {
            let mut done = Vec::with_capacity(chain.len());
            for work in chain {
                done.push(act(work).await);
            }
            done
        });
        let done: Vec<_> = stream::iter(running)
            .buffer_unordered(at_once)
            .collect()
            .await;
        done.into_iter().flatten().collect()
    }
}
