//! Runners that wait on a socket hear of work, by the client library of PeerTube's runner.

use std::thread;
use std::time::Duration;

use e2e::runner_socket::{RunnerSocket, Transports};
use e2e::scratch::Scratch;
use e2e::{Instance, samples, video};
use http::Method;
use serde_json::Value;

use crate::stock_runner::StockRunner;

const PATIENCE: Duration = Duration::from_secs(20);
const EVENT: &str = "available-jobs";

#[test]
fn a_waiting_runner_hears_of_new_and_of_returned_jobs() {
    hears_of_jobs(Transports::WebSocket, "websocket");
}

#[test]
fn a_runner_that_only_polls_hears_the_same() {
    hears_of_jobs(Transports::Polling, "polling");
}

#[test]
fn a_runner_goes_on_from_polling_to_a_websocket() {
    hears_of_jobs(Transports::Default, "websocket");
}

fn hears_of_jobs(transports: Transports, transport: &str) {
    let scratch = Scratch::new("runner-socket");
    let sample = samples::test_card(&scratch, "card.mp4", "320x180", 2);
    let instance = Instance::start();
    let admin = instance.admin();
    let runner = StockRunner::register(&instance, "waiting");
    let socket = RunnerSocket::open(instance.origin(), runner.token(), transports);
    wait_for_connection(&socket, transports);
    assert_eq!(runner.available(), Vec::<String>::new());

    let _ = video::upload(&admin, &sample, "First", &[]);
    assert_eq!(socket.wait_for(EVENT, PATIENCE), transport);
    let jobs = runner.available();
    let job = runner.accept(&jobs[0]);
    let _ = socket.heard();
    let _ = runner.abort(&job).expect_status(204);
    assert_eq!(socket.wait_for(EVENT, PATIENCE), transport);
    assert!(runner.available().contains(&jobs[0]));

    // The client comes back by itself, and nobody has to register anew.
    instance.kill_server();
    socket.wait_for("disconnect", PATIENCE);
    wait_for_connection(&socket, transports);
    let _ = video::upload(&instance.admin(), &sample, "Second", &[]);
    assert_eq!(socket.wait_for(EVENT, PATIENCE), transport);
}

fn wait_for_connection(socket: &RunnerSocket, transports: Transports) {
    let first = socket.wait_for("connect", PATIENCE);
    match transports {
        Transports::WebSocket => assert_eq!(first, "websocket"),
        Transports::Polling => assert_eq!(first, "polling"),
        // The socket may be there before the namespace has let the client in.
        Transports::Default if first == "websocket" => {}
        Transports::Default => assert_eq!(socket.wait_for("upgrade", PATIENCE), "websocket"),
    }
}

#[test]
fn only_a_registered_runner_listens() {
    let instance = Instance::start();
    for transports in [
        Transports::Default,
        Transports::WebSocket,
        Transports::Polling,
    ] {
        let stranger = RunnerSocket::open(instance.origin(), "ptrt-unknown", transports);
        let reason = stranger.wait_for("refused", PATIENCE);
        assert_eq!(reason, "Invalid runner token.", "{transports:?}");
    }

    let visitor = instance.visitor();
    for (query, code) in [
        ("EIO=4&transport=carrier-pigeon", 0),
        ("EIO=4&transport=polling&sid=unknown", 1),
        ("EIO=3&transport=polling", 5),
        ("EIO=4&transport=websocket", 3),
    ] {
        let answer = visitor
            .get(&format!("/socket.io/?{query}"))
            .expect_status(400);
        assert_eq!(answer.json()["code"], code, "{query}");
    }
}

#[test]
fn a_polling_session_ends_when_its_client_breaks_the_rules() {
    let instance = Instance::start();
    let visitor = instance.visitor();
    let path = |session_id: &str| format!("/socket.io/?EIO=4&transport=polling&sid={session_id}");
    let open = || {
        let answer = visitor.get("/socket.io/?EIO=4&transport=polling");
        let text = answer.expect_status(200).text();
        let hello: Value = serde_json::from_str(&text[1..]).expect("an open packet");
        assert_eq!(hello["upgrades"], serde_json::json!(["websocket"]));
        hello["sid"].as_str().expect("a session id").to_owned()
    };
    let post = |session_id: &str, body: &str| {
        let headers = [("content-type", "text/plain;charset=UTF-8")];
        visitor.call(Method::POST, &path(session_id), &headers, body.as_bytes())
    };
    let assert_ended = |session_id: &str| {
        let answer = visitor.get(&path(session_id)).expect_status(400);
        assert_eq!(answer.json()["code"], 1);
    };

    // What is answered waits for the next poll, all in one body.
    let polite = open();
    let _ = post(&polite, "40/runners,{}\u{1e}40/other,").expect_status(200);
    let said = visitor.get(&path(&polite)).expect_status(200).text();
    assert_eq!(
        said,
        "44/runners,{\"message\":\"Invalid runner token.\"}\u{1e}44/other,{\"message\":\"Invalid namespace\"}"
    );
    // Of two polls the later one ends the session, and with it the one that waits.
    let mut answers = thread::scope(|scope| {
        let poll = || visitor.get(&path(&polite));
        let polls = [scope.spawn(poll), scope.spawn(poll)];
        polls.map(|poll| poll.join().expect("the poll ends"))
    });
    answers.sort_by_key(|answer| answer.status);
    let [waited, refused] = answers;
    assert_eq!((waited.status, waited.text().as_str()), (200, "6"));
    assert_eq!((refused.status, &refused.json()["code"]), (400, &3.into()));
    assert_ended(&polite);
    let leaver = open();
    let _ = post(&leaver, "1").expect_status(200);
    assert_ended(&leaver);

    for body in ["nonsense", &"3\u{1e}".repeat(20), "2probe"] {
        let session_id = open();
        let _ = post(&session_id, body).expect_status(200);
        assert_ended(&session_id);
    }
    let session_id = open();
    let _ = post(&session_id, &"4".repeat(5_000)).expect_status(413);
    assert_ended(&session_id);
}

#[test]
fn strangers_make_room_for_one_another_and_not_runners_for_strangers() {
    let instance = Instance::start();
    let runner = StockRunner::register(&instance, "waiting");
    let socket = RunnerSocket::open(instance.origin(), runner.token(), Transports::Polling);
    socket.wait_for("connect", PATIENCE);
    let visitor = instance.visitor();
    for _ in 0..150 {
        let answer = visitor.get("/socket.io/?EIO=4&transport=polling");
        let _ = answer.expect_status(200);
    }
    let scratch = Scratch::new("runner-room");
    let sample = samples::test_card(&scratch, "card.mp4", "320x180", 2);
    let _ = video::upload(&instance.admin(), &sample, "First", &[]);
    socket.wait_for(EVENT, PATIENCE);
}
