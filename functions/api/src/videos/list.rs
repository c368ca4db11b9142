//! Lists of videos.

use app::AppError;
use app::videos::{self, ListQuery, ListScope};
use http::Response;
use ports::{Body, Platform};
use rest::form::FieldReader;
use rest::list::{Page, SortKey, VideoFilters, VideoSort};

use super::list_body;
use super::{query_form, refused, stored_name};
use crate::cacheable::{VOLATILE_SECS, shared_bytes};
use crate::credentials::maybe_signed_in;
use crate::{Answer, RequestHead};

/// A query that was read, or the 400 that says what is wrong with it.
type Read<T> = Result<Result<T, Response<Body>>, AppError>;

/// Page and filters of a list of videos.
pub(crate) fn videos_query(head: &RequestHead) -> Read<(Page<VideoSort>, VideoFilters)> {
    let form = query_form(head)?;
    let mut reader = FieldReader::query(&form);
    let page = Page::from_query(&mut reader);
    let filters = VideoFilters::from_query(&mut reader);
    Ok(reader.finish().map(|()| (page, filters)).map_err(refused))
}

/// Page of any other list.
pub(crate) fn page_of<K: SortKey>(head: &RequestHead) -> Read<Page<K>> {
    let form = query_form(head)?;
    let mut reader = FieldReader::query(&form);
    let page = Page::from_query(&mut reader);
    Ok(reader.finish().map(|()| page).map_err(refused))
}

pub(super) async fn answer<P: Platform>(
    platform: &P,
    head: &RequestHead,
    scope: ListScope<'_>,
    page: Page<VideoSort>,
    filters: VideoFilters,
) -> Answer {
    let user = maybe_signed_in(platform, head).await?;
    let query = ListQuery {
        scope,
        page,
        filters,
        viewer: user.as_ref().map(Into::into),
        with_unfollowed: false,
    };
    let list = videos::list(platform, &query).await?;
    shared_bytes(head, list_body::encode(&list)?, VOLATILE_SECS)
}

/// `GET /videos`
pub(super) async fn all<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    match videos_query(head)? {
        Err(response) => Ok(response),
        Ok((page, filters)) => answer(platform, head, ListScope::Instance, page, filters).await,
    }
}

/// `GET /video-channels/{handle}/videos`
pub(super) async fn of_channel<P: Platform>(
    platform: &P,
    head: &RequestHead,
    handle: &str,
) -> Answer {
    let name = stored_name(platform, handle);
    match videos_query(head)? {
        Err(response) => Ok(response),
        Ok((page, filters)) => {
            answer(platform, head, ListScope::Channel(&name), page, filters).await
        }
    }
}

/// `GET /accounts/{handle}/videos`
pub(super) async fn of_account<P: Platform>(
    platform: &P,
    head: &RequestHead,
    handle: &str,
) -> Answer {
    let name = stored_name(platform, handle);
    match videos_query(head)? {
        Err(response) => Ok(response),
        Ok((page, filters)) => {
            answer(platform, head, ListScope::Account(&name), page, filters).await
        }
    }
}
