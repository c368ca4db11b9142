//! Comments of one video and of many.

use app::social::{self, COMMENT_MAX_CHARS, CommentFilter};
use ports::{Body, Platform};
use rest::form::FieldReader;
use rest::ids::VideoRef;
use rest::list::{DateSort, Page, ThreadSort};

use super::{row_id, video_ref, viewer};
use crate::answer::{json, no_content, no_store};
use crate::cacheable::{VOLATILE_SECS, shared_json};
use crate::credentials::{maybe_signed_in, signed_in};
use crate::videos::{page_of, query_form, refused};
use crate::{Answer, RequestHead, form};

/// Characters of a search.
const SEARCH_CHARS: std::ops::RangeInclusive<usize> = 1..=200;

/// `GET /videos/{id}/comment-threads`
pub(super) async fn threads<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let video = video_ref(id)?;
    let page = match page_of::<ThreadSort>(head)? {
        Err(response) => return Ok(response),
        Ok(page) => page,
    };
    let user = maybe_signed_in(platform, head).await?;
    let list = social::threads(platform, &video, viewer(head, user.as_ref()), page).await?;
    shared_json(head, &list, VOLATILE_SECS)
}

/// `GET /videos/{id}/comment-threads/{threadId}`
pub(super) async fn thread<P: Platform>(
    platform: &P,
    head: &RequestHead,
    (id, thread): (&str, &str),
) -> Answer {
    let (video, thread) = (video_ref(id)?, row_id("threadId", thread)?);
    let user = maybe_signed_in(platform, head).await?;
    let tree = social::thread(platform, &video, viewer(head, user.as_ref()), thread).await?;
    shared_json(head, &tree, VOLATILE_SECS)
}

/// `POST /videos/{id}/comment-threads` and `POST /videos/{id}/comments/{commentId}`
pub(super) async fn write<P: Platform>(
    platform: &P,
    head: &RequestHead,
    (id, parent): (&str, Option<&str>),
    body: Body,
) -> Answer {
    let user = signed_in(platform, head).await?;
    let video = video_ref(id)?;
    let parent = parent
        .map(|parent| row_id("commentId", parent))
        .transpose()?;
    let form = form::read_fields(head, body).await?;
    let mut reader = FieldReader::body(&form);
    let text = reader.required_text("text", 1..=COMMENT_MAX_CHARS);
    let Some(text) = text else {
        return Ok(refused(reader.into_refused()));
    };
    let password = viewer(head, None).password;
    let written = match parent {
        None => social::write_first(platform, &video, &user, password, text).await?,
        Some(parent) => {
            social::write_reply(platform, &video, &user, password, (parent, text)).await?
        }
    };
    json(&written).map(no_store)
}

/// `DELETE /videos/{id}/comments/{commentId}`
pub(super) async fn delete<P: Platform>(
    platform: &P,
    head: &RequestHead,
    (id, comment): (&str, &str),
) -> Answer {
    let user = signed_in(platform, head).await?;
    social::delete(
        platform,
        &video_ref(id)?,
        &user,
        row_id("commentId", comment)?,
    )
    .await?;
    Ok(no_content())
}

/// `POST /videos/{id}/comments/{commentId}/approve`
pub(super) async fn approve<P: Platform>(
    platform: &P,
    head: &RequestHead,
    (id, comment): (&str, &str),
) -> Answer {
    let user = signed_in(platform, head).await?;
    social::approve(
        platform,
        &video_ref(id)?,
        &user,
        row_id("commentId", comment)?,
    )
    .await?;
    Ok(no_content())
}

/// `GET /users/me/videos/comments` (`mine`) and `GET /videos/comments`
pub(super) async fn list<P: Platform>(platform: &P, head: &RequestHead, mine: bool) -> Answer {
    let user = signed_in(platform, head).await?;
    let form = query_form(head)?;
    let mut reader = FieldReader::query(&form);
    let page = Page::<DateSort>::from_query(&mut reader);
    let mut filter = CommentFilter {
        video: reader.known("videoId", VideoRef::parse),
        channel_id: reader.number("videoChannelId", 1..=i64::from(u32::MAX)),
        is_local: reader.boolean("isLocal"),
        on_local_video: reader.boolean("onLocalVideo"),
        is_held: reader.boolean("isHeldForReview"),
        search: reader.text("search", SEARCH_CHARS).map(str::to_owned),
        search_account: reader
            .text("searchAccount", SEARCH_CHARS)
            .map(str::to_owned),
        search_video: reader.text("searchVideo", SEARCH_CHARS).map(str::to_owned),
    };
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    if filter.search.as_deref() == Some("heldForReview:true") {
        // PeerTube's own link from its notifications.
        (filter.search, filter.is_held) = (None, Some(true));
    }
    let list = if mine {
        social::my_comments(platform, &user, page, &filter).await?
    } else {
        social::all_comments(platform, &user, page, &filter).await?
    };
    json(&list).map(no_store)
}

/// `POST /bulk/remove-comments-of`
pub(super) async fn remove_of<P: Platform>(platform: &P, head: &RequestHead, body: Body) -> Answer {
    let user = signed_in(platform, head).await?;
    let form = form::read_fields(head, body).await?;
    let mut reader = FieldReader::body(&form);
    let name = reader.required_text("accountName", 1..=320);
    let scope = reader.known("scope", |scope| match scope {
        "my-videos" => Some(false),
        "instance" => Some(true),
        _ => None,
    });
    let (Some(name), Some(on_all)) = (name, scope) else {
        if scope.is_none() && !reader.is_refused("scope") {
            reader.refuse("scope", "is missing");
        }
        return Ok(refused(reader.into_refused()));
    };
    social::remove_comments_of(platform, &user, name, on_all).await?;
    Ok(no_content())
}
