//! What every store of keys must do. Some show a write to others after a minute only: the check asks whoever
//! wrote.

use ports::KeyValue;

const TTL_SECS: u32 = 3_600;
/// As long as ours are, with what must be escaped in a URL.
const KEY: &str = "contract:https://tube.example/a?b=c&d=é %25#e";

/// Runs all checks.
///
/// # Panics
/// When the store breaks the contract.
pub async fn check(store: &impl KeyValue) {
    assert_eq!(store.get(KEY).await, Ok(None), "nothing yet");
    for value in ["é\"\\\n\u{0}", "", "{\"json\":1}"] {
        assert_eq!(store.put(KEY, value, TTL_SECS).await, Ok(()), "a put");
        let found = store.get(KEY).await;
        assert_eq!(found, Ok(Some(value.to_owned())), "the last value");
    }
    let other = store.get("contract:other").await;
    assert_eq!(other, Ok(None), "another key");
    let labels = store.labels("contract-of-nobody:").await;
    assert_eq!(labels, Ok(Vec::new()), "labels of no key");
}
