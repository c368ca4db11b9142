//! From noted changes to queued deliveries.
//!
//! A change is taken with a lease, so that several who tell at once never tell the same, and forgotten when
//! everybody is told. Whoever is interrupted leaves a note of how far it came: only the deliveries queued
//! since the last note are queued twice.

use domain::UnixMillis;
use domain::order::sort_by_key;
use ports::{Database, FederationTask, Platform, Statement, Task, TaskQueue};
use serde_json::{Value, json};
use store::federation::delayed;
use store::federation::outgoing::{self, ChangeRow};
use store::federation::recipients::{self, InboxRow};

use super::letter::{Letter, MAX_ACTIVITY_BYTES};
use super::{compose, wake};
use crate::AppError;

/// Changes told in one go.
const CHANGES_AT_ONCE: u32 = 20;
/// Inboxes between two notes of progress.
const INBOXES_AT_ONCE: u32 = 500;
/// How long a change is nobody else's. Telling everybody takes seconds.
const LEASE_MS: i64 = 5 * 60 * 1_000;

/// Tells everybody whom they concern of the changes that nobody has been told of.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn tell_changes<P: Platform>(platform: &P) -> Result<(), AppError> {
    tell_lazy_changes(platform, 0).await
}

/// The same, with those that were put off to be told together: with a `laziness` of 1 how often a video was
/// liked, with 2 how often it was watched.
///
/// # Errors
/// As [`tell_changes`].
pub async fn tell_lazy_changes<P: Platform>(platform: &P, laziness: u32) -> Result<(), AppError> {
    let now = platform.now();
    let until = UnixMillis(now.0 + LEASE_MS);
    let claim = outgoing::claim(CHANGES_AT_ONCE, laziness, now, until);
    let results = platform.database().batch(vec![claim]).await?;
    let changes = results.first().map(outgoing::read_claimed).transpose()?;
    let changes = changes.unwrap_or_default();
    let is_full = u32::try_from(changes.len()).is_ok_and(|count| count == CHANGES_AT_ONCE);
    for (index, change) in changes.iter().enumerate() {
        match tell_one(platform, change).await {
            Ok(()) => {}
            Err(error @ AppError::Unavailable { .. }) => {
                hand_back(platform, &changes[index..]).await;
                return Err(error);
            }
            Err(error) => {
                // Trying again would not help, and the changes behind it wait.
                let ChangeRow { kind, verb, .. } = change;
                platform.log(&format!("a {kind} cannot be told ({verb}): {error:?}"));
                platform
                    .database()
                    .batch(outgoing::finish(change).into())
                    .await?;
            }
        }
    }
    if is_full {
        wake(platform).await;
    }
    Ok(())
}

/// So that the next try need not wait for the lease to end; if this fails it does.
async fn hand_back<P: Platform>(platform: &P, changes: &[ChangeRow]) {
    let ids = json!(changes.iter().map(|change| change.id).collect::<Vec<_>>()).to_string();
    if let Err(error) = platform
        .database()
        .batch(vec![outgoing::release(&ids)])
        .await
    {
        platform.log(&format!("changes wait for the end of their lease: {error}"));
    }
}

async fn tell_one<P: Platform>(platform: &P, change: &ChangeRow) -> Result<(), AppError> {
    let letters = compose::letters(platform, change).await?;
    let told = usize::try_from(change.told_activities).unwrap_or(usize::MAX);
    let mut after_inbox = change.told_inbox.clone();
    for (number, letter) in letters.iter().enumerate().skip(told) {
        let progress = Progress {
            change_id: change.id,
            number: u32::try_from(number).unwrap_or(u32::MAX),
            is_last: number + 1 == letters.len(),
        };
        send(platform, letter, progress, std::mem::take(&mut after_inbox)).await?;
    }
    platform
        .database()
        .batch(outgoing::finish(change).into())
        .await?;
    Ok(())
}

/// Which of a change's letters.
#[derive(Debug, Clone, Copy)]
struct Progress {
    change_id: i64,
    number: u32,
    is_last: bool,
}

async fn send<P: Platform>(
    platform: &P,
    letter: &Letter,
    progress: Progress,
    mut after_inbox: String,
) -> Result<(), AppError> {
    if letter.activity.len() > MAX_ACTIVITY_BYTES {
        let bytes = letter.activity.len();
        platform.log(&format!("{} has {bytes} bytes and is not sent", letter.id));
        return Ok(());
    }
    let (actors, others) = (letter.followers_of_json(), letter.others_json());
    loop {
        let select = recipients::select(&actors, &others, &after_inbox, INBOXES_AT_ONCE);
        let results = platform.database().batch(vec![select]).await?;
        let rows = results.first().map(Vec::as_slice).unwrap_or_default();
        let inboxes = rows.iter().map(recipients::read);
        let inboxes = inboxes.collect::<Result<Vec<_>, _>>()?;
        let Some(last) = inboxes.last().map(|last| last.inbox_url.clone()) else {
            return Ok(());
        };
        let is_last_page = u32::try_from(inboxes.len()).is_ok_and(|count| count < INBOXES_AT_ONCE);
        let mut statements = queue(platform, letter, inboxes).await?;
        if !is_last_page {
            let note = outgoing::note_progress(progress.change_id, progress.number, &last);
            statements.push(note);
        } else if !progress.is_last {
            let note = outgoing::note_progress(progress.change_id, progress.number + 1, "");
            statements.push(note);
        }
        if !statements.is_empty() {
            platform.database().batch(statements).await?;
        }
        if is_last_page {
            return Ok(());
        }
        after_inbox = last;
    }
}

/// Queues the deliveries to hosts that answer, those that are known to first; returns what keeps the others.
async fn queue<P: Platform>(
    platform: &P,
    letter: &Letter,
    mut inboxes: Vec<InboxRow>,
) -> Result<Vec<Statement>, AppError> {
    let now = platform.now();
    sort_by_key(&mut inboxes, |inbox| !inbox.is_proven);
    let (silent, answering): (Vec<_>, Vec<_>) =
        inboxes.into_iter().partition(|inbox| inbox.failures > 0);
    let task = |inbox: InboxRow| {
        Task::Federation(FederationTask::Deliver {
            inbox_url: inbox.inbox_url,
            signer_url: letter.signer_url.clone(),
            activity: letter.activity.clone(),
            failures: 0,
            since_unix_ms: now.0,
        })
    };
    if !answering.is_empty() {
        let tasks = answering.into_iter().map(task).collect();
        platform.tasks().send_all(tasks).await?;
    }
    if silent.is_empty() || letter.is_fleeting {
        return Ok(Vec::new());
    }
    let pairs = silent.iter().map(|row| json!([row.inbox_url, row.host]));
    let pairs = Value::Array(pairs.collect()).to_string();
    Ok(vec![
        delayed::keep_activity(&letter.id, &letter.activity),
        delayed::keep(&delayed::Keep {
            activity_id: &letter.id,
            signer_url: &letter.signer_url,
            inboxes: &pairs,
            since: now,
            free_at: UnixMillis(0),
            refusals: 0,
        }),
    ])
}
