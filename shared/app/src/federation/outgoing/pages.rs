//! First deliveries that a queue has: kept in the database until they are made, so that they are neither lost with
//! a queue nor with a program that stops. A row stands for up to fifty of them.

use std::collections::BTreeMap;

use domain::order::sort_by_key;
use domain::time::MINUTE_MS;
use ports::{Database, FederationTask, PagePlace, Platform, Rows, Statement, Task, TaskQueue};
use serde_json::json;
use store::federation::page::{self, MAX_INBOXES, NewPage, PageRow};

use super::Delivery;
use super::letter::Letter;
use crate::AppError;

/// A message that was sent and has not led to anything within this time is lost. A queue may have a hundred thousand
/// before it.
const LOST_AFTER_MS: i64 = 30 * MINUTE_MS;
/// Pages whose messages are sent again in one go.
const PAGES_AT_ONCE: u32 = 20;
/// What is lost so often is given up.
const MAX_LOSSES: u32 = 24;
/// Largest id: the last whole number that JavaScript counts to.
const ID_MASK: u64 = (1 << 53) - 1;

/// Deliveries of one letter, and what keeps them.
#[derive(Debug, Default)]
pub(super) struct Pages {
    pub(super) ids: Vec<i64>,
    pub(super) statements: Vec<Statement>,
    pub(super) tasks: Vec<Task>,
}

/// Puts the deliveries of a letter on pages; one that is worth nothing in an hour is not kept.
pub(super) fn fill<P: Platform>(platform: &P, letter: &Letter, inboxes: &[&str]) -> Pages {
    let now = platform.now();
    let mut pages = Pages::default();
    for inboxes in inboxes.chunks(MAX_INBOXES) {
        let id = (!letter.is_fleeting).then(|| random_id(platform));
        if let Some(id) = id {
            pages.ids.push(id);
            pages.statements.push(page::insert(&NewPage {
                id,
                signer_url: &letter.signer_url,
                activity: &letter.activity,
                inboxes: &json!(inboxes).to_string(),
                since: now,
                overdue: now.plus_ms(LOST_AFTER_MS),
            }));
        }
        for (place, inbox_url) in (0_u32..).zip(inboxes) {
            pages.tasks.push(Task::Federation(FederationTask::Deliver {
                inbox_url: (*inbox_url).to_owned(),
                signer_url: letter.signer_url.clone(),
                activity: letter.activity.clone(),
                failures: 0,
                since_unix_ms: now.0,
                page: id.map(|id| PagePlace { id, place }),
            }));
        }
    }
    pages
}

fn random_id<P: Platform>(platform: &P) -> i64 {
    let mut bytes = [0; 8];
    platform.fill_random(&mut bytes);
    let number = u64::from_le_bytes(bytes) & ID_MASK;
    i64::try_from(number.max(1)).unwrap_or(1)
}

/// Statements that note which deliveries need nobody any more.
pub(super) fn note_made<'a>(deliveries: impl Iterator<Item = &'a Delivery>) -> Vec<Statement> {
    let mut bits: BTreeMap<i64, i64> = BTreeMap::new();
    for PagePlace { id, place } in deliveries.filter_map(|delivery| delivery.page) {
        *bits.entry(id).or_default() |= bit(place);
    }
    let notes = bits.into_iter();
    notes
        .flat_map(|(id, bits)| page::note_made(id, bits))
        .collect()
}

/// Nothing for a place that no page has.
fn bit(place: u32) -> i64 {
    let is_place = usize::try_from(place).is_ok_and(|place| place < MAX_INBOXES);
    if is_place { 1 << place } else { 0 }
}

/// Has pages whose messages could not be sent wait for cron.
pub(super) async fn send_later<P: Platform>(platform: &P, ids: &[i64]) -> Result<(), AppError> {
    let overdue = page::set_overdue(&json!(ids).to_string(), platform.now());
    platform.database().batch(vec![overdue]).await?;
    Ok(())
}

/// Sends the messages of pages again that must have been lost, and gives up what never works. For cron.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn send_lost<P: Platform>(platform: &P) -> Result<(), AppError> {
    let now = platform.now();
    let batch = vec![
        page::take_overdue(now, now.plus_ms(LOST_AFTER_MS), PAGES_AT_ONCE),
        page::give_up(MAX_LOSSES),
    ];
    let results = platform.database().batch(batch).await?;
    let given_up = results.get(1).map_or(0, Vec::len);
    if given_up > 0 {
        platform.log(&format!("{given_up} pages of deliveries were given up"));
    }
    send(platform, read(&results)?).await
}

/// Sends the messages of all pages again: for hosts whose queue forgets when it ends, when it begins again.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn send_again<P: Platform>(platform: &P) -> Result<(), AppError> {
    let mut after_id = 0;
    loop {
        let select = page::select(after_id, PAGES_AT_ONCE);
        let results = platform.database().batch(vec![select]).await?;
        let rows = read(&results)?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after_id = last.id;
        send(platform, rows).await?;
    }
}

/// The pages of a batch's first statement.
fn read(results: &[Rows]) -> Result<Vec<PageRow>, AppError> {
    let rows = results.first().map_or(&[][..], Vec::as_slice);
    Ok(rows.iter().map(page::read).collect::<Result<_, _>>()?)
}

async fn send<P: Platform>(platform: &P, mut rows: Vec<PageRow>) -> Result<(), AppError> {
    sort_by_key(&mut rows, |row| row.since_unix_ms);
    let mut tasks = Vec::new();
    for row in rows {
        let inboxes: Vec<String> = serde_json::from_str(&row.inboxes).map_err(AppError::bug)?;
        for (place, inbox_url) in (0_u32..).zip(inboxes) {
            if row.made & bit(place) != 0 {
                continue;
            }
            tasks.push(Task::Federation(FederationTask::Deliver {
                inbox_url,
                signer_url: row.signer_url.clone(),
                activity: row.activity.clone(),
                failures: 0,
                since_unix_ms: row.since_unix_ms,
                page: Some(PagePlace { id: row.id, place }),
            }));
        }
    }
    if tasks.is_empty() {
        return Ok(());
    }
    Ok(platform.tasks().send_all(tasks).await?)
}
