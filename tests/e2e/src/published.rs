//! One instance with one transcoded video, for all tests that only read.

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use crate::bencode;
use crate::client::{Answer, Client};
use crate::instance::Instance;
use crate::media_checks::{self, Rendition};
use crate::samples;
use crate::scratch::Scratch;
use crate::transcoder::Transcoder;
use crate::video::{self, Created, text};

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
    /// A range of the original, asked for right after the upload.
    pub original_range: Answer,
    /// What the API says now.
    pub video: Value,
    /// Its renditions, best first.
    pub renditions: Vec<Rendition>,
    _folder: Scratch,
}

/// The range that is asked for right after the upload.
pub const ORIGINAL_RANGE: (usize, usize) = (1_000, 1_999);

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
    let original = text(&after_upload["files"][0], "fileUrl");
    let range = format!("bytes={}-{}", ORIGINAL_RANGE.0, ORIGINAL_RANGE.1);
    let original_range = instance.visitor().get_with(original, &[("range", &range)]);
    Transcoder::drain(&instance);
    let video = video::wait_until_transcoded(&admin, &created.uuid, QUEUE_PATIENCE);
    let folder = Scratch::new("renditions");
    Published {
        renditions: media_checks::fetch_renditions(&instance.visitor(), &video, &folder),
        instance,
        admin,
        created,
        after_upload,
        original_range,
        video,
        _folder: folder,
    }
}

/// Info hash of the best rendition's torrent.
#[must_use]
pub fn info_hash_of(published: &Published) -> [u8; 20] {
    let url = text(&published.renditions[0].file, "torrentUrl");
    let torrent = published.instance.visitor().get(url).expect_status(200);
    let hash = bencode::Value::decode(&torrent.body).info_hash(&torrent.body);
    let mut bytes = [0; 20];
    hex::decode_to_slice(&hash, &mut bytes).expect("an info hash is 40 hex digits");
    bytes
}
