//! An instance with one account, one channel and one public video, and servers elsewhere.

use std::sync::OnceLock;

use ports::{Database, FederationTask, Platform, Statement, Task};
use serde_json::{Value, json};
use store::federation::actor::{NewLocalActor, insert_local};
use testkit::{TestPlatform, block_on, rows, test_settings};

use crate::federation::keys::{LocalActor, local_actor};
use crate::federation::run;

static KEY: OnceLock<(String, String)> = OnceLock::new();

pub const ORIGIN: &str = "https://video.test";
pub const UUID: &str = "11111111-1111-4111-8111-111111111111";
pub const OURS: &str = "https://video.test/videos/watch/11111111-1111-4111-8111-111111111111";
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
pub const BOB: &str = "https://far.test/accounts/bob";
pub const FILMS: &str = "https://far.test/video-channels/films";
pub const FAR: &str = "https://far.test/accounts/peertube";
pub const FAR_VIDEO: &str = "https://far.test/videos/watch/22222222-2222-4222-8222-222222222222";
/// Tasks of one test at most.
const MAX_TASKS: usize = 500;

pub struct World {
    pub platform: TestPlatform,
}

impl World {
    /// Ours, and `far.test` with an instance, the account `bob` and its channel `films`.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut ports::FederationSettings)) -> Self {
        let mut settings = test_settings();
        change(&mut settings.federation);
        let world = Self {
            platform: TestPlatform::with_settings(settings),
        };
        rows::add_channel(&world.platform.database);
        rows::add_video(&world.platform.database);
        world.give_key();
        world.serve(&person(BOB, "bob"));
        world.serve(&group(FILMS, "films", BOB));
        world.serve(&actor("Application", FAR, "peertube"));
        world
    }

    /// The instance's key: made once for all tests, for it takes long.
    fn give_key(&self) {
        let (pem, sealed) = KEY.get_or_init(|| {
            let other = TestPlatform::new();
            let key = local_actor(&other, LocalActor::Instance);
            block_on(key).unwrap().unwrap();
            let column = |name: &str| {
                let sql = format!("SELECT {name} FROM actor");
                other.database.dump(&sql).remove(0)
            };
            (column("public_key_pem"), column("private_key_sealed"))
        });
        let insert = insert_local(&NewLocalActor {
            actor: LocalActor::Instance,
            url: "https://video.test/accounts/peertube",
            public_key_id: "https://video.test/accounts/peertube#main-key",
            public_key_pem: pem,
            private_key_sealed: sealed,
            now: self.platform.now(),
        });
        block_on(self.platform.database.batch(vec![insert])).unwrap();
    }

    pub fn sql(&self, sql: &str) {
        self.platform.database.run(sql);
    }

    /// What a query returns, as text.
    pub fn dump(&self, sql: &str) -> Vec<String> {
        self.platform.database.dump(sql)
    }

    /// Everything that may change, to see that nothing did.
    pub fn state(&self) -> Vec<String> {
        [
            "SELECT 'video '||id||coalesce(remote_url,'')||name||likes||' '||dislikes||' '||comments FROM video",
            "SELECT 'comment '||id||text||is_held||coalesce(deleted_at_unix_ms,'') FROM comment",
            "SELECT 'rate '||video_id||account_id||is_like FROM video_rate",
            "SELECT 'share '||video_id||actor_id FROM video_share",
            "SELECT 'follow '||follower_id||target_id||state FROM follow",
            "SELECT 'account '||name||display_name FROM account WHERE user_id IS NOT NULL",
            "SELECT 'abuse '||id FROM abuse",
        ]
        .iter()
        .flat_map(|sql| self.dump(sql))
        .collect()
    }

    /// Has a document be served at its id.
    pub fn serve(&self, document: &Value) {
        let id = document["id"].as_str().unwrap();
        self.platform.http.serve_document(id, &document.to_string());
    }

    pub fn gone(&self, id: &str) {
        self.platform.http.serve_status(id, http::StatusCode::GONE);
    }

    /// Acts on an activity as the queue does, and on all that follows from it.
    pub fn receive(&self, activity: &Value) {
        self.receive_as(activity, "");
    }

    /// The same of one request.
    pub fn receive_as(&self, activity: &Value, replay_key: &str) {
        let actor_url = activity["actor"].as_str().unwrap();
        let activity = activity.to_string();
        let origin = super::super::Origin {
            replay_key,
            row: None,
        };
        block_on(super::super::act(
            &self.platform,
            actor_url,
            &activity,
            origin,
        ))
        .unwrap();
        self.run_tasks();
    }

    /// Acts on an activity and on so many of the tasks that follow from it.
    pub fn receive_some(&self, activity: &Value, tasks: usize) {
        let actor_url = activity["actor"].as_str().unwrap();
        let origin = super::super::Origin::default();
        let text = activity.to_string();
        block_on(super::super::act(&self.platform, actor_url, &text, origin)).unwrap();
        for _ in 0..tasks {
            if let Some(Task::Federation(task)) = self.platform.tasks.take() {
                block_on(run(&self.platform, task)).unwrap();
            }
        }
    }

    /// Does what is queued, except what others are told.
    pub fn run_tasks(&self) {
        for _ in 0..MAX_TASKS {
            let Some(task) = self.platform.tasks.take() else {
                return;
            };
            match task {
                Task::Federation(FederationTask::TellChanges | FederationTask::Deliver { .. }) => {}
                Task::Federation(task) => block_on(run(&self.platform, task)).unwrap(),
                other => panic!("{other:?}"),
            }
        }
        panic!("more than {MAX_TASKS} tasks");
    }

    /// Bob, whom the instance follows, follows it as well, and so does dora of `third.test`.
    pub fn followed_by_bob_and_dora(&self) {
        self.sql(
            "INSERT INTO actor (url,kind,host,preferred_username,public_key_id,public_key_pem,inbox_url,\
             fetched_at_unix_ms) VALUES ('https://third.test/u/dora','account','third.test','dora','','',\
             'https://third.test/inbox',1)",
        );
        self.sql(
            "INSERT INTO follow (follower_id,target_id,state,created_at_unix_ms,updated_at_unix_ms) \
             SELECT b.id,i.id,'accepted',1,1 FROM actor b,actor i \
             WHERE b.url IN ('https://far.test/accounts/bob','https://third.test/u/dora') AND i.host=''",
        );
        self.sql("DELETE FROM outgoing_change");
    }

    /// What others are told now, of what can wait no longer than `laziness` says: signers and activities.
    pub fn told(&self, laziness: u32) -> Vec<(String, Value)> {
        use crate::federation::outgoing::tell_lazy_changes;
        block_on(tell_lazy_changes(&self.platform, laziness)).unwrap();
        let mut told = Vec::new();
        while let Some(task) = self.platform.tasks.take() {
            if let Task::Federation(FederationTask::Deliver {
                activity,
                signer_url,
                ..
            }) = task
            {
                told.push((signer_url, serde_json::from_str(&activity).unwrap()));
            }
        }
        told
    }

    /// The instance follows one more.
    pub fn follow_more(&self, theirs: &str) {
        self.follow_as(
            71,
            &format!("{ORIGIN}/accounts/peertube"),
            theirs,
            "accepted",
        );
    }

    /// Ours follows theirs; the follow's row is 70.
    pub fn follow(&self, ours: &str, theirs: &str, state: &str) {
        self.follow_as(70, ours, theirs, state);
    }

    fn follow_as(&self, id: i64, ours: &str, theirs: &str, state: &str) {
        use crate::federation::{actors, keys};
        let url = activitypub::AbsoluteUrl::parse(theirs).unwrap();
        let target = block_on(actors::by_url(&self.platform, &url))
            .unwrap()
            .unwrap();
        let ours = block_on(keys::local_actor_by_url(&self.platform, ours))
            .unwrap()
            .unwrap();
        let insert = Statement::new(
            "INSERT INTO follow (id,follower_id,target_id,state,created_at_unix_ms,updated_at_unix_ms) \
             VALUES (?4,?1,?2,?3,1,1)",
            vec![ours.id.into(), target.id.into(), state.into(), id.into()],
        );
        block_on(self.platform.database.batch(vec![insert])).unwrap();
    }
}

