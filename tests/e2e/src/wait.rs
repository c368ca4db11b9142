//! Waiting for a condition.

use std::thread;
use std::time::{Duration, Instant};

const POLL: Duration = Duration::from_millis(50);

/// Asks again and again until there is an answer; panics with `what` after `patience`.
pub fn until<T>(what: &str, patience: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            started.elapsed() < patience,
            "waited {} s in vain until {what}",
            patience.as_secs()
        );
        thread::sleep(POLL);
    }
}
