//! One batch of deliveries on its way: a few requests at a time, and nobody waits for the slowest.

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use activitypub::AbsoluteUrl;
use activitypub::signature::Scheme;
use domain::UnixMillis;
use futures_util::StreamExt;
use futures_util::future::{Either, LocalBoxFuture, select};
use futures_util::stream::FuturesUnordered;
use ports::Platform;

use super::Delivery;
use super::record::{Fate, Report};
use crate::federation::fetch::{self, FetchError};
use crate::federation::keys::SigningActor;

/// Requests at a time: what Workers allow to wait for an answer.
const REQUESTS_AT_ONCE: usize = 6;
/// How long a server may take, in milliseconds, whoever waits for it: less than Workers allow for work that
/// goes on when everything else is done, 30 seconds.
const TIMEOUT_MS: u32 = 15_000;
/// Who takes longer than so many percent of what the others took on average is late. It costs a few rows to be
/// called late wrongly, and everybody else's time to wait.
const LATE_PERCENT: i64 = 150;
/// Nobody is late before, in milliseconds.
const LATE_AFTER_MIN_MS: i64 = 15;
/// Everybody is late after, in milliseconds, even if nobody has answered yet.
const LATE_AFTER_MAX_MS: i64 = 1_000;

/// What is to be delivered, and by whom.
pub(super) struct Batch {
    pub(super) deliveries: Vec<Delivery>,
    /// By id.
    pub(super) signers: HashMap<String, SigningActor>,
}

/// Everything that goes to one host.
pub(super) struct Group {
    pub(super) host: String,
    pub(super) scheme: Scheme,
    /// Before this batch.
    pub(super) failures: u32,
    pub(super) is_proven: bool,
    /// Indexes of the batch, with where they go.
    pub(super) deliveries: Vec<(usize, AbsoluteUrl)>,
}

/// A host that is being asked.
struct Asked {
    host: String,
    failures: u32,
    /// When it was asked last: each of its deliveries has a time of its own.
    since: Cell<UnixMillis>,
    /// Those of its deliveries whose fate is not known.
    indexes: std::cell::RefCell<Vec<usize>>,
}

/// A host that is asked and that nobody waits for any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Late {
    pub(super) host: String,
    /// Before this batch.
    pub(super) failures: u32,
    /// Of the batch.
    pub(super) indexes: Vec<usize>,
}

/// A batch on its way.
pub(super) struct Round<P: Platform> {
    platform: P,
    batch: Rc<Batch>,
    waiting: VecDeque<Group>,
    in_flight: FuturesUnordered<LocalBoxFuture<'static, Report>>,
    asked: Vec<Rc<Asked>>,
    answers: Rc<Answers>,
}

/// How long those took who have answered.
#[derive(Default)]
struct Answers {
    count: Cell<i64>,
    total_ms: Cell<i64>,
}

impl Answers {
    fn add(&self, took_ms: i64) {
        self.count.set(self.count.get() + 1);
        self.total_ms.set(self.total_ms.get() + took_ms);
    }

    /// How long somebody may take before they are late, in milliseconds.
    fn patience_ms(&self) -> i64 {
        let percent = self.total_ms.get() * LATE_PERCENT;
        let late_after = percent.checked_div(self.count.get() * 100);
        late_after.map_or(LATE_AFTER_MAX_MS, |late_after| {
            late_after.clamp(LATE_AFTER_MIN_MS, LATE_AFTER_MAX_MS)
        })
    }
}

impl<P: Platform> Round<P> {
    pub(super) fn new(platform: &P, batch: Rc<Batch>, groups: Vec<Group>) -> Self {
        Self {
            platform: platform.clone(),
            batch,
            waiting: groups.into(),
            in_flight: FuturesUnordered::new(),
            asked: Vec::new(),
            answers: Rc::default(),
        }
    }

