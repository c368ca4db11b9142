//! What a batch of deliveries has learnt, and how it is remembered.

use std::collections::BTreeMap;

use activitypub::signature::Scheme;
use domain::UnixMillis;
use ports::{Database, Platform, Statement};
use serde::Deserialize;
use serde_json::{Value, json};
use store::federation::{delayed, host, recipients};

use super::Delivery;
use super::pages;
use super::retry::{self, GIVEN_UP_FAILURES};
use super::round::{Group, Late};
use crate::AppError;
use crate::federation::fetch::FetchError;

/// How long what nobody waits for is left alone, in milliseconds: both forms of signature take less.
const LATE_LEASE_MS: i64 = 60_000;

/// What becomes of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It arrived, or was refused for good.
    Done,
    /// Its host does not answer.
    Wait,
    /// Refused in both forms of signature, as by whoever does not know our new key yet.
    Refused,
    /// There is no such inbox.
    Gone,
    /// Our own part failed.
    Later(AppError),
}

/// What one host did.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) host: String,
    seen_scheme: Scheme,
    seen_failures: u32,
    is_proven: bool,
    /// The form of signature that it took last.
    pub(super) scheme: Scheme,
    has_answered: bool,
    pub(super) has_failed: bool,
    /// Nobody waited for it: the host counts as silent, and what was on its way there is kept.
    pub(super) is_late: bool,
    /// By index of the batch.
    pub(super) fates: Vec<(usize, Fate)>,
}

impl Report {
    pub(super) fn new(group: &Group) -> Self {
        Self {
            host: group.host.clone(),
            seen_scheme: group.scheme,
            seen_failures: group.failures,
            is_proven: group.is_proven,
            scheme: group.scheme,
            has_answered: false,
            has_failed: false,
            is_late: false,
            fates: Vec::new(),
        }
    }

    pub(super) fn judge<P: Platform>(
        &mut self,
        platform: &P,
        sent: Result<Scheme, FetchError>,
    ) -> Fate {
        match sent {
            Ok(scheme) => {
                self.scheme = scheme;
                self.has_answered = true;
                Fate::Done
            }
            Err(FetchError::Unavailable { .. }) => {
                self.has_failed = true;
                Fate::Wait
            }
            Err(FetchError::Gone { .. }) => {
                self.has_answered = true;
                Fate::Gone
            }
            Err(FetchError::Forbidden { .. }) => {
                // Who refuses is there.
                self.has_answered = true;
                Fate::Refused
            }
            Err(FetchError::Here(error @ AppError::Unavailable { .. })) => Fate::Later(error),
            Err(error) => {
                platform.log(&format!("a delivery is dropped: {error}"));
                self.has_answered |= matches!(error, FetchError::Invalid { .. });
                Fate::Done
            }
        }
    }

    fn is_news(&self) -> bool {
        !self.is_proven || self.is_late || self.seen_failures > 0 || self.scheme != self.seen_scheme
    }

    fn came_back(&self) -> bool {
        (self.seen_failures > 0 || self.is_late) && self.has_answered && !self.has_failed
    }

    /// One more failure, told apart from those that others find out at the same time.
    fn failure<P: Platform>(&self, platform: &P) -> (u32, Statement) {
        if self.is_late && self.seen_failures == 0 {
            // Counted when nobody waited for it any more.
            let next = retry::retry_time(platform, 1);
            return (1, host::put_off(&self.host, 1, next));
        }
        let failures = self.seen_failures.saturating_add(1);
        let next = retry::retry_time(platform, failures);
        let note = host::note_failure(&self.host, self.seen_failures, next);
        (failures, note)
    }
}

/// What there is to write.
#[derive(Clone, Copy)]
pub(super) struct Learnt<'a> {
    pub(super) reports: &'a [Report],
    pub(super) late: &'a [Late],
    /// Indexes of the batch that need no queue any more: made, kept with their hosts, or dropped.
    pub(super) made: &'a [usize],
}

