//! First deliveries outlive the queue that they wait in.

use domain::time::MINUTE_MS;
use http::StatusCode;
use testkit::{TestPlatform, block_on};

use super::super::{deliver_all, keep_told, send_again, send_lost};
use super::fixture::{
    answers, deliver_queued, follow, inboxes, instance, publish, queued, run, tell,
};
use crate::federation::keys::LocalActor;

const PAGES: &str = "SELECT json_array_length(inboxes)||' '||made FROM outgoing_page";

/// An instance with so many followers, each on a server of its own.
fn followed(hosts: i64) -> TestPlatform {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Channel("engines"), hosts);
    for number in 0..hosts {
        answers(&platform, &format!("h{number}.test"), StatusCode::ACCEPTED);
    }
    platform
}

#[test]
fn what_a_queue_has_lost_is_sent_again_and_only_that() {
    let platform = followed(4);
    let mut deliveries = tell(&platform);
    assert_eq!(platform.database.dump(PAGES), ["4 0"]);
    let lost = deliveries.split_off(2);
    for result in block_on(deliver_all(&platform, deliveries)) {
        result.unwrap();
    }
    assert_eq!(platform.database.dump(PAGES), ["4 3"]);
    platform.advance_ms(29 * MINUTE_MS);
    block_on(send_lost(&platform)).unwrap();
    assert_eq!(queued(&platform), [], "it is too early to say");
    platform.advance_ms(MINUTE_MS);
    block_on(keep_told(&platform)).unwrap();
    let again = queued(&platform);
    assert_eq!(again, lost);
    for result in block_on(deliver_all(&platform, again)) {
        result.unwrap();
    }
    assert_eq!(platform.database.dump(PAGES), [""; 0]);
}

#[test]
fn a_queue_that_begins_again_gets_all_that_waits() {
    let platform = followed(120);
    let lost = tell(&platform);
    let mut pages = platform.database.dump(PAGES);
    pages.sort_unstable();
    assert_eq!(pages, ["20 0", "50 0", "50 0"]);
    block_on(send_again(&platform)).unwrap();
    let mut asked = deliver_queued(&platform);
    asked.sort_unstable();
    let mut meant = inboxes(&lost);
    meant.sort_unstable();
    assert_eq!(asked, meant);
    assert_eq!(platform.database.dump(PAGES), [""; 0]);
    block_on(send_again(&platform)).unwrap();
    assert_eq!(queued(&platform), []);
}

#[test]
fn what_waits_with_its_host_is_not_sent_twice() {
    let platform = followed(2);
    answers(&platform, "h0.test", StatusCode::SERVICE_UNAVAILABLE);
    let _ = tell(&platform);
    block_on(send_again(&platform)).unwrap();
    let _ = deliver_queued(&platform);
    assert_eq!(platform.database.dump(PAGES), [""; 0]);
    let waiting = "SELECT inbox_url FROM delayed_delivery";
    assert_eq!(platform.database.dump(waiting), ["https://h0.test/inbox"]);
}

#[test]
fn what_is_never_made_is_given_up() {
    let platform = followed(1);
    let _ = tell(&platform);
    run(&platform, "UPDATE outgoing_page SET losses=25");
    block_on(send_lost(&platform)).unwrap();
    assert_eq!(platform.database.dump(PAGES), [""; 0]);
}
