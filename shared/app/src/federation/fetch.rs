//! Requests to other servers, each checked before it is sent.
//!
//! What can be checked here is the text of a URL: its scheme, an address written as such, a name that
//! only a local network knows. What a name resolves to is known to the platform alone: Cloudflare has no
//! route into private networks, and the one-machine run connects to public addresses only.

use activitypub::AbsoluteUrl;
use activitypub::incoming::{IncomingError, Members, parse_document, verify_origin};
use activitypub::limits::MAX_BODY_BYTES;
use activitypub::media_type::is_activity;
use activitypub::signature::Scheme;
use http::{Method, Request, Response, StatusCode, header};
use ports::{Body, FederationSettings, HttpClient, Platform};

use self::signing::Signing;
use super::keys::{self, SigningActor};
use crate::AppError;

mod media;
mod picture;
mod signing;

pub use media::{get_file, get_range};
pub use picture::{MAX_PICTURE_BYTES, Picture, get_picture};

/// How long a document may take, in milliseconds, everything included: PeerTube's 7 seconds.
pub const FETCH_TIMEOUT_MS: u32 = 7_000;
/// Redirects that are followed, within one host only.
pub const MAX_REDIRECTS: u32 = 3;
/// What documents are asked for as (ActivityPub, 3.2).
const ACCEPT_ACTIVITY: &str = "application/activity+json, \
     application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
/// Sent with every body (ActivityPub, 7).
pub const ACTIVITY_CONTENT_TYPE: &str = "application/activity+json";

/// Why another server's answer is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Not asked: the address is none that may be.
    #[error("{host} may not be asked")]
    Refused {
        /// Of the URL.
        host: String,
    },
    /// No answer, or one of 5xx or 429: try again later.
    #[error("{host} is unavailable: {cause}")]
    Unavailable {
        /// Of the URL.
        host: String,
        /// For the log.
        cause: String,
    },
    /// 404 or 410.
    #[error("{host} does not have it")]
    Gone {
        /// Of the URL.
        host: String,
    },
    /// 401 or 403: perhaps only to us, or only in this form of signature.
    #[error("{host} refuses us")]
    Forbidden {
        /// Of the URL.
        host: String,
    },
    /// An answer that is none: another type, too large, not JSON, an id of another host.
    #[error("{host} answered what cannot be read: {cause}")]
    Invalid {
        /// Of the URL.
        host: String,
        /// For the log.
        cause: String,
    },
    /// Our own part failed.
    #[error("{0:?}")]
    Here(AppError),
}

impl From<AppError> for FetchError {
    fn from(error: AppError) -> Self {
        Self::Here(error)
    }
}

impl FetchError {
    /// Whether asking again later may help.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::Here(AppError::Unavailable { .. })
        )
    }
}

/// A document that its origin served.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What it calls itself, on the host that served it.
    pub id: AbsoluteUrl,
    /// Its members.
    pub members: Members,
}

/// Whether a request may go there: https, a name that is public or a public address. In the setting for
/// tests, anywhere.
///
/// # Errors
/// [`FetchError::Refused`].
pub fn check_address(settings: &FederationSettings, url: &AbsoluteUrl) -> Result<(), FetchError> {
    if settings.allows_private_addresses || (url.is_https() && url.has_public_host()) {
        return Ok(());
    }
    Err(FetchError::Refused { host: url.host() })
}

/// Fetches a document of ActivityStreams, signed by the instance as servers in "secure mode" demand. A host that
/// refuses one form of signature is asked once more in the other.
///
/// # Errors
/// [`FetchError`].
pub async fn get_document<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
) -> Result<Document, FetchError> {
    let signing = Signing::for_host(platform, &url.host()).await?;
    let (from, bytes) = get(
        platform,
        url,
        (ACCEPT_ACTIVITY, MAX_BODY_BYTES),
        Some(&signing),
        is_activity,
    )
    .await?;
    signing.remember(platform, &from.host()).await?;
    let invalid = |error: IncomingError| FetchError::Invalid {
        host: from.host(),
        cause: error.to_string(),
    };
    let members = parse_document(&bytes).map_err(invalid)?;
    let id = verify_origin(&members, &from).map_err(invalid)?;
    Ok(Document { id, members })
}

/// Fetches a JSON document that everybody may read: WebFinger, NodeInfo.
///
/// # Errors
/// [`FetchError`].
pub async fn get_json<P: Platform>(platform: &P, url: &AbsoluteUrl) -> Result<Members, FetchError> {
    let is_json = |media_type: &str| media_type.contains("json");
    let (from, bytes) = get(
        platform,
        url,
        ("application/jrd+json, application/json", MAX_BODY_BYTES),
        None,
        is_json,
    )
    .await?;
    parse_document(&bytes).map_err(|error| FetchError::Invalid {
        host: from.host(),
        cause: error.to_string(),
    })
}