/// Writes it, and has what waits for hosts that answer again sent at once. What is on its way to those that
/// are `late` is kept.
///
/// # Errors
/// [`AppError::Unavailable`] when the database fails; then nothing is written.
pub(super) async fn write<P: Platform>(
    platform: &P,
    deliveries: &[Delivery],
    learnt: Learnt<'_>,
) -> Result<(), AppError> {
    let Learnt {
        reports,
        late,
        made,
    } = learnt;
    let shared = gone_but_shared(platform, deliveries, reports).await?;
    let mut statements = Vec::new();
    let mut given_up = Vec::new();
    for report in reports {
        let mut fates = report.fates.iter();
        if report.has_failed || fates.any(|(index, _)| shared.contains(index)) {
            let (failures, note) = report.failure(platform);
            statements.push(note);
            if failures >= GIVEN_UP_FAILURES {
                given_up.push(report.host.as_str());
            }
        } else if report.has_answered && report.is_news() {
            let scheme = report.scheme.name();
            statements.push(host::note_answer(&report.host, scheme, platform.now()));
        }
    }
    statements.extend(keep(platform, deliveries, reports, &shared));
    statements.extend(forget(deliveries, reports, &shared));
    statements.extend(set_apart(platform, deliveries, late));
    statements.extend(pages::note_made(
        made.iter().map(|index| &deliveries[*index]),
    ));
    for (report, index) in with_fate(reports, &Fate::Gone) {
        if !shared.contains(&index) {
            let inbox = &deliveries[index].inbox_url;
            statements.push(recipients::forget_followers_at(&report.host, inbox));
        }
    }
    if !given_up.is_empty() {
        platform.log(&format!("{} silent servers are given up", given_up.len()));
        let hosts = json!(given_up).to_string();
        statements.push(delayed::forget_hosts(&hosts));
        statements.push(recipients::forget_followers_on(&hosts));
    }
    if !statements.is_empty() {
        platform.database().batch(statements).await?;
    }
    if reports.iter().any(Report::came_back) {
        super::retry_delayed(platform).await?;
    }
    Ok(())
}

fn with_fate<'a>(
    reports: &'a [Report],
    wanted: &'a Fate,
) -> impl Iterator<Item = (&'a Report, usize)> {
    reports.iter().flat_map(move |report| {
        let fates = report.fates.iter().filter(move |(_, fate)| fate == wanted);
        fates.map(move |(index, _)| (report, *index))
    })
}

/// Deliveries to an inbox that is gone although a whole server shares it: more likely the server is being
/// repaired than that everybody left.
async fn gone_but_shared<P: Platform>(
    platform: &P,
    deliveries: &[Delivery],
    reports: &[Report],
) -> Result<Vec<usize>, AppError> {
    let gone: Vec<(&Report, usize)> = with_fate(reports, &Fate::Gone).collect();
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let select = |(report, index): &(&Report, usize)| {
        host::select_is_shared(&report.host, &deliveries[*index].inbox_url)
    };
    let results = platform
        .database()
        .batch(gone.iter().map(select).collect())
        .await?;
    let mut shared = Vec::new();
    for ((_, index), rows) in gone.iter().zip(&results) {
        let row = rows.first();
        if row.map(|row| row.boolean(0)).transpose()? == Some(true) {
            shared.push(*index);
        }
    }
    Ok(shared)
}

/// The id of an activity of ours.
fn activity_id(activity: &str) -> String {
    #[derive(Deserialize)]
    struct WithId {
        id: String,
    }
    serde_json::from_str::<WithId>(activity).map_or_else(|_| String::new(), |known| known.id)
}

/// How and until when a delivery is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Keeping {
    refusals: u32,
    free_at: UnixMillis,
}

