//! What admins see of jobs and do to them.

use domain::runner_job::RunnerJobState;
use ports::{Database, Platform, Statement};
use rest::ResultList;
use rest::runner::{RunnerJobAdmin, RunnerJobPayload};
use store::runner::{self as rows, JobFilter, JobSort, Page};

use super::answers::{runner_job, unknown_job};
use super::attempt::only_job;
use super::outputs::ReadJob;
use super::payload::offered;
use super::{first_number, settling};
use crate::{AppError, Rejection};

/// Which jobs an admin asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobQuery {
    /// A uuid, or part of a kind or of a runner's name.
    pub search: Option<String>,
    /// Only these states; all when empty.
    pub states: Vec<RunnerJobState>,
    /// Only these kinds; all when empty.
    pub job_types: Vec<String>,
    /// Their order.
    pub sort: JobSort,
    /// Which of them.
    pub page: Page,
}

/// A page of jobs with what only the server needs of them. Payloads carry no upload URLs: those belong
/// to the runner.
///
/// # Errors
/// When the database fails.
pub async fn list_jobs<P: Platform>(
    platform: &P,
    query: &JobQuery,
) -> Result<ResultList<RunnerJobAdmin<RunnerJobPayload>>, AppError> {
    let filter = JobFilter {
        search: query.search.clone(),
        states: query.states.clone(),
        job_types: query.job_types.clone(),
    };
    let statements = vec![
        rows::count_jobs(&filter),
        rows::select_jobs(&filter, query.sort, query.page),
    ];
    let results = platform.database().batch(statements).await?;
    let total = first_number(&results)?;
    let data = results.get(1).into_iter().flatten().map(|row| {
        let job = ReadJob::new(rows::job(row)?)?;
        Ok(RunnerJobAdmin {
            job: runner_job(&job, offered(platform, &job)),
            private_payload: serde_json::to_value(&job.private).map_err(AppError::bug)?,
        })
    });
    Ok(ResultList::new(
        total,
        data.collect::<Result<_, AppError>>()?,
    ))
}

/// Cancels a job that is pending, processing or waiting, and with it its waiting children.
///
/// # Errors
/// 404 for an unknown job, 400 for one in another state.
pub async fn cancel_job<P: Platform>(platform: &P, uuid: &str) -> Result<(), AppError> {
    let select = rows::select_job(uuid);
    let results = platform.database().batch(vec![select]).await?;
    let job = only_job(results.first())?.ok_or_else(unknown_job)?;
    let [cancel, cancel_children] = rows::cancel(job.id, platform.now());
    let mut statements = vec![cancel, cancel_children];
    statements.extend(rows::settle_video(&settling(platform, job.video_id)));
    let results = platform.database().batch(statements).await?;
    if results.first().is_none_or(Vec::is_empty) {
        return Err(AppError::rejected(
            Rejection::BadRequest,
            "Cannot cancel this job that is not in \"pending\", \"processing\" or \"waiting for parent \
             job\" state",
        ));
    }
    Ok(())
}

/// Deletes a job in whatever state, and by the schema its children.
///
/// # Errors
/// 404 for an unknown job.
pub async fn delete_job<P: Platform>(platform: &P, uuid: &str) -> Result<(), AppError> {
    let select = rows::select_job(uuid);
    let results = platform.database().batch(vec![select]).await?;
    let job = only_job(results.first())?.ok_or_else(unknown_job)?;
    let mut statements: Vec<Statement> = vec![rows::delete_job(job.id)];
    statements.extend(rows::settle_video(&settling(platform, job.video_id)));
    platform.database().batch(statements).await?;
    Ok(())
}
