//! Channels and accounts.

use app::videos;
use ports::Platform;
use rest::list::{AccountSort, ChannelSort};

use super::{page_of, stored_name};
use crate::cacheable::{VOLATILE_SECS, shared_json};
use crate::{Answer, RequestHead};

/// `GET /video-channels`
pub(super) async fn channels<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    let page = match page_of::<ChannelSort>(head)? {
        Err(response) => return Ok(response),
        Ok(page) => page,
    };
    let list = videos::channels(platform, page.start, page.count).await?;
    shared_json(head, &list, VOLATILE_SECS)
}

/// `GET /video-channels/{handle}`
pub(super) async fn channel<P: Platform>(platform: &P, head: &RequestHead, handle: &str) -> Answer {
    let channel = videos::channel(platform, &stored_name(platform, handle)).await?;
    shared_json(head, &channel, VOLATILE_SECS)
}

/// `GET /accounts`
pub(super) async fn accounts<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    let page = match page_of::<AccountSort>(head)? {
        Err(response) => return Ok(response),
        Ok(page) => page,
    };
    let list = videos::accounts(platform, page.start, page.count).await?;
    shared_json(head, &list, VOLATILE_SECS)
}

/// `GET /accounts/{handle}`
pub(super) async fn account<P: Platform>(platform: &P, head: &RequestHead, handle: &str) -> Answer {
    let account = videos::account(platform, &stored_name(platform, handle)).await?;
    shared_json(head, &account, VOLATILE_SECS)
}

/// `GET /accounts/{handle}/video-channels`
pub(super) async fn account_channels<P: Platform>(
    platform: &P,
    head: &RequestHead,
    handle: &str,
) -> Answer {
    let name = stored_name(platform, handle);
    let page = match page_of::<ChannelSort>(head)? {
        Err(response) => return Ok(response),
        Ok(page) => page,
    };
    let list = videos::account_channels(platform, &name, page.start, page.count).await?;
    shared_json(head, &list, VOLATILE_SECS)
}
