//! `GET /services/oembed` (oEmbed 1.0, type `video`).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Answer for a watch page's URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OEmbed {
    /// Always `video`.
    #[serde(rename = "type")]
    pub embed_type: Cow<'static, str>,
    /// Always `1.0`.
    pub version: Cow<'static, str>,
    /// An `<iframe>` with every attribute escaped.
    pub html: String,
    /// Pixels of the iframe.
    pub width: u32,
    /// Pixels of the iframe.
    pub height: u32,
    /// The video's name.
    pub title: String,
    /// The channel's display name.
    pub author_name: String,
    /// The channel's page.
    pub author_url: String,
    /// The instance's name.
    pub provider_name: String,
    /// The instance's origin.
    pub provider_url: String,
    /// Absolute URL of a picture that fits the asked size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// Pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_width: Option<u32>,
    /// Pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_height: Option<u32>,
}

/// Size of the player that PeerTube names when nothing smaller is asked.
pub const DEFAULT_WIDTH_PX: u32 = 560;
/// Height to [`DEFAULT_WIDTH_PX`].
pub const DEFAULT_HEIGHT_PX: u32 = 315;
/// Smallest width or height that is honoured.
pub const MIN_SIDE_PX: u32 = 100;

/// The size to answer for `maxwidth` and `maxheight`, keeping 560 to 315.
#[must_use]
pub fn fit(max_width: Option<u32>, max_height: Option<u32>) -> (u32, u32) {
    let width = max_width
        .unwrap_or(DEFAULT_WIDTH_PX)
        .clamp(MIN_SIDE_PX, DEFAULT_WIDTH_PX);
    let height = max_height
        .unwrap_or(DEFAULT_HEIGHT_PX)
        .clamp(MIN_SIDE_PX, DEFAULT_HEIGHT_PX);
    let height_for_width = width * DEFAULT_HEIGHT_PX / DEFAULT_WIDTH_PX;
    if height_for_width <= height {
        (width, height_for_width)
    } else {
        (height * DEFAULT_WIDTH_PX / DEFAULT_HEIGHT_PX, height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_ratio_within_the_asked_box() {
        assert_eq!(fit(None, None), (560, 315));
        assert_eq!(fit(Some(280), None), (280, 157));
        assert_eq!(fit(None, Some(200)), (355, 200));
        assert_eq!(fit(Some(u32::MAX), Some(u32::MAX)), (560, 315));
        assert_eq!(fit(Some(0), Some(0)), (100, 56));
    }
}
