//! The JavaScript heap of one Worker, through workerd's inspector (Chrome DevTools Protocol).

use std::time::Duration;

use e2e::client::Client;
use e2e::tracker::socket::{Frame, Socket};
use serde_json::{Value, json};

use crate::figure::count;

/// Garbage that one collection leaves behind is found by the next.
const COLLECTIONS: u64 = 3;
/// The isolate does what it was told together with the next request that it has to answer.
const ANSWERED_WITHIN: Duration = Duration::from_millis(200);
const MAX_REQUESTS: usize = 100;

/// Bytes in use of the Worker whose name ends so, garbage collected before. `stir` sends it any request.
pub fn used_bytes(inspector: &str, worker: &str, stir: impl Fn()) -> f64 {
    let list: Value = Client::new(inspector)
        .get("/json")
        .expect_status(200)
        .json();
    let ids = list.as_array().into_iter().flatten();
    let id = ids
        .filter_map(|entry| entry["id"].as_str())
        .find(|id| id.ends_with(worker))
        .unwrap_or_else(|| panic!("the inspector knows no {worker}: {list}"));
    let mut socket = Socket::open(inspector, &format!("/{id}"));
    let mut ask = |number: u64, method: &str| -> Value {
        socket.send(&json!({ "id": number, "method": method }).to_string());
        for _ in 0..MAX_REQUESTS {
            stir();
            match socket.receive_within(ANSWERED_WITHIN) {
                Some(Frame::Text(text)) => {
                    let answer: Value = serde_json::from_str(&text)
                        .unwrap_or_else(|error| panic!("{text} is no JSON: {error}"));
                    if answer["id"] == number {
                        return answer;
                    }
                }
                Some(Frame::Close(code)) => panic!("the inspector closed with {code}"),
                None => {}
            }
        }
        panic!("the inspector does not answer {method}")
    };
    for number in 0..COLLECTIONS {
        ask(number, "HeapProfiler.collectGarbage");
    }
    let usage = ask(COLLECTIONS, "Runtime.getHeapUsage");
    let result = &usage["result"];
    // Objects of the platform that stand behind JavaScript's are counted apart.
    let bytes = |name: &str| result[name].as_u64().unwrap_or_default();
    count(bytes("usedSize") + bytes("embedderHeapUsedSize"))
}
