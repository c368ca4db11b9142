//! What came through the door and waits to be acted upon, and what has to be read elsewhere because of it or of
//! somebody here: rows of the database, so that nothing that was answered is lost, and a queue message that names
//! those of some moments. Whoever acts on one removes it in the same transaction. If the message is lost,
//! cron sends another.

use domain::time::{HOUR_MS, MINUTE_MS};
use ports::{
    Database, DatabaseError, FederationTask, LocalBoxFuture, OnTheWay, Platform, PortError,
    ReceivedRows, Row, Statement, Task, TaskQueue, decode_task, encode_task,
};
use store::federation::received;

use super::receive::{self, Origin};
use super::{actors, videos};
use crate::AppError;
use crate::chains::Chains;

/// A message that was sent and has not led to anything within this time is lost. The queue tries one for two
/// minutes before it gives it up.
const LOST_AFTER_MS: i64 = 5 * MINUTE_MS;
/// When it was lost before.
const LOST_AGAIN_AFTER_MS: i64 = HOUR_MS;
/// What fails so often is given up.
const MAX_LOSSES: u32 = 24;
/// Rows that cron sends messages for in one minute, and that are read at once.
const LOST_AT_ONCE: u32 = 1_000;
/// Chains that are worked on at a time: so many share each way to the database, and one that waits for another
/// server holds up nobody.
const CHAINS_AT_ONCE: usize = 64;

/// Keeps a task until it is done, and has arrived where others go with it. Once this has answered it is not lost.
///
/// # Errors
/// [`AppError::Unavailable`].
pub(super) async fn keep<P: Platform>(
    platform: &P,
    task: FederationTask,
    on_the_way: OnTheWay,
) -> Result<(), AppError> {
    let message = encode_task(Task::Federation(task));
    let kept = platform.together(message, keep_all);
    drop(on_the_way);
    Ok(kept.await?)
}

/// All messages in one transaction.
fn keep_all<P: Platform>(
    platform: P,
    messages: Vec<String>,
) -> LocalBoxFuture<'static, Result<(), PortError>> {
    Box::pin(async move {
        let insert = insert(&platform, &messages)?;
        let failed = |error: DatabaseError| PortError::unavailable("database", error);
        let results = platform
            .database()
            .batch(vec![insert])
            .await
            .map_err(failed)?;
        let ids = results.first().map(|rows| received::read_ids(rows));
        let ids = ids.transpose().map_err(failed)?.unwrap_or_default();
        let waker = platform.clone();
        // Soon is early enough: the rows are there.
        platform.spawn(Box::pin(async move { wake_soon(&waker, ids).await }));
        Ok(())
    })
}

fn insert<P: Platform>(platform: &P, messages: &[String]) -> Result<Statement, PortError> {
    let overdue = platform.now().plus_ms(LOST_AFTER_MS);
    if let [message] = messages {
        return Ok(received::insert_one(message, overdue));
    }
    let list =
        serde_json::to_string(messages).map_err(|error| PortError::bug("received tasks", error))?;
    Ok(received::insert_all(&list, overdue))
}

/// What keeps tasks that an activity leads to, in the transaction that removes its own row. Whoever has made it
/// passes the rows that come of it to [`wake_kept`].
pub(super) fn keep_with<P: Platform>(
    platform: &P,
    tasks: Vec<FederationTask>,
) -> Result<Statement, AppError> {
    let messages = tasks.into_iter().map(Task::Federation).map(encode_task);
    Ok(insert(platform, &messages.collect::<Vec<_>>())?)
}

/// See [`keep_with`].
pub(super) async fn wake_kept<P: Platform>(platform: &P, rows: &[Row]) -> Result<(), AppError> {
    wake_soon(platform, received::read_ids(rows)?).await;
    Ok(())
}

