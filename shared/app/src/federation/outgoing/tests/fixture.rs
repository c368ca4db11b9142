//! An instance with one account, one channel and one public video, and followers elsewhere.

use http::StatusCode;
use ports::{Database, FederationTask, Statement, Task};
use serde_json::Value;
pub use testkit::rows::VIDEO_UUID as UUID;
use testkit::{TestPlatform, block_on, rows};

use super::super::{Delivery, deliver_all, tell_changes};
use crate::federation::keys::{LocalActor, local_actor};

pub fn run(platform: &TestPlatform, sql: &str) {
    platform.database.run(sql);
}

/// Notes of changes as `kind subject verb`.
pub fn notes(platform: &TestPlatform) -> Vec<String> {
    let sql = "SELECT kind||' '||subject||' '||verb FROM outgoing_change ORDER BY id";
    platform.database.dump(sql)
}

/// An instance without videos.
pub fn instance() -> TestPlatform {
    let platform = TestPlatform::new();
    rows::add_channel(&platform.database);
    platform
}

pub fn publish(platform: &TestPlatform) {
    rows::add_video(&platform.database);
}

/// Another server's video 2 of account and channel 2, `bob@far.test`.
pub fn meet_bob(platform: &TestPlatform) {
    for sql in [
        "INSERT INTO account (id,name,display_name,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (2,'bob@far.test','Bob',1,1)",
        "INSERT INTO channel (id,account_id,name,display_name,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (2,2,'films@far.test','Films',1,1)",
        "INSERT INTO actor (id,url,kind,host,preferred_username,account_id,public_key_id,public_key_pem,\
         inbox_url,shared_inbox_url,fetched_at_unix_ms) VALUES (90,'https://far.test/u/bob','account',\
         'far.test','bob',2,'','','https://far.test/u/bob/inbox','https://far.test/inbox',1)",
        "INSERT INTO video (id,uuid,remote_url,channel_id,name,privacy,state,created_at_unix_ms,\
         updated_at_unix_ms,published_at_unix_ms) VALUES (2,'22222222-2222-4222-8222-222222222222',\
         'https://far.test/v/2',2,'Far',1,1,1,1,1)",
    ] {
        run(platform, sql);
    }
}

/// Gives an actor of ours followers `https://h{n}.test/u/{n}` and more on `https://h0.test`, all behind
/// their servers' shared inboxes.
pub fn follow(platform: &TestPlatform, which: LocalActor<'_>, count: i64) {
    let target = block_on(local_actor(platform, which)).unwrap().unwrap().id;
    for number in 0..count * 2 {
        let host = format!("h{}.test", number % count);
        let statements = vec![
            Statement::new(
                "INSERT INTO actor (url,kind,host,preferred_username,public_key_id,public_key_pem,\
                 inbox_url,shared_inbox_url,fetched_at_unix_ms) VALUES ('https://'||?1||'/u/'||?2,\
                 'account',?1,?2,'','','https://'||?1||'/u/'||?2||'/inbox','https://'||?1||'/inbox',1) \
                 ON CONFLICT DO NOTHING",
                vec![host.as_str().into(), format!("{number}").into()],
            ),
            Statement::new(
                "INSERT INTO follow (follower_id,target_id,state,created_at_unix_ms,updated_at_unix_ms) \
                 SELECT id,?2,'accepted',1,1 FROM actor WHERE url='https://'||?1||'/u/'||?3",
                vec![host.into(), target.into(), format!("{number}").into()],
            ),
            Statement::new("DELETE FROM outgoing_change WHERE kind='follow'", vec![]),
        ];
        block_on(platform.database.batch(statements)).unwrap();
    }
}

/// Has a host's shared inbox answer with that status.
pub fn answers(platform: &TestPlatform, host: &str, status: StatusCode) {
    let inbox = format!("https://{host}/inbox");
    platform.http.serve_status(&inbox, status);
}

/// Takes the queued deliveries.
pub fn queued(platform: &TestPlatform) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    while let Some(task) = platform.tasks.take() {
        let Task::Federation(FederationTask::Deliver {
            inbox_url,
            signer_url,
            activity,
            failures,
            since_unix_ms,
            page,
        }) = task
        else {
            panic!("{task:?} is no delivery")
        };
        deliveries.push(Delivery {
            inbox_url,
            signer_url,
            activity,
            failures,
            since_unix_ms,
            page,
        });
    }
    deliveries
}

/// Has changes told; what is queued then.
pub fn tell(platform: &TestPlatform) -> Vec<Delivery> {
    block_on(tell_changes(platform)).unwrap();
    queued(platform)
}

/// What a delivery brings, by whoever signs it.
pub fn activity(delivery: &Delivery) -> Value {
    let activity: Value = serde_json::from_str(&delivery.activity).unwrap();
    assert_eq!(activity["actor"], delivery.signer_url.as_str());
    activity
}

/// Where deliveries go.
pub fn inboxes(deliveries: &[Delivery]) -> Vec<&str> {
    let inboxes = deliveries
        .iter()
        .map(|delivery| delivery.inbox_url.as_str());
    inboxes.collect()
}

/// Delivers what is queued; returns the inboxes that were asked.
pub fn deliver_queued(platform: &TestPlatform) -> Vec<String> {
    let deliveries = queued(platform);
    let _ = platform.http.take_sent();
    for result in block_on(deliver_all(platform, deliveries)) {
        result.unwrap();
    }
    let sent = platform.http.take_sent();
    sent.into_iter().map(|request| request.url).collect()
}
