//! Videos, channels and accounts as readers see them, and what owners change.
//!
//! Every page view and every public API answer costs one database batch: functions here take all that
//! one page shows in one go ([`home`], [`watch_page`], [`channel_page`], [`account_page`]). Rights are
//! decided in [`access`], pure; [`shape`] turns rows into the API's types, and both the API and the pages
//! print those.

pub mod access;
mod actors;
mod change;
mod ended;
mod feed;
mod list;
mod me;
mod one;
mod opening;
mod query;
mod remote_origin;
pub mod shape;
mod stats;
pub mod urls;
mod viewers;
pub mod viewing;
mod views;
mod watch_series;
mod watch_stats;

pub use access::Viewer;
pub use actors::{
    AccountPage, ChannelPage, account, account_channels, account_page, accounts, channel,
    channel_page, channels, update_channel,
};
pub use change::{DELETE_GRACE_MS, apply_schedule, delete, update};
pub use ended::end_viewings;
pub(crate) use ended::viewing_nonce;
pub use feed::{FeedOwner, FeedVideo, VideoFeed, feed, feed_owner};
pub use list::{Home, home, list, search};
pub use me::{MyVideo, MyVideoExtension, me, my_videos, quota_used};
pub use one::{
    WatchPage, captions, description, details, source, storyboards, token, visible, watch_page,
};
pub(crate) use one::{check_access, key as video_key, visible_id};
pub use opening::Opening;
pub use query::{ListQuery, ListScope};
pub use remote_origin::{Meeting, RemoteOrigin};
pub use stats::stats;
pub use viewers::fold_viewers;
pub use views::{Ping, fold_views, receive_ping};
pub use watch_stats::{Metric, Period, overall_stats, retention_stats, series_stats};
