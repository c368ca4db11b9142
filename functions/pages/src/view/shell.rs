//! Pages that the browser fills through the REST API: sign-in, upload, my videos, moderation.

use askama::Template;

use super::{Frame, print};
use crate::{Site, assets::asset_url};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    frame: Frame<'a>,
    script: String,
}

#[derive(Template)]
#[template(path = "upload.html")]
struct UploadPage<'a> {
    frame: Frame<'a>,
    script: String,
}

#[derive(Template)]
#[template(path = "my_videos.html")]
struct MyVideosPage<'a> {
    frame: Frame<'a>,
    script: String,
}

#[derive(Template)]
#[template(path = "moderation.html")]
struct ModerationPage<'a> {
    frame: Frame<'a>,
    script: String,
}

/// `/moderation`: comments that wait, reports, blocks.
#[must_use]
pub fn render_moderation(site: &Site) -> String {
    print(&ModerationPage {
        frame: Frame::hidden(site, "Moderation", "/moderation"),
        script: asset_url("moderation.ts"),
    })
}

/// `/login`. The browser goes to the path in the query `next` afterwards.
#[must_use]
pub fn render_login(site: &Site) -> String {
    print(&LoginPage {
        frame: Frame::hidden(site, "Sign in", "/login"),
        script: asset_url("login.ts"),
    })
}

/// `/upload`.
#[must_use]
pub fn render_upload(site: &Site) -> String {
    print(&UploadPage {
        frame: Frame::hidden(site, "Upload", "/upload"),
        script: asset_url("upload.ts"),
    })
}

/// `/my-library/videos`.
#[must_use]
pub fn render_my_videos(site: &Site) -> String {
    print(&MyVideosPage {
        frame: Frame::hidden(site, "My videos", "/my-library/videos"),
        script: asset_url("my-videos.ts"),
    })
}

#[derive(Template)]
#[template(path = "subscriptions.html")]
struct SubscriptionsPage<'a> {
    frame: Frame<'a>,
    script: String,
}

#[derive(Template)]
#[template(path = "follows.html")]
struct FollowsPage<'a> {
    frame: Frame<'a>,
    script: String,
}

/// `/videos/subscriptions`.
#[must_use]
pub fn render_subscriptions(site: &Site) -> String {
    print(&SubscriptionsPage {
        frame: Frame::hidden(site, "Subscriptions", "/videos/subscriptions"),
        script: asset_url("subscriptions.ts"),
    })
}

/// `/admin/follows`.
#[must_use]
pub fn render_follows(site: &Site) -> String {
    print(&FollowsPage {
        frame: Frame::hidden(site, "Other servers", "/admin/follows"),
        script: asset_url("follows.ts"),
    })
}
