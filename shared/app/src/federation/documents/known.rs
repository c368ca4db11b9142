//! Where this instance shows what a URL or handle names.

use ports::{Database, Platform};
use store::federation::documents as rows;

use crate::AppError;

/// Longest URL or handle that is looked up, in bytes.
const MAX_URI_BYTES: usize = 2_000;

/// Path of the page that shows what `uri` names: a page of ours as it is, or a video, comment, channel or
/// account of another server that is known here. Nothing is fetched: strangers may ask.
///
/// # Errors
/// When the database fails.
pub async fn known_page<P: Platform>(platform: &P, uri: &str) -> Result<Option<String>, AppError> {
    let uri = uri.trim();
    if uri.len() > MAX_URI_BYTES {
        return Ok(None);
    }
    if let Some(path) = uri.strip_prefix(platform.settings().public_origin.as_str()) {
        // A second slash would lead to another host.
        let is_path = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        return Ok(is_path.then(|| path.to_owned()));
    }
    let handle = uri.strip_prefix("acct:").unwrap_or(uri);
    let handle = handle.strip_prefix('@').unwrap_or(handle);
    let batch = vec![rows::select_known(uri, handle)];
    let results = platform.database().batch(batch).await?;
    let known = results.first().map(rows::read_known).transpose()?.flatten();
    Ok(known.map(|known| match known {
        rows::KnownRow::Video(uuid) => {
            let id = rest::ids::short_uuid(&uuid).unwrap_or(uuid);
            format!("/w/{id}")
        }
        rows::KnownRow::Channel(name) => format!("/c/{name}"),
        rows::KnownRow::Account(name) => format!("/a/{name}"),
    }))
}
