//! `/about`.

use askama::Template;
use rest::stats::ServerStats;

use super::{Figure, Frame, print};
use crate::{Site, markdown, text};

/// HTML of one section, in bytes; PeerTube bounds each text at 10,000 characters.
const SECTION_MAX_BYTES: usize = 60_000;

/// One text of the instance's presentation; empty ones are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AboutSection<'a> {
    /// `Rules`, `Who we are`.
    pub heading: &'a str,
    /// Markdown.
    pub markdown: &'a str,
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage<'a> {
    frame: Frame<'a>,
    figures: Vec<Figure>,
    sections: Vec<Section<'a>>,
}

struct Section<'a> {
    anchor: String,
    heading: &'a str,
    html: String,
}

/// The instance: its texts in the given order, and its size.
#[must_use]
pub fn render_about(
    site: &Site,
    sections: &[AboutSection<'_>],
    stats: Option<&ServerStats>,
) -> String {
    let written = sections
        .iter()
        .filter(|section| !section.markdown.trim().is_empty());
    print(&AboutPage {
        frame: Frame::public(site, "About", "/about"),
        figures: stats.map(figures).unwrap_or_default(),
        sections: written
            .enumerate()
            .map(|(at, section)| Section {
                anchor: format!("section-{at}"),
                heading: section.heading,
                html: markdown::render(section.markdown, SECTION_MAX_BYTES).html,
            })
            .collect(),
    })
}

fn figures(stats: &ServerStats) -> Vec<Figure> {
    vec![
        Figure::new("Videos", stats.total_local_videos),
        Figure::new("Views", stats.total_local_video_views),
        Figure::new("Channels", stats.total_local_video_channels),
        Figure::new("People", stats.total_users),
        Figure {
            label: "Stored",
            value: text::bytes(stats.total_local_video_files_size),
        },
    ]
}
