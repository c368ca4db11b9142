//! A video that goes to another channel: the old one takes back that it shared it, the new one shares it, each to its
//! own followers, as PeerTube does. What else has changed is in the video's Update.

use activitypub::object::Ids;
use ports::Platform;
use serde_json::Value;

use super::super::letter::Letter;
use super::{announce_by, followed, letter, public_video, text};
use crate::AppError;
use crate::federation::documents;

pub(super) async fn letters<P: Platform>(
    platform: &P,
    uuid: &str,
    details: &Value,
) -> Result<Vec<Letter>, AppError> {
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let old_url = ids.channel(text(details, "from")?);
    let Some((video, _)) = public_video(platform, uuid).await? else {
        return Ok(Vec::new());
    };
    let new_url = video.channel_url.clone().unwrap_or_default();
    if old_url == new_url {
        return Ok(Vec::new());
    }
    let followed = followed(platform, &[&old_url, &new_url]).await?;
    let mut letters = Vec::new();
    for url in [&old_url, &new_url] {
        if !followed.contains(url) {
            continue;
        }
        let Some(announce) = announce_by(platform, &video, url, url).await? else {
            continue;
        };
        let told = match *url == old_url {
            true => documents::undo(&announce)?,
            false => announce,
        };
        letters.push(letter(&told, vec![url.clone()], Vec::new()));
    }
    Ok(letters)
}
