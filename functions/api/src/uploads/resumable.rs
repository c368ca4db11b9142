//! The three methods of `/videos/upload-resumable`.

use app::accounts::SignedIn;
use app::upload::{self, Checksum, Chunk, NewResumable, Picture, Progress};
use app::{AppError, Rejection};
use http::{HeaderValue, Response, StatusCode, header};
use ports::{Body, Platform};
use rest::Problem;
use rest::form::{MAX_FORM_BYTES, parse_body};
use rest::multipart::MAX_COLLECTED_BYTES;
use rest::upload::{VideoCreate, part};

use super::content_range::ContentRange;
use super::{broken_form, content_length, created, wrong_fields};
use crate::answer::no_content;
use crate::{Answer, RequestHead};

/// What PeerTube's library answers for a chunk whose bytes are not those of its `Digest`.
const CHECKSUM_MISMATCH: u16 = 460;

/// Fields and pictures of a first call, and what their multipart form adds.
const OPEN_BODY_MAX_BYTES: usize = MAX_COLLECTED_BYTES + MAX_FORM_BYTES + 64 * 1024;

/// First call: 201 with the `Location` for the chunks, 200 and `Range` for an upload that is known.
pub(super) async fn open<P: Platform>(
    platform: &P,
    head: &RequestHead,
    user: &SignedIn,
    body: Body,
) -> Answer {
    let bytes = body.into_bytes(OPEN_BODY_MAX_BYTES).await?;
    let content_type = head.header("content-type").unwrap_or_default();
    let mut parsed = parse_body(content_type, &bytes).map_err(broken_form)?;
    let create = VideoCreate::from_form(&parsed.form).map_err(wrong_fields)?;
    if create.filename.is_none() {
        return Err(AppError::invalid_field("filename", "is missing"));
    }
    let announced = head
        .header("x-upload-content-length")
        .or_else(|| parsed.form.text("size"));
    let total_bytes = announced
        .and_then(|text| text.trim().parse().ok())
        .ok_or_else(|| {
            AppError::invalid_field("x-upload-content-length", "Should specify the file length")
        })?;
    let last_modified = parsed.form.text("lastModified").map(str::to_owned);
    let mut picture = |field: &str| {
        let at = parsed.files.iter().position(|file| file.name == field);
        at.map(|at| Picture::parse(field, parsed.files.swap_remove(at).bytes))
            .transpose()
    };
    let new = NewResumable {
        create,
        total_bytes,
        last_modified,
        thumbnail: picture(part::THUMBNAIL_FILE)?,
        preview: picture(part::PREVIEW_FILE)?,
    };
    let opened = upload::open(platform, user, new).await?;
    let location = format!(
        "{}/api/v1/videos/upload-resumable?upload_id={}",
        platform.settings().public_origin,
        opened.upload_id
    );
    let is_known = opened.received_bytes > 0;
    let status = if is_known {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let mut response = empty(status);
    let location = HeaderValue::from_str(&location).map_err(AppError::bug)?;
    response.headers_mut().insert(header::LOCATION, location);
    if is_known {
        response
            .headers_mut()
            .insert(header::RANGE, received(opened.received_bytes)?);
    }
    Ok(response)
}

/// A chunk, or the question how far the upload is: 308 and `Range`, or 200 and the video.
pub(super) async fn chunk<P: Platform>(
    platform: &P,
    head: &RequestHead,
    user: &SignedIn,
    body: Body,
) -> Answer {
    let upload_id = upload_id(head)?;
    let progress = match asked(head)? {
        None => upload::progress(platform, user, &upload_id).await?,
        Some(chunk) => {
            let checksum = head.header("digest").and_then(Checksum::parse);
            upload::receive(platform, user, &upload_id, chunk, checksum, body).await?
        }
    };
    match progress {
        Progress::Finished(ids) => created(ids),
        Progress::Incomplete { received_bytes } => {
            let mut response = empty(StatusCode::PERMANENT_REDIRECT);
            response
                .headers_mut()
                .insert(header::RANGE, received(received_bytes)?);
            Ok(response)
        }
        Progress::ChecksumMismatch => {
            let problem = Problem::new(CHECKSUM_MISMATCH, "The chunk does not match its checksum");
            Ok(problem.to_response().map(Body::Bytes))
        }
    }
}

/// 204, also for an upload that is not there.
pub(super) async fn cancel<P: Platform>(
    platform: &P,
    head: &RequestHead,
    user: &SignedIn,
) -> Answer {
    upload::cancel(platform, user, &upload_id(head)?).await?;
    Ok(no_content())
}

fn upload_id(head: &RequestHead) -> Result<String, AppError> {
    head.query_value("upload_id")
        .filter(|id| !id.is_empty())
        .ok_or_else(|| AppError::invalid_field("upload_id", "is missing"))
}

/// The chunk that the headers announce; `None` for a question.
fn asked(head: &RequestHead) -> Result<Option<Chunk>, AppError> {
    let length = content_length(head);
    let chunk = match head.header("content-range") {
        Some(text) => match ContentRange::parse(text) {
            Some(ContentRange::Unsatisfied) => return Ok(None),
            Some(ContentRange::Bytes {
                start,
                end,
                total_bytes,
            }) => Chunk {
                start,
                end,
                total_bytes,
            },
            None => {
                let message = "must be 'bytes first-last/total' or 'bytes */total'";
                return Err(AppError::invalid_field("content-range", message));
            }
        },
        // The whole file at once.
        None => match length {
            None | Some(0) => return Ok(None),
            Some(end) => Chunk {
                start: 0,
                end: end.min(i64::MAX.unsigned_abs()),
                total_bytes: None,
            },
        },
    };
    if length.is_some_and(|length| length != chunk.end - chunk.start) {
        return Err(AppError::rejected(
            Rejection::Conflict,
            "Content-Length and Content-Range do not agree",
        ));
    }
    Ok(Some(chunk))
}

/// `bytes=0-last`. With nothing received it says -1 as PeerTube's library does: its browser client reads
/// the number after `0-` and would not know where to start without the header.
fn received(bytes: u64) -> Result<HeaderValue, AppError> {
    let last = i64::try_from(bytes).map_err(AppError::bug)? - 1;
    HeaderValue::from_str(&format!("bytes=0-{last}")).map_err(AppError::bug)
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = status;
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}
