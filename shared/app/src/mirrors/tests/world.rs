//! `far.test`, which serves streams by ranges, and an instance that may copy them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::limits::PART_BYTES;
use http::{Response, StatusCode};
use ports::{Body, FederationTask, Platform, Statement, Task};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{TestPlatform, block_on, rows, test_settings};

use crate::federation::outgoing;

pub const UUID: &str = "22222222-2222-4222-8222-222222222222";
pub const FOLDER: &str = "https://far.test/static/streaming-playlists/hls/2";
/// Tasks of one test at most.
const MAX_TASKS: usize = 200;

/// What a server has, by URL.
type Files = Rc<RefCell<BTreeMap<String, Vec<u8>>>>;

pub struct World {
    pub platform: TestPlatform,
    pub files: Files,
}

/// Bytes that are never the same twice in a row.
pub fn media(len_bytes: usize, seed: u8) -> Vec<u8> {
    let pattern: Vec<u8> = (0..=250u8)
        .map(|byte| byte.wrapping_mul(7) ^ seed)
        .collect();
    pattern.iter().copied().cycle().take(len_bytes).collect()
}

/// Two parts, the last of them short.
pub fn large() -> Vec<u8> {
    media(usize::try_from(PART_BYTES).unwrap() + 12_345, 3)
}

impl World {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// Bob's video 2 with two renditions.
    pub fn with(change: impl FnOnce(&mut ports::MirrorSettings)) -> Self {
        let mut settings = test_settings();
        change(&mut settings.federation.mirrors);
        let platform = TestPlatform::with_settings(settings);
        rows::add_channel(&platform.database);
        for sql in [
            "INSERT INTO account (id,name,display_name,created_at_unix_ms,updated_at_unix_ms) \
             VALUES (2,'bob@far.test','Bob',1,1)",
            "INSERT INTO channel (id,account_id,name,display_name,created_at_unix_ms,updated_at_unix_ms) \
             VALUES (2,2,'films@far.test','Films',1,1)",
            "INSERT INTO actor (id,url,kind,host,preferred_username,account_id,channel_id,public_key_id,\
             public_key_pem,inbox_url,shared_inbox_url,fetched_at_unix_ms) VALUES \
             (90,'https://far.test/u/bob','account','far.test','bob',2,NULL,'','','','https://far.test/inbox',1),\
             (91,'https://far.test/c/films','channel','far.test','films',NULL,2,'','','','https://far.test/inbox',1)",
        ] {
            platform.database.run(sql);
        }
        let world = Self {
            platform,
            files: Files::default(),
        };
        world.add_video(
            2,
            &[
                ("a-360-fragmented.mp4", media(1_000, 1)),
                ("a-720-fragmented.mp4", large()),
            ],
        );
        world
    }

    /// Adds a video with these media files, all in the same folder, as its origin says that it is.
    pub fn add_video(&self, id: i64, media: &[(&str, Vec<u8>)]) {
        let mut hashes = serde_json::Map::new();
        let mut listed = Vec::new();
        let mut master = "#EXTM3U\n".to_owned();
        for (name, bytes) in media {
            let middle = bytes.len() / 2;
            let hash = |part: &[u8]| hex::encode(Sha256::digest(part));
            let ranges = json!({
                format!("10-{}", middle - 1): hash(&bytes[10..middle]),
                format!("{middle}-{}", bytes.len() - 1): hash(&bytes[middle..]),
            });
            hashes.insert((*name).to_owned(), ranges);
            let url = format!("{FOLDER}/{name}");
            listed.push(json!({"url": url, "media_type": "video/mp4", "resolution": 360,
                "width": null, "height": null, "size_bytes": bytes.len(), "fps": 25, "has_audio": true,
                "has_video": true, "torrent_url": null, "magnet_uri": null, "metadata_url": null}));
            let playlist = name.replace("-fragmented.mp4", ".m3u8");
            master.push_str(&format!("#EXT-X-STREAM-INF:BANDWIDTH=1\n{playlist}\n"));
            self.serve(&format!("{FOLDER}/{playlist}"), b"#EXTM3U\n");
            self.serve(&url, bytes);
        }
        let (master_url, hashes_url) = (
            format!("{FOLDER}/{id}-master.m3u8"),
            format!("{FOLDER}/{id}-sha.json"),
        );
        self.serve(&master_url, master.as_bytes());
        self.serve(&hashes_url, Value::Object(hashes).to_string().as_bytes());
        let document = json!({"streaming": {"master_url": master_url, "hashes_url": hashes_url, "files": listed}});
        let uuid = UUID.replace('2', &id.to_string());
        let insert = [
            Statement::new(
                "INSERT INTO video (id,uuid,remote_url,channel_id,name,privacy,state,created_at_unix_ms,\
                 updated_at_unix_ms,published_at_unix_ms) \
                 VALUES (?1,?2,'https://far.test/v/'||CAST(?1 AS INTEGER),2,'Far '||CAST(?1 AS INTEGER),1,1,1,1,?1)",
                vec![id.into(), uuid.into()],
            ),
            Statement::new(
                "INSERT INTO remote_video (video_id,page_url,document,fetched_at_unix_ms) VALUES (?1,'',?2,1)",
                vec![id.into(), document.to_string().into()],
            ),
        ];
        use ports::Database;
        block_on(self.platform.database.batch(insert.into())).unwrap();
    }

