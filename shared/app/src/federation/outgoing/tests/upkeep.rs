//! What cron does.

use ports::{FederationTask, Task};
use testkit::{TestPlatform, block_on};

use super::super::{keep_fresh, keep_told};
use super::fixture::{instance, meet_bob, notes, queued, run};
use crate::federation::keys::{LocalActor, local_actor};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn kept_fresh(platform: &TestPlatform) -> Vec<FederationTask> {
    block_on(keep_fresh(platform)).unwrap();
    let mut tasks = Vec::new();
    while let Some(Task::Federation(task)) = platform.tasks.take() {
        tasks.push(task);
    }
    tasks
}

#[test]
fn old_copies_are_read_again_once() {
    let platform = instance();
    meet_bob(&platform);
    run(
        &platform,
        "INSERT INTO remote_video VALUES (2,'https://far.test/w/2','{}',1)",
    );
    let refreshed = [
        FederationTask::RefreshVideo {
            video_url: "https://far.test/v/2".to_owned(),
        },
        FederationTask::RefreshActor {
            actor_url: "https://far.test/u/bob".to_owned(),
        },
    ];
    assert_eq!(kept_fresh(&platform), refreshed);
    assert_eq!(kept_fresh(&platform), []);
    // Nobody answered.
    platform.advance_ms(DAY_MS);
    assert_eq!(kept_fresh(&platform), refreshed);
}

#[test]
fn seen_ids_are_forgotten_in_time() {
    let platform = instance();
    run(
        &platform,
        "INSERT INTO seen_id VALUES ('old',1),('new',99999999999999)",
    );
    let _ = kept_fresh(&platform);
    let left = platform.database.dump("SELECT url FROM seen_id");
    assert_eq!(left, ["new"]);
}

#[test]
fn a_follow_that_nobody_answers_is_asked_for_every_day_for_a_week() {
    let platform = instance();
    meet_bob(&platform);
    let ada = block_on(local_actor(&platform, LocalActor::Account("ada")));
    assert_eq!(ada.unwrap().unwrap().id, 91);
    run(
        &platform,
        "INSERT INTO follow (follower_id,target_id,state,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (91,90,'pending',1767225600000,1767225600000)",
    );
    let mut asked = 0;
    for _ in 0..10 {
        asked += notes(&platform).len();
        block_on(keep_told(&platform)).unwrap();
        let _ = queued(&platform);
        platform.advance_ms(DAY_MS + 60 * 60 * 1_000);
        let _ = kept_fresh(&platform);
    }
    assert_eq!(asked, 7);
}
