//! Changing and deleting a video.

use app::videos;
use ports::{Body, Platform};
use rest::upload::{ChannelUpdate, VideoUpdate, limits};

use super::{refused, stored_name, video_ref};
use crate::answer::no_content;
use crate::credentials::signed_in;
use crate::{Answer, RequestHead, form};

/// Bytes of a `PUT` body: the fields, and the two pictures that clients may attach.
const UPDATE_MAX_BYTES: usize = rest::form::MAX_FORM_BYTES + 2 * limits::IMAGE_BYTES;

/// `PUT /videos/{id}`. Attached pictures are read and left aside: the transcoder makes the thumbnails.
pub(super) async fn update<P: Platform>(
    platform: &P,
    head: &RequestHead,
    id: &str,
    body: Body,
) -> Answer {
    let user = signed_in(platform, head).await?;
    let video = video_ref(id)?;
    let form = form::read(head, body, UPDATE_MAX_BYTES).await?.form;
    let update = match VideoUpdate::from_form(&form) {
        Ok(update) => update,
        Err(wrong) => return Ok(refused(wrong)),
    };
    videos::update(platform, &video, &user, &update).await?;
    Ok(no_content())
}

/// `PUT /video-channels/{handle}`
pub(super) async fn update_channel<P: Platform>(
    platform: &P,
    head: &RequestHead,
    handle: &str,
    body: Body,
) -> Answer {
    let user = signed_in(platform, head).await?;
    let name = stored_name(platform, handle);
    let form = form::read(head, body, rest::form::MAX_FORM_BYTES)
        .await?
        .form;
    let update = match ChannelUpdate::from_form(&form) {
        Ok(update) => update,
        Err(wrong) => return Ok(refused(wrong)),
    };
    videos::update_channel(platform, &name, &user, &update).await?;
    Ok(no_content())
}

/// `DELETE /videos/{id}`
pub(super) async fn delete<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let user = signed_in(platform, head).await?;
    let video = video_ref(id)?;
    videos::delete(platform, &video, &user).await?;
    Ok(no_content())
}
