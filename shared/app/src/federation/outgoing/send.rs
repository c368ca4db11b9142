//! From queued deliveries to signed requests.
//!
//! A batch goes out with a few requests at a time, hosts that are known to answer before all others. Several
//! deliveries to one host follow each other, and the first that fails holds the rest back. What a batch has
//! learnt is written in one transaction at its end, and a batch that went as the last one did writes nothing.

use std::collections::{BTreeMap, HashMap};

use activitypub::AbsoluteUrl;
use activitypub::signature::Scheme;
use futures_util::StreamExt;
use futures_util::stream;
use ports::{Database, Platform};
use serde_json::json;
use store::federation::host::{self, HostRow};

use super::Delivery;
use super::record::{self, Fate, Report};
use crate::AppError;
use crate::federation::fetch::{self, FetchError};
use crate::federation::keys::{self, SigningActor};

/// Requests at a time: what Workers allow to wait for an answer.
const REQUESTS_AT_ONCE: usize = 6;
/// How long a server that has always answered may take, in milliseconds. Who takes longer is asked again by
/// itself, with more patience.
const FIRST_TIMEOUT_MS: u32 = 3_000;
/// The same for one that has failed before.
const PATIENT_TIMEOUT_MS: u32 = 15_000;

/// Everything that goes to one host.
pub(super) struct Group {
    pub(super) host: String,
    pub(super) scheme: Scheme,
    /// Before this batch.
    pub(super) failures: u32,
    pub(super) is_proven: bool,
    /// Indexes of the batch, with where they go.
    deliveries: Vec<(usize, AbsoluteUrl)>,
}

/// Brings activities to their inboxes. An error says that the delivery at its place should be handed in
/// again; all others arrived, wait in the database, or need no further try.
pub async fn deliver_all<P: Platform>(
    platform: &P,
    deliveries: &[Delivery],
) -> Vec<Result<(), AppError>> {
    let mut results = vec![Ok(()); deliveries.len()];
    let prepared = async {
        let groups = groups(platform, deliveries).await?;
        let signers = signers(platform, deliveries).await?;
        Ok::<_, AppError>((groups, signers))
    };
    let (groups, signers) = match prepared.await {
        Ok(prepared) => prepared,
        Err(error) => return vec![Err(error); deliveries.len()],
    };
    let sent = groups
        .into_iter()
        .map(|group| send_group(platform, deliveries, &signers, group));
    let reports: Vec<Report> = stream::iter(sent)
        .buffer_unordered(REQUESTS_AT_ONCE)
        .collect()
        .await;
    for (index, fate) in reports.iter().flat_map(|report| &report.fates) {
        if let Fate::Later(error) = fate {
            results[*index] = Err(error.clone());
        }
    }
    if let Err(error) = record::write(platform, deliveries, &reports).await {
        // What arrived has arrived; what waits must not get lost.
        for (index, fate) in reports.iter().flat_map(|report| &report.fates) {
            if matches!(fate, Fate::Wait) {
                results[*index] = Err(error.clone());
            }
        }
    }
    results
}

async fn groups<P: Platform>(
    platform: &P,
    deliveries: &[Delivery],
) -> Result<Vec<Group>, AppError> {
    let mut by_host: BTreeMap<String, Vec<(usize, AbsoluteUrl)>> = BTreeMap::new();
    for (index, delivery) in deliveries.iter().enumerate() {
        match AbsoluteUrl::parse(&delivery.inbox_url) {
            Ok(url) => by_host.entry(url.host()).or_default().push((index, url)),
            Err(error) => platform.log(&format!("an inbox is no URL: {error}")),
        }
    }
    let names = json!(by_host.keys().collect::<Vec<_>>()).to_string();
    let results = platform
        .database()
        .batch(vec![host::select(&names)])
        .await?;
    let mut known = HashMap::new();
    for row in results.first().map(Vec::as_slice).unwrap_or_default() {
        let row = host::read(row)?;
        known.insert(row.host.clone(), row);
    }
    let mut groups: Vec<Group> = by_host
        .into_iter()
        .map(|(host, deliveries)| {
            let row: Option<HostRow> = known.remove(&host);
            let scheme = row.as_ref().map(|row| row.scheme.as_str());
            Group {
                host,
                scheme: match scheme {
                    Some("rfc9421") => Scheme::Rfc9421,
                    _ => Scheme::Cavage,
                },
                failures: row.as_ref().map_or(0, |row| row.failures),
                is_proven: row.is_some_and(|row| row.is_proven),
                deliveries,
            }
        })
        .collect();
    groups.sort_by_key(|group| (group.failures, !group.is_proven));
    Ok(groups)
}

/// Those of ours who sign in this batch, by id.
async fn signers<P: Platform>(
    platform: &P,
    deliveries: &[Delivery],
) -> Result<HashMap<String, SigningActor>, AppError> {
    let mut signers = HashMap::new();
    for delivery in deliveries {
        let url = &delivery.signer_url;
        if signers.contains_key(url) {
            continue;
        }
        match keys::local_actor_by_url(platform, url).await? {
            Some(signer) => drop(signers.insert(url.clone(), signer)),
            None => platform.log(&format!("{url} is no actor of ours and signs nothing")),
        }
    }
    Ok(signers)
}

async fn send_group<P: Platform>(
    platform: &P,
    deliveries: &[Delivery],
    signers: &HashMap<String, SigningActor>,
    mut group: Group,
) -> Report {
    let mut report = Report::new(&group);
    for (index, url) in std::mem::take(&mut group.deliveries) {
        let delivery = &deliveries[index];
        let is_silent = group.failures > 0 && delivery.failures == 0;
        let fate = match signers.get(&delivery.signer_url) {
            None => Fate::Done,
            Some(_) if is_silent || report.has_failed => Fate::Wait,
            Some(signer) => {
                let sent = send(platform, delivery, signer, &url, report.scheme).await;
                report.judge(platform, sent)
            }
        };
        report.fates.push((index, fate));
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
    let timeout_ms = match delivery.failures {
        0 => FIRST_TIMEOUT_MS,
        _ => PATIENT_TIMEOUT_MS,
    };
    let body = delivery.activity.as_bytes();
    let first = fetch::post_activity(platform, url, signer, scheme, body, timeout_ms).await;
    let Err(FetchError::Forbidden { .. }) = first else {
        return first.map(|()| scheme);
    };
    let other = match scheme {
        Scheme::Cavage => Scheme::Rfc9421,
        Scheme::Rfc9421 => Scheme::Cavage,
    };
    let second = fetch::post_activity(platform, url, signer, other, body, timeout_ms).await;
    second.map(|()| other)
}
