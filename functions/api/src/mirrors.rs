//! `/server/redundancy`: which servers' videos are copied here, and which copies there are. For administrators.

use app::mirrors::{self, Target};
use app::{AppError, Rejection};
use http::{HeaderValue, Method, Response, header};
use ports::{Body, Platform};
use rest::form::FieldReader;
use rest::ids::VideoRef;
use rest::list::Page;

use crate::answer::{no_content, no_store};
use crate::runner_admin::{administrator, query};
use crate::runner_jobs::invalid;
use crate::{Answer, RequestHead, form};

/// Characters of a video's name in a request: a UUID has 36.
const MAX_ID_CHARS: usize = 36;

/// Routes of this group.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `PUT /server/redundancy/{host}`
    AllowHost(String),
    /// `GET /server/redundancy/videos`
    List,
    /// `POST /server/redundancy/videos`
    Add,
    /// `DELETE /server/redundancy/videos/{id}`
    Remove(i64),
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        let ["server", "redundancy", rest @ ..] = segments else {
            return None;
        };
        Some(match (method, rest) {
            (&Method::GET, ["videos"]) => Self::List,
            (&Method::POST, ["videos"]) => Self::Add,
            (&Method::DELETE, ["videos", id]) => Self::Remove(id.parse().ok()?),
            (&Method::PUT, [host]) => Self::AllowHost(host.to_ascii_lowercase()),
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
    administrator(platform, head).await?;
    match route {
        Route::List => return list(platform, head).await,
        Route::Remove(id) => mirrors::remove(platform, id).await?,
        Route::Add => {
            let form = form::read_fields(head, body).await?;
            let mut reader = FieldReader::body(&form);
            let video = reader
                .text("videoId", 1..=MAX_ID_CHARS)
                .map(VideoRef::parse);
            reader.finish().map_err(invalid)?;
            let wrong = || AppError::invalid_field("videoId", "Should have a valid video id");
            mirrors::add(platform, &video.flatten().ok_or_else(wrong)?).await?;
        }
        Route::AllowHost(host) => {
            let form = form::read_fields(head, body).await?;
            let mut reader = FieldReader::body(&form);
            let is_allowed = reader.boolean("redundancyAllowed");
            reader.finish().map_err(invalid)?;
            let message = "Should have a valid redundancyAllowed boolean";
            let wrong = || AppError::invalid_field("redundancyAllowed", message);
            mirrors::allow_host(platform, &host, is_allowed.ok_or_else(wrong)?).await?;
        }
    }
    Ok(no_content())
}

async fn list<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    let form = query(head)?;
    let mut reader = FieldReader::query(&form);
    let target = reader.known("target", |target| match target {
        "my-videos" => Some(Target::Ours),
        "remote-videos" => Some(Target::Others),
        _ => None,
    });
    let page = Page::<rest::list::RedundancySort>::from_query(&mut reader);
    reader.finish().map_err(invalid)?;
    let Some(target) = target else {
        let detail = "Should have a valid video redundancies target";
        return Err(AppError::rejected(Rejection::BadRequest, detail));
    };
    let part = (page.start, page.count);
    let json = mirrors::list(platform, target, part, page.sort.descending).await?;
    let mut response = Response::new(Body::Bytes(json.into_bytes()));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    Ok(no_store(response))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_exact() {
        for (method, path, expected) in [
            (Method::GET, "server/redundancy/videos", Some(Route::List)),
            (Method::POST, "server/redundancy/videos", Some(Route::Add)),
            (
                Method::DELETE,
                "server/redundancy/videos/7",
                Some(Route::Remove(7)),
            ),
            (Method::DELETE, "server/redundancy/videos/x", None),
            (
                Method::PUT,
                "server/redundancy/Far.test:9000",
                Some(Route::AllowHost("far.test:9000".to_owned())),
            ),
            (Method::GET, "server/redundancy/far.test", None),
            (Method::GET, "server/redundancy", None),
        ] {
            let segments: Vec<&str> = path.split('/').collect();
            assert_eq!(
                Route::parse(&method, &segments),
                expected,
                "{method} {path}"
            );
        }
    }
}