/// Keeps tasks that come of something else than an activity, or of a task whose row is gone with that. Where that
/// row is gone already, another message has led to the same tasks, and nothing is kept.
///
/// # Errors
/// [`AppError::Unavailable`].
pub(crate) async fn hand_over<P: Platform>(
    platform: &P,
    tasks: Vec<FederationTask>,
    row: Option<i64>,
) -> Result<(), AppError> {
    let has_tasks = !tasks.is_empty();
    let mut batch: Vec<Statement> = row.map(received::finish).into_iter().collect();
    if has_tasks {
        batch.push(keep_with(platform, tasks)?);
    }
    if batch.is_empty() {
        return Ok(());
    }
    let results = match platform.database().batch(batch).await {
        Err(DatabaseError::DemandNotMet { .. }) => return Ok(()),
        other => other?,
    };
    match results.last().filter(|_| has_tasks) {
        Some(rows) => wake_kept(platform, rows).await,
        None => Ok(()),
    }
}

/// Reads what a task says that is to be read, and keeps what comes of it. What cannot be read is logged.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub(super) async fn read_elsewhere<P: Platform>(
    platform: &P,
    task: FederationTask,
    row: Option<i64>,
) -> Result<(), AppError> {
    let read = match task {
        FederationTask::CrawlOutbox {
            actor_url,
            page_url,
            pages_read,
        } => receive::read_outbox(platform, &actor_url, page_url.as_deref(), pages_read).await,
        FederationTask::RefreshVideo { video_url } => {
            let read = videos::refresh(platform, &video_url).await;
            read.map(|()| Vec::new())
        }
        FederationTask::RefreshActor { actor_url } => {
            let read = actors::refresh(platform, &actor_url).await;
            read.map(|()| Vec::new())
        }
        FederationTask::FollowFromInstance { target } => {
            let followed = crate::follows::retry_follow(platform, &target).await;
            followed.map(|()| Vec::new())
        }
        _ => Err(AppError::bug("a task that reads nothing elsewhere")),
    };
    let next = match read {
        Err(AppError::Rejected { detail, .. }) => {
            platform.log(&format!("something elsewhere was not read: {detail}"));
            Vec::new()
        }
        read => read?,
    };
    hand_over(platform, next, row).await
}

async fn wake_soon<P: Platform>(platform: &P, ids: Vec<i64>) {
    let sent = platform.tasks().send_soon(messages_for(ids)).await;
    log_failure(platform, sent);
}

/// Sends messages for these rows.
async fn wake<P: Platform>(platform: &P, ids: Vec<i64>) {
    let sent = platform.tasks().send_all(messages_for(ids)).await;
    log_failure(platform, sent);
}

fn log_failure<P: Platform>(platform: &P, sent: Result<(), PortError>) {
    if let Err(error) = sent {
        platform.log(&format!("what came is acted upon later: {error}"));
    }
}

/// Messages that name these rows.
fn messages_for(mut ids: Vec<i64>) -> Vec<Task> {
    ids.sort_unstable();
    let mut tasks: Vec<Task> = Vec::new();
    for id in ids {
        let one = Task::Federation(FederationTask::ActOnReceived(ReceivedRows::run(id, id)));
        match tasks.last().and_then(|last| last.joined(&one)) {
            Some(both) => *tasks.last_mut().expect("there is a last one") = both,
            None => tasks.push(one),
        }
    }
    tasks
}

/// Sends new messages for what must have been forgotten, and gives up what never works. For cron.
///
/// # Errors
/// [`AppError::Unavailable`].
pub async fn keep_acting<P: Platform>(platform: &P) -> Result<(), AppError> {
    let now = platform.now();
    let batch = vec![
        received::take_overdue(now, now.plus_ms(LOST_AGAIN_AFTER_MS), LOST_AT_ONCE),
        received::give_up(MAX_LOSSES),
    ];
    let results = platform.database().batch(batch).await?;
    let ids = |statement: usize| {
        let rows = results.get(statement).map_or(&[][..], Vec::as_slice);
        received::read_ids(rows)
    };
    let (overdue, given_up) = (ids(0)?, ids(1)?);
    if !given_up.is_empty() {
        platform.log(&format!(
            "{} received activities were given up",
            given_up.len()
        ));
    }
    if !overdue.is_empty() {
        wake(platform, overdue).await;
    }
    Ok(())
}

