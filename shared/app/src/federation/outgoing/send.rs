//! From queued deliveries to signed requests.
//!
//! A batch goes out with a few requests at a time, hosts that are known to answer before all others. Several
//! deliveries to one host follow each other, and the first that fails holds the rest back. What a batch has
//! learnt is written in one transaction at its end, and a batch that went as the last one did writes nothing.
//!
//! Nobody waits for those who take much longer than the rest: their deliveries are written down, their hosts
//! count as silent until they answer, and the requests go on while the next batch is already on its way.

use domain::order::sort_by_key;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use activitypub::AbsoluteUrl;
use activitypub::signature::Scheme;
use ports::{Database, FederationTask, Platform, Task, TaskQueue};
use serde_json::json;
use store::federation::host::{self, HostRow};

use super::Delivery;
use super::record::{self, Fate, Learnt};
use super::round::{Batch, Group, Round};
use crate::AppError;
use crate::federation::keys::{self, SigningActor};

/// Brings activities to their inboxes. An error says that the delivery at its place should be handed in
/// again; all others arrived, wait in the database, went back to the queue untried, or need no further try.
pub async fn deliver_all<P: Platform>(
    platform: &P,
    deliveries: Vec<Delivery>,
) -> Vec<Result<(), AppError>> {
    let mut results = vec![Ok(()); deliveries.len()];
    let prepared = async {
        let groups = groups(platform, &deliveries).await?;
        let signers = signers(platform, &deliveries).await?;
        Ok::<_, AppError>((groups, signers))
    };
    let (groups, signers) = match prepared.await {
        Ok(prepared) => prepared,
        Err(error) => return vec![Err(error); deliveries.len()],
    };
    let batch = Rc::new(Batch {
        deliveries,
        signers,
    });
    let mut round = Round::new(platform, Rc::clone(&batch), groups);
    let reports = round.run().await;
    for (index, fate) in reports.iter().flat_map(|report| &report.fates) {
        if let Fate::Later(error) = fate {
            results[*index] = Err(error.clone());
        }
    }
    let (late, untried) = (round.late(), round.untried());
    let made = (0..results.len()).filter(|index| results[*index].is_ok());
    let made: Vec<usize> = made.filter(|index| !untried.contains(index)).collect();
    let learnt = Learnt {
        reports: &reports,
        late: &late,
        made: &made,
    };
    if let Err(error) = record::write(platform, &batch.deliveries, learnt).await {
        // What arrived has arrived; what waits must not get lost.
        let kept = reports.iter().flat_map(|report| &report.fates);
        let kept = kept.filter(|(_, fate)| matches!(fate, Fate::Wait | Fate::Refused));
        let kept = kept.map(|(index, _)| index);
        for index in kept.chain(late.iter().flat_map(|late| &late.indexes)) {
            results[*index] = Err(error.clone());
        }
    }
    if let Err(error) = hand_back(platform, &batch.deliveries, &untried).await {
        for index in untried {
            results[index] = Err(error.clone());
        }
    }
    if !late.is_empty() {
        platform.spawn(Box::pin(hear_out(platform.clone(), batch, round)));
    }
    results
}

/// Waits for those that nobody waits for, and writes down what each does as soon as it does it. Whoever is
/// stopped meanwhile has it all in the database.
async fn hear_out<P: Platform>(platform: P, batch: Rc<Batch>, mut round: Round<P>) {
    while let Some(report) = round.next_late().await {
        let reports = [report];
        let learnt = Learnt {
            reports: &reports,
            late: &[],
            made: &[],
        };
        if let Err(error) = record::write(&platform, &batch.deliveries, learnt).await {
            platform.log(&format!("a late delivery is tried again later: {error:?}"));
        }
    }
}

/// Puts deliveries that have not been tried back into their queue.
async fn hand_back<P: Platform>(
    platform: &P,
    deliveries: &[Delivery],
    untried: &[usize],
) -> Result<(), AppError> {
    if untried.is_empty() {
        return Ok(());
    }
    let task = |index: &usize| {
        let delivery = deliveries[*index].clone();
        Task::Federation(FederationTask::Deliver {
            inbox_url: delivery.inbox_url,
            signer_url: delivery.signer_url,
            activity: delivery.activity,
            failures: delivery.failures,
            since_unix_ms: delivery.since_unix_ms,
            page: delivery.page,
        })
    };
    let tasks = untried.iter().map(task).collect();
    Ok(platform.tasks().send_all(tasks).await?)
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
                scheme: scheme.map_or(Scheme::Cavage, Scheme::of_name),
                failures: row.as_ref().map_or(0, |row| row.failures),
                is_proven: row.is_some_and(|row| row.is_proven),
                deliveries,
            }
        })
        .collect();
    sort_by_key(&mut groups, |group| (group.failures, !group.is_proven));
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
