//! Files of the runner protocol: inputs that a runner downloads, outputs that it sends.

mod range;
mod receive;

use app::runners::{self, InputKind, JobInput, UploadSignature};
use app::{AppError, Rejection};
use http::{HeaderValue, Method, Response, StatusCode, header};
use ports::{Body, ByteRange, ObjectStore, Platform};

pub(crate) use receive::{Destination, receive_multipart};

use crate::answer::{no_content, no_store};
use crate::runner_jobs::tokens;
use crate::{Answer, RequestHead, form};
use range::{Asked, asked_range};

/// Routes of this group.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `POST /runners/jobs/{uuid}/files/videos/{videoId}/max-quality`, also with `/audio`: here sound and
    /// picture are never apart in a source; and `…/previews/max-quality`.
    Input {
        job_uuid: String,
        video_id: String,
        kind: InputKind,
    },
    /// `PUT` or `POST /runners/jobs/{uuid}/uploads/{output}?expires=…&signature=…`
    Output { job_uuid: String, output: String },
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        let ["runners", "jobs", job_uuid, rest @ ..] = segments else {
            return None;
        };
        let input = |video_id: &str, kind| Self::Input {
            job_uuid: (*job_uuid).to_owned(),
            video_id: video_id.to_owned(),
            kind,
        };
        Some(match (method, rest) {
            (&Method::POST, ["files", "videos", video_id, "max-quality"])
            | (&Method::POST, ["files", "videos", video_id, "max-quality", "audio"]) => {
                input(video_id, InputKind::Media)
            }
            (&Method::POST, ["files", "videos", video_id, "previews", "max-quality"]) => {
                input(video_id, InputKind::Preview)
            }
            (&Method::PUT | &Method::POST, ["uploads", output]) => Self::Output {
                job_uuid: (*job_uuid).to_owned(),
                output: (*output).to_owned(),
            },
            _ => return None,
        })
    }
}

/// Answers one route.
pub(crate) async fn handle<P: Platform>(
    platform: &P,
    head: &RequestHead,
    route: Route,
    body: Body,
) -> Answer {
    match route {
        Route::Input {
            job_uuid,
            video_id,
            kind,
        } => {
            let tokens = tokens(&form::read_fields(head, body).await?)?;
            let input = runners::open_input(platform, &job_uuid, &video_id, &tokens, kind).await?;
            send_input(platform, head, input).await.map(no_store)
        }
        Route::Output { job_uuid, output } => {
            let signature = UploadSignature {
                expires_at_unix_secs: head
                    .query_value("expires")
                    .and_then(|text| text.parse().ok())
                    .unwrap_or_default(),
                signature: head.query_value("signature").unwrap_or_default(),
            };
            let target = runners::open_upload(platform, &job_uuid, &output, &signature).await?;
            receive::receive_output(platform, head, target, body).await?;
            // A stock runner takes anything else than 204 for a failure.
            Ok(no_content())
        }
    }
}

async fn send_input<P: Platform>(platform: &P, head: &RequestHead, input: JobInput) -> Answer {
    let (object_key, size_bytes) = match input {
        JobInput::DefaultPicture(bytes) => {
            return Ok(Response::new(Body::Bytes(bytes.to_vec())));
        }
        JobInput::Picture { object_key } => {
            let object = platform.objects().get(&object_key, None).await?;
            let object = object.ok_or_else(gone)?;
            let size_bytes = object.info.size_bytes;
            return Ok(with_length(Response::new(object.body), size_bytes));
        }
        JobInput::Object {
            object_key,
            size_bytes,
        } => (object_key, size_bytes),
    };
    let asked = asked_range(head.header(header::RANGE.as_str()), size_bytes);
    let range = match asked {
        Asked::Whole => None,
        Asked::Range(range) => Some(range),
        Asked::OutsideFile => return Ok(outside(size_bytes)),
    };
    let object = platform.objects().get(&object_key, range).await?;
    let mut response = Response::new(object.ok_or_else(gone)?.body);
    response
        .headers_mut()
        .insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let Some(range) = range else {
        return Ok(with_length(response, size_bytes));
    };
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    let ByteRange { first, last } = range;
    let content_range = format!("bytes {first}-{last}/{size_bytes}");
    response.headers_mut().insert(
        header::CONTENT_RANGE,
        HeaderValue::try_from(content_range).map_err(AppError::bug)?,
    );
    Ok(with_length(response, range.len()))
}

fn with_length(mut response: Response<Body>, len_bytes: u64) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(len_bytes));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    response
}

fn outside(size_bytes: u64) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
    if let Ok(value) = HeaderValue::try_from(format!("bytes */{size_bytes}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

/// The row names an object that storage does not have.
fn gone() -> AppError {
    AppError::rejected(Rejection::NotFound, "The file of this video is not there")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_exact() {
        let check = |method: Method, path: &str, kind: Option<InputKind>| {
            let segments: Vec<&str> = path.split('/').collect();
            let found = match Route::parse(&method, &segments) {
                Some(Route::Input { kind, .. }) => Some(kind),
                _ => None,
            };
            assert_eq!(found, kind, "{method} {path}");
        };
        let base = "runners/jobs/j/files/videos/v";
        let media = Some(InputKind::Media);
        check(Method::POST, &format!("{base}/max-quality"), media);
        check(Method::POST, &format!("{base}/max-quality/audio"), media);
        check(
            Method::POST,
            &format!("{base}/previews/max-quality"),
            Some(InputKind::Preview),
        );
        check(Method::GET, &format!("{base}/max-quality"), None);
        check(Method::POST, &format!("{base}/max-quality/x"), None);
        for method in [Method::PUT, Method::POST] {
            assert_eq!(
                Route::parse(&method, &["runners", "jobs", "j", "uploads", "videoFile"]),
                Some(Route::Output {
                    job_uuid: "j".to_owned(),
                    output: "videoFile".to_owned()
                })
            );
        }
    }
}
