//! What time it is, and how it passes.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::UnixMillis;
use spin_sdk::wasip3::clocks::monotonic_clock;

const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;

/// The time; the epoch on a host without a clock.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "WASI has a clock, and this is its adapter"
)]
pub fn now() -> UnixMillis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Lets `ms` milliseconds pass.
pub async fn wait(ms: u32) {
    monotonic_clock::wait_for(u64::from(ms) * NANOSECONDS_PER_MILLISECOND).await;
}
