//! Removing what nobody asks for any more.

use ports::{MAX_SLOT_KEYS, PortError, SlotStore};
use tracker::http::is_stale_key;

/// Keys that one call removes; the next goes on.
const MAX_REMOVED: usize = 10 * MAX_SLOT_KEYS;
/// Under this key stands when the last sweep was.
const SWEPT_KEY: &str = "swept";
/// Milliseconds between two sweeps: listing every key costs some hosts as much as reading them.
const SWEEP_EVERY_MS: u64 = 20 * 60_000;

/// Removes the peers of epochs that are over, if it is time for that. To be called every minute.
///
/// # Errors
/// When the store fails.
pub async fn sweep(slots: &impl SlotStore, now_unix_ms: u64) -> Result<(), PortError> {
    let swept = slots.read(&[SWEPT_KEY.to_owned()]).await?;
    let swept_ms = swept
        .get(SWEPT_KEY)
        .and_then(|bytes| Some(u64::from_be_bytes(bytes.as_slice().try_into().ok()?)));
    let is_due = |swept_ms: u64| now_unix_ms.saturating_sub(swept_ms) >= SWEEP_EVERY_MS;
    if !swept_ms.is_none_or(is_due) {
        return Ok(());
    }
    let mut stale = slots.keys().await?;
    stale.retain(|key| is_stale_key(key, now_unix_ms));
    stale.truncate(MAX_REMOVED);
    for keys in stale.chunks(MAX_SLOT_KEYS) {
        slots.delete(keys).await?;
    }
    // When there was more than this, the next call goes on.
    if stale.len() < MAX_REMOVED {
        let now = now_unix_ms.to_be_bytes().to_vec();
        slots.write(SWEPT_KEY, now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use testkit::{MemorySlots, block_on};

    use super::*;

    const NOW: u64 = 1_800_000_000_000;

    #[test]
    fn old_epochs_go_and_the_rest_stays() {
        let slots = MemorySlots::default();
        let hash = torrent::InfoHash([1; 20]);
        let keys = |now| {
            let counter = tracker::http::counter_key(&hash, now);
            (counter, tracker::http::slot_of_number(&hash, 1, now))
        };
        let fill = |now| {
            let (counter, slot) = keys(now);
            block_on(slots.next_number(&counter)).unwrap();
            block_on(slots.write(&slot, vec![1])).unwrap();
        };
        let count = || block_on(slots.keys()).unwrap().len();
        fill(NOW);
        block_on(sweep(&slots, NOW)).unwrap();
        assert_eq!(count(), 3);
        let later = NOW + 60 * 60_000;
        fill(later);
        block_on(sweep(&slots, later)).unwrap();
        let left = block_on(slots.keys()).unwrap();
        let (counter, slot) = keys(later);
        assert_eq!(left, [slot, SWEPT_KEY.to_owned(), counter]);
        // Not before it is time again.
        fill(NOW);
        block_on(sweep(&slots, later + SWEEP_EVERY_MS - 1)).unwrap();
        assert_eq!(count(), 5);
        block_on(sweep(&slots, later + SWEEP_EVERY_MS)).unwrap();
        assert_eq!(count(), 3);
    }
}
