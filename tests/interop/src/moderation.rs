//! Blocking an account or a whole server, and reporting.

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
    /// Tells the moderators of a video that this side must have that it is spam.
    pub fn report(&self, uuid: &str, reason: &str) {
        let id = self.video(uuid)["id"].clone();
        let reasons = ["spamOrMisleading"];
        let body = json!({ "reason": reason, "predefinedReasons": reasons, "video": { "id": id } });
        let answer = self.admin.post_json("/api/v1/abuses", &body);
        let _ = answer.expect_status(200);
    }

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
