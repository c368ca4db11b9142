//! An activity with its sender and whom it goes to.

use activitypub::AbsoluteUrl;
use serde_json::json;

/// Bytes of an activity that is sent: more would not fit a queue with the quotes around its quotes, and
/// some servers refuse more.
pub const MAX_ACTIVITY_BYTES: usize = 96 * 1024;

/// An activity of one of ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letter {
    /// Its JSON.
    pub activity: String,
    /// Its ActivityPub id.
    pub id: String,
    /// Id of our actor who does it and signs it.
    pub signer_url: String,
    /// Ids of our actors whose followers hear of it.
    pub followers_of: Vec<String>,
    /// Inboxes of others whom it concerns.
    pub others: Vec<String>,
    /// Whether it is worth nothing in an hour: it is not kept for who does not answer now.
    pub is_fleeting: bool,
}

impl Letter {
    /// [`Self::followers_of`] as a JSON array.
    #[must_use]
    pub fn followers_of_json(&self) -> String {
        json!(self.followers_of).to_string()
    }

    /// [`Self::others`] as a JSON array of `[inbox, host]`. What is no URL is left out.
    #[must_use]
    pub fn others_json(&self) -> String {
        let pair = |inbox: &String| {
            let url = AbsoluteUrl::parse(inbox).ok()?;
            Some(json!([inbox, url.host()]))
        };
        serde_json::Value::Array(self.others.iter().filter_map(pair).collect()).to_string()
    }
}
