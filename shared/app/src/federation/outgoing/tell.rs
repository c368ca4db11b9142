//! From noted changes to queued deliveries.
//!
//! A change is taken with a lease, so that several who tell at once never tell the same, and forgotten when
//! everybody is told. Whoever is interrupted leaves a note of how far it came, written with what keeps the
//! deliveries so far: nothing is queued twice for it, and nothing is left out.

use activitypub::AbsoluteUrl;
use domain::UnixMillis;
use domain::order::sort_by_key;
use ports::{Database, Platform, TaskQueue};
use serde_json::{Value, json};
use store::federation::delayed;
use store::federation::outgoing::{self, ChangeRow};
use store::federation::recipients::{self, InboxRow};

use super::letter::{Letter, MAX_ACTIVITY_BYTES};
use super::pages::{self, Pages};
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
            change,
            number: u32::try_from(number).unwrap_or(u32::MAX),
            is_last: number + 1 == letters.len(),
        };
        let after_inbox = std::mem::take(&mut after_inbox);
        if send(platform, letter, progress, after_inbox).await? {
            return Ok(());
        }
    }
    platform
        .database()
        .batch(outgoing::finish(change).into())
        .await?;
    Ok(())
}

/// Which of a change's letters.
#[derive(Debug, Clone, Copy)]
struct Progress<'a> {
    change: &'a ChangeRow,
    number: u32,
    is_last: bool,
}

/// Answers whether the change is forgotten.
async fn send<P: Platform>(
    platform: &P,
    letter: &Letter,
    progress: Progress<'_>,
    mut after_inbox: String,
) -> Result<bool, AppError> {
    let Progress { change, number, .. } = progress;
    if letter.activity.len() > MAX_ACTIVITY_BYTES {
        let bytes = letter.activity.len();
        platform.log(&format!("{} has {bytes} bytes and is not sent", letter.id));
        return Ok(false);
    }
    let (actors, others) = (letter.followers_of_json(), letter.others_json());
    loop {
        let select = recipients::select(&actors, &others, &after_inbox, INBOXES_AT_ONCE);
        let results = platform.database().batch(vec![select]).await?;
        let rows = results.first().map(Vec::as_slice).unwrap_or_default();
        let inboxes = rows.iter().map(recipients::read);
        let inboxes = inboxes.collect::<Result<Vec<_>, _>>()?;
        let Some(last) = inboxes.last().map(|last| last.inbox_url.clone()) else {
            return Ok(false);
        };
        let is_last_page = u32::try_from(inboxes.len()).is_ok_and(|count| count < INBOXES_AT_ONCE);
        let mut pages = sort(platform, letter, inboxes);
        let mut statements = std::mem::take(&mut pages.statements);
        // In one transaction with what keeps the deliveries: nobody tells these inboxes again.
        let is_told = is_last_page && progress.is_last;
        if is_told {
            statements.extend(outgoing::finish(change));
        } else if is_last_page {
            statements.push(outgoing::note_progress(change.id, number + 1, ""));
        } else {
            statements.push(outgoing::note_progress(change.id, number, &last));
        }
        platform.database().batch(statements).await?;
        queue(platform, pages).await?;
        if is_last_page {
            return Ok(is_told);
        }
        after_inbox = last;
    }
}

/// Deliveries to hosts that answer, those that are known to first, and what keeps these and the others. What is
/// passed on is not brought back to where it came from: PeerTube answers 409 to that.
fn sort<P: Platform>(platform: &P, letter: &Letter, mut inboxes: Vec<InboxRow>) -> Pages {
    let from = AbsoluteUrl::parse(&letter.id).map(|id| id.host());
    inboxes.retain(|inbox| from.as_deref() != Ok(inbox.host.as_str()));
    sort_by_key(&mut inboxes, |inbox| !inbox.is_proven);
    let (silent, answering): (Vec<_>, Vec<_>) =
        inboxes.into_iter().partition(|inbox| inbox.failures > 0);
    let urls: Vec<&str> = answering.iter().map(|row| row.inbox_url.as_str()).collect();
    let mut pages = pages::fill(platform, letter, &urls);
    if silent.is_empty() || letter.is_fleeting {
        return pages;
    }
    let pairs = silent.iter().map(|row| json!([row.inbox_url, row.host]));
    let pairs = Value::Array(pairs.collect()).to_string();
    pages.statements.extend([
        delayed::keep_activity(&letter.id, &letter.activity),
        delayed::keep(&delayed::Keep {
            activity_id: &letter.id,
            signer_url: &letter.signer_url,
            inboxes: &pairs,
            since: platform.now(),
            free_at: UnixMillis(0),
            refusals: 0,
        }),
    ]);
    pages
}

/// What is written down is sent later if the queue fails; what is not must be told again.
async fn queue<P: Platform>(platform: &P, pages: Pages) -> Result<(), AppError> {
    if pages.tasks.is_empty() {
        return Ok(());
    }
    match platform.tasks().send_all(pages.tasks).await {
        Err(error) if !pages.ids.is_empty() => {
            platform.log(&format!("deliveries are queued later: {error}"));
            pages::send_later(platform, &pages.ids).await
        }
        sent => Ok(sent?),
    }
}
