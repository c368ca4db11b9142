//! Following: channels by people, other servers and single actors by the instance, and who follows ours.
//!
//! A follow is one row. Of a channel here it is accepted at once; of one elsewhere it is pending until its
//! server says so, which triggers and a queued task tell it.

mod instance;
mod list;
mod subscriptions;

pub use instance::{
    Decision, InstanceTarget, decide_follower, follow_from_instance, instance_followers,
    instance_following, remove_follower, retry_follow, unfollow_from_instance,
};
pub use list::{FollowQuery, account_followers, channel_followers};
pub use subscriptions::{
    MAX_EXIST_URIS, is_subscribed, subscribe, subscription, subscription_videos, subscriptions,
    unsubscribe,
};

use ports::Settings;

use crate::videos::urls;

/// A handle as the store names its actor: without host for ours, with the host in lower case for others.
/// A leading `@` says nothing.
#[must_use]
pub fn stored_name(settings: &Settings, handle: &str) -> String {
    name_at(&settings.public_origin, handle)
}

/// The same for an instance at `origin`.
#[must_use]
pub fn name_at(origin: &str, handle: &str) -> String {
    let handle = handle.strip_prefix('@').unwrap_or(handle);
    match handle.rsplit_once('@') {
        None => handle.to_owned(),
        Some((name, host)) => {
            let host = host.to_ascii_lowercase();
            if host == urls::host(origin) {
                name.to_owned()
            } else {
                format!("{name}@{host}")
            }
        }
    }
}
