//! What search engines and link previews read.

use rest::{
    oembed::{DEFAULT_HEIGHT_PX, DEFAULT_WIDTH_PX},
    video::VideoDetails,
};
use serde::Serialize;

use crate::{Site, oembed, script::json_block, text::iso_duration};

/// <https://schema.org/VideoObject>, with the properties that search engines ask for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VideoObject<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    description: &'a str,
    thumbnail_url: Option<&'a str>,
    upload_date: String,
    duration: String,
    url: String,
    embed_url: String,
    content_url: Option<&'a str>,
    interaction_statistic: Interactions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Interactions {
    #[serde(rename = "@type")]
    kind: &'static str,
    interaction_type: WatchAction,
    user_interaction_count: u64,
}

#[derive(Serialize)]
struct WatchAction {
    #[serde(rename = "@type")]
    kind: &'static str,
}

/// Everything in the head that is for machines.
pub(super) struct Social<'a> {
    pub json_ld: String,
    pub watch_url: String,
    pub embed_url: String,
    pub embed_html: String,
    pub embed_width: u32,
    pub embed_height: u32,
    pub oembed_url: String,
    pub activitypub: &'a str,
    pub image: Option<&'a str>,
}

impl<'a> Social<'a> {
    pub fn new(site: &Site, details: &'a VideoDetails, description: &str) -> Self {
        let video = &details.video;
        let (width, height) = (DEFAULT_WIDTH_PX, DEFAULT_HEIGHT_PX);
        Self {
            json_ld: json_ld(site, details, description),
            watch_url: site.url(&format!("/w/{}", video.short_uuid)),
            embed_url: oembed::embed_url(site, &video.uuid),
            embed_html: oembed::iframe(site, video, width, height),
            embed_width: width,
            embed_height: height,
            oembed_url: oembed::discovery_url(site, &video.short_uuid),
            activitypub: &video.url,
            image: image(details),
        }
    }
}

fn json_ld(site: &Site, details: &VideoDetails, description: &str) -> String {
    let video = &details.video;
    let content_url = details
        .files
        .first()
        .and_then(|file| file.file_url.as_deref());
    json_block(&VideoObject {
        context: "https://schema.org",
        kind: "VideoObject",
        name: &video.name,
        description,
        thumbnail_url: image(details),
        upload_date: video.published_at.to_string(),
        duration: iso_duration(video.duration),
        url: site.url(&format!("/w/{}", video.short_uuid)),
        embed_url: oembed::embed_url(site, &video.uuid),
        content_url,
        interaction_statistic: Interactions {
            kind: "InteractionCounter",
            interaction_type: WatchAction {
                kind: "WatchAction",
            },
            user_interaction_count: video.views,
        },
    })
}

/// The largest picture, absolute: previews are fetched from elsewhere.
fn image(details: &VideoDetails) -> Option<&str> {
    let largest = details
        .video
        .thumbnails
        .iter()
        .max_by_key(|picture| picture.width);
    largest
        .map(|picture| picture.file_url.as_str())
        .or(details.video.preview_url.as_deref())
}
