//! `/videos/embed/{id}`: the player alone, for frames on other sites.

use askama::Template;
use rest::video::VideoDetails;

use super::{print, watch::Watch};
use crate::{
    Site,
    assets::{asset_url, module_urls},
    player::PlayerData,
    script::json_block,
};

#[derive(Template)]
#[template(path = "embed.html")]
struct EmbedPage<'a> {
    site: &'a Site,
    title: &'a str,
    player_style: String,
    script: String,
    modules: Vec<String>,
    /// As in a watch page; here most viewers have to press first, and there is time.
    engine_first: bool,
    player: &'a PlayerData,
    player_json: String,
    plain_file: Option<&'a str>,
    watch_url: String,
}

/// The embed page of a public or unlisted video. `watch.related` is not shown.
///
/// Query parameters are read in the browser, so that one cached page serves all of them.
#[must_use]
pub fn render_embed(site: &Site, watch: Watch<'_>) -> String {
    let details: &VideoDetails = watch.video;
    let player = PlayerData::new(site, watch);
    print(&EmbedPage {
        site,
        title: &details.video.name,
        player_style: asset_url("player.css"),
        script: asset_url("embed.ts"),
        modules: module_urls("embed.ts"),
        engine_first: true,
        player_json: json_block(&player),
        plain_file: player.plain_file_url(site, details),
        watch_url: site.url(&format!("/w/{}", details.video.short_uuid)),
        player: &player,
    })
}

#[derive(Template)]
#[template(path = "embed_shell.html")]
struct EmbedShell<'a> {
    site: &'a Site,
    id: &'a str,
    player_style: String,
    script: String,
    engine_light: String,
    engine_full: String,
}

/// The embed page of a video that the anonymous public may not see, or that does not exist: the
/// same for both, so that it tells nobody which. The browser asks the API with its own tokens.
#[must_use]
pub fn render_embed_shell(site: &Site, id: &str) -> String {
    print(&EmbedShell {
        site,
        id,
        player_style: asset_url("player.css"),
        script: asset_url("embed.ts"),
        engine_light: asset_url("hls-light.ts"),
        engine_full: asset_url("hls-full.ts"),
    })
}
