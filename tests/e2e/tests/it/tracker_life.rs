//! What becomes of swarms when an object sleeps, workerd dies, or the video is nobody's.

use std::time::{Duration, Instant};

use e2e::form::Form;
use e2e::published::{info_hash_of, published};
use e2e::tracker::peer::{Peer, latin1};
use e2e::tracker::socket::{Frame, Socket};
use e2e::{Instance, Transcoder, samples, video, wait};
use http::Method;
use serde_json::{Value, json};

const INFO_HASH: &str = "FuGEr478XuVjbIYvey2c";
const PATH: &str = "/tracker/socket/00000000-0000-4000-8000-000000000000";
const PATIENCE: Duration = Duration::from_secs(60);
/// workerd lets an object sleep after ten seconds without an event.
const ASLEEP_AFTER: Duration = Duration::from_secs(12);
const PEERS: u32 = 200;
/// With [`quick_tracker`], whoever is silent is gone after two intervals of a second, at the next look: one every ten
/// seconds where somebody announces, and one with each report, every second. A second is what whole seconds may hide.
const GONE_WITHIN: Duration = Duration::from_secs(2 + 10 + 1 + 1);
/// With one second for which is believed whose a swarm is, and one between two looks at the clock: both, and the time
/// that a busy machine takes to ask.
const SENT_AWAY_WITHIN: Duration = Duration::from_secs(2 + 3);

/// Peers that are silent for two seconds are gone.
fn quick_tracker() -> Instance {
    Instance::with_vars(&[
        ("OPEN_TRACKER", "true"),
        ("VIEWERS_PER_ADDRESS", "0"),
        ("ANNOUNCE_SECS", "1"),
        ("REPORT_SECS", "1"),
    ])
}

/// How many objects this instance of the Wasm module has made. The entry answers, and no object hears of it.
fn objects_built(instance: &Instance) -> Value {
    let answer = instance.visitor().get("/tracker/measures");
    answer.expect_status(200).json()["objects_built"].clone()
}

/// Both are still counted, and an offer of one reaches the other, whose answer comes back.
fn meet_again(first: &mut Peer, second: &mut Peer) {
    second.announce(1, &json!({}));
    let reply = second.receive();
    assert_eq!(
        (&reply["complete"], &reply["incomplete"]),
        (&json!(1), &json!(1))
    );
    let offer = first.receive();
    assert_eq!(offer["peer_id"], second.id);
    first.answer(&second.id, offer["offer_id"].as_str().expect("a text"));
    assert_eq!(second.receive()["peer_id"], first.id);
}

#[test]
fn a_swarm_that_has_slept_is_still_there() {
    let instance = Instance::with_vars(&[("OPEN_TRACKER", "true"), ("VIEWERS_PER_ADDRESS", "0")]);
    let mut first = Peer::open(instance.origin(), PATH, INFO_HASH, 1);
    let mut second = Peer::open(instance.origin(), PATH, INFO_HASH, 2);
    first.join();
    second.announce(0, &json!({ "event": "completed" }));
    assert_eq!(second.receive()["complete"], 1);
    assert_eq!(objects_built(&instance), 1);
    // Nothing to poll for: every question would wake it up.
    assert_eq!(first.next_within(ASLEEP_AFTER), None);
    meet_again(&mut first, &mut second);
    assert_eq!(objects_built(&instance), 2, "it has not slept");
}

#[test]
fn a_panic_under_open_sockets_loses_no_swarm() {
    let vars = [("OPEN_TRACKER", "true"), ("VIEWERS_PER_ADDRESS", "0")];
    let instance = Instance::with_crashing_tracker(&vars);
    let open = |path, number| Peer::open(instance.origin(), path, INFO_HASH, number);
    let (mut first, mut second) = (open(PATH, 1), open(PATH, 2));
    let mut elsewhere = open("/tracker/socket/00000000-0000-4000-8000-000000000001", 3);
    first.join();
    second.announce(0, &json!({ "event": "completed" }));
    assert_eq!(second.receive()["complete"], 1);
    elsewhere.join();
    // Of this instance of the Wasm module: both objects are in one.
    assert_eq!(objects_built(&instance), 2);
    elsewhere.socket.send("panic");
    wait::until("the module starts anew", PATIENCE, || {
        (objects_built(&instance) == 0).then_some(())
    });
    // All sockets are still open, and what they carry is all that is left.
    meet_again(&mut first, &mut second);
    assert_eq!(objects_built(&instance), 1);
    // Nobody is there twice, not where the panic was either, and who leaves is gone.
    assert_eq!(elsewhere.scrape(), (0, 1));
    let mut thief = open(PATH, 2);
    assert!(thief.join()["failure reason"].is_string());
    drop(first);
    wait::until("the first has left", PATIENCE, || {
        (second.scrape() == (1, 0)).then_some(())
    });
}

