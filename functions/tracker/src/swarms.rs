//! Reading swarms from the store.

use std::collections::HashMap;

use ports::{MAX_SLOT_KEYS, PortError, SlotStore};
use tracker::http::KeptSwarm;

/// Keys that one scrape reads. Of swarms that have more than their share of them, only those peers are
/// counted that were read.
const MAX_KEYS: usize = 16_000;

/// Reads the swarms, all of them together page by page.
///
/// # Errors
/// When the store fails.
pub async fn read(slots: &impl SlotStore, swarms: &mut [KeptSwarm]) -> Result<(), PortError> {
    let mut left = MAX_KEYS;
    while left > 0 {
        let mut wanted: Vec<String> = swarms.iter().flat_map(KeptSwarm::wanted).collect();
        if wanted.is_empty() {
            break;
        }
        wanted.truncate(left);
        left -= wanted.len();
        let mut found = HashMap::new();
        for keys in wanted.chunks(MAX_SLOT_KEYS) {
            found.extend(slots.read(keys).await?);
        }
        for swarm in &mut *swarms {
            swarm.take(&found);
        }
    }
    Ok(())
}