/// `accept` goes with the largest body that is taken, in bytes.
async fn get<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
    (accept, max_bytes): (&str, usize),
    signing: Option<&Signing>,
    is_wanted: fn(&str) -> bool,
) -> Result<(AbsoluteUrl, Vec<u8>), FetchError> {
    let mut url = url.without_fragment();
    for _ in 0..=MAX_REDIRECTS {
        let ask = || get_once(platform, &url, (accept, None), FETCH_TIMEOUT_MS, signing);
        let mut response = ask().await?;
        let is_refused = matches!(response.status().as_u16(), 401 | 403);
        if is_refused && signing.is_some_and(Signing::change) {
            response = ask().await?;
        }
        if let Some(next) = redirect(&url, &response)? {
            url = next;
            continue;
        }
        check_status(&url, response.status())?;
        let invalid = |cause: String| FetchError::Invalid {
            host: url.host(),
            cause,
        };
        let media_type = text_header(&response, header::CONTENT_TYPE).unwrap_or_default();
        if !is_wanted(media_type) {
            return Err(invalid(format!("a document of type {media_type:?}")));
        }
        let bytes = response.into_body().into_bytes(max_bytes).await;
        return match bytes {
            Ok(bytes) => Ok((url, bytes)),
            Err(ports::BodyError::Port(error)) => Err(unavailable(&url, &error)),
            Err(error) => Err(invalid(error.to_string())),
        };
    }
    Err(FetchError::Invalid {
        host: url.host(),
        cause: "too many redirects".to_owned(),
    })
}

fn unavailable(url: &AbsoluteUrl, cause: &impl std::fmt::Display) -> FetchError {
    FetchError::Unavailable {
        host: url.host(),
        cause: cause.to_string(),
    }
}

fn text_header<T>(response: &Response<T>, name: header::HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

async fn get_once<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
    (accept, range): (&str, Option<&str>),
    timeout_ms: u32,
    signing: Option<&Signing>,
) -> Result<Response<Body>, FetchError> {
    check_address(&platform.settings().federation, url)?;
    let mut request = Request::builder()
        .method(Method::GET)
        .uri(url.as_str())
        .header(header::ACCEPT, accept)
        .header(header::USER_AGENT, user_agent(platform));
    if let Some(range) = range {
        request = request.header(header::RANGE, range);
    }
    if let Some(signing) = signing {
        let signed = signing.sign(platform, url).await?;
        for (name, value) in signed {
            request = request.header(name, value);
        }
    }
    let request = request.body(Body::Empty).map_err(AppError::bug)?;
    let answer = platform.http().send(request, timeout_ms).await;
    answer.map_err(|error| unavailable(url, &error))
}

/// PeerTube's form, with the instance's address.
fn user_agent<P: Platform>(platform: &P) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let origin = &platform.settings().public_origin;
    format!("Edgetube/{version} (+{origin})")
}

/// Where an answer leads on, on the same host: another host would speak for this one.
fn redirect(
    url: &AbsoluteUrl,
    response: &Response<Body>,
) -> Result<Option<AbsoluteUrl>, FetchError> {
    if !response.status().is_redirection() {
        return Ok(None);
    }
    let invalid = |cause: &str| FetchError::Invalid {
        host: url.host(),
        cause: cause.to_owned(),
    };
    let location = text_header(response, header::LOCATION)
        .ok_or_else(|| invalid("a redirect without a location"))?;
    let absolute = if location.starts_with('/') && !location.starts_with("//") {
        let scheme = if url.is_https() { "https" } else { "http" };
        format!("{scheme}://{}{location}", url.host())
    } else {
        location.to_owned()
    };
    match AbsoluteUrl::parse(&absolute) {
        Ok(next) if next.has_host_of(url) => Ok(Some(next)),
        _ => Err(invalid("a redirect to elsewhere")),
    }
}

fn check_status(url: &AbsoluteUrl, status: StatusCode) -> Result<(), FetchError> {
    let host = url.host();
    match status.as_u16() {
        200..=299 => Ok(()),
        401 | 403 => Err(FetchError::Forbidden { host }),
        404 | 410 => Err(FetchError::Gone { host }),
        408 | 429 | 500..=599 => Err(unavailable(url, &status)),
        _ => Err(FetchError::Invalid {
            host,
            cause: status.to_string(),
        }),
    }
}

/// Sends an activity to an inbox, signed.
///
/// # Errors
/// [`FetchError`] as for documents; a redirect is [`FetchError::Invalid`]: a signature is for one address.
pub async fn post_activity<P: Platform>(
    platform: &P,
    inbox: &AbsoluteUrl,
    signer: &SigningActor,
    scheme: Scheme,
    activity: &[u8],
    timeout_ms: u32,
) -> Result<(), FetchError> {
    check_address(&platform.settings().federation, inbox)?;
    let signed = keys::sign(platform, signer, scheme, "POST", inbox, Some(activity)).await?;
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(inbox.as_str())
        .header(header::CONTENT_TYPE, ACTIVITY_CONTENT_TYPE)
        .header(header::ACCEPT, ACCEPT_ACTIVITY)
        .header(header::USER_AGENT, user_agent(platform));
    for (name, value) in signed {
        request = request.header(name, value);
    }
    let request = request
        .body(Body::Bytes(activity.to_vec()))
        .map_err(AppError::bug)?;
    let answer = platform.http().send(request, timeout_ms).await;
    let response = answer.map_err(|error| unavailable(inbox, &error))?;
    check_status(inbox, response.status())
}

#[cfg(test)]
mod tests;
