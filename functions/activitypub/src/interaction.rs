//! `/remote-interaction`: where a visitor's own server sends them who wants to follow or answer something
//! from here (the `subscribe` template of WebFinger).

use app::AppError;
use app::federation::documents;
use form_urlencoded::{byte_serialize, parse};
use ports::Platform;

/// Path of the page.
pub const PATH: &str = "/remote-interaction";

/// Path and query to which a request for [`PATH`] is redirected: the page that shows what `uri` names, or else
/// the search, which can fetch it for who is signed in. PeerTube's `type` (`follow`, `comment`) changes
/// nothing: what can be done stands on that page.
///
/// # Errors
/// When the database fails.
pub async fn remote_interaction<P: Platform>(
    platform: &P,
    query: &str,
) -> Result<String, AppError> {
    let uri = parse(query.as_bytes()).find(|(name, value)| name == "uri" && !value.is_empty());
    let Some((_, uri)) = uri else {
        return Ok("/".to_owned());
    };
    let known = documents::known_page(platform, &uri).await?;
    Ok(known.unwrap_or_else(|| {
        let words: String = byte_serialize(uri.as_bytes()).collect();
        format!("/search?search={words}")
    }))
}