/// Sends new messages for everything that waits. For hosts whose queue forgets when it ends, when it begins again;
/// an activity that another message names, too, is acted upon once.
///
/// # Errors
/// [`AppError::Unavailable`].
pub async fn act_again<P: Platform>(platform: &P) -> Result<(), AppError> {
    let mut after_id = 0;
    loop {
        let select = received::select_waiting(after_id, LOST_AT_ONCE);
        let results = platform.database().batch(vec![select]).await?;
        let rows = results.first().map_or(&[][..], Vec::as_slice);
        let ids = received::read_ids(rows)?;
        let Some(&last_id) = ids.last() else {
            return Ok(());
        };
        wake(platform, ids).await;
        after_id = last_id;
    }
}

/// Acts on all rows of some messages. What one actor did follows each other, different actors go side by side. What
/// each message came to is at its place.
pub async fn act_on_all<P: Platform>(
    platform: &P,
    messages: &[ReceivedRows],
) -> Vec<Result<(), AppError>> {
    let mut results = vec![Ok(()); messages.len()];
    let chains = match chains(platform, messages).await {
        Ok(chains) => chains,
        Err(error) => {
            results.fill(Err(error));
            return results;
        }
    };
    let acted = chains.run(CHAINS_AT_ONCE, async |(place, row, task)| {
        (place, act(platform, row, task).await)
    });
    for (place, result) in acted.await {
        if let (Some(whole), Err(error)) = (results.get_mut(place), result) {
            *whole = Err(error);
        }
    }
    results
}

/// Index of the message, row and task.
type Waiting = (usize, i64, Option<FederationTask>);

async fn chains<P: Platform>(
    platform: &P,
    messages: &[ReceivedRows],
) -> Result<Chains<Waiting>, AppError> {
    let mut places = Vec::new();
    let mut batch = Vec::new();
    for (place, message) in messages.iter().enumerate() {
        for (first_id, last_id) in message.runs() {
            places.push(place);
            batch.push(received::select(first_id, last_id));
        }
    }
    let results = platform.database().batch(batch).await?;
    let mut chains = Chains::default();
    for (place, rows) in places.into_iter().zip(&results) {
        for row in rows {
            let row = received::read(row)?;
            let task = match decode_task(&row.message) {
                Some(Task::Federation(task)) => Some(task),
                _ => None,
            };
            let chain = task.as_ref().map_or("", FederationTask::chain).to_owned();
            chains.add(chain, (place, row.id, task));
        }
    }
    Ok(chains)
}

async fn act<P: Platform>(
    platform: &P,
    row: i64,
    task: Option<FederationTask>,
) -> Result<(), AppError> {
    match task {
        Some(FederationTask::Receive {
            actor_url,
            activity,
            replay_key,
        }) => {
            let origin = Origin {
                replay_key: &replay_key,
                row: Some(row),
            };
            receive::act(platform, &actor_url, &activity, origin).await
        }
        Some(FederationTask::FetchActivity { activity_url }) => {
            let origin = Origin {
                replay_key: "",
                row: Some(row),
            };
            receive::fetch_and_act(platform, &activity_url, origin).await
        }
        Some(
            task @ (FederationTask::CrawlOutbox { .. }
            | FederationTask::RefreshVideo { .. }
            | FederationTask::RefreshActor { .. }
            | FederationTask::FollowFromInstance { .. }),
        ) => read_elsewhere(platform, task, Some(row)).await,
        _ => {
            platform.log("a received task of no known kind was dropped");
            platform
                .database()
                .batch(vec![received::discard(row)])
                .await?;
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
