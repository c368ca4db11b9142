//! Videos, their chapters and how their player looks.

use activitypub::object::{Addressing, Context, Ids, PlayerOf, PlayerSettings};
use domain::Privacy;
use ports::{Database, Platform};
use serde_json::json;
use serde_json::value::RawValue;
use store::federation::documents as rows;
use store::video::details::{self, VideoKey};

use super::{Document, Found, followers_of, found, guard, raw, video_object};
use crate::AppError;
use crate::videos::shape;

/// The document of a video. One of another server leads there.
///
/// # Errors
/// When the database fails.
pub async fn video<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
) -> Result<Option<Found>, AppError> {
    let batch = vec![rows::select_head(key), details::select(key)];
    let results = platform.database().batch(batch).await?;
    let [head, row] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let Some(head) = rows::read_head(head)? else {
        return Ok(None);
    };
    match guard(&head, key) {
        None => return Ok(None),
        Some(Err(elsewhere)) => return Ok(Some(elsewhere)),
        Some(Ok(_)) => {}
    }
    let Some(row) = details::read(row)? else {
        return Ok(None);
    };
    let settings = platform.settings();
    let ids = Ids {
        origin: &settings.public_origin,
    };
    let account_url = ids.account(&head.account_name);
    let channel_url = ids.channel(&head.channel_name);
    let addressing = match Privacy::from_number(head.privacy) {
        Some(Privacy::Public) => Addressing::public(&[&followers_of(&account_url)]),
        _ => Addressing::unlisted(),
    };
    let storyboard = row.storyboard.clone();
    let parties = video_object::Parties {
        addressing: &addressing,
        account_url: &account_url,
        channel_url: &channel_url,
        info_hashes: &head.info_hashes,
        storyboard: storyboard.as_ref(),
    };
    let details = shape::details(settings, row, false)?;
    let body = video_object::body(settings, &details, &parties)?;
    Ok(found(Document {
        id: ids.video(&head.uuid),
        context: Context::Video,
        body,
        addressing,
        actor_url: account_url,
        channel_url: Some(channel_url),
    }))
}

/// The chapters of a video of ours: there are none yet.
///
/// # Errors
/// When the database fails.
pub async fn chapters<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
) -> Result<Option<Found>, AppError> {
    beside(platform, key, |_, video_id| {
        let id = format!("{video_id}/chapters");
        let body = raw(&json!({ "id": id, "hasPart": [] }))?;
        Ok((id, Context::Chapters, body))
    })
    .await
}

/// How the player of a video looks; nobody can choose that.
///
/// # Errors
/// When the database fails.
pub async fn player_settings<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
) -> Result<Option<Found>, AppError> {
    beside(platform, key, |ids, video_id| {
        let id = ids.player_settings(video_id);
        let body = raw(&PlayerSettings {
            id: &id,
            object: video_id,
            of: PlayerOf::Video,
        })?;
        Ok((id, Context::PlayerSettings, body))
    })
    .await
}

/// A document that says something of a video of ours beside its own: id, context and body, made of the
/// video's id.
async fn beside<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
    make: impl FnOnce(Ids<'_>, &str) -> Result<(String, Context, Box<RawValue>), AppError>,
) -> Result<Option<Found>, AppError> {
    let results = platform
        .database()
        .batch(vec![rows::select_head(key)])
        .await?;
    let Some(head) = results.first().map(rows::read_head).transpose()?.flatten() else {
        return Ok(None);
    };
    match guard(&head, key) {
        None => return Ok(None),
        Some(Err(elsewhere)) => return Ok(Some(elsewhere)),
        Some(Ok(_)) => {}
    }
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let (id, context, body) = make(ids, &ids.video(&head.uuid))?;
    Ok(found(Document {
        id,
        context,
        body,
        addressing: Addressing::default(),
        actor_url: ids.account(&head.account_name),
        channel_url: None,
    }))
}
