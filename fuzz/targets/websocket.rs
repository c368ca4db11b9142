//! WebSocket messages, two sockets in turn: nothing panics, and whatever is sent is JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tracker::{AddressKey, Config, Outbox, RateLimits, SeededRandom, SocketId, Tracker};

fuzz_target!(|text: &str| {
    let config = Config {
        rate_limits: RateLimits::UNLIMITED,
        ..Config::default()
    };
    let mut tracker = Tracker::new(config, 1);
    tracker.serve_everything();
    let mut random = SeededRandom::new(1);
    let mut outbox = Outbox::new();
    for socket in [1, 2] {
        tracker.open(SocketId(socket), AddressKey(1), 1_000, &mut random);
    }
    // A line is a message; lines go to the sockets in turn.
    for (socket, line) in [1, 2].into_iter().cycle().zip(text.lines().take(50)) {
        tracker.receive(SocketId(socket), line, 2_000, &mut random, &mut outbox);
        for (_, sent) in outbox.iter() {
            serde_json::from_str::<serde_json::Value>(sent).expect("what is sent is JSON");
        }
        outbox.clear();
        for socket in [1, 2] {
            let attachment = tracker.attachment(SocketId(socket)).expect("the socket is open");
            let decoded = tracker::Attachment::decode(&attachment.encode());
            assert_eq!(decoded, Ok(attachment));
        }
    }
    for socket in [1, 2] {
        tracker.close(SocketId(socket));
    }
    assert_eq!(tracker.totals(2_000).memberships, 0);
});
