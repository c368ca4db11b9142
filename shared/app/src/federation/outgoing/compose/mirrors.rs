//! Copies of others' videos: the origin hears that there is one, that it stays for longer, that it is gone, and tells
//! whom it will.

use activitypub::object::Ids;
use ports::Platform;
use serde_json::Value;

use super::super::letter::Letter;
use super::{letter, public_video, text};
use crate::AppError;
use crate::federation::documents;

pub(super) async fn letters<P: Platform>(
    platform: &P,
    uuid: &str,
    verb: &str,
    details: &Value,
) -> Result<Vec<Letter>, AppError> {
    let Some(mut mirrored) = documents::mirrored(platform, uuid).await? else {
        return Ok(Vec::new());
    };
    let is_gone = verb == "mirror-gone";
    if is_gone {
        // There may be another one by now, of which the origin hears next.
        mirrored.base_url = details["base"].as_str().map(str::to_owned);
        mirrored.expires_unix_ms = details["expires"].as_i64();
    }
    let inbox = mirrored.owner_inbox.clone();
    let file = mirrored.document(&platform.settings().public_origin, uuid)?;
    let (Some(file), Some(inbox)) = (file, inbox) else {
        return Ok(Vec::new());
    };
    let told = match verb {
        "mirror-longer" => documents::update(&file, platform.now().0)?,
        _ if is_gone => documents::undo(&documents::create(&file)?)?,
        _ => documents::create(&file)?,
    };
    Ok(vec![letter(&told, Vec::new(), vec![inbox])])
}

/// What another server says of its copy of a video of ours, as it came.
pub(super) async fn pass_on<P: Platform>(
    platform: &P,
    uuid: &str,
    details: &Value,
) -> Result<Vec<Letter>, AppError> {
    let activity = text(details, "activity")?;
    let parsed: Value = serde_json::from_str(activity).map_err(AppError::bug)?;
    let id = text(&parsed, "id")?.to_owned();
    let origin = &platform.settings().public_origin;
    let letter = |followers_of: Vec<String>| Letter {
        activity: activity.to_owned(),
        id,
        signer_url: Ids { origin }.instance(),
        followers_of,
        ..Letter::default()
    };
    let video = public_video(platform, uuid).await?;
    let followed = video.map(|(_, followed)| followed).unwrap_or_default();
    Ok((!followed.is_empty())
        .then(|| letter(followed))
        .into_iter()
        .collect())
}
