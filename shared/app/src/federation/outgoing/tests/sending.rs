//! From the queue to other servers.

use activitypub::signature::{Needs, RequestView, Scheme, claim, verify_body};
use http::{Response, StatusCode};
use ports::{Body, Crypto, Platform, RsaScheme};
use testkit::{SentRequest, TestPlatform, block_on};

use super::super::{GIVEN_UP_FAILURES, deliver_all, retry_delayed, tell_changes};
use super::fixture::{answers, deliver_queued, follow, instance, publish, queued, run};
use crate::federation::keys::{LocalActor, local_actor};

const MINUTE_MS: i64 = 60_000;

fn told(hosts: i64) -> TestPlatform {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Channel("engines"), hosts);
    block_on(tell_changes(&platform)).unwrap();
    platform
}

fn dump(platform: &TestPlatform, sql: &str) -> Vec<String> {
    platform.database.dump(sql)
}

fn rename(platform: &TestPlatform) {
    // The time is part of an Update's id.
    platform.advance_ms(1);
    run(platform, "UPDATE video SET name=name||'!'");
    block_on(tell_changes(platform)).unwrap();
}

/// Whether the channel's key signed it, and in which form.
fn verified(platform: &TestPlatform, request: &SentRequest) -> Option<Scheme> {
    let host = request.url.strip_prefix("https://")?.split('/').next()?;
    let mut headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    headers.push(("host", host));
    let origin = format!("https://{host}");
    let view = RequestView {
        method: "POST",
        origin: &origin,
        path_and_query: "/inbox",
        headers: &headers,
    };
    let digests = verify_body(
        view.header("digest").unwrap().as_deref(),
        view.header("content-digest").unwrap().as_deref(),
        &request.body,
    );
    let needs = Needs {
        now_unix_secs: platform.now().0 / 1_000,
        body: Some(digests.ok()?),
    };
    let claim = claim(&view, needs).ok()?;
    let signer = block_on(local_actor(platform, LocalActor::Channel("engines"))).unwrap();
    let is_valid = block_on(platform.crypto().verify_rsa(
        RsaScheme::V15Sha256,
        &signer.unwrap().public_key_pem,
        claim.message(),
        claim.signature(),
    ));
    is_valid
        .unwrap()
        .then(|| match request.headers.contains_key("signature-input") {
            true => Scheme::Rfc9421,
            false => Scheme::Cavage,
        })
}

#[test]
fn each_delivery_is_signed_for_its_host() {
    let platform = told(3);
    for host in ["h0.test", "h1.test", "h2.test"] {
        answers(&platform, host, StatusCode::ACCEPTED);
    }
    let deliveries = queued(&platform);
    let results = block_on(deliver_all(&platform, deliveries));
    assert_eq!(results, [Ok(()), Ok(()), Ok(())]);
    let sent = platform.http.take_sent();
    assert_eq!(sent.len(), 3);
    for request in &sent {
        assert_eq!(
            verified(&platform, request),
            Some(Scheme::Cavage),
            "{}",
            request.url
        );
    }
}

#[test]
fn of_a_delivery_like_the_last_one_only_that_it_was_made_is_written() {
    let platform = told(1);
    answers(&platform, "h0.test", StatusCode::ACCEPTED);
    let _ = deliver_queued(&platform);
    let known = "SELECT scheme,failures,last_success_unix_ms FROM remote_host";
    let first = dump(&platform, known);
    assert_eq!(first, ["cavage|0|1767225600000"]);
    // The first makes the account's key.
    rename(&platform);
    let _ = deliver_queued(&platform);
    rename(&platform);
    platform.advance_ms(MINUTE_MS);
    let deliveries = queued(&platform);
    let before = platform.database.batches();
    let _ = block_on(deliver_all(&platform, deliveries));
    // The hosts, whoever signs, and the page that goes.
    assert_eq!(platform.database.batches() - before, 3);
    assert_eq!(dump(&platform, known), first);
}

