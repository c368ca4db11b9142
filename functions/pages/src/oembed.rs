//! oEmbed and the `<iframe>` that people paste.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rest::{
    oembed::{OEmbed, fit},
    video::{Video, VideoDetails},
};

use crate::{PageRoute, Site};

/// URL of the embed page.
#[must_use]
pub fn embed_url(site: &Site, uuid: &str) -> String {
    site.url(&format!("/videos/embed/{uuid}"))
}

/// URL of the oEmbed answer for a watch page, for its `<link>`.
#[must_use]
pub fn discovery_url(site: &Site, short_uuid: &str) -> String {
    let watch_url = site.url(&format!("/w/{short_uuid}"));
    let encoded = utf8_percent_encode(&watch_url, NON_ALPHANUMERIC);
    site.url(&format!("/services/oembed?url={encoded}&format=json"))
}

/// The `<iframe>` of an embed, with every attribute escaped.
#[must_use]
pub fn iframe<A, C>(site: &Site, video: &Video<A, C>, width: u32, height: u32) -> String {
    let title = video
        .name
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let src = embed_url(site, &video.uuid);
    format!(
        "<iframe title=\"{title}\" width=\"{width}\" height=\"{height}\" src=\"{src}\" \
         style=\"border: 0\" allow=\"autoplay; fullscreen; picture-in-picture\" \
         sandbox=\"allow-same-origin allow-scripts allow-popups allow-forms\"></iframe>"
    )
}

/// The video id in the `url` of an oEmbed request, when that is a watch or embed page of ours.
///
/// `http` is accepted for an `https` origin: people paste either.
#[must_use]
pub fn video_id(site: &Site, url: &str) -> Option<String> {
    let after_scheme = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let path = after_scheme.strip_prefix(site.host())?;
    let path = path.split(['?', '#']).next()?;
    match PageRoute::parse("GET", path)? {
        PageRoute::Watch(id) | PageRoute::Embed(id) => Some(id),
        _ => None,
    }
}

/// The answer of `GET /services/oembed` for a video, within the asked box in pixels.
#[must_use]
pub fn answer(
    site: &Site,
    details: &VideoDetails,
    max_width: Option<u32>,
    max_height: Option<u32>,
) -> OEmbed {
    let video = &details.video;
    let (width, height) = fit(max_width, max_height);
    let fits = |side: u32, max: Option<u32>| max.is_none_or(|max| side <= max);
    let thumbnail = video
        .thumbnails
        .iter()
        .filter(|picture| fits(picture.width, max_width) && fits(picture.height, max_height))
        .max_by_key(|picture| picture.width);
    OEmbed {
        embed_type: Cow::Borrowed("video"),
        version: Cow::Borrowed("1.0"),
        html: iframe(site, video, width, height),
        width,
        height,
        title: video.name.clone(),
        author_name: video.channel.display_name.clone(),
        author_url: video.channel.url.clone(),
        provider_name: site.name.clone(),
        provider_url: site.origin.clone(),
        thumbnail_url: thumbnail.map(|picture| picture.file_url.clone()),
        thumbnail_width: thumbnail.map(|picture| picture.width),
        thumbnail_height: thumbnail.map(|picture| picture.height),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn takes_ids_only_from_our_own_pages() {
        let site = sample::site();
        for (url, expected) in [
            ("https://tube.example/w/abc", Some("abc")),
            (
                "http://tube.example/videos/watch/abc?start=1m#x",
                Some("abc"),
            ),
            ("https://tube.example/videos/embed/abc/", Some("abc")),
            ("https://tube.example/c/abc", None),
            ("https://tube.example.evil/w/abc", None),
            ("ftp://tube.example/w/abc", None),
            ("/w/abc", None),
        ] {
            assert_eq!(video_id(&site, url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn escapes_the_title_inside_the_iframe() {
        let details = sample::hostile_video();
        let html = answer(&sample::site(), &details, None, None).html;
        assert_eq!(html.matches('<').count(), 2, "{html}");
        assert!(html.contains("title=\"&lt;/script&gt;"), "{html}");
    }

    #[test]
    fn offers_a_picture_that_fits() {
        let answer = answer(&sample::site(), &sample::video(), Some(300), None);
        assert_eq!((answer.width, answer.thumbnail_width), (300, Some(280)));
    }
}