    /// Has a URL answer with a file, or the range of it that is asked for.
    pub fn serve(&self, url: &str, bytes: &[u8]) {
        self.files
            .borrow_mut()
            .insert(url.to_owned(), bytes.to_vec());
        let files = Rc::clone(&self.files);
        self.platform.http.serve(url, move |request| {
            let files = files.borrow();
            let Some(bytes) = files.get(&request.url) else {
                let mut gone = Response::new(Body::Empty);
                *gone.status_mut() = StatusCode::NOT_FOUND;
                return gone;
            };
            let Some(range) = request.headers.get("range") else {
                return Response::new(Body::Bytes(bytes.clone()));
            };
            let (first, last) = range.to_str().unwrap()[6..].split_once('-').unwrap();
            let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
            Response::builder()
                .status(StatusCode::PARTIAL_CONTENT)
                .header(
                    "content-range",
                    format!("bytes {first}-{last}/{}", bytes.len()),
                )
                .body(Body::Bytes(bytes[first..=last].to_vec()))
                .unwrap()
        });
    }

    pub fn add(&self) {
        let video = rest::ids::VideoRef::Id(2);
        block_on(super::super::add(&self.platform, &video)).unwrap();
    }

    /// Does what is queued and tells what is to be told; the activities, by the inbox that they go to.
    pub fn run(&self) -> Vec<(String, Value)> {
        let mut told = Vec::new();
        for _ in 0..MAX_TASKS {
            let Some(task) = self.platform.tasks.take() else {
                return told;
            };
            match task {
                Task::CopyMirror {
                    mirror_id,
                    from_bytes,
                } => {
                    block_on(super::super::copy(&self.platform, mirror_id, from_bytes)).unwrap();
                }
                Task::Federation(FederationTask::TellChanges) => {
                    block_on(outgoing::tell_changes(&self.platform)).unwrap();
                }
                Task::Federation(FederationTask::Deliver {
                    inbox_url,
                    activity,
                    ..
                }) => {
                    told.push((inbox_url, serde_json::from_str(&activity).unwrap()));
                }
                other => panic!("{other:?}"),
            }
        }
        panic!("more than {MAX_TASKS} tasks");
    }

    /// Cron, so many minutes later, and all that follows.
    pub fn minutes_later(&self, minutes: i64) -> Vec<(String, Value)> {
        self.platform.advance_ms(minutes * 60_000);
        block_on(super::super::keep_up(&self.platform)).unwrap();
        block_on(outgoing::tell_changes(&self.platform)).unwrap();
        self.run()
    }

    pub fn mirrors(&self) -> Vec<String> {
        let sql = "SELECT video_id||' '||strategy||' '||state||' '||size_bytes FROM mirror ORDER BY video_id";
        self.platform.database.dump(sql)
    }

    pub fn problem(&self) -> String {
        self.platform
            .database
            .dump("SELECT coalesce(problem,'') FROM mirror")
            .remove(0)
    }

    /// Whether storage has the whole of that file of the origin's, under its own name.
    pub fn has(&self, name: &str) -> bool {
        let folder = self
            .platform
            .database
            .dump("SELECT folder FROM mirror")
            .remove(0);
        let bytes = self
            .platform
            .objects
            .bytes(&format!("mirrors/{folder}/{name}"));
        bytes.is_some() && bytes.as_ref() == self.files.borrow().get(&format!("{FOLDER}/{name}"))
    }

    /// Has cron delete what nobody owns, and says what is left of copies.
    pub fn left_over(&self) -> Vec<String> {
        self.platform.advance_ms(1);
        block_on(crate::upload::delete_unowned_objects(&self.platform)).unwrap();
        let keys = self.platform.objects.keys();
        keys.into_iter()
            .filter(|key| key.starts_with("mirrors/"))
            .collect()
    }

    pub fn now(&self) -> i64 {
        self.platform.now().0
    }
}
