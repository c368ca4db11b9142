//! `GET /services/oembed` (oEmbed 1.0), outside the API's root.

use app::videos::{self, Viewer};
use app::{AppError, Rejection};
use http::{Method, Request, Response};
use ports::{Body, Platform};
use rest::ids::VideoRef;
use rest::oembed::OEmbed;
use rest::video::VideoDetails;

use crate::answer::{preflight, problem_response, with_cors};
use crate::cacheable::{STEADY_SECS, shared_json};
use crate::{Answer, RequestHead};

/// What only the pages know: which URLs are a video's, and what an embed looks like.
pub trait Embeds {
    /// The id in the URL of a watch or embed page of this instance.
    fn video_id(&self, url: &str) -> Option<String>;
    /// The answer for a video within a box in pixels.
    fn describe(
        &self,
        video: &VideoDetails,
        max_width: Option<u32>,
        max_height: Option<u32>,
    ) -> OEmbed;
}

/// Answers a request below `/services`; `None` when the path is elsewhere or no route.
pub async fn handle_services<P: Platform>(
    platform: &P,
    request: Request<Body>,
    embeds: &impl Embeds,
) -> Option<Response<Body>> {
    let (parts, _) = request.into_parts();
    let head = RequestHead::new(parts);
    if head.segments_after("/services")? != ["oembed"] {
        return None;
    }
    if head.method == Method::OPTIONS {
        return Some(preflight(&head));
    }
    let answer = oembed(platform, &head, embeds).await;
    Some(with_cors(answer.unwrap_or_else(|error| {
        problem_response(platform, &head, error)
    })))
}

fn side(head: &RequestHead, name: &str) -> Result<Option<u32>, AppError> {
    head.query_value(name)
        .filter(|text| !text.is_empty())
        .map(|text| {
            text.parse()
                .map_err(|_| AppError::invalid_field(name, "must be a number of pixels"))
        })
        .transpose()
}

async fn oembed<P: Platform>(platform: &P, head: &RequestHead, embeds: &impl Embeds) -> Answer {
    let url = head
        .query_value("url")
        .ok_or_else(|| AppError::invalid_field("url", "is missing"))?;
    // oEmbed 1.0, 2.3.4: 501 for a format that is not there; PeerTube says 400, and so do we.
    if head
        .query_value("format")
        .is_some_and(|format| format != "json")
    {
        return Err(AppError::invalid_field("format", "must be json"));
    }
    let id = embeds
        .video_id(&url)
        .ok_or_else(|| AppError::invalid_field("url", "is no video of this instance"))?;
    let video = VideoRef::parse(&id).ok_or_else(|| AppError::not_found("Video not found"))?;
    let details = videos::details(platform, &video, Viewer::ANONYMOUS).await?;
    if !app::videos::shape::media_is_open(details.video.privacy.id) {
        return Err(AppError::rejected(
            Rejection::Forbidden,
            "Video is not publicly available",
        ));
    }
    let (max_width, max_height) = (side(head, "maxwidth")?, side(head, "maxheight")?);
    shared_json(
        head,
        &embeds.describe(&details, max_width, max_height),
        STEADY_SECS,
    )
}
