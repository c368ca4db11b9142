//! oEmbed: the API finds the video, the pages know how it is framed.

use api::Embeds;
use pages::{Site, oembed};
use rest::oembed::OEmbed;
use rest::video::VideoDetails;

impl Embeds for SiteEmbeds {
    fn video_id(&self, url: &str) -> Option<String> {
        oembed::video_id(&self.0, url)
    }

    fn describe(
        &self,
        video: &VideoDetails,
        max_width: Option<u32>,
        max_height: Option<u32>,
    ) -> OEmbed {
        oembed::answer(&self.0, video, max_width, max_height)
    }
}

/// The site whose videos are embedded.
pub(crate) struct SiteEmbeds(pub(crate) Site);
