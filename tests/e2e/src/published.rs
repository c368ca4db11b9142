//! One instance with one transcoded video, for all tests that only read.

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use crate::client::Client;
use crate::instance::Instance;
use crate::samples;
use crate::transcoder::Transcoder;
use crate::video::{self, Created};

/// Everything is done when the transcoder ends; only queue messages may be under way.
const QUEUE_PATIENCE: Duration = Duration::from_secs(30);

/// A transcoded public video.
#[derive(Debug)]
pub struct Published {
    /// Where it is. It ends with this process.
    pub instance: Instance,
    /// Signed in as its owner.
    pub admin: Client,
    /// Its ids.
    pub created: Created,
    /// What the API said right after the upload.
    pub after_upload: Value,
    /// What the API says now.
    pub video: Value,
}

/// The shared instance; the first caller waits until it is ready.
#[must_use]
pub fn published() -> &'static Published {
    static PUBLISHED: OnceLock<Published> = OnceLock::new();
    PUBLISHED.get_or_init(publish)
}

fn publish() -> Published {
    let instance = Instance::start();
    let admin = instance.admin();
    let fields = [
        ("description", "A rabbit, **large**."),
        ("tags[0]", "rabbit"),
        ("tags[1]", "film"),
        ("waitTranscoding", "false"),
        ("commentsPolicy", "1"),
    ];
    let created = video::upload(&admin, &samples::bunny(), "Big Buck Bunny", &fields);
    let after_upload = video::details(&instance.visitor(), &created.uuid);
    Transcoder::drain(&instance);
    let video = video::wait_until_published(&admin, &created.uuid, QUEUE_PATIENCE);
    Published {
        instance,
        admin,
        created,
        after_upload,
        video,
    }
}
