//! What we bring to other servers, on real sockets.

use std::time::{Duration, Instant};

use e2e::fediverse::{Fediverse, Manner, PublicKey, Received};
use e2e::form::Form;
use e2e::{Client, Instance, database, samples, video, wait};
use http::Method;

use crate::figure::{Bound, Table, count, median};

const INBOXES: usize = 1_000;
/// Of them, where some are dead.
const DEAD: usize = 100;
const ALIVE: usize = INBOXES - DEAD;
/// How much longer the others may wait for it.
const SLOWER_CAP_PERCENT: f64 = 10.0;
const TURNS: usize = 5;
/// Pairs of instances that nobody has met before. Their thousands of servers stay until the process ends, and
/// with more of them it runs out of descriptors.
const FIRST_TURNS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(170);
const CHANNEL: &str = "/video-channels/root_channel";
const ACCOUNT: &str = "/accounts/root";

/// Measures what we bring to others.
pub fn measure(table: &mut Table) {
    deliveries(table);
}

/// An instance that has told its followers of one video.
struct Teller {
    fediverse: Fediverse,
    instance: Instance,
    admin: Client,
    uuid: String,
    /// How many followers can answer.
    alive: usize,
    names: usize,
    /// Until all of them knew of the video, none of them having been spoken to before.
    first: Duration,
}

impl Teller {
    fn start(manners: &[Manner]) -> Self {
        let fediverse = Fediverse::start(manners);
        let mut instance = Instance::with_vars(&[("FEDERATION_ALLOW_PRIVATE", "true")]);
        // Makes the account, whose keys are then made here and not while it is measured.
        let admin = instance.admin();
        let visitor = instance.visitor();
        for actor in [CHANNEL, ACCOUNT, "/accounts/peertube"] {
            let _ = PublicKey::of(&visitor, actor);
        }
        let channel_url = format!("{}{CHANNEL}", instance.origin());
        database::change(&mut instance, |database| {
            fediverse.follow(database, &channel_url)
        });
        let created = video::upload(&admin, &samples::bunny(), "Number 0", &[]);
        let started = Instant::now();
        let is_alive = |manner: &&Manner| **manner == Manner::Takes;
        let mut teller = Self {
            alive: manners.iter().filter(is_alive).count(),
            fediverse,
            instance,
            admin,
            uuid: created.uuid,
            names: 0,
            first: Duration::ZERO,
        };
        let told = teller.collect(|request| request.activity()["type"] == "Announce");
        teller.check(&told, CHANNEL);
        teller.first = last(&told).duration_since(started);
        // Torrents change the video; the files must be at rest.
        teller.settle();
        teller
    }

    /// Waits until nothing more comes for a while.
    fn settle(&self) {
        const REST: Duration = Duration::from_secs(3);
        let mut rested_since = Instant::now();
        wait::until("nobody is told anything", PATIENCE, || {
            if !self.fediverse.take().is_empty() {
                rested_since = Instant::now();
            }
            (rested_since.elapsed() >= REST).then_some(())
        });
    }

    fn collect(&self, is_meant: impl Fn(&Received) -> bool) -> Vec<Received> {
        let mut meant = Vec::new();
        wait::until("all have been told", PATIENCE, || {
            meant.extend(self.fediverse.take().into_iter().filter(&is_meant));
            (meant.len() >= self.alive).then_some(())
        });
        meant
    }

    /// Each once, each signed for its host.
    fn check(&self, told: &[Received], actor: &str) {
        let key = PublicKey::of(&self.instance.visitor(), actor);
        let mut hosts: Vec<&str> = told.iter().map(|request| request.host.as_str()).collect();
        for request in told {
            request.assert_signed(&key);
        }
        hosts.sort_unstable();
        hosts.dedup();
        assert_eq!(
            (told.len(), hosts.len()),
            (self.alive, self.alive),
            "each once"
        );
    }

    /// From a change of the video until all who can have heard of it.
    fn rename(&mut self) -> Duration {
        self.names += 1;
        let name = format!("Number {}", self.names);
        let form = Form::new().texts(&[("name", name.as_str())]);
        let path = format!("/api/v1/videos/{}", self.uuid);
        let started = Instant::now();
        let answer = self.admin.send_form(Method::PUT, &path, form);
        let _ = answer.expect_status(204);
        let told = self.collect(|request| request.activity()["object"]["name"] == name.as_str());
        self.check(&told, ACCOUNT);
        last(&told).duration_since(started)
    }
}

fn last(told: &[Received]) -> Instant {
    let times = told.iter().map(|request| request.at);
    times.max().expect("somebody was told")
}

fn manners(dead: usize) -> Vec<Manner> {
    let manner = |number: usize| match number {
        _ if number >= dead => Manner::Takes,
        _ if number.is_multiple_of(2) => Manner::Silent,
        _ => Manner::Closed,
    };
    let mut manners: Vec<Manner> = (0..ALIVE + dead).map(manner).collect();
    // The dead lie scattered among the others.
    for number in 0..dead {
        manners.swap(number, number * (ALIVE + dead) / dead.max(1));
    }
    manners
}

fn deliveries(table: &mut Table) {
    let mut whole = Teller::start(&vec![Manner::Takes; INBOXES]);
    let secs = |time: Duration| time.as_secs_f64();
    table.shown(
        "1,000 inboxes never met before, all told",
        secs(whole.first),
        "s",
    );
    let times = median((0..TURNS).map(|_| secs(whole.rename())).collect());
    table.shown("1,000 inboxes, a change, all told", times, "s");
    table.shown("  deliveries", count_of(INBOXES) / times, "/s");
    table.note("each of them once, each signature right for its host");
    drop(whole);

    // One after the other, again and again: what the machine does besides befalls both alike.
    let mut times = (Vec::new(), Vec::new());
    let (mut healthy, mut ailing) = loop {
        let (healthy, ailing) = (Teller::start(&manners(0)), Teller::start(&manners(DEAD)));
        times.0.push(secs(healthy.first));
        times.1.push(secs(ailing.first));
        if times.0.len() == FIRST_TURNS {
            break (healthy, ailing);
        }
    };
    let (without, with) = (median(times.0), median(times.1));
    table.shown("900 never met, all told", without, "s");
    table.shown("  the same among 100 dead, nobody knew which", with, "s");
    slower(table, without, with);
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        times.0.push(secs(healthy.rename()));
        times.1.push(secs(ailing.rename()));
    }
    let (without, with) = (median(times.0), median(times.1));
    table.shown("900, a change, all told", without, "s");
    table.shown("  the same among 100 dead", with, "s");
    slower(table, without, with);
}

fn slower(table: &mut Table, without: f64, with: f64) {
    let percent = (with / without - 1.0) * 100.0;
    table.line(
        "  slower by",
        percent,
        "%",
        Bound::AtMost(SLOWER_CAP_PERCENT),
    );
}

fn count_of(number: usize) -> f64 {
    count(u64::try_from(number).unwrap_or(u64::MAX))
}
