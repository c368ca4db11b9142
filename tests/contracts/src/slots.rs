//! What every store of slots must do, whatever is behind it. The check wants an empty store or one of its
//! own, and panics with what is wrong.

use std::collections::{BTreeSet, HashMap};

use futures_util::future::join_all;
use ports::{MAX_SLOT_KEYS, SlotStore};

/// As long as ours are.
const KEY: &str = "9c9de5e80a1e484ab099e80766180a6d00000000.1500000.2047";

fn keys(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Runs all checks, one after the other.
///
/// # Panics
/// When the store breaks the contract.
pub async fn check(store: &impl SlotStore) {
    values(store).await;
    numbers(store).await;
    removing(store).await;
}

async fn values(store: &impl SlotStore) {
    let wanted = keys(&[KEY, "contract.absent"]);
    assert_eq!(store.read(&wanted).await, Ok(HashMap::new()), "nothing yet");
    assert_eq!(store.read(&[]).await, Ok(HashMap::new()), "no keys");
    for value in [vec![0, 255, b'"'], Vec::new()] {
        store.write(KEY, value.clone()).await.expect("is written");
        let found = store.read(&wanted).await.expect("is read");
        assert_eq!(found, HashMap::from([(KEY.to_owned(), value)]), "replaced");
    }
    let many: Vec<String> = (0..MAX_SLOT_KEYS)
        .map(|slot| format!("contract.1.{slot}"))
        .collect();
    let last = many.last().expect("there are some").clone();
    store.write(&last, vec![7]).await.expect("is written");
    let found = store.read(&many).await.expect("all are read at once");
    assert_eq!(found, HashMap::from([(last, vec![7])]), "one of many");
}

async fn numbers(store: &impl SlotStore) {
    let asked = (0..20).map(|_| store.next_number("contract.count"));
    let numbers: BTreeSet<u64> = join_all(asked)
        .await
        .into_iter()
        .map(|number| number.expect("there is a number"))
        .collect();
    assert_eq!(numbers, (1..=20).collect(), "each number once");
    let other = store.next_number("contract.other").await;
    assert_eq!(other, Ok(1), "counters are apart");
}

async fn removing(store: &impl SlotStore) {
    let mut found = store.keys().await.expect("keys are listed");
    found.sort_unstable();
    let last = format!("contract.1.{}", MAX_SLOT_KEYS - 1);
    let mut expected = keys(&[KEY, &last, "contract.count", "contract.other"]);
    expected.sort_unstable();
    assert_eq!(found, expected, "values and counters");
    let removed = store
        .delete(&keys(&[KEY, "contract.count", "absent"]))
        .await;
    assert_eq!(removed, Ok(()), "removed");
    assert_eq!(store.read(&keys(&[KEY])).await, Ok(HashMap::new()), "gone");
    let again = store.next_number("contract.count").await;
    assert_eq!(again, Ok(1), "a counter that was removed starts again");
    let all = store.keys().await.expect("keys are listed");
    store.delete(&all).await.expect("all are removed");
    assert_eq!(store.keys().await, Ok(Vec::new()), "empty");
}
