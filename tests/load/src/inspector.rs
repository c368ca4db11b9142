//! workerd's inspector of one Worker (Chrome DevTools Protocol).

use std::time::Duration;

use e2e::client::Client;
use e2e::tracker::socket::{Frame, Socket};
use serde_json::{Value, json};

/// The isolate does what it was told together with the next request that it has to answer.
const ANSWERED_WITHIN: Duration = Duration::from_millis(200);
const MAX_REQUESTS: usize = 100;

/// A connection to the inspector of one Worker.
pub struct Inspector<'a> {
    socket: Socket,
    /// Sends the Worker any request.
    stir: &'a dyn Fn(),
    asked: u64,
}

impl<'a> Inspector<'a> {
    /// Connects to the Worker whose name ends so, by the inspector at a scheme, host and port.
    pub fn open(inspector: &str, worker: &str, stir: &'a dyn Fn()) -> Self {
        let list: Value = Client::new(inspector)
            .get("/json")
            .expect_status(200)
            .json();
        let ids = list.as_array().into_iter().flatten();
        let id = ids
            .filter_map(|entry| entry["id"].as_str())
            .find(|id| id.ends_with(worker))
            .unwrap_or_else(|| panic!("the inspector knows no {worker}: {list}"));
        Self {
            socket: Socket::open(inspector, &format!("/{id}")),
            stir,
            asked: 0,
        }
    }

    /// Calls a method of the protocol; its `result`.
    pub fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.asked;
        self.asked += 1;
        let request = json!({ "id": id, "method": method, "params": params });
        self.socket.send(&request.to_string());
        for _ in 0..MAX_REQUESTS {
            (self.stir)();
            match self.socket.receive_within(ANSWERED_WITHIN) {
                Some(Frame::Text(text)) => {
                    let mut answer: Value = serde_json::from_str(&text)
                        .unwrap_or_else(|error| panic!("{text} is no JSON: {error}"));
                    if answer["id"] == id {
                        return answer["result"].take();
                    }
                }
                Some(Frame::Close(code)) => panic!("the inspector closed with {code}"),
                None => {}
            }
        }
        panic!("the inspector does not answer {method}")
    }
}