    /// Sends, until all have answered or only those are left who are late.
    pub(super) async fn run(&mut self) -> Vec<Report> {
        let mut reports = Vec::new();
        loop {
            while self.in_flight.len() < REQUESTS_AT_ONCE {
                let Some(group) = self.waiting.pop_front() else {
                    break;
                };
                self.start(group);
            }
            let Some(patience_ms) = self.patience_ms() else {
                return reports;
            };
            let wait = self.platform.wait(patience_ms);
            if let Either::Left((Some(report), _)) = select(self.in_flight.next(), wait).await {
                self.asked.retain(|asked| asked.host != report.host);
                reports.push(report);
            }
        }
    }

    fn start(&mut self, group: Group) {
        let indexes = group.deliveries.iter().map(|(index, _)| *index).collect();
        let asked = Rc::new(Asked {
            host: group.host.clone(),
            failures: group.failures,
            since: Cell::new(self.platform.now()),
            indexes: std::cell::RefCell::new(indexes),
        });
        self.asked.push(Rc::clone(&asked));
        let batch = Rc::clone(&self.batch);
        let answers = Rc::clone(&self.answers);
        let sent = send_group(self.platform.clone(), batch, group, asked, answers);
        self.in_flight.push(Box::pin(sent));
    }

    /// How long those in flight may still take before all of them are late; `None` when they are, or when
    /// nothing is in flight.
    fn patience_ms(&self) -> Option<u32> {
        let last = self.asked.iter().map(|asked| asked.since.get().0).max()?;
        let left = last + self.answers.patience_ms() - self.platform.now().0;
        u32::try_from(left).ok().filter(|&left| left > 0)
    }

    /// Those that are still asked when [`Self::run`] has ended.
    pub(super) fn late(&self) -> Vec<Late> {
        let late = self.asked.iter().map(|asked| Late {
            host: asked.host.clone(),
            failures: asked.failures,
            indexes: asked.indexes.borrow().clone(),
        });
        late.collect()
    }

    /// Deliveries to hosts that have not been asked: those that are late leave no room.
    pub(super) fn untried(&mut self) -> Vec<usize> {
        let groups = std::mem::take(&mut self.waiting);
        let deliveries = groups.into_iter().flat_map(|group| group.deliveries);
        deliveries.map(|(index, _)| index).collect()
    }

    /// What the next of the late ones came to.
    pub(super) async fn next_late(&mut self) -> Option<Report> {
        let mut report = self.in_flight.next().await?;
        report.is_late = true;
        Some(report)
    }
}

async fn send_group<P: Platform>(
    platform: P,
    batch: Rc<Batch>,
    mut group: Group,
    asked: Rc<Asked>,
    answers: Rc<Answers>,
) -> Report {
    let mut report = Report::new(&group);
    for (index, url) in std::mem::take(&mut group.deliveries) {
        let delivery = &batch.deliveries[index];
        let is_silent = group.failures > 0 && delivery.failures == 0;
        let fate = match batch.signers.get(&delivery.signer_url) {
            None => Fate::Done,
            Some(_) if is_silent || report.has_failed => Fate::Wait,
            Some(signer) => {
                let since = platform.now();
                asked.since.set(since);
                let sent = send(&platform, delivery, signer, &url, report.scheme).await;
                let took_ms = platform.now().0 - since.0;
                let fate = report.judge(&platform, sent);
                if !report.has_failed {
                    answers.add(took_ms);
                }
                fate
            }
        };
        report.fates.push((index, fate));
        asked.indexes.borrow_mut().retain(|other| *other != index);
    }
    report
}

/// Sends it; a host that does not take one form of signature is offered the other.
async fn send<P: Platform>(
    platform: &P,
    delivery: &Delivery,
    signer: &SigningActor,
    url: &AbsoluteUrl,
    scheme: Scheme,
) -> Result<Scheme, FetchError> {
    let body = delivery.activity.as_bytes();
    let first = fetch::post_activity(platform, url, signer, scheme, body, TIMEOUT_MS).await;
    let Err(FetchError::Forbidden { .. }) = first else {
        return first.map(|()| scheme);
    };
    let other = scheme.other();
    let second = fetch::post_activity(platform, url, signer, other, body, TIMEOUT_MS).await;
    second.map(|()| other)
}
