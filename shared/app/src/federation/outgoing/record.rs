//! What a batch of deliveries has learnt, and how it is remembered.

use std::collections::BTreeMap;

use activitypub::signature::Scheme;
use ports::{Database, Platform, Statement};
use serde::Deserialize;
use serde_json::{Value, json};
use store::federation::{delayed, host, recipients};

use super::Delivery;
use super::retry::{self, GIVEN_UP_FAILURES};
use super::send::Group;
use crate::AppError;
use crate::federation::fetch::FetchError;

/// What becomes of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It arrived, or was refused for good.
    Done,
    /// Its host does not answer.
    Wait,
    /// There is no such inbox.
    Gone,
    /// Our own part failed.
    Later(AppError),
}

/// What one host did.
#[derive(Debug)]
pub(super) struct Report {
    host: String,
    seen_scheme: Scheme,
    seen_failures: u32,
    is_proven: bool,
    /// The form of signature that it took last.
    pub(super) scheme: Scheme,
    has_answered: bool,
    pub(super) has_failed: bool,
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
            Err(FetchError::Here(error @ AppError::Unavailable { .. })) => Fate::Later(error),
            Err(error) => {
                platform.log(&format!("a delivery is dropped: {error}"));
                // Who refuses is there.
                self.has_answered |= matches!(
                    error,
                    FetchError::Forbidden { .. } | FetchError::Invalid { .. }
                );
                Fate::Done
            }
        }
    }

    fn is_news(&self) -> bool {
        !self.is_proven || self.seen_failures > 0 || self.scheme != self.seen_scheme
    }
}

/// Writes it, and has what waits for hosts that answer again sent at once.
///
/// # Errors
/// [`AppError::Unavailable`] when the database fails; then nothing is written.
pub(super) async fn write<P: Platform>(
    platform: &P,
    deliveries: &[Delivery],
    reports: &[Report],
) -> Result<(), AppError> {
    let mut statements = Vec::new();
    let mut given_up = Vec::new();
    for report in reports {
        if report.has_failed {
            let failures = report.seen_failures.saturating_add(1);
            let next = retry::retry_time(platform, failures);
            statements.push(host::note_failure(&report.host, report.seen_failures, next));
            if failures >= GIVEN_UP_FAILURES {
                given_up.push(report.host.as_str());
            }
        } else if report.has_answered && report.is_news() {
            let scheme = match report.scheme {
                Scheme::Cavage => "cavage",
                Scheme::Rfc9421 => "rfc9421",
            };
            statements.push(host::note_answer(&report.host, scheme, platform.now()));
        }
    }
    let shared = gone_but_shared(platform, deliveries, reports).await?;
    statements.extend(keep(deliveries, reports, &shared));
    statements.extend(forget(deliveries, reports, &shared));
    for (report, index) in with_fate(reports, &Fate::Gone) {
        if shared.contains(&index) {
            let next = retry::retry_time(platform, report.seen_failures.saturating_add(1));
            statements.push(host::note_failure(&report.host, report.seen_failures, next));
        } else {
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
    let came_back = |report: &Report| report.seen_failures > 0 && report.has_answered;
    if reports
        .iter()
        .any(|report| came_back(report) && !report.has_failed)
    {
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

fn keep(deliveries: &[Delivery], reports: &[Report], shared: &[usize]) -> Vec<Statement> {
    let gone = with_fate(reports, &Fate::Gone).filter(|(_, index)| shared.contains(index));
    let mut waiting: BTreeMap<String, (&Delivery, Vec<Value>)> = BTreeMap::new();
    for (report, index) in with_fate(reports, &Fate::Wait).chain(gone) {
        let delivery = &deliveries[index];
        let entry = waiting
            .entry(activity_id(&delivery.activity))
            .or_insert_with(|| (delivery, Vec::new()));
        entry.1.push(json!([delivery.inbox_url, report.host]));
    }
    let statements = waiting.into_iter().flat_map(|(id, (delivery, inboxes))| {
        let inboxes = Value::Array(inboxes).to_string();
        let since = domain::UnixMillis(delivery.since_unix_ms);
        [
            delayed::keep_activity(&id, &delivery.activity),
            delayed::keep(&id, &delivery.signer_url, &inboxes, since),
        ]
    });
    statements.collect()
}

fn forget(deliveries: &[Delivery], reports: &[Report], shared: &[usize]) -> Vec<Statement> {
    let gone = with_fate(reports, &Fate::Gone).filter(|(_, index)| !shared.contains(index));
    let over = with_fate(reports, &Fate::Done).chain(gone);
    let waited = over.filter(|(_, index)| deliveries[*index].failures > 0);
    let statement = |(_, index): (&Report, usize)| {
        let delivery = &deliveries[index];
        let inbox = json!([delivery.inbox_url]).to_string();
        delayed::forget(&activity_id(&delivery.activity), &inbox)
    };
    waited.map(statement).collect()
}
