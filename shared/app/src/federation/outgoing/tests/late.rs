//! Hosts that take much longer than others.

use http::StatusCode;
use ports::Platform;
use testkit::{TestPlatform, block_on};

use super::super::{deliver_all, retry_delayed, tell_changes};
use super::fixture::{answers, deliver_queued, follow, instance, publish, queued, run};
use crate::federation::keys::LocalActor;

const HOSTS: &str = "SELECT host||' '||failures FROM remote_host ORDER BY host";
const WAITING: &str = "SELECT host FROM delayed_delivery ORDER BY id";

/// News for so many hosts, of which the first `silent` take requests and say nothing.
fn told(hosts: i64, silent: i64) -> TestPlatform {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Channel("engines"), hosts);
    for number in 0..hosts {
        answers(&platform, &format!("h{number}.test"), StatusCode::ACCEPTED);
    }
    for number in 0..silent {
        platform.http.fall_silent(&inbox(number));
    }
    block_on(tell_changes(&platform)).unwrap();
    platform
}

fn inbox(number: i64) -> String {
    format!("https://h{number}.test/inbox")
}

fn dump(platform: &TestPlatform, sql: &str) -> Vec<String> {
    platform.database.dump(sql)
}

#[test]
fn nobody_waits_for_who_takes_long_and_it_is_told_once() {
    let platform = told(3, 1);
    let before = platform.now();
    assert_eq!(deliver_queued(&platform).len(), 3);
    let took_ms = platform.now().0 - before.0;
    assert!(took_ms <= 1_000, "{took_ms} ms");
    assert_eq!(
        dump(&platform, HOSTS),
        ["h0.test 1", "h1.test 0", "h2.test 0"]
    );
    assert_eq!(dump(&platform, WAITING), ["h0.test"]);
    // Nobody asks it a second time meanwhile, whatever happens.
    run(&platform, "UPDATE video SET name=name||'!'");
    block_on(tell_changes(&platform)).unwrap();
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(deliver_queued(&platform), [inbox(1), inbox(2)]);

    platform.http.speak_again(&inbox(0));
    platform.run_spawned();
    assert_eq!(
        dump(&platform, HOSTS),
        ["h0.test 0", "h1.test 0", "h2.test 0"]
    );
    // What was said meanwhile follows.
    assert_eq!(dump(&platform, WAITING), ["h0.test"]);
    assert_eq!(deliver_queued(&platform), [inbox(0)]);
    assert_eq!(dump(&platform, WAITING), [""; 0]);
}

#[test]
fn who_never_answers_has_failed_once() {
    let platform = told(3, 1);
    let _ = deliver_queued(&platform);
    platform.advance_ms(15_000);
    platform.run_spawned();
    assert_eq!(dump(&platform, HOSTS)[0], "h0.test 1");
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(queued(&platform), []);
    platform.advance_ms(120_000);
    block_on(retry_delayed(&platform)).unwrap();
    platform.http.speak_again(&inbox(0));
    assert_eq!(deliver_queued(&platform), [inbox(0)]);
    assert_eq!(dump(&platform, HOSTS)[0], "h0.test 0");
    assert_eq!(dump(&platform, WAITING), [""; 0]);
}

#[test]
fn what_a_stopped_program_was_waiting_for_is_asked_again() {
    let platform = told(3, 1);
    // Nothing of what was to go on goes on.
    let _ = deliver_queued(&platform);
    platform.http.speak_again(&inbox(0));
    platform.advance_ms(61_000);
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(deliver_queued(&platform), [inbox(0)]);
    assert_eq!(dump(&platform, WAITING), [""; 0]);
}

#[test]
fn who_takes_long_leaves_others_to_the_next_batch() {
    // As many silent ones as there may be requests.
    let platform = told(8, 6);
    assert_eq!(deliver_queued(&platform).len(), 6);
    assert_eq!(dump(&platform, WAITING).len(), 6);
    assert_eq!(deliver_queued(&platform), [inbox(6), inbox(7)]);
    assert_eq!(dump(&platform, WAITING).len(), 6);
}

#[test]
fn nothing_is_lost_when_it_cannot_be_written_down() {
    let platform = told(3, 1);
    let deliveries = queued(&platform);
    run(&platform, "DROP TABLE delayed_delivery");
    let results = block_on(deliver_all(&platform, deliveries));
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 1);
}
