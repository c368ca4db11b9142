//! Pages that say why there is no page.

use askama::Template;

use super::{Frame, print};
use crate::{Site, assets::asset_url};

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    frame: Frame<'a>,
    code: &'a str,
    heading: &'a str,
    lines: Vec<&'a str>,
    shell: Option<Shell<'a>>,
}

/// What a browser needs to look for a video itself.
struct Shell<'a> {
    id: &'a str,
    player_style: String,
    script: String,
    engine_light: String,
    engine_full: String,
}

/// 404 for anything but a video.
#[must_use]
pub fn render_not_found(site: &Site) -> String {
    print(&MessagePage {
        frame: Frame::hidden(site, "Not found", ""),
        code: "404",
        heading: "No signal here",
        lines: vec!["Nothing lives at this address. It may have moved, or never been."],
        shell: None,
    })
}

/// The watch page of a video that the anonymous public may not see, or that does not exist: the
/// same for both, so that it tells nobody which. Answer it with status 404.
///
/// A browser that is signed in asks the API for the video and shows it in place of the message.
#[must_use]
pub fn render_watch_shell(site: &Site, id: &str) -> String {
    print(&MessagePage {
        frame: Frame::hidden(site, "Video not available", ""),
        code: "404",
        heading: "This video is not available",
        lines: vec!["It may be private, still in preparation, or deleted."],
        shell: Some(Shell {
            id,
            player_style: asset_url("player.css"),
            script: asset_url("watch.ts"),
            engine_light: asset_url("hls-light.ts"),
            engine_full: asset_url("hls-full.ts"),
        }),
    })
}

/// Any other error. `detail` is shown, so it must be fit for strangers; `None` says that trying
/// again may help.
#[must_use]
pub fn render_error(site: &Site, status: u16, detail: Option<&str>) -> String {
    let code = status.to_string();
    let heading = match status {
        429 | 503 => "Too much at once",
        400..=499 => "This request cannot be answered",
        _ => "Something broke on our side",
    };
    print(&MessagePage {
        frame: Frame::hidden(site, heading, ""),
        code: &code,
        heading,
        lines: vec![detail.unwrap_or("Please try again in a moment.")],
        shell: None,
    })
}
