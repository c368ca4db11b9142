//! Pages that the browser fills through the REST API: sign-in, upload, my videos.

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