#[test]
fn the_form_of_signature_that_a_host_takes_is_remembered() {
    let platform = told(1);
    platform.http.serve("https://h0.test/inbox", |request| {
        let takes = request.headers.contains_key("signature-input");
        Response::builder()
            .status(if takes { 202 } else { 401 })
            .body(Body::Empty)
            .unwrap()
    });
    assert_eq!(deliver_queued(&platform).len(), 2);
    assert_eq!(
        dump(&platform, "SELECT scheme FROM remote_host"),
        ["rfc9421"]
    );
    rename(&platform);
    assert_eq!(deliver_queued(&platform).len(), 1);
}

#[test]
fn a_silent_host_is_asked_rarely_and_gets_everything_when_it_is_back() {
    let platform = told(2);
    answers(&platform, "h1.test", StatusCode::ACCEPTED);
    assert_eq!(deliver_queued(&platform).len(), 2);
    // From now on nothing is sent there that was not waiting.
    rename(&platform);
    rename(&platform);
    assert_eq!(deliver_queued(&platform), ["https://h1.test/inbox"; 2]);
    assert_eq!(
        dump(&platform, "SELECT count(*) FROM delayed_delivery"),
        ["3"]
    );
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(deliver_queued(&platform), [""; 0]);

    platform.advance_ms(2 * MINUTE_MS);
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(deliver_queued(&platform), ["https://h0.test/inbox"]);
    assert_eq!(
        dump(
            &platform,
            "SELECT failures FROM remote_host WHERE host='h0.test'"
        ),
        ["2"]
    );
    platform.advance_ms(2 * MINUTE_MS);
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(deliver_queued(&platform), [""; 0]);

    answers(&platform, "h0.test", StatusCode::ACCEPTED);
    platform.advance_ms(5 * MINUTE_MS);
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(deliver_queued(&platform), ["https://h0.test/inbox"]);
    // Its success has queued the rest, in order.
    let deliveries = queued(&platform);
    let results = block_on(deliver_all(&platform, deliveries));
    assert_eq!(results, [Ok(()), Ok(())]);
    let sent = platform.http.take_sent();
    let updates: Vec<_> = sent
        .iter()
        .map(|request| serde_json::from_slice::<serde_json::Value>(&request.body).unwrap())
        .map(|activity| activity["object"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(updates, ["Bernoulli!", "Bernoulli!!"]);
    assert_eq!(
        dump(&platform, "SELECT count(*) FROM delayed_delivery"),
        ["0"]
    );
}

#[test]
fn one_delivery_at_a_time_finds_out_whether_a_host_is_back() {
    let platform = told(1);
    rename(&platform);
    rename(&platform);
    let _ = deliver_queued(&platform);
    platform.advance_ms(2 * MINUTE_MS);
    block_on(retry_delayed(&platform)).unwrap();
    // Cron comes again while the probe is still in the queue.
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(queued(&platform).len(), 1);
    // The queue has lost it.
    platform.advance_ms(11 * MINUTE_MS);
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(queued(&platform).len(), 1);
}

#[test]
fn after_days_of_silence_a_host_is_given_up_with_its_followers() {
    let platform = told(1);
    let _ = deliver_queued(&platform);
    let mut days_ms = 0;
    for _ in 1..GIVEN_UP_FAILURES {
        assert_eq!(dump(&platform, "SELECT count(*) FROM follow"), ["2"]);
        let wait_ms = MINUTE_MS;
        let mut asked = Vec::new();
        while asked.is_empty() {
            platform.advance_ms(wait_ms);
            days_ms += wait_ms;
            block_on(retry_delayed(&platform)).unwrap();
            asked = deliver_queued(&platform);
        }
        assert_eq!(asked, ["https://h0.test/inbox"]);
    }
    let days = days_ms / (24 * 60 * MINUTE_MS);
    assert!((3..=5).contains(&days), "{days} days");
    assert_eq!(dump(&platform, "SELECT count(*) FROM follow"), ["0"]);
    assert_eq!(
        dump(&platform, "SELECT count(*) FROM delayed_delivery"),
        ["0"]
    );
}

#[test]
fn an_inbox_that_is_gone_takes_its_follower_along_but_not_a_whole_server() {
    let platform = told(2);
    answers(&platform, "h0.test", StatusCode::GONE);
    answers(&platform, "h1.test", StatusCode::ACCEPTED);
    let _ = deliver_queued(&platform);
    assert_eq!(dump(&platform, "SELECT count(*) FROM follow"), ["4"]);
    assert_eq!(
        dump(&platform, "SELECT host FROM delayed_delivery"),
        ["h0.test"]
    );

    run(
        &platform,
        "UPDATE actor SET shared_inbox_url=NULL WHERE host='h1.test'",
    );
    platform
        .http
        .serve_status("https://h1.test/u/1/inbox", StatusCode::GONE);
    platform
        .http
        .serve_status("https://h1.test/u/3/inbox", StatusCode::ACCEPTED);
    rename(&platform);
    let _ = deliver_queued(&platform);
    let left =
        "SELECT a.url FROM follow w JOIN actor a ON a.id=w.follower_id WHERE a.host='h1.test'";
    assert_eq!(dump(&platform, left), ["https://h1.test/u/3"]);
}

#[test]
fn a_refusal_is_final_and_the_host_not_silent() {
    let platform = told(1);
    answers(&platform, "h0.test", StatusCode::BAD_REQUEST);
    assert_eq!(deliver_queued(&platform).len(), 1);
    assert_eq!(
        dump(&platform, "SELECT count(*) FROM delayed_delivery"),
        ["0"]
    );
    assert_eq!(dump(&platform, "SELECT failures FROM remote_host"), ["0"]);
}

#[test]
fn a_host_that_speaks_to_us_is_tried_at_once() {
    let platform = told(1);
    let _ = deliver_queued(&platform);
    let heard = store::federation::host::heard("h0.test");
    block_on(ports::Database::batch(platform.database(), vec![heard])).unwrap();
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(queued(&platform).len(), 1);
}

#[test]
fn who_refuses_both_forms_is_offered_it_again_and_again_for_hours() {
    let platform = told(1);
    answers(&platform, "h0.test", StatusCode::FORBIDDEN);
    let mut hours_ms = 0;
    let mut offers = 1;
    assert_eq!(deliver_queued(&platform).len(), 2);
    while dump(&platform, "SELECT count(*) FROM delayed_delivery") == ["1"] {
        assert_eq!(dump(&platform, "SELECT failures FROM remote_host"), ["0"]);
        platform.advance_ms(MINUTE_MS);
        hours_ms += MINUTE_MS;
        block_on(retry_delayed(&platform)).unwrap();
        offers += deliver_queued(&platform).len() / 2;
    }
    assert_eq!(offers, 6);
    let hours = hours_ms / (60 * MINUTE_MS);
    assert!((6..=24).contains(&hours), "{hours} hours");
}

#[test]
fn who_has_refused_until_it_knew_our_new_key_gets_what_was_said_meanwhile() {
    let platform = told(1);
    answers(&platform, "h0.test", StatusCode::UNAUTHORIZED);
    assert_eq!(deliver_queued(&platform).len(), 2);
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(queued(&platform), []);
    answers(&platform, "h0.test", StatusCode::ACCEPTED);
    platform.advance_ms(2 * MINUTE_MS);
    block_on(retry_delayed(&platform)).unwrap();
    assert_eq!(deliver_queued(&platform), ["https://h0.test/inbox"]);
    let waiting = "SELECT count(*) FROM delayed_delivery";
    assert_eq!(dump(&platform, waiting), ["0"]);
}
