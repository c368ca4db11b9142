//! WebSocket messages, two sockets in turn, between which time passes: nothing panics, and whatever is sent is JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tracker::{AddressKey, Config, Outbox, RateLimits, SeededRandom, SocketId, Tracker};

/// Seconds that may pass between two messages: an offer is forgotten after a minute, a silent peer after two to eight.
const MAX_PAUSE_SECS: usize = 1_000;

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
    let mut now_unix_ms = 2_000;
    // A line is a message; lines go to the sockets in turn. Its last spaces are what passes before it, squared: none,
    // one, four seconds, and so on. Whoever has four or more waits for an alarm.
    for (socket, line) in [1, 2].into_iter().cycle().zip(text.lines().take(50)) {
        let spaces = line.len() - line.trim_end_matches(' ').len();
        let pause_secs = spaces.saturating_mul(spaces).min(MAX_PAUSE_SECS);
        now_unix_ms += u64::try_from(pause_secs).expect("it is small") * 1_000;
        if spaces >= 4 {
            tracker.sweep(now_unix_ms);
        }
        tracker.receive(SocketId(socket), line, now_unix_ms, &mut random, &mut outbox);
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
    assert_eq!(tracker.totals(now_unix_ms).memberships, 0);
});
