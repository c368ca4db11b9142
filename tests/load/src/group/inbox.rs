//! What other servers bring to us and ask of us, and of a PeerTube in the same run where one is installed
//! (`EDGETUBE_PEERTUBE_DIR`, see `tests/interop`): the same requests over the same connections.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use e2e::fediverse::author::{Author, SignedPost, http_date};
use e2e::fediverse::{Fediverse, Manner};
use e2e::{Client, Instance, samples, video, wait};
use interop::peertube::{self, PeerTube};
use serde_json::json;

use crate::figure::{Bound, Table, count};
use crate::http1::{Answer, Connection, Payload};
use crate::process::Process;
use crate::wrk;

/// Actors who like a video, each again and again.
const ACTORS: usize = 100;
/// Keys among them: making one takes a while.
const KEYS: usize = 10;
/// Signed deliveries in one measurement.
const OUR_LIKES: usize = 6_000;
const THEIR_LIKES: usize = 1_500;
/// A server is as fast as it is in what suits it best.
const ROUNDS: [Round; 3] = [
    Round {
        name: "16 connections, no rest before",
        connections: 16,
        rests: false,
        number: 1,
    },
    Round {
        name: "16 connections",
        connections: 16,
        rests: true,
        number: 2,
    },
    Round {
        name: "64 connections",
        connections: 64,
        rests: true,
        number: 3,
    },
];
/// Connections that warm a server up, and of deliveries whose costs are counted.
const SOME_CONNECTIONS: usize = 16;
/// Deliveries before: V8 takes some calls to compile what is called often, in either server.
const WARM_UP: usize = 3_000;
/// Deliveries whose costs are counted.
const COUNTED: usize = 200;
/// As often as PeerTube.
const INBOX_RATIO: f64 = 5.0;
const DOCUMENT_RATIO: f64 = 10.0;
/// Of one accepted activity.
const CPU_CAP_MS: f64 = 3.0;
const ROWS_WRITTEN_CAP: f64 = 2.0;
const ROWS_READ_CAP: f64 = 5.0;
const PATIENCE: Duration = Duration::from_secs(120);
/// Processor time that PeerTube uses within three seconds when nobody asks it for anything, and some more.
const PEERTUBE_IDLE: Duration = Duration::from_millis(150);
/// How often to look at a server that is still at work.
const LOOK: Duration = Duration::from_secs(1);
const ALLOW_PRIVATE: (&str, &str) = ("FEDERATION_ALLOW_PRIVATE", "true");
const SHOWN_COSTS: [&str; 4] = [
    "database_batches",
    "rows_read",
    "rows_written",
    "queue_sends",
];

/// One measurement of how fast a server accepts.
struct Round {
    name: &'static str,
    /// That bring the deliveries.
    connections: usize,
    /// Whether it has acted on everything of before.
    rests: bool,
    /// Tells its likes from others'.
    number: u32,
}

