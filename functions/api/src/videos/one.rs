//! One video.

use app::videos;
use ports::Platform;

use super::{video_ref, viewer};
use crate::answer::{json, no_store};
use crate::cacheable::{VOLATILE_SECS, shared_json};
use crate::credentials::{maybe_signed_in, signed_in};
use crate::{Answer, RequestHead};

/// `GET /videos/{id}`
pub(super) async fn details<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let video = video_ref(id)?;
    let user = maybe_signed_in(platform, head).await?;
    let details = videos::details(platform, &video, viewer(head, user.as_ref())).await?;
    shared_json(head, &details, VOLATILE_SECS)
}

/// `GET /videos/{id}/description`
pub(super) async fn description<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let video = video_ref(id)?;
    let user = maybe_signed_in(platform, head).await?;
    let description = videos::description(platform, &video, viewer(head, user.as_ref())).await?;
    shared_json(head, &description, VOLATILE_SECS)
}

/// `GET /videos/{id}/source`
pub(super) async fn source<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let user = signed_in(platform, head).await?;
    let video = video_ref(id)?;
    let source = videos::source(platform, &video, viewer(head, Some(&user))).await?;
    json(&source).map(no_store)
}

/// `GET /videos/{id}/storyboards`
pub(super) async fn storyboards<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let video = video_ref(id)?;
    let user = maybe_signed_in(platform, head).await?;
    let storyboards = videos::storyboards(platform, &video, viewer(head, user.as_ref())).await?;
    shared_json(head, &storyboards, VOLATILE_SECS)
}

/// `GET /videos/{id}/captions`
pub(super) async fn captions<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let video = video_ref(id)?;
    let user = maybe_signed_in(platform, head).await?;
    let captions = videos::captions(platform, &video, viewer(head, user.as_ref())).await?;
    shared_json(head, &captions, VOLATILE_SECS)
}

/// `POST /videos/{id}/token`
pub(super) async fn token<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let video = video_ref(id)?;
    let user = maybe_signed_in(platform, head).await?;
    let token = videos::token(platform, &video, viewer(head, user.as_ref())).await?;
    json(&token).map(no_store)
}
