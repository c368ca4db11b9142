//! Media as one function: web videos, HLS, pictures, torrents and downloads, from object storage through
//! the edge cache. HTTP semantics are RFC 9110's (ranges 14, preconditions 13), caching RFC 9111's.
//!
//! # Who may fetch what, and what that costs
//!
//! Files have random names that never get new bytes, and a file keeps its object key when its video's
//! privacy changes: moving gigabytes between a public and a private prefix, as PeerTube does, would be
//! slow, dear and not atomic on object storage. So the key is no secret, and whether a video is open must
//! be known for each request, without a database hop for each: [`lookup`] keeps the answer per video for
//! [`app::media_access::OPEN_MAX_AGE_SECS`] in the edge cache and in the isolate. A hit on a public
//! segment costs no database and no storage operation at all; a video that turns private is closed half a
//! minute later everywhere. Closed videos have URLs of their own (`…/private/…`); a file token is a
//! signature over the video, so it too needs no database. Bytes of closed videos are never put into the
//! edge cache. Pictures and torrents are open to whoever knows their name, as in PeerTube.
//!
//! # How bytes travel
//!
//! A range is mapped on aligned blocks ([`blocks`]): what the edge cache has of them is sent from there, the
//! rest straight from storage while the answer is already running; afterwards missing blocks are filled.
//! Bytes pass as the host's streams, never through our memory.
//!
//! # Pictures of other servers
//!
//! Thumbnails and avatars of what lives elsewhere are fetched once by us and kept in the edge cache
//! ([`remote`]): their origin does not learn who looks, and one that is slow is slow for one viewer only.
//!
//! Start at [`handle`]; [`route`] says which paths there are, [`range`] and [`precondition`] decide
//! purely what is answered.

mod blocks;
mod content_type;
mod credentials;
mod disposition;
mod lookup;
mod precondition;
mod range;
mod recent;
mod reinject;
mod remote;
mod respond;
mod route;
mod serve;

use http::{Method, Request, Response};
use ports::{Body, Platform};

use app::AppError;
use http::request::Parts;
use route::Route;

/// Answers a request below `/static`, `/lazy-static` and `/download`; `None` when the path is elsewhere.
pub async fn handle<P: Platform>(platform: &P, request: Request<Body>) -> Option<Response<Body>> {
    let (parts, _) = request.into_parts();
    let route = Route::parse(parts.uri.path())?;
    let response = match parts.method {
        Method::OPTIONS => respond::preflight(&parts.headers),
        Method::GET | Method::HEAD => match route {
            Ok(file) => answer(platform, &parts, file)
                .await
                .unwrap_or_else(|error| respond::problem(platform, parts.uri.path(), error)),
            Err(route::UnknownFile) => {
                let error = app::AppError::not_found("File not found");
                respond::problem(platform, parts.uri.path(), error)
            }
        },
        _ => respond::method_not_allowed(),
    };
    Some(respond::with_cors(response))
}

async fn answer<P: Platform>(
    platform: &P,
    parts: &Parts,
    file: Route<'_>,
) -> Result<Response<Body>, AppError> {
    match remote::of(&file) {
        Some(picture) => remote::picture(platform, parts, picture).await,
        None => serve::file(platform, parts, file).await,
    }
}
