//! Blocking an account or a whole server.

use serde_json::json;

use crate::side::Side;

const ACCOUNTS: &str = "/api/v1/server/blocklist/accounts";
const SERVERS: &str = "/api/v1/server/blocklist/servers";

impl Side {
    /// Hides everything of an account from everybody here.
    pub fn block_account(&self, handle: &str) {
        let body = json!({ "accountName": handle });
        let _ = self.admin.post_json(ACCOUNTS, &body).expect_status(204);
    }

    /// Takes the block back.
    pub fn unblock_account(&self, handle: &str) {
        let path = format!("{ACCOUNTS}/{handle}");
        let _ = self.admin.delete(&path).expect_status(204);
    }

    /// Hides everything of a server from everybody here.
    pub fn block_server(&self, host: &str) {
        let body = json!({ "host": host });
        let _ = self.admin.post_json(SERVERS, &body).expect_status(204);
    }

    /// Takes the block back.
    pub fn unblock_server(&self, host: &str) {
        let path = format!("{SERVERS}/{host}");
        let _ = self.admin.delete(&path).expect_status(204);
    }
}
