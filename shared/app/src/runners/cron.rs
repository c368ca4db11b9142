//! What happens to jobs and runners when nobody calls.

use ports::{Database, Platform, Task, TaskQueue};
use store::runner as rows;

use crate::AppError;
use crate::runners::REPLACED_MS;

/// Runs every minute or so: stalled jobs go back to pending, lost tasks are queued again, jobs and runners
/// that nobody needs any more are forgotten.
///
/// # Errors
/// When the database or the queue fails; the next run does the rest.
pub async fn tick<P: Platform>(platform: &P) -> Result<(), AppError> {
    let now = platform.now();
    let mut statements = Vec::new();
    if platform.settings().s3.is_none() {
        statements.push(rows::expire_stalled_outputs(now, now.plus_ms(REPLACED_MS)));
    }
    let first = statements.len();
    statements.extend([
        rows::give_back_stalled(now),
        rows::retake_unfinished_completions(now),
        rows::retake_missing_torrents(now),
        rows::delete_finished_jobs(now),
        rows::delete_forgotten_runners(now),
    ]);
    let results = platform.database().batch(statements).await?;
    let texts = |index: usize| -> Result<Vec<String>, AppError> {
        let rows = results.get(first + index).into_iter().flatten();
        Ok(rows.map(|row| row.text(0)).collect::<Result<_, _>>()?)
    };
    let stalled = texts(0)?;
    if !stalled.is_empty() {
        platform.log(&format!(
            "runner jobs put back to pending, their runners are silent: {}",
            stalled.join(", ")
        ));
    }
    for job_uuid in texts(1)? {
        let task = Task::CompleteRunnerJob { job_uuid };
        platform.tasks().send(task).await?;
    }
    for video_uuid in texts(2)? {
        let task = Task::MakeTorrents { video_uuid };
        platform.tasks().send(task).await?;
    }
    Ok(())
}
