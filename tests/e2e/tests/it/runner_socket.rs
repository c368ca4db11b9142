//! Runners that wait on a socket hear of work, by the client library of PeerTube's runner.

use std::time::Duration;

use e2e::runner_socket::RunnerSocket;
use e2e::scratch::Scratch;
use e2e::{Instance, samples, video};

use crate::stock_runner::StockRunner;

const PATIENCE: Duration = Duration::from_secs(20);
const EVENT: &str = "available-jobs";

#[test]
fn a_waiting_runner_hears_of_new_and_of_returned_jobs() {
    let scratch = Scratch::new("runner-socket");
    let sample = samples::test_card(&scratch, "card.mp4", "320x180", 2);
    let instance = Instance::start();
    let admin = instance.admin();
    let runner = StockRunner::register(&instance, "waiting");
    let socket = RunnerSocket::open(instance.origin(), runner.token());
    socket.wait_for("connect", PATIENCE);
    assert_eq!(runner.available(), Vec::<String>::new());

    let _ = video::upload(&admin, &sample, "First", &[]);
    socket.wait_for(EVENT, PATIENCE);
    let jobs = runner.available();
    let job = runner.accept(&jobs[0]);
    let _ = socket.heard();
    let _ = runner.abort(&job).expect_status(204);
    socket.wait_for(EVENT, PATIENCE);
    assert!(runner.available().contains(&jobs[0]));

    // The client comes back by itself, and nobody has to register anew.
    instance.kill_workerd();
    socket.wait_for("disconnect", PATIENCE);
    socket.wait_for("connect", PATIENCE);
    let _ = video::upload(&instance.admin(), &sample, "Second", &[]);
    socket.wait_for(EVENT, PATIENCE);
}

#[test]
fn only_a_registered_runner_listens() {
    let instance = Instance::start();
    let stranger = RunnerSocket::open(instance.origin(), "ptrt-unknown");
    let reason = stranger.wait_for("refused", PATIENCE);
    assert_eq!(reason, "Invalid runner token.");

    let visitor = instance.visitor();
    for (query, code) in [
        ("EIO=4&transport=polling", 0),
        ("EIO=3&transport=websocket", 5),
        ("EIO=4&transport=websocket", 3),
    ] {
        let answer = visitor
            .get(&format!("/socket.io/?{query}"))
            .expect_status(400);
        assert_eq!(answer.json()["code"], code, "{query}");
    }
}