pub fn actor(kind: &str, id: &str, name: &str) -> Value {
    json!({
        "id": id, "type": kind, "preferredUsername": name, "name": name,
        "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
        "followers": format!("{id}/followers"),
        "publicKey": {
            "id": format!("{id}#main-key"), "owner": id,
            "publicKeyPem": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        },
    })
}

pub fn person(id: &str, name: &str) -> Value {
    actor("Person", id, name)
}

pub fn group(id: &str, name: &str, owner: &str) -> Value {
    let mut group = actor("Group", id, name);
    group["attributedTo"] = json!([{"type": "Person", "id": owner}]);
    group
}

/// A video of `films`, changed `minute` minutes into 2025.
pub fn video(id: &str, minute: u32) -> Value {
    let uuid = &id[id.len() - 36..];
    let host = id.split('/').nth(2).unwrap();
    json!({
        "id": id, "type": "Video", "uuid": uuid, "name": format!("Minute {minute}"),
        "duration": "PT60S", "views": 3, "sensitive": false, "state": 1, "commentsPolicy": 1,
        "published": "2025-01-01T00:00:00.000Z", "updated": format!("2025-01-01T00:{minute:02}:00.000Z"),
        "content": "**bold**", "mediaType": "text/markdown", "to": [PUBLIC],
        "cc": [format!("https://{host}/accounts/bob/followers")],
        "tag": [{"type": "Hashtag", "name": "film"}],
        "icon": [{"type": "Image", "url": format!("https://{host}/lazy-static/1.jpg"), "width": 280, "height": 157}],
        "url": [
            {"type": "Link", "mediaType": "text/html", "href": format!("https://{host}/w/1")},
            {"type": "Link", "mediaType": "video/mp4", "href": format!("https://{host}/1.mp4"),
             "height": 240, "size": 600_062, "fps": 25},
        ],
        "attributedTo": [
            {"type": "Person", "id": format!("https://{host}/accounts/bob")},
            {"type": "Group", "id": format!("https://{host}/video-channels/films")},
        ],
    })
}

pub fn note(id: &str, author: &str, in_reply_to: &str, content: &str) -> Value {
    json!({
        "id": id, "type": "Note", "attributedTo": author, "inReplyTo": in_reply_to, "content": content,
        "published": "2025-06-01T00:00:00Z", "to": [PUBLIC], "cc": [],
    })
}

pub fn activity(kind: &str, actor: &str, object: Value) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "type": kind, "actor": actor,
        "id": format!("{actor}/activities/{}", kind.to_ascii_lowercase()), "object": object,
        "to": [PUBLIC],
    })
}
