//! Following an instance, an account or a channel.

use e2e::client::percent;
use e2e::video::{number, text};
use serde_json::{Value, json};

use crate::side::{ACCOUNT, Side};

const FOLLOWING: &str = "/api/v1/server/following";
const SUBSCRIPTIONS: &str = "/api/v1/users/me/subscriptions";

impl Side {
    /// Asks to follow a whole instance.
    pub fn follow_host(&self, host: &str) {
        let body = json!({ "hosts": [host] });
        let _ = self.admin.post_json(FOLLOWING, &body).expect_status(204);
    }

    /// Has the instance ask to follow an account or a channel.
    pub fn follow_handle(&self, handle: &str) {
        let body = json!({ "handles": [handle] });
        let _ = self.admin.post_json(FOLLOWING, &body).expect_status(204);
    }

    /// Ends a follow of a host or a handle.
    pub fn unfollow(&self, host_or_handle: &str) {
        let path = format!("{FOLLOWING}/{host_or_handle}");
        let _ = self.admin.delete(&path).expect_status(204);
    }

    /// State of our instance's follow of `name` on `host`; `peertube` is the instance itself.
    #[must_use]
    pub fn following(&self, name: &str, host: &str) -> Option<String> {
        let follows = self.list(&format!("{FOLLOWING}?count=100"));
        state_of(&follows, "following", name, host)
    }

    /// State of the follow of this instance by another instance.
    #[must_use]
    pub fn follower(&self, host: &str) -> Option<String> {
        let follows = self.list("/api/v1/server/followers?count=100");
        state_of(&follows, "follower", INSTANCE, host)
    }

    /// Has the user ask to follow a channel.
    pub fn subscribe(&self, handle: &str) {
        let body = json!({ "uri": handle });
        let _ = self
            .admin
            .post_json(SUBSCRIPTIONS, &body)
            .expect_status(204);
    }

    /// Ends the user's follow of a channel.
    pub fn unsubscribe(&self, handle: &str) {
        let path = format!("{SUBSCRIPTIONS}/{handle}");
        let _ = self.admin.delete(&path).expect_status(204);
    }

    /// Whether the channel's host has accepted the user's follow.
    #[must_use]
    pub fn is_subscribed(&self, handle: &str) -> bool {
        let path = format!("{SUBSCRIPTIONS}/exist?uris={}", percent(handle));
        let answer = self.admin.get(&path).expect_status(200).json();
        answer[handle] == true
    }

    /// Whether the user's page of subscriptions shows a video.
    #[must_use]
    pub fn subscriptions_show(&self, uuid: &str) -> bool {
        let videos = self.list(&format!("{SUBSCRIPTIONS}/videos?count=100&sort=-createdAt"));
        videos.iter().any(|video| video["uuid"] == uuid)
    }

    /// Followers of the channel, as everybody sees them.
    #[must_use]
    pub fn channel_followers(&self) -> u64 {
        self.followers_count(&format!("/api/v1/video-channels/{}", self.channel))
    }

    /// Followers of the account, as everybody sees them.
    #[must_use]
    pub fn account_followers(&self) -> u64 {
        self.followers_count(&format!("/api/v1/accounts/{ACCOUNT}"))
    }

    fn followers_count(&self, path: &str) -> u64 {
        let actor = self.visitor.get(path).expect_status(200).json();
        number(&actor, "followersCount")
    }
}

/// Name of the actor that stands for an instance.
pub const INSTANCE: &str = "peertube";

fn state_of(follows: &[Value], end: &str, name: &str, host: &str) -> Option<String> {
    follows
        .iter()
        .find(|follow| follow[end]["name"] == name && follow[end]["host"] == host)
        .map(|follow| text(follow, "state").to_owned())
}