#[test]
fn silent_peers_are_forgotten_though_their_sockets_stay() {
    let instance = quick_tracker();
    let mut silent = Peer::open(instance.origin(), PATH, INFO_HASH, 1);
    silent.join();
    let mut other = Peer::open(instance.origin(), PATH, INFO_HASH, 2);
    wait::until("the silent peer is gone", GONE_WITHIN, || {
        other.announce(0, &json!({}));
        (other.receive()["incomplete"] == 1).then_some(())
    });
    assert_eq!(silent.join()["incomplete"], 2);
}

#[test]
fn a_client_takes_its_name_back_from_a_broken_connection_and_a_thief_gets_nothing() {
    let instance = Instance::with_vars(&[
        ("OPEN_TRACKER", "true"),
        ("VIEWERS_PER_ADDRESS", "0"),
        ("ANNOUNCE_SECS", "20"),
        ("PATIENCE_SECS", "5"),
    ]);
    let open = || Peer::open(instance.origin(), PATH, INFO_HASH, 1);
    let is_refused = |reply: &Value| reply["failure reason"].is_string();
    let (mut first, mut second) = (open(), open());
    assert_eq!(first.join()["incomplete"], 1);
    assert!(is_refused(&second.join()));
    // Who lives says so when it is told to announce soon, and keeps its name.
    assert_eq!(first.receive()["interval"], 1);
    first.announce(0, &json!({}));
    assert_eq!(first.receive()["interval"], 20);
    let silent_since = Instant::now();
    assert!(is_refused(&second.join()));
    // The first one's connection is broken from now on. It has announced just now and would stay for two
    // intervals; the question is asked once in an interval.
    wait::until("the name is free", PATIENCE, || {
        (!is_refused(&second.join())).then_some(())
    });
    assert!(silent_since.elapsed() < Duration::from_secs(38));
}

#[test]
fn a_page_whose_timers_sleep_keeps_its_name_by_answering() {
    let instance = Instance::with_vars(&[
        ("OPEN_TRACKER", "true"),
        ("VIEWERS_PER_ADDRESS", "0"),
        ("ANNOUNCE_SECS", "60"),
        ("PATIENCE_SECS", "3"),
    ]);
    let open = |number| Peer::open(instance.origin(), PATH, INFO_HASH, number);
    let (mut page, mut thief, mut other) = (open(1), open(1), open(2));
    page.join();
    other.join();
    let asked_at = Instant::now();
    assert!(thief.join()["failure reason"].is_string());
    assert_eq!(page.receive()["interval"], 1);
    other.announce(1, &json!({}));
    other.receive();
    let offer = page.receive();
    page.answer(&other.id, offer["offer_id"].as_str().unwrap());
    assert_eq!(other.receive()["peer_id"], page.id);
    wait::until("the time to prove life is over", PATIENCE, || {
        (asked_at.elapsed() > Duration::from_secs(5)).then_some(())
    });
    assert!(thief.join()["failure reason"].is_string());
    assert_eq!(page.join()["incomplete"], 2);
}

#[test]
fn all_peers_come_back_after_workerd_died_and_none_twice() {
    let instance = quick_tracker();
    let connect = || -> Vec<Peer> {
        (0..PEERS)
            .map(|number| Peer::open(instance.origin(), PATH, INFO_HASH, number))
            .collect()
    };
    let join_all = |peers: &mut [Peer]| {
        for peer in peers.iter_mut() {
            peer.announce(0, &json!({ "event": "started" }));
        }
        peers
            .iter_mut()
            .filter_map(|peer| peer.receive()["incomplete"].as_u64())
            .max()
    };
    let mut peers = connect();
    assert_eq!(join_all(&mut peers), Some(u64::from(PEERS)));
    instance.kill_server();
    for peer in &mut peers {
        assert!(matches!(peer.socket.receive(), Frame::Close(_)));
    }
    let mut peers = connect();
    assert_eq!(join_all(&mut peers), Some(u64::from(PEERS)));
    // Half of them leave without a word, and their sockets stay.
    let (stay, _silent) = peers.split_at_mut(usize::try_from(PEERS / 2).unwrap());
    wait::until("no ghost is left", GONE_WITHIN, || {
        (join_all(stay) == Some(u64::from(PEERS / 2))).then_some(())
    });
}