/// Statements that keep deliveries with their hosts; the body of an activity is written once.
fn kept<'a>(
    deliveries: &'a [Delivery],
    wanted: impl Iterator<Item = (&'a str, usize, Keeping)>,
) -> Vec<Statement> {
    let mut waiting: BTreeMap<(String, Keeping), (&Delivery, Vec<Value>)> = BTreeMap::new();
    for (host, index, keeping) in wanted {
        let delivery = &deliveries[index];
        let entry = waiting
            .entry((activity_id(&delivery.activity), keeping))
            .or_insert_with(|| (delivery, Vec::new()));
        entry.1.push(json!([delivery.inbox_url, host]));
    }
    let statements = waiting
        .into_iter()
        .flat_map(|((id, keeping), (delivery, inboxes))| {
            let kept = delayed::Keep {
                activity_id: &id,
                signer_url: &delivery.signer_url,
                inboxes: &Value::Array(inboxes).to_string(),
                since: UnixMillis(delivery.since_unix_ms),
                free_at: keeping.free_at,
                refusals: keeping.refusals,
            };
            [
                delayed::keep_activity(&id, &delivery.activity),
                delayed::keep(&kept),
            ]
        });
    statements.collect()
}

fn keep<P: Platform>(
    platform: &P,
    deliveries: &[Delivery],
    reports: &[Report],
    shared: &[usize],
) -> Vec<Statement> {
    let at_once = Keeping {
        refusals: 0,
        free_at: UnixMillis(0),
    };
    let mut wanted = Vec::new();
    for report in reports {
        for (index, fate) in &report.fates {
            let keeping = match fate {
                Fate::Wait => Some(at_once),
                Fate::Gone => shared.contains(index).then_some(at_once),
                // Whoever is late has no queue to go back to.
                Fate::Later(_) => report.is_late.then_some(at_once),
                Fate::Refused => refused(platform, &deliveries[*index]),
                Fate::Done => None,
            };
            wanted.extend(keeping.map(|keeping| (report.host.as_str(), *index, keeping)));
        }
    }
    kept(deliveries, wanted.into_iter())
}

/// When a delivery is offered again that was refused; `None` when it has been often enough.
fn refused<P: Platform>(platform: &P, delivery: &Delivery) -> Option<Keeping> {
    let refusals = delivery.refusals();
    let free_at = retry::offer_time(platform, refusals);
    if free_at.is_none() {
        platform.log("a delivery is dropped: it is refused again and again");
    }
    Some(Keeping {
        refusals: refusals.saturating_add(1),
        free_at: free_at?,
    })
}

/// Keeps what is on its way to hosts that nobody waits for, and counts them as silent.
fn set_apart<P: Platform>(platform: &P, deliveries: &[Delivery], late: &[Late]) -> Vec<Statement> {
    let free_at = UnixMillis(platform.now().0 + LATE_LEASE_MS);
    let wanted = late.iter().flat_map(|late| {
        late.indexes.iter().map(move |&index| {
            let refusals = deliveries[index].refusals();
            (late.host.as_str(), index, Keeping { refusals, free_at })
        })
    });
    let mut statements = kept(deliveries, wanted);
    let unknown = late.iter().filter(|late| late.failures == 0);
    statements.extend(unknown.map(|late| host::note_failure(&late.host, 0, free_at)));
    statements
}

fn forget(deliveries: &[Delivery], reports: &[Report], shared: &[usize]) -> Vec<Statement> {
    let mut statements = Vec::new();
    for report in reports {
        for (index, fate) in &report.fates {
            let delivery = &deliveries[*index];
            let is_over = match fate {
                Fate::Done => true,
                Fate::Gone => !shared.contains(index),
                Fate::Refused => retry::is_last_offer(delivery.refusals()),
                Fate::Wait | Fate::Later(_) => false,
            };
            if is_over && (delivery.failures > 0 || report.is_late) {
                let inbox = json!([delivery.inbox_url]).to_string();
                statements.push(delayed::forget(&activity_id(&delivery.activity), &inbox));
            }
        }
    }
    statements
}
