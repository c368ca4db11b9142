//! Instances with something in them.

use std::time::Duration;

use e2e::instance::ADMIN_PASSWORD;
use e2e::video::{self, Created, text};
use e2e::{Client, Instance, Transcoder, samples};
use serde_json::Value;

use crate::process::Process;

/// Videos on the first page of a list, as PeerTube's clients ask for them.
const LISTED: usize = 15;
/// Everything is done when the transcoder ends; only queue messages may be under way.
const QUEUE_PATIENCE: Duration = Duration::from_secs(60);

/// An instance with one transcoded video and as many others as a list shows.
pub struct Stage {
    /// The instance.
    pub instance: Instance,
    /// Its administrator.
    pub admin: Client,
    /// The transcoded video.
    pub created: Created,
    /// What the API says of it.
    pub video: Value,
}

impl Stage {
    /// Uploads and transcodes Big Buck Bunny, and uploads it again and again until a list is full.
    #[must_use]
    pub fn set(vars: &[(&str, &str)]) -> Self {
        let instance = Instance::with_vars(vars);
        let admin = instance.admin();
        let sample = samples::bunny();
        let fields = [
            ("description", "A rabbit, **large**."),
            ("tags[0]", "rabbit"),
        ];
        let created = video::upload(&admin, &sample, "Big Buck Bunny", &fields);
        Transcoder::drain(&instance);
        let video = video::wait_until_transcoded(&admin, &created.uuid, QUEUE_PATIENCE);
        for number in 1..LISTED {
            let name = format!("Small bunny number {number}");
            // Shown at once: nobody waits for the transcoder, and none runs.
            let _ = video::upload(&admin, &sample, &name, &[("waitTranscoding", "false")]);
        }
        let list = admin.get("/api/v1/videos").expect_status(200).json();
        let listed = list["data"].as_array().map_or(0, Vec::len);
        assert_eq!(listed, LISTED, "not every video is listed: {list}");
        Self {
            instance,
            admin,
            created,
            video,
        }
    }

    /// Path of the watch page.
    #[must_use]
    pub fn watch_path(&self) -> String {
        format!("/w/{}", self.created.short_uuid)
    }

    /// Path of the best rendition's file.
    #[must_use]
    pub fn rendition_path(&self) -> String {
        let file = &video::renditions(&self.video)[0];
        path_of(text(file, "fileUrl"), self.instance.origin()).to_owned()
    }

    /// Its workerd.
    #[must_use]
    pub fn workerd(&self) -> Process {
        Process(self.instance.server_pid())
    }
}

/// A URL of the instance without its origin.
#[must_use]
pub fn path_of<'a>(url: &'a str, origin: &str) -> &'a str {
    url.strip_prefix(origin)
        .unwrap_or_else(|| panic!("{url} is not on {origin}"))
}

/// Access and refresh token of the administrator.
#[must_use]
pub fn sign_in(visitor: &Client) -> (String, String) {
    let tokens = visitor
        .ask_token("root", ADMIN_PASSWORD)
        .expect_status(200)
        .json();
    (
        text(&tokens, "access_token").to_owned(),
        text(&tokens, "refresh_token").to_owned(),
    )
}

/// Fields of a refresh request, to be sent as `application/x-www-form-urlencoded`.
#[must_use]
pub fn refresh_fields(visitor: &Client, refresh_token: &str) -> String {
    let client = visitor
        .get("/api/v1/oauth-clients/local")
        .expect_status(200)
        .json();
    format!(
        "client_id={}&client_secret={}&grant_type=refresh_token&refresh_token={refresh_token}",
        text(&client, "client_id"),
        text(&client, "client_secret"),
    )
}

/// Opens a resumable upload; answers its path and query.
#[must_use]
pub fn open_resumable(client: &Client, instance: &Instance, total_bytes: u64) -> String {
    let open = e2e::resumable::Resumable::open(client, "Large", "large.mp4", total_bytes);
    path_of(open.location(), instance.origin()).to_owned()
}

/// Path of the file that was uploaded.
#[must_use]
pub fn original_path(client: &Client, instance: &Instance, id: &str) -> String {
    let video = video::details(client, id);
    path_of(text(&video["files"][0], "fileUrl"), instance.origin()).to_owned()
}
