//! Announces per second with five offers of a kilobyte each, over steady swarms; also what scanning
//! alone costs, and bytes of memory per peer. Run it with
//! `cargo run --release -p tracker --example announce_rate`.

#![expect(
    clippy::disallowed_methods,
    reason = "measures time natively, which the Worker never does"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tracker::{
    AddressKey, Attachment, Config, Outbox, RateLimits, SeededRandom, SocketId, Tracker, websocket,
};

/// Counts the bytes in use.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

#[expect(unsafe_code, reason = "an allocator that counts is an unsafe trait")]
// SAFETY: passes everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const PEERS: u32 = 5_000;
const SWARMS: u32 = 10;
const ROUNDS: u32 = 40;
const START_UNIX_MS: u64 = 1_800_000_000_000;

fn offer(id: u32) -> String {
    let candidates: String = (0..4)
        .map(|n| format!("a=candidate:{n}84052{n}1 1 udp 2113937151 4f1d2a9e-77c1-4a52-9e0b-{id:012}.local {} typ host generation 0 network-cost 999\\r\\n", 50_000 + n))
        .collect();
    format!(
        "{{\"offer\":{{\"type\":\"offer\",\"sdp\":\"v=0\\r\\no=- 4611731400430051336 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\na=group:BUNDLE 0\\r\\na=extmap-allow-mixed\\r\\na=msid-semantic: WMS\\r\\nm=application 50000 UDP/DTLS/SCTP webrtc-datachannel\\r\\nc=IN IP4 0.0.0.0\\r\\n{candidates}a=ice-ufrag:Xq1d\\r\\na=ice-pwd:1hJY3m9sH8kq0Zs2vXb7Ld4c\\r\\na=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08\\r\\na=setup:actpass\\r\\na=mid:0\\r\\na=sctp-port:5000\\r\\na=max-message-size:262144\\r\\n\"}},\"offer_id\":\"offer{id:015}\"}}"
    )
}

fn announce(peer: u32, offers: &str) -> String {
    let swarm = peer % SWARMS;
    format!(
        "{{\"numwant\":5,\"uploaded\":0,\"downloaded\":0,\"event\":\"update\",\"action\":\"announce\",\"info_hash\":\"\u{e9}\u{f1}swarm{swarm:013}\",\"peer_id\":\"-PM0203-{peer:012}\",\"offers\":[{offers}]}}"
    )
}

fn main() {
    let offers: Vec<String> = (0..5).map(offer).collect();
    let offers = offers.join(",");
    let messages: Vec<String> = (0..PEERS).map(|peer| announce(peer, &offers)).collect();
    println!("announce: {} bytes, five offers", messages[0].len());

    let config = Config {
        rate_limits: RateLimits::UNLIMITED,
        ..Config::default()
    };
    let before = IN_USE.load(Ordering::Relaxed);
    let mut tracker = Tracker::new(config, 1);
    tracker.serve_everything();
    let mut random = SeededRandom::new(1);
    let mut outbox = Outbox::new();
    for peer in 0..PEERS {
        tracker.open(SocketId(peer), AddressKey(7), START_UNIX_MS, &mut random);
    }

    let start = Instant::now();
    let (mut sent, mut kilobytes) = (0, 0.0);
    for round in 0..ROUNDS {
        // 167 announces per second: no load shortens the lists of offers, and nobody expires.
        for (peer, message) in (0..PEERS).zip(&messages) {
            let now = START_UNIX_MS + u64::from(round) * 30_000 + u64::from(peer) * 6;
            tracker.receive(SocketId(peer), message, now, &mut random, &mut outbox);
            for (to, text) in outbox.iter() {
                black_box(to);
                sent += 1;
                kilobytes += f64::from(u32::try_from(text.len()).unwrap_or(0)) / 1_000.0;
            }
            outbox.clear();
        }
    }
    let elapsed = start.elapsed().as_secs_f64();
    let announces = f64::from(PEERS * ROUNDS);
    println!(
        "tracker: {:.0} announces/s, {:.0} messages out/s, {:.2} per announce, {:.0} MB/s out",
        announces / elapsed,
        f64::from(sent) / elapsed,
        f64::from(sent) / announces,
        kilobytes / 1_000.0 / elapsed
    );
    let in_use = IN_USE.load(Ordering::Relaxed) - before;
    println!("memory: {} bytes per peer and socket", in_use / 5_000);

    measure_parsing(&messages[0]);
    measure_rebuild(&tracker, config);
}

fn measure_parsing(message: &str) {
    let rate = |read: &dyn Fn()| {
        let start = Instant::now();
        (0..100_000).for_each(|_| read());
        100_000.0 / start.elapsed().as_secs_f64()
    };
    let own = rate(&|| {
        let _ = black_box(websocket::parse(black_box(message)).is_ok());
    });
    println!("parsing alone: {own:.0} messages/s by our scanner");
    let serde = rate(&|| {
        let _ = black_box(serde_json::from_str::<Typed<'_>>(black_box(message)).is_ok());
    });
    println!("parsing alone: {serde:.0} messages/s by serde_json with RawValue");
}

/// For comparison; ids would still have to be read.
#[derive(serde::Deserialize)]
#[expect(dead_code, reason = "only parsing is measured")]
struct Typed<'a> {
    #[serde(borrow)]
    info_hash: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    peer_id: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    offers: Vec<TypedOffer<'a>>,
}

/// One offer of it.
#[derive(serde::Deserialize)]
#[expect(dead_code, reason = "only parsing is measured")]
struct TypedOffer<'a> {
    #[serde(borrow)]
    offer: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow)]
    offer_id: Option<&'a serde_json::value::RawValue>,
}

fn measure_rebuild(tracker: &Tracker, config: Config) {
    let texts: Vec<String> = (0..PEERS)
        .filter_map(|peer| tracker.attachment(SocketId(peer)))
        .map(|attachment| attachment.encode())
        .collect();
    let start = Instant::now();
    let attachments = texts
        .iter()
        .filter_map(|text| Attachment::decode(text).ok());
    let rebuilt = Tracker::rebuild(config, 2, START_UNIX_MS, attachments);
    println!(
        "rebuilding {} sockets: {:.1} ms",
        rebuilt.socket_count(),
        start.elapsed().as_secs_f64() * 1000.0
    );
}