/// Requests per second.
struct Rates {
    /// By the name of the round.
    accepted: Vec<(&'static str, f64)>,
    finger: f64,
    actor: f64,
}

impl Rates {
    fn best_accepted(&self) -> f64 {
        let rates = self.accepted.iter().map(|(_, rate)| *rate);
        rates.fold(0.0, f64::max)
    }
}

/// Measures what comes in.
pub fn measure(table: &mut Table) {
    let crowd = Crowd::gather();
    costs(table, &crowd);
    let theirs = peertube::installed().map(|folder| {
        let peertube = PeerTube::start(&folder);
        let measured = catch_unwind(AssertUnwindSafe(|| {
            let process = Process(peertube.server_pid());
            crowd.rates(peertube.origin(), &peertube.admin(), process)
        }));
        let rates = measured.unwrap_or_else(|panic| {
            eprintln!("{}", peertube.log());
            resume_unwind(panic)
        });
        for (round, rate) in &rates.accepted {
            let title = format!("PeerTube: accepted activities, {round}");
            table.shown(&title, *rate, "/s");
        }
        table.shown("PeerTube: WebFinger", rates.finger, "/s");
        table.shown("PeerTube: actor document", rates.actor, "/s");
        rates
    });
    table.note("one workerd for everything:");
    let _ = ours(table, &crowd, 0);
    table.note("one that answers and acts, and one with the object, as on the platform:");
    let ours = ours(table, &crowd, 1);
    match theirs {
        None => {
            table.note("EDGETUBE_PEERTUBE_DIR names no PeerTube: nothing to compare with");
        }
        Some(theirs) => {
            let mut ratio = |name, ours: f64, theirs: f64, bound| {
                table.line(name, ours / theirs, "x", Bound::AtLeast(bound));
            };
            ratio(
                "accepted activities, of PeerTube's",
                ours.best_accepted(),
                theirs.best_accepted(),
                INBOX_RATIO,
            );
            ratio(
                "WebFinger, of PeerTube's",
                ours.finger,
                theirs.finger,
                DOCUMENT_RATIO,
            );
            ratio(
                "actor document, of PeerTube's",
                ours.actor,
                theirs.actor,
                DOCUMENT_RATIO,
            );
        }
    }
}

fn ours(table: &mut Table, crowd: &Crowd, edges: u8) -> Rates {
    let instance = Instance::with_edges(edges, &[ALLOW_PRIVATE]);
    let admin = instance.admin();
    let workerds = instance.edge_pids().into_iter();
    let workerds: Vec<_> = workerds
        .chain([instance.server_pid()])
        .map(Process)
        .collect();
    let video = Liked::upload(instance.origin(), &admin);
    crowd.introduce(&video);
    crowd.warm_up(&video);
    let accept = |round: &Round| {
        if round.rests {
            let _ = settle(&workerds, Duration::ZERO);
        }
        let likes = crowd.likes(&video, round.number, OUR_LIKES);
        let (cpu, started) = (cpu_time(&workerds), Instant::now());
        let accepted = send_all(instance.origin(), &likes, round.connections, |_| {});
        let accepting = cpu_time(&workerds) - cpu;
        table.shown(
            &format!("accepted (verified, durable, 202), {}", round.name),
            accepted,
            "/s",
        );
        let each_ms = |time: Duration| time.as_secs_f64() * 1_000.0 / count_of(OUR_LIKES);
        table.line(
            "  processor time for each until all are accepted",
            each_ms(accepting),
            "ms",
            Bound::AtMost(CPU_CAP_MS),
        );
        let idle_since = settle(&workerds, Duration::ZERO);
        table.shown(
            "  the same until all are acted upon",
            each_ms(cpu_time(&workerds) - cpu),
            "ms",
        );
        let acted = count_of(OUR_LIKES) / idle_since.duration_since(started).as_secs_f64();
        table.shown("  acted upon, from the first request on", acted, "/s");
        (round.name, accepted)
    };
    let accepted = ROUNDS.iter().map(accept).collect();
    video.expect_likes(&admin);
    let rates = crowd.documents(instance.origin(), accepted);
    table.shown("WebFinger", rates.finger, "/s");
    table.shown("actor document", rates.actor, "/s");
    rates
}

/// What accepting costs in things that are billed: one by one, and when many come at once.
fn costs(table: &mut Table, crowd: &Crowd) {
    let instance = Instance::with_vars(&[ALLOW_PRIVATE, ("SHOW_COSTS", "true")]);
    let video = Liked::upload(instance.origin(), &instance.admin());
    crowd.introduce(&video);
    for (round, connections) in [(1, 1), (2, SOME_CONNECTIONS)] {
        let sums = Mutex::new(BTreeMap::new());
        let likes = crowd.likes(&video, round, COUNTED);
        send_all(instance.origin(), &likes, connections, |answer| {
            add_costs(&mut sums.lock().expect("no sender panics"), answer);
        });
        let sums = sums.into_inner().expect("no sender panics");
        for (name, mean) in sums {
            let bound = match name {
                "rows_read" => Bound::AtMost(ROWS_READ_CAP),
                "rows_written" => Bound::AtMost(ROWS_WRITTEN_CAP),
                _ => Bound::Shown,
            };
            let title = format!("{name} for each accepted, {connections} at a time");
            table.line(&title, count(mean) / count_of(COUNTED), "", bound);
        }
    }
}

fn add_costs(sums: &mut BTreeMap<&str, u64>, answer: &Answer) {
    let costs = answer.header("x-edgetube-costs").split(',');
    for (name, value) in costs.filter_map(|cost| cost.split_once('=')) {
        let shown = SHOWN_COSTS.into_iter().find(|shown| *shown == name);
        let value: u64 = value.parse().unwrap_or_else(|error| panic!("{error}"));
        if let Some(name) = shown {
            *sums.entry(name).or_default() += value;
        }
    }
}

/// Of all of them.
fn cpu_time(processes: &[Process]) -> Duration {
    processes.iter().map(|process| process.cpu_time()).sum()
}

/// Waits until the processes have had nothing to do for a while; answers since when.
/// Less than `idle` of processor time within it is nothing.
fn settle(processes: &[Process], idle: Duration) -> Instant {
    const REST: Duration = Duration::from_secs(3);
    let mut last = (cpu_time(processes), Instant::now());
    wait::until("everything is acted upon", PATIENCE, || {
        let now = cpu_time(processes);
        if now > last.0 + idle {
            last = (now, Instant::now());
        }
        (last.1.elapsed() >= REST).then_some(last.1)
    })
}

/// A video that all of the crowd like.
struct Liked {
    origin: String,
    uuid: String,
}

impl Liked {
    fn upload(origin: &str, admin: &Client) -> Self {
        let fields = [("waitTranscoding", "false")];
        let created = video::upload(admin, &samples::bunny(), "Big Buck Bunny", &fields);
        Self {
            origin: origin.to_owned(),
            uuid: created.uuid,
        }
    }

