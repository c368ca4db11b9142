//! From a checked path to an answer.

use app::AppError;
use app::media_access::{self, NamedFile};
use http::request::Parts;
use http::{Method, Response, header};
use ports::{Body, ByteRange, ObjectStore, Platform};

use crate::blocks::{self, FILLS_PER_ANSWER, Sized};
use crate::credentials::{self, Query};
use crate::precondition::{self, Verdict};
use crate::range::{self, Wanted};
use crate::respond::{self, Description};
use crate::route::{Download, Route};
use crate::{content_type, disposition, lookup, reinject};

/// An object that this request may have.
struct Granted {
    object_key: String,
    description: Description,
    /// Whether anybody may have it, so that the edge cache may hold its bytes.
    is_shared: bool,
}

impl Granted {
    fn new(object_key: String, name: &str, cache_control: &'static str) -> Self {
        Self {
            object_key,
            description: Description {
                content_type: content_type::of(name),
                cache_control,
                // A name never gets new bytes, so it is the strongest validator there is.
                etag: format!("\"{name}\""),
                disposition: None,
            },
            is_shared: cache_control != respond::PRIVATE,
        }
    }
}

fn not_found() -> AppError {
    AppError::not_found("File not found")
}

/// Answers GET and HEAD for a file.
///
/// # Errors
/// 404 for what is not there or closed; 401 or 403 for a closed file without the right to it.
pub(crate) async fn file<P: Platform>(
    platform: &P,
    parts: &Parts,
    route: Route<'_>,
) -> Result<Response<Body>, AppError> {
    let query = Query::of(parts);
    let granted = grant(platform, parts, &query, &route).await?;
    if let (
        Route::Hls {
            private: true,
            name,
            ..
        },
        Some(token),
    ) = (&route, &query.file_token)
        && query.reinjects
        && reinject::is_playlist(name)
    {
        let mut response = reinjected(platform, &granted, token).await?;
        if parts.method == Method::HEAD {
            *response.body_mut() = Body::Empty;
        }
        return Ok(response);
    }
    if parts.method == Method::GET {
        get(platform, parts, &granted).await
    } else {
        head(platform, parts, &granted).await
    }
}

async fn grant<P: Platform>(
    platform: &P,
    parts: &Parts,
    query: &Query,
    route: &Route<'_>,
) -> Result<Granted, AppError> {
    let credentials = credentials::of(parts, query);
    match route {
        Route::Open { folder, name } => Ok(Granted::new(
            format!("{}/{name}", folder.prefix()),
            name,
            respond::IMMUTABLE,
        )),
        Route::Hls {
            uuid,
            name,
            private,
        } => {
            let cache_control = if *private {
                media_access::check_hls(platform, uuid, credentials).await?;
                respond::PRIVATE
            } else if lookup::is_open(platform, uuid).await? {
                respond::IMMUTABLE
            } else {
                return Err(not_found());
            };
            let object_key = format!("streaming-playlists/hls/{uuid}/{name}");
            Ok(Granted::new(object_key, name, cache_control))
        }
        Route::Mirror { uuid, name } => lookup::mirror_folder(platform, uuid)
            .await?
            .map(|folder| format!("mirrors/{folder}/{name}"))
            .map(|object_key| Granted::new(object_key, name, respond::IMMUTABLE))
            .ok_or_else(not_found),
        Route::WebVideo {
            name,
            private: false,
        } => lookup::open_web_file(platform, name)
            .await?
            .map(|object_key| Granted::new(object_key, name, respond::IMMUTABLE))
            .ok_or_else(not_found),
        Route::WebVideo {
            name,
            private: true,
        } => {
            let opened =
                media_access::open_file(platform, NamedFile::Web, name, credentials).await?;
            Ok(Granted::new(opened.object_key, name, respond::PRIVATE))
        }
        Route::Download { kind, name } => download(platform, *kind, name, credentials).await,
    }
}

async fn download<P: Platform>(
    platform: &P,
    kind: Download,
    name: &str,
    credentials: media_access::Credentials<'_>,
) -> Result<Granted, AppError> {
    let file = match kind {
        Download::Torrent => NamedFile::Torrent,
        Download::WebVideo => NamedFile::Web,
        Download::Hls => NamedFile::Hls,
        Download::Original => NamedFile::Original,
    };
    let opened = media_access::open_file(platform, file, name, credentials).await?;
    let extension = name.rfind('.').map(|at| &name[at..]).unwrap_or_default();
    let resolution = opened.resolution;
    let suffix = match kind {
        Download::Torrent | Download::WebVideo => format!("-{resolution}p{extension}"),
        Download::Hls => format!("-{resolution}p-hls{extension}"),
        Download::Original => extension.to_owned(),
    };
    let is_shared = opened.is_open && kind != Download::Original;
    let cache_control = if is_shared {
        respond::DOWNLOAD
    } else {
        respond::PRIVATE
    };
    let mut granted = Granted::new(opened.object_key, name, cache_control);
    let shown_name = disposition::file_name(&opened.video_name, &suffix);
    granted.description.disposition = Some(disposition::attachment(&shown_name));
    Ok(granted)
}

