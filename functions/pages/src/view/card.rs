//! A video in a list, and the faces of actors.

use rest::{
    actor::{ActorImage, ChannelSummary},
    video::{Thumbnail, Video},
};

use crate::{
    Site, markdown,
    text::{Day, count, duration_words, timecode},
};

/// Characters of a description beside the leading video.
const EXCERPT_MAX_CHARS: usize = 180;
/// Widths of pictures offered to lists; larger ones are posters.
const CARD_WIDTH_MAX_PX: u32 = 900;
/// Avatars are drawn at 48 CSS pixels at most, on screens of up to twice as many.
const AVATAR_WIDTH_PX: u32 = 96;
/// Colours for actors without a picture, `hue0` to `hue6` in the style sheet.
const HUES: usize = 7;

pub(crate) const GRID_SIZES: &str =
    "(min-width: 75em) 22vw, (min-width: 45em) 30vw, (min-width: 30em) 46vw, 94vw";
pub(crate) const LEAD_SIZES: &str = "(min-width: 60em) 60vw, 96vw";
pub(crate) const SMALL_SIZES: &str = "(min-width: 30em) 12em, 42vw";

pub(crate) struct Card {
    pub href: String,
    pub title: String,
    pub lang: Option<String>,
    pub excerpt: String,
    pub picture: Option<Picture>,
    pub sizes: &'static str,
    /// Above the fold: fetched at once.
    pub eager: bool,
    pub live: bool,
    pub nsfw: bool,
    pub timecode: String,
    pub duration_words: String,
    pub views: String,
    pub day: Day,
    pub channel_name: String,
    pub channel_href: String,
}

pub(crate) struct Picture {
    pub src: String,
    pub srcset: Option<String>,
}

/// Picture or initial of an actor.
pub(crate) struct Face {
    pub image: Option<String>,
    pub initial: String,
    pub hue: usize,
}

impl Card {
    pub fn new(site: &Site, video: &Video, sizes: &'static str) -> Self {
        let ChannelSummary {
            name,
            display_name,
            host,
            ..
        } = &video.channel;
        Self {
            href: format!("/w/{}", video.short_uuid),
            title: video.name.clone(),
            lang: video.language.id.clone(),
            excerpt: markdown::plain_text(
                video
                    .truncated_description
                    .as_deref()
                    .or(video.description.as_deref())
                    .unwrap_or(""),
                EXCERPT_MAX_CHARS,
            ),
            picture: picture(site, &video.thumbnails, video.thumbnail_path.as_deref()),
            sizes,
            eager: false,
            live: video.is_live,
            nsfw: video.nsfw,
            timecode: timecode(video.duration),
            duration_words: duration_words(video.duration),
            views: count(video.views, "view"),
            day: video
                .originally_published_at
                .unwrap_or(video.published_at)
                .into(),
            channel_name: display_name.clone(),
            channel_href: actor_href("/c/", site, name, host),
        }
    }

    pub const fn eager(mut self) -> Self {
        self.eager = true;
        self
    }
}

/// `/c/{handle}` or `/a/{handle}`.
pub(crate) fn actor_href(prefix: &str, site: &Site, name: &str, host: &str) -> String {
    format!("{prefix}{}", site.handle(name, host))
}

impl Face {
    pub fn new(site: &Site, display_name: &str, avatars: &[ActorImage]) -> Self {
        let big_enough = avatars
            .iter()
            .filter(|image| image.width >= AVATAR_WIDTH_PX);
        let best = big_enough
            .min_by_key(|image| image.width)
            .or_else(|| avatars.iter().max_by_key(|image| image.width));
        let initial = display_name.trim().chars().next().unwrap_or('?');
        let sum = display_name.bytes().map(usize::from).sum::<usize>();
        Self {
            image: best.map(|image| site.relative(&image.file_url).to_owned()),
            initial: initial.to_uppercase().collect(),
            hue: sum % HUES,
        }
    }
}

pub(crate) fn picture(
    site: &Site,
    thumbnails: &[Thumbnail],
    fallback_path: Option<&str>,
) -> Option<Picture> {
    let mut fitting: Vec<&Thumbnail> = thumbnails
        .iter()
        .filter(|picture| picture.width <= CARD_WIDTH_MAX_PX)
        .collect();
    fitting.sort_by_key(|picture| picture.width);
    let Some(smallest) = fitting.first() else {
        let any = thumbnails.iter().min_by_key(|picture| picture.width);
        let src = any
            .map(|picture| site.relative(&picture.file_url))
            .or(fallback_path)?;
        return Some(Picture {
            src: src.to_owned(),
            srcset: None,
        });
    };
    let srcset = fitting
        .iter()
        .map(|picture| format!("{} {}w", site.relative(&picture.file_url), picture.width))
        .collect::<Vec<_>>()
        .join(", ");
    Some(Picture {
        src: site.relative(&smallest.file_url).to_owned(),
        srcset: (fitting.len() > 1).then_some(srcset),
    })
}
