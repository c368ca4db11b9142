//! Blocking an account or a whole server.

use std::thread;

use serde_json::json;

use crate::side::Side;

const ACCOUNTS: &str = "/api/v1/server/blocklist/accounts";
const SERVERS: &str = "/api/v1/server/blocklist/servers";

/// A block that ends with this value, also when a test fails: the others use the same pair.
#[derive(Debug)]
pub struct Block<'a> {
    side: &'a Side,
    path: String,
}

impl Side {
    /// Hides everything of an account from everybody here.
    #[must_use]
    pub fn block_account(&self, handle: &str) -> Block<'_> {
        let body = json!({ "accountName": handle });
        let _ = self.admin.post_json(ACCOUNTS, &body).expect_status(204);
        Block {
            side: self,
            path: format!("{ACCOUNTS}/{handle}"),
        }
    }

    /// Hides everything of a server from everybody here.
    #[must_use]
    pub fn block_server(&self, host: &str) -> Block<'_> {
        let body = json!({ "host": host });
        let _ = self.admin.post_json(SERVERS, &body).expect_status(204);
        Block {
            side: self,
            path: format!("{SERVERS}/{host}"),
        }
    }
}

impl Drop for Block<'_> {
    fn drop(&mut self) {
        let answer = self.side.admin.delete(&self.path);
        if !thread::panicking() {
            let _ = answer.expect_status(204);
        }
    }
}
