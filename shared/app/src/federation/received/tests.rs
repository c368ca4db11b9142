//! Nothing that was answered is lost, and nothing is done twice.

use domain::time::MINUTE_MS;
use ports::FederationTask;
use serde_json::json;
use testkit::{TestPlatform, block_on};

use super::*;

const BOB: &str = "https://far.test/accounts/bob";

/// The end of somebody whom nobody here knew, which leads to nothing.
fn task(number: u32) -> FederationTask {
    of_bob("Delete", number)
}

fn of_bob(verb: &str, number: u32) -> FederationTask {
    let activity = json!({
        "id": format!("{BOB}/{number}"), "type": verb, "actor": BOB, "object": BOB,
    });
    FederationTask::Receive {
        actor_url: BOB.to_owned(),
        activity: activity.to_string(),
        replay_key: format!("{number}"),
    }
}

fn ids(platform: &TestPlatform) -> Vec<i64> {
    let rows = platform
        .database
        .dump("SELECT id FROM received_task ORDER BY id");
    rows.iter().map(|id| id.parse().unwrap()).collect()
}

fn message(platform: &TestPlatform) -> Option<ReceivedRows> {
    match platform.tasks.take()? {
        Task::Federation(FederationTask::ActOnReceived(rows)) => Some(rows),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_message_names_all_that_came_together() {
    let platform = TestPlatform::new();
    let messages = (0..3).map(|number| encode_task(Task::Federation(task(number))));
    block_on(keep_all(platform.clone(), messages.collect())).unwrap();
    assert_eq!(message(&platform), None, "after the answer");
    platform.run_spawned();
    let kept = ids(&platform);
    let named = message(&platform).unwrap();
    assert_eq!(kept.len(), 3);
    assert_eq!(named, ReceivedRows::run(kept[0], kept[2]));
    assert_eq!(message(&platform), None);
    assert_eq!(block_on(act_on_all(&platform, &[named])), [Ok(())]);
    assert_eq!(ids(&platform), [0; 0]);
}

#[test]
fn a_lost_message_is_sent_again_and_in_the_end_given_up() {
    let platform = TestPlatform::new();
    for number in 0..2 {
        block_on(keep(&platform, task(number), OnTheWay::default())).unwrap();
        platform.advance_ms(1);
    }
    let kept = ids(&platform);
    assert!(kept[0] + 1 < kept[1], "they came at different times");
    platform.advance_ms(4 * MINUTE_MS);
    block_on(keep_acting(&platform)).unwrap();
    assert_eq!(message(&platform), None, "it is too early to say");
    for _ in 0..MAX_LOSSES {
        platform.advance_ms(HOUR_MS);
        block_on(keep_acting(&platform)).unwrap();
        let runs: Vec<_> = message(&platform).unwrap().runs().collect();
        assert_eq!(runs, [(kept[0], kept[0]), (kept[1], kept[1])]);
        assert_eq!(message(&platform), None);
    }
    platform.advance_ms(HOUR_MS);
    block_on(keep_acting(&platform)).unwrap();
    assert_eq!(ids(&platform), [0; 0]);
    assert!(
        platform
            .logged
            .borrow()
            .iter()
            .any(|line| line.contains("2 received"))
    );
}

#[test]
fn what_cannot_be_read_is_dropped() {
    let platform = TestPlatform::new();
    let messages = vec![
        "{}".to_owned(),
        encode_task(Task::Federation(FederationTask::TellChanges)),
    ];
    block_on(keep_all(platform.clone(), messages)).unwrap();
    let kept = ids(&platform);
    assert_eq!(
        block_on(act_on_all(
            &platform,
            &[ReceivedRows::run(kept[0], kept[1])]
        )),
        [Ok(())]
    );
    assert_eq!(ids(&platform), [0; 0]);
}

#[test]
fn what_fails_waits_and_the_rest_is_done() {
    let platform = TestPlatform::new();
    // Bob's server does not answer, so nobody knows who he is.
    let tasks = [task(1), of_bob("Like", 2), task(3)];
    let messages = tasks.map(|task| encode_task(Task::Federation(task)));
    block_on(keep_all(platform.clone(), messages.to_vec())).unwrap();
    let kept = ids(&platform);
    for _ in 0..2 {
        let named = [(kept[0], kept[0]), (kept[1], kept[2])]
            .map(|(first, last)| ReceivedRows::run(first, last));
        let results = block_on(act_on_all(&platform, &named));
        let [Ok(()), Err(AppError::Unavailable { .. })] = results.as_slice() else {
            panic!("{results:?}");
        };
        assert_eq!(ids(&platform), [kept[1]]);
    }
}

#[test]
fn a_task_that_two_messages_name_leads_to_the_next_ones_once() {
    let platform = TestPlatform::new();
    block_on(hand_over(&platform, vec![task(1)], None)).unwrap();
    let [first] = ids(&platform)[..] else {
        panic!("one was handed over");
    };
    for _ in 0..2 {
        platform.advance_ms(1);
        block_on(hand_over(&platform, vec![task(2), task(3)], Some(first))).unwrap();
    }
    assert_eq!(ids(&platform).len(), 2);
}