#[test]
fn only_this_instances_videos_are_tracked() {
    let published = published();
    let origin = published.instance.origin();
    let uuid = &published.created.uuid;
    let known = latin1(&info_hash_of(published));
    for path in [
        format!("/tracker/socket/{uuid}"),
        "/tracker/socket".to_owned(),
    ] {
        let mut viewer = Peer::open(origin, &path, &known, 1);
        let reply = viewer.join();
        // Tests over HTTP use the same swarm.
        assert!(reply["incomplete"].as_u64() >= Some(1), "{path}: {reply}");
        let mut stranger = Peer::open(origin, &path, INFO_HASH, 2);
        let refusal = stranger.join();
        assert_eq!(refusal["action"], "announce");
        assert_eq!(refusal["info_hash"], INFO_HASH);
        let reason = refusal["failure reason"].as_str().unwrap_or_default();
        assert!(reason.starts_with("Unknown infoHash"), "{path}: {refusal}");
        assert_eq!(stranger.socket.receive(), Frame::Close(1008), "{path}");
        assert!(viewer.scrape().1 >= 1);
    }
}

/// Two viewers of a video, one at its own URL and one at that for clients that know no other.
fn viewers_of(instance: &Instance, uuid: &str, number: u32) -> [Peer; 2] {
    let seen = video::details(&instance.admin(), uuid);
    let magnet = video::text(&video::renditions(&seen)[0], "magnetUri").to_owned();
    let (_, info_hash) = magnet.split_once("urn:btih:").expect("it names its hash");
    let bytes = hex::decode(&info_hash[..40]).expect("40 hex digits");
    let paths = [
        format!("/tracker/socket/{uuid}"),
        "/tracker/socket".to_owned(),
    ];
    paths.map(|path| Peer::open(instance.origin(), &path, &latin1(&bytes), number))
}

#[test]
fn what_is_closed_or_removed_loses_its_viewers_at_every_url() {
    let instance = Instance::with_vars(&[("LIST_SECS", "1"), ("REPORT_SECS", "1")]);
    let admin = instance.admin();
    let upload = |name| video::upload(&admin, &samples::bunny(), name, &[]).uuid;
    let (closed, removed) = (upload("Closed"), upload("Removed"));
    Transcoder::drain(&instance);
    let mut viewers = Vec::new();
    let mut later = Vec::new();
    for uuid in [&closed, &removed] {
        let _ = video::wait_until_transcoded(&admin, uuid, PATIENCE);
        viewers.extend(viewers_of(&instance, uuid, 1));
        later.extend(viewers_of(&instance, uuid, 2));
    }
    for viewer in &mut viewers {
        assert_eq!(viewer.join()["incomplete"], 1);
    }
    // They stay while the videos are open, however often it is asked whose the swarms are.
    let mut patience = SENT_AWAY_WITHIN;
    for viewer in &mut viewers {
        assert_eq!(viewer.next_within(patience), None);
        patience = Duration::from_millis(100);
    }
    let private = Form::new().text("privacy", "3");
    let path = format!("/api/v1/videos/{closed}");
    let _ = admin
        .send_form(Method::PUT, &path, private)
        .expect_status(204);
    let _ = admin
        .delete(&format!("/api/v1/videos/{removed}"))
        .expect_status(204);
    for viewer in &mut viewers {
        let end = viewer.socket.receive_within(SENT_AWAY_WITHIN);
        assert_eq!(end, Some(Frame::Close(1008)));
    }
    for mut viewer in later {
        let reply = viewer.join();
        let reason = reply["failure reason"].as_str().unwrap_or_default();
        assert!(reason.starts_with("Unknown infoHash"), "{reply}");
    }
}

#[test]
fn an_address_that_opens_sockets_without_end_is_refused() {
    let instance = Instance::with_vars(&[("VIEWERS_PER_ADDRESS", "1")]);
    let refusal = (0..100)
        .map(|_| Socket::try_open(instance.origin(), PATH, ""))
        .find_map(Result::err);
    let refusal = refusal.expect("some socket is refused");
    assert!(
        refusal.contains("429") || refusal.contains("503"),
        "{refusal}"
    );
}
