//! Search: by words among what is known here, and by address or handle for what may be elsewhere.

use app::search::{self, ChannelWanted};
use app::videos::ListScope;
use ports::Platform;
use rest::form::{FieldReader, FieldRules};
use rest::list::{ChannelSort, Page, VideoSort};
use rest::problem::ParamLocation;

use super::list::{answer, videos_query};
use super::{missing, query_form, refused};
use crate::cacheable::{VOLATILE_SECS, shared_json};
use crate::credentials::maybe_signed_in;
use crate::{Answer, RequestHead};

/// Characters of a search, and of a handle.
const MAX_SEARCH_CHARS: usize = 500;
/// Handles that one search may name.
const MAX_HANDLES: usize = 100;

/// `GET /search/videos`: by words in titles and by tags, best matches first unless asked otherwise; or by the
/// video's address.
pub(super) async fn videos<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    let search = head.query_value("search").unwrap_or_default();
    if search::is_address(&search) {
        let user = maybe_signed_in(platform, head).await?;
        let found = search::video_at(platform, &search, user.as_ref()).await?;
        return shared_json(head, &found, VOLATILE_SECS);
    }
    let (mut page, filters) = match videos_query(head)? {
        Err(response) => return Ok(response),
        Ok(read) => read,
    };
    if head.query_value("sort").is_none_or(|sort| sort.is_empty()) {
        page.sort.by = VideoSort::Match;
    }
    if filters.search.is_none() && head.query_value("search").is_none() {
        return Ok(missing("search", ParamLocation::Query));
    }
    answer(platform, head, ListScope::Instance, page, filters).await
}

/// `GET /search/video-channels`: by words in names; or by the channel's address or handle.
pub(super) async fn channels<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    let form = query_form(head)?;
    let mut reader = FieldReader::query(&form);
    let page = Page::<ChannelSort>::from_query(&mut reader);
    let words = reader
        .text("search", 0..=MAX_SEARCH_CHARS)
        .map(str::to_owned);
    let host = reader.text("host", 1..=MAX_SEARCH_CHARS).map(str::to_owned);
    let rules = FieldRules {
        items: 0..=MAX_HANDLES,
        chars: 1..=MAX_SEARCH_CHARS,
    };
    let handles = reader.list("handles", &rules);
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    if words.is_none() && host.is_none() && handles.is_none() {
        return Ok(missing("search", ParamLocation::Query));
    }
    let words = words.unwrap_or_default();
    let found = if search::is_address(&words) || search::is_handle(&words) {
        let user = maybe_signed_in(platform, head).await?;
        search::channel_at(platform, &words, user.as_ref()).await?
    } else {
        let wanted = ChannelWanted {
            words: &words,
            host: host.as_deref(),
            handles: handles.as_deref(),
        };
        search::channels(platform, &wanted, page.start, page.count).await?
    };
    shared_json(head, &found, VOLATILE_SECS)
}
