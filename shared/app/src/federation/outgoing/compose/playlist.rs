//! Playlists: the account says what it made, changed and deleted, to its followers and those of the channel and of
//! the instance, as PeerTube does.

use activitypub::object::Ids;
use ports::Platform;
use serde_json::Value;

use super::super::letter::Letter;
use super::{followed, letter, text, to_followers};
use crate::AppError;
use crate::federation::documents::{self, Document, Found, Page, VideoKey};

/// A playlist that is new to those who follow, or has changed.
pub(super) async fn state<P: Platform>(
    platform: &P,
    uuid: &str,
    is_new: bool,
) -> Result<Vec<Letter>, AppError> {
    let found = documents::playlist(platform, VideoKey::Uuid(uuid), Page::Head).await?;
    let document = found.and_then(Found::into_document);
    let Some(document) = document.filter(Document::is_public) else {
        return Ok(Vec::new());
    };
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let instance_url = ids.instance();
    let channel_url = document.channel_url.as_deref().unwrap_or_default();
    let urls = [document.actor_url.as_str(), channel_url, &instance_url];
    let followed = followed(platform, &urls).await?;
    if followed.is_empty() {
        return Ok(Vec::new());
    }
    let activity = match is_new {
        true => documents::create(&document)?,
        false => documents::update(&document, platform.now().0)?,
    };
    Ok(vec![letter(&activity, followed, Vec::new())])
}

/// A playlist that is gone, or that not everybody may see any more.
pub(super) fn delete(ids: &Ids<'_>, uuid: &str, details: &Value) -> Result<Vec<Letter>, AppError> {
    let account_url = ids.account(text(details, "account")?);
    let mut involved = vec![account_url.clone(), ids.instance()];
    involved.extend(details["channel"].as_str().map(|name| ids.channel(name)));
    let addressing = to_followers(&involved);
    let delete = documents::delete(&ids.playlist(uuid), &account_url, addressing)?;
    Ok(vec![letter(&delete, involved, Vec::new())])
}
