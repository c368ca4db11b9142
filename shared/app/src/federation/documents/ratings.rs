//! Likes and dislikes.

use activitypub::object::{Activity, Addressing, Ids, Verb};
use ports::{Database, Platform};
use store::federation::documents as rows;
use store::video::details::VideoKey;

use super::activities::plain;
use super::collections::{Below, Page, below_video};
use super::{Document, Found, found, guard, raw};
use crate::AppError;

/// That an account of ours likes or dislikes a video. `video_id` is the video's row id, `to` the id of the
/// account that made it. Pure.
///
/// # Errors
/// None that a caller could provoke.
pub fn rating(
    account_url: &str,
    is_like: bool,
    video_id: i64,
    video_url: &str,
    to: &str,
) -> Result<Document, AppError> {
    let id = Ids { origin: "" }.rating(account_url, is_like, video_id);
    let verb = if is_like { Verb::Like } else { Verb::Dislike };
    let addressing = Addressing::only(&[to]);
    let activity = Activity::new(verb, &id, account_url, video_url).addressed(&addressing);
    plain(raw(&activity)?, id, account_url, addressing)
}

/// The same for the account of that name and the video of that row id, if it does.
///
/// # Errors
/// When the database fails.
pub async fn rating_of<P: Platform>(
    platform: &P,
    account_name: &str,
    is_like: bool,
    video_id: i64,
) -> Result<Option<Found>, AppError> {
    let batch = vec![rows::select_rated(account_name, video_id, is_like)];
    let results = platform.database().batch(batch).await?;
    let Some(video) = results.first().map(rows::read_head).transpose()?.flatten() else {
        return Ok(None);
    };
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let video_url = match guard(&video, VideoKey::Uuid(&video.uuid)) {
        None => return Ok(None),
        Some(Ok(_)) => ids.video(&video.uuid),
        Some(Err(_)) => video.remote_url.clone().unwrap_or_default(),
    };
    let to = match video.remote_url {
        // The handle of its account is no id: whoever reads this has the video.
        Some(_) => activitypub::object::PUBLIC.to_owned(),
        None => ids.account(&video.account_name),
    };
    let account_url = ids.account(account_name);
    Ok(found(rating(
        &account_url,
        is_like,
        video_id,
        &video_url,
        &to,
    )?))
}

/// The likes or dislikes of a video of ours.
///
/// # Errors
/// 404 for a page beyond all bounds; when the database fails.
pub async fn ratings<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
    is_like: bool,
    asked: Page,
) -> Result<Option<Found>, AppError> {
    let select = |slice| rows::select_ratings(key, is_like, slice);
    below_video(platform, key, asked, select, |ids, video| {
        let (name, total) = match is_like {
            true => ("likes", video.likes),
            false => ("dislikes", video.dislikes),
        };
        Below {
            name,
            total,
            own_id: Box::new(move |item| ids.rating(&ids.account(&item.name), is_like, item.id)),
        }
    })
    .await
}
