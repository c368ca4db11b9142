//! Reading jobs, one or many.

use domain::UnixMillis;
use domain::runner_job::RunnerJobState;
use ports::{DatabaseError, Row, Rows, Statement, Value};

use super::Page;
use crate::json;

/// A job with what stands beside it in every answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Row id.
    pub id: i64,
    /// Its id in paths.
    pub uuid: String,
    /// Its kind on the wire.
    pub job_type: String,
    /// Where it is.
    pub state: RunnerJobState,
    /// Smaller is sooner.
    pub priority: i64,
    /// Failed attempts.
    pub failures: u32,
    /// Percent.
    pub progress: Option<u32>,
    /// Of the last failure.
    pub error: Option<String>,
    /// What a runner reads, without URLs; JSON.
    pub payload: String,
    /// What only the server reads; JSON.
    pub private_payload: String,
    /// Digest of the job token of the current or completed attempt.
    pub job_token_sha256: Option<String>,
    /// Start of the current or last attempt.
    pub started_at: Option<UnixMillis>,
    /// When it reached a final state.
    pub finished_at: Option<UnixMillis>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// Last change.
    pub updated_at: UnixMillis,
    /// The video's row id.
    pub video_id: i64,
    /// The video.
    pub video_uuid: String,
    /// Who holds it.
    pub runner: Option<JobRunner>,
    /// What it waited for.
    pub parent: Option<JobParent>,
}

/// The runner of a [`Job`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRunner {
    /// Row id.
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// In the admin's words.
    pub description: Option<String>,
}

/// The parent of a [`Job`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobParent {
    /// Its id in paths.
    pub uuid: String,
    /// Its kind on the wire.
    pub job_type: String,
    /// Where it is.
    pub state: RunnerJobState,
}

macro_rules! select_jobs_where {
    ($rest:literal) => {
        concat!(
            "SELECT j.id, j.uuid, j.type, j.state, j.priority, j.failures, j.progress, j.error,
                    j.payload, j.private_payload, j.job_token_sha256, j.started_at_unix_ms,
                    j.finished_at_unix_ms, j.created_at_unix_ms, j.updated_at_unix_ms,
                    v.id, v.uuid, r.id, r.name, r.description, p.uuid, p.type, p.state
             FROM runner_job j
             JOIN video v ON v.id = j.video_id
             LEFT JOIN runner r ON r.id = j.runner_id
             LEFT JOIN runner_job p ON p.id = j.parent_id
             WHERE ",
            $rest
        )
    };
}

fn state(row: &Row, column: usize) -> Result<RunnerJobState, DatabaseError> {
    let number = row.integer(column)?;
    RunnerJobState::from_number(number).ok_or_else(|| DatabaseError::Bug {
        cause: format!("no runner job state {number}"),
    })
}

fn optional_time(row: &Row, column: usize) -> Result<Option<UnixMillis>, DatabaseError> {
    Ok(row.optional_integer(column)?.map(UnixMillis))
}

/// Reads every statement here that selects jobs.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn job(row: &Row) -> Result<Job, DatabaseError> {
    let runner = match row.optional_integer(17)? {
        None => None,
        Some(id) => Some(JobRunner {
            id,
            name: row.text(18)?,
            description: row.optional_text(19)?,
        }),
    };
    let parent = match row.optional_text(20)? {
        None => None,
        Some(uuid) => Some(JobParent {
            uuid,
            job_type: row.text(21)?,
            state: state(row, 22)?,
        }),
    };
    Ok(Job {
        id: row.integer(0)?,
        uuid: row.text(1)?,
        job_type: row.text(2)?,
        state: state(row, 3)?,
        priority: row.integer(4)?,
        failures: row.small(5)?,
        progress: match row.optional_integer(6)? {
            None => None,
            Some(_) => Some(row.small(6)?),
        },
        error: row.optional_text(7)?,
        payload: row.text(8)?,
        private_payload: row.text(9)?,
        job_token_sha256: row.optional_text(10)?,
        started_at: optional_time(row, 11)?,
        finished_at: optional_time(row, 12)?,
        created_at: row.time(13)?,
        updated_at: row.time(14)?,
        video_id: row.integer(15)?,
        video_uuid: row.text(16)?,
        runner,
        parent,
    })
}

/// Selects a job by its uuid.
#[must_use]
pub fn select_job(uuid: &str) -> Statement {
    Statement::new(select_jobs_where!("j.uuid = ?1"), vec![uuid.into()])
}

/// Selects a job that the owner of both tokens holds, or has completed.
#[must_use]
pub fn select_held(uuid: &str, job_token_sha256: &str, runner_token_sha256: &str) -> Statement {
    Statement::new(
        select_jobs_where!(
            "j.uuid = ?1 AND j.job_token_sha256 = ?2 AND r.runner_token_sha256 = ?3"
        ),
        vec![
            uuid.into(),
            job_token_sha256.into(),
            runner_token_sha256.into(),
        ],
    )
}