/// The size of the object, from wherever it is known.
async fn size<P: Platform>(platform: &P, object_key: &str) -> Result<u64, AppError> {
    match lookup::known_size(platform, object_key).await {
        Some(size_bytes) => Ok(size_bytes),
        None => lookup::stored_size(platform, object_key)
            .await?
            .ok_or_else(not_found),
    }
}

/// HEAD: `Range` means nothing to it (RFC 9110, 14.2).
async fn head<P: Platform>(
    platform: &P,
    parts: &Parts,
    granted: &Granted,
) -> Result<Response<Body>, AppError> {
    let size_bytes = size(platform, &granted.object_key).await?;
    match precondition::evaluate(&parts.headers, &granted.description.etag) {
        Verdict::NotModified => respond::not_modified(&granted.description),
        Verdict::Failed => Ok(respond::precondition_failed()),
        Verdict::Go => respond::found(&granted.description, size_bytes, None),
    }
}

/// Whether the request asks for the whole file whatever its size.
fn asks_plainly(parts: &Parts) -> bool {
    [header::RANGE, header::IF_MATCH, header::IF_NONE_MATCH]
        .iter()
        .all(|name| !parts.headers.contains_key(name))
}

async fn get<P: Platform>(
    platform: &P,
    parts: &Parts,
    granted: &Granted,
) -> Result<Response<Body>, AppError> {
    let description = &granted.description;
    let size_bytes = match lookup::known_size(platform, &granted.object_key).await {
        Some(size_bytes) => size_bytes,
        None if asks_plainly(parts) => return cold(platform, granted).await,
        None => lookup::stored_size(platform, &granted.object_key)
            .await?
            .ok_or_else(not_found)?,
    };
    match precondition::evaluate(&parts.headers, &description.etag) {
        Verdict::NotModified => return respond::not_modified(description),
        Verdict::Failed => return Ok(respond::precondition_failed()),
        Verdict::Go => {}
    }
    let header = precondition::range(&parts.headers, &description.etag);
    let part = match range::wanted(header, size_bytes) {
        Wanted::Nothing => return respond::not_satisfiable(size_bytes),
        Wanted::Part(part) => Some(part),
        Wanted::Whole => None,
    };
    let mut response = respond::found(description, size_bytes, part)?;
    let whole = size_bytes
        .checked_sub(1)
        .map(|last| ByteRange { first: 0, last });
    if let Some(range) = part.or(whole) {
        *response.body_mut() = body(platform, granted, size_bytes, range).await?;
    }
    Ok(response)
}

async fn body<P: Platform>(
    platform: &P,
    granted: &Granted,
    size_bytes: u64,
    range: ByteRange,
) -> Result<Body, AppError> {
    let object = Sized {
        object_key: &granted.object_key,
        size_bytes,
    };
    let found = if granted.is_shared {
        blocks::read(platform, object, range).await?
    } else {
        blocks::stored(platform, object, range).await?
    };
    found.ok_or_else(|| {
        lookup::forget_size(&granted.object_key);
        not_found()
    })
}

/// A whole file that this place has not seen yet: one operation of storage brings bytes and size.
async fn cold<P: Platform>(platform: &P, granted: &Granted) -> Result<Response<Body>, AppError> {
    let object = platform
        .objects()
        .get(&granted.object_key, None)
        .await?
        .ok_or_else(not_found)?;
    let size_bytes = object.info.size_bytes;
    lookup::learn_size(platform, &granted.object_key, size_bytes);
    if granted.is_shared {
        let sized = Sized {
            object_key: &granted.object_key,
            size_bytes,
        };
        blocks::fill_later(platform, sized, 0, FILLS_PER_ANSWER);
    }
    let mut response = respond::found(&granted.description, size_bytes, None)?;
    *response.body_mut() = object.body;
    Ok(response)
}

async fn reinjected<P: Platform>(
    platform: &P,
    granted: &Granted,
    token: &str,
) -> Result<Response<Body>, AppError> {
    let object = platform
        .objects()
        .get(&granted.object_key, None)
        .await?
        .ok_or_else(not_found)?;
    let bytes = object.body.into_bytes(reinject::PLAYLIST_MAX_BYTES).await?;
    let playlist = String::from_utf8(bytes).map_err(AppError::bug)?;
    let rewritten = reinject::rewrite(&playlist, token);
    Ok(respond::text(
        granted.description.content_type,
        rewritten.into_bytes(),
    ))
}
