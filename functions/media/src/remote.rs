//! Pictures of other servers, through the edge cache.

use app::AppError;
use app::remote_picture::{self, Picture};
use http::request::Parts;
use http::{Method, Response, header};
use ports::{Body, ByteRange, EdgeCache, Platform};

use crate::precondition::{self, Verdict};
use crate::respond::{self, Description};
use crate::route::{OpenFolder, Route};
use crate::{lookup, recent};

/// How long a picture is kept, in seconds: what browsers are told, too.
const PICTURE_MAX_AGE_SECS: u32 = 24 * 3_600;
/// How long nobody is asked again for a picture that could not be had, in seconds.
const FAILURE_MAX_AGE_SECS: u32 = 60;

/// A picture that its name says is another server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remote<'a> {
    Thumbnail(&'a str),
    Avatar(&'a str),
}

impl<'a> Remote<'a> {
    const fn name(self) -> &'a str {
        match self {
            Self::Thumbnail(name) | Self::Avatar(name) => name,
        }
    }
}

/// The picture, if the path names one of another server. Nobody here has an avatar yet.
pub(crate) fn of<'a>(file: &Route<'a>) -> Option<Remote<'a>> {
    match *file {
        Route::Open {
            folder: OpenFolder::Thumbnails,
            name,
        } => remote_picture::is_remote_thumbnail(name).then_some(Remote::Thumbnail(name)),
        Route::Open {
            folder: OpenFolder::Avatars,
            name,
        } => Some(Remote::Avatar(name)),
        _ => None,
    }
}

/// Answers GET and HEAD for a picture; it is always sent whole.
///
/// # Errors
/// 404 for one that cannot be had.
pub(crate) async fn picture<P: Platform>(
    platform: &P,
    parts: &Parts,
    remote: Remote<'_>,
) -> Result<Response<Body>, AppError> {
    let key = format!("picture/{}", remote.name());
    let (content_type, size_bytes, body) = match cached(platform, &key).await {
        Some(found) => found,
        None => fetched(platform, &key, remote).await?,
    };
    let description = Description {
        content_type,
        cache_control: respond::REMOTE,
        etag: format!("\"{}\"", remote.name()),
        disposition: None,
    };
    let mut response = match precondition::evaluate(&parts.headers, &description.etag) {
        Verdict::NotModified => return respond::not_modified(&description),
        Verdict::Failed => return Ok(respond::precondition_failed()),
        Verdict::Go => respond::found(&description, size_bytes, None)?,
    };
    response.headers_mut().remove(header::ACCEPT_RANGES);
    if parts.method == Method::GET {
        *response.body_mut() = body;
    }
    Ok(response)
}

/// Types of pictures, so that what the cache says of one is one of these.
const TYPES: [&str; 5] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/avif",
];

async fn cached<P: Platform>(platform: &P, key: &str) -> Option<(&'static str, u64, Body)> {
    let record = lookup::kept(platform, key, PICTURE_MAX_AGE_SECS).await?;
    let (size, content_type) = record.split_once(' ')?;
    let size_bytes: u64 = size.parse().ok()?;
    let content_type = TYPES.into_iter().find(|known| *known == content_type)?;
    let whole = ByteRange {
        first: 0,
        last: size_bytes.checked_sub(1)?,
    };
    let body = platform.cache().get_range(key, whole).await?;
    Some((content_type, size_bytes, body))
}

async fn fetched<P: Platform>(
    platform: &P,
    key: &str,
    remote: Remote<'_>,
) -> Result<(&'static str, u64, Body), AppError> {
    let failed_key = format!("no-{key}");
    let now = platform.now();
    if recent::record(&failed_key, now).is_some() {
        return Err(AppError::not_found("File not found"));
    }
    let result = match remote {
        Remote::Thumbnail(name) => remote_picture::thumbnail(platform, name).await,
        Remote::Avatar(name) => remote_picture::avatar(platform, name).await,
    };
    if matches!(result, Err(AppError::Rejected { .. })) {
        let until = now.plus_ms(i64::from(FAILURE_MAX_AGE_SECS) * domain::time::SECOND_MS);
        recent::keep(&failed_key, "", until, now);
    }
    let Picture {
        content_type,
        bytes,
    } = result?;
    let size_bytes = u64::try_from(bytes.len()).map_err(AppError::bug)?;
    keep(platform, key, content_type, bytes.clone());
    Ok((content_type, size_bytes, Body::Bytes(bytes)))
}

/// Keeps a picture after the answer has gone out: first its bytes, then the record that says they are there.
fn keep<P: Platform>(platform: &P, key: &str, content_type: &'static str, bytes: Vec<u8>) {
    let (host, key) = (platform.clone(), key.to_owned());
    platform.spawn(Box::pin(async move {
        let length = bytes.len();
        let Ok(size_bytes) = u64::try_from(length) else {
            return;
        };
        host.cache()
            .put(&key, Body::Bytes(bytes), size_bytes, PICTURE_MAX_AGE_SECS)
            .await;
        let record = format!("{size_bytes} {content_type}");
        lookup::keep(&host, &key, &record, PICTURE_MAX_AGE_SECS);
    }));
}