/// Selects pending jobs of these kinds (all when absent), most urgent first and siblings together.
#[must_use]
pub fn select_available(job_types: Option<&[String]>, limit: u32) -> Statement {
    Statement::new(
        select_jobs_where!(
            "j.state = 1 AND (?1 IS NULL OR j.type IN (SELECT value FROM json_each(?1)))
             ORDER BY j.priority, j.id LIMIT ?2"
        ),
        vec![job_types.map(json::array).into(), limit.into()],
    )
}

/// How much work waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct WaitingJobs {
    /// When the latest of them came.
    pub latest_unix_ms: i64,
    /// How many, of the first [`WAITING_COUNTED`].
    pub count: u32,
}

/// So many waiting jobs are looked at: with more, no runner is idle.
const WAITING_COUNTED: u32 = 100;

/// Selects what [`waiting_jobs`] reads: one row, made of at most [`WAITING_COUNTED`].
#[must_use]
pub fn select_waiting_jobs() -> Statement {
    Statement::new(
        "SELECT coalesce(max(updated_at_unix_ms), 0), count(*) FROM
             (SELECT updated_at_unix_ms FROM runner_job WHERE state = 1
              ORDER BY priority, id LIMIT ?1 + 0)",
        vec![WAITING_COUNTED.into()],
    )
}

/// Reads [`select_waiting_jobs`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn waiting_jobs(rows: &Rows) -> Result<WaitingJobs, DatabaseError> {
    let Some(row) = rows.first() else {
        return Ok(WaitingJobs::default());
    };
    Ok(WaitingJobs {
        latest_unix_ms: row.integer(0)?,
        count: row.small(1)?,
    })
}

/// Which jobs an admin asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// A uuid, or part of a kind or of a runner's name.
    pub search: Option<String>,
    /// Only these states; all when empty.
    pub states: Vec<RunnerJobState>,
    /// Only these kinds; all when empty.
    pub job_types: Vec<String>,
}

/// By what a list of jobs is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobSort {
    /// Date of making.
    CreatedAt,
    /// Last change.
    UpdatedAt,
    /// Urgency.
    Priority,
    /// Number of the state.
    State,
    /// Percent.
    Progress,
}

impl JobSort {
    const fn number(self) -> i64 {
        match self {
            Self::CreatedAt => 0,
            Self::UpdatedAt => 1,
            Self::Priority => 2,
            Self::State => 3,
            Self::Progress => 4,
        }
    }
}

macro_rules! filter {
    () => {
        "(?1 IS NULL OR j.uuid = ?1 OR j.type LIKE ?2 ESCAPE '\\' OR r.name LIKE ?2 ESCAPE '\\')
         AND (?3 IS NULL OR j.state IN (SELECT value FROM json_each(?3)))
         AND (?4 IS NULL OR j.type IN (SELECT value FROM json_each(?4)))"
    };
}

fn filter_params(filter: &JobFilter) -> Vec<Value> {
    let pattern = filter.search.as_ref().map(|search| {
        let escaped = search
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        format!("%{escaped}%")
    });
    let states: Vec<String> = filter
        .states
        .iter()
        .map(|state| state.number().to_string())
        .collect();
    vec![
        filter.search.clone().into(),
        pattern.into(),
        (!states.is_empty())
            .then(|| format!("[{}]", states.join(",")))
            .into(),
        (!filter.job_types.is_empty())
            .then(|| json::array(&filter.job_types))
            .into(),
    ]
}

/// How many jobs match.
#[must_use]
pub fn count_jobs(filter: &JobFilter) -> Statement {
    Statement::new(
        concat!(
            "SELECT count(*) FROM runner_job j LEFT JOIN runner r ON r.id = j.runner_id WHERE ",
            filter!()
        ),
        filter_params(filter),
    )
}

/// A page of the jobs that match.
#[must_use]
pub fn select_jobs(filter: &JobFilter, sort: JobSort, page: Page) -> Statement {
    let mut params = filter_params(filter);
    params.extend([
        sort.number().into(),
        page.direction().into(),
        page.count.into(),
        page.start.into(),
    ]);
    Statement::new(
        concat!(
            select_jobs_where!(""),
            filter!(),
            " ORDER BY ?6 * CASE ?5 WHEN 0 THEN j.created_at_unix_ms WHEN 1 THEN j.updated_at_unix_ms
                        WHEN 2 THEN j.priority WHEN 3 THEN j.state ELSE coalesce(j.progress, 0) END,
                      ?6 * j.id LIMIT ?7 OFFSET ?8"
        ),
        params,
    )
}
