//! Jobs and refusals in the protocol's shapes.

use domain::runner_job::RunnerJobState;
use rest::Label;
use rest::runner::{RunnerJob, RunnerJobParent, RunnerJobRunner, RunnerJobType};

use super::outputs::ReadJob;
use crate::{AppError, Rejection};

/// 404: no such job, or not this runner's.
pub(crate) fn unknown_job() -> AppError {
    AppError::not_found("Unknown runner job")
}

/// 404 that makes a stock runner forget this instance.
pub(crate) fn unknown_runner_token() -> AppError {
    AppError::coded(
        Rejection::NotFound,
        "unknown_runner_token",
        "Unknown runner token",
    )
}

/// The job is this runner's and not in its hands any more: 400 as PeerTube answers, 409 for the loser of
/// a race.
pub(crate) fn not_processing(rejection: Rejection) -> AppError {
    AppError::coded(
        rejection,
        "runner_job_not_in_processing_state",
        "Job is not in \"processing\" state",
    )
}

fn state(state: RunnerJobState) -> Label<u8> {
    // 1..=9.
    Label::new(u8::try_from(state.number()).unwrap_or(0), state.label())
}

/// A job as runners and admins see it, around a payload.
pub(crate) fn runner_job<T>(job: &ReadJob, payload: T) -> RunnerJob<T> {
    let row = &job.row;
    RunnerJob {
        uuid: row.uuid.clone(),
        job_type: job.kind,
        state: state(row.state),
        payload,
        failures: row.failures,
        error: row.error.clone(),
        progress: row.progress.and_then(|percent| u8::try_from(percent).ok()),
        priority: row.priority,
        started_at: row.started_at.map(Into::into),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
        finished_at: row.finished_at.map(Into::into),
        parent: row.parent.as_ref().and_then(|parent| {
            Some(RunnerJobParent {
                uuid: parent.uuid.clone(),
                job_type: RunnerJobType::from_name(&parent.job_type)?,
                state: state(parent.state),
            })
        }),
        runner: row.runner.as_ref().map(|runner| RunnerJobRunner {
            id: runner.id,
            name: runner.name.clone(),
            description: runner.description.clone(),
        }),
    }
}