    /// Waits until nothing of it is transcoded any more, which would be measured, too.
    fn wait_until_at_rest(&self, admin: &Client) {
        const PUBLISHED: u64 = 1;
        wait::until("the video is transcoded", PATIENCE, || {
            thread::sleep(LOOK);
            let video = video::details(admin, &self.uuid);
            (video["state"]["id"] == PUBLISHED).then_some(())
        });
    }

    /// Everybody liked it, however often each said so.
    fn expect_likes(&self, admin: &Client) {
        let started = Instant::now();
        loop {
            let likes = video::details(admin, &self.uuid)["likes"].take();
            if likes == ACTORS {
                return;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{likes} likes of {ACTORS} actors"
            );
            thread::sleep(LOOK);
        }
    }
}

/// Actors of another server.
struct Crowd {
    authors: Vec<Author>,
    // Serves them as long as it lives.
    _server: Fediverse,
}

impl Crowd {
    fn gather() -> Self {
        let server = Fediverse::start(&[Manner::Takes]);
        let url = |number: usize| format!("http://{}/actors/{number}", server.hosts()[0]);
        let keys: Vec<Author> = (0..KEYS).map(|number| Author::new(&url(number))).collect();
        let author =
            |number: usize| keys[number % KEYS].sibling(&url(number), &format!("somebody{number}"));
        let authors: Vec<Author> = (0..ACTORS).map(author).collect();
        for author in &authors {
            server.serve_document(&author.document());
        }
        Self {
            authors,
            _server: server,
        }
    }

    /// Signed likes, each another activity; `round` tells those of one measurement from another's.
    fn likes(&self, video: &Liked, round: u32, number: usize) -> Vec<SignedPost> {
        let date = http_date();
        let host = video.origin.trim_start_matches("http://");
        let object = format!("{}/videos/watch/{}", video.origin, video.uuid);
        let authors = self.authors.iter().cycle().take(number).enumerate();
        let sign = |(number, author): (usize, &Author)| {
            let activity = json!({
                // PeerTube drops whatever has a context that is no list, and says 204.
                "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
                "type": "Like",
                "id": format!("{}/likes/{round}/{number}", author.url()),
                "actor": author.url(),
                "object": object,
                "to": ["https://www.w3.org/ns/activitystreams#Public"],
                "cc": [],
            });
            author.sign(host, "/inbox", &date, &activity)
        };
        authors.map(sign).collect()
    }

    /// Has every actor known: one like each.
    fn introduce(&self, video: &Liked) {
        let mut connection = Connection::open(&video.origin);
        for like in self.likes(video, 0, ACTORS) {
            let _ = post(&mut connection, &like);
        }
    }

    fn warm_up(&self, video: &Liked) {
        let likes = self.likes(video, 9, WARM_UP);
        let _ = send_all(&video.origin, &likes, SOME_CONNECTIONS, |_| {});
    }

    fn rates(&self, origin: &str, admin: &Client, process: Process) -> Rates {
        let video = Liked::upload(origin, admin);
        video.wait_until_at_rest(admin);
        self.introduce(&video);
        video.expect_likes(admin);
        self.warm_up(&video);
        let accept = |round: &Round| {
            // It acts on what it has accepted later, too.
            if round.rests {
                let _ = settle(&[process], PEERTUBE_IDLE);
            }
            let likes = self.likes(&video, round.number, THEIR_LIKES);
            let rate = send_all(origin, &likes, round.connections, |_| {});
            (round.name, rate)
        };
        let accepted = ROUNDS.iter().map(accept).collect();
        video.expect_likes(admin);
        let _ = settle(&[process], PEERTUBE_IDLE);
        self.documents(origin, accepted)
    }

    fn documents(&self, origin: &str, accepted: Vec<(&'static str, f64)>) -> Rates {
        let host = origin.trim_start_matches("http://");
        let finger = format!("{origin}/.well-known/webfinger?resource=acct:root@{host}");
        let accept = ["accept: application/activity+json"];
        Rates {
            accepted,
            finger: wrk::rate(&finger, &[]),
            actor: wrk::rate(&format!("{origin}/accounts/root"), &accept),
        }
    }
}

/// Sends all over so many connections at once; how many a second were taken.
fn send_all(
    origin: &str,
    posts: &[SignedPost],
    connections: usize,
    see: impl Fn(&Answer) + Sync,
) -> f64 {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let mut connection = Connection::open(origin);
                while let Some(one) = posts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    see(&post(&mut connection, one));
                }
            });
        }
    });
    count_of(posts.len()) / started.elapsed().as_secs_f64()
}

/// Panics unless it is taken.
fn post(connection: &mut Connection, post: &SignedPost) -> Answer {
    let headers: Vec<(&str, &str)> = post
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let answer = connection.call("POST", "/inbox", &headers, Payload::Bytes(&post.body));
    let said = String::from_utf8_lossy(&answer.body);
    // PeerTube says 204.
    assert!(
        matches!(answer.status, 202 | 204),
        "{}: {said}",
        answer.status
    );
    answer
}

fn count_of(number: usize) -> f64 {
    count(u64::try_from(number).unwrap_or(u64::MAX))
}
