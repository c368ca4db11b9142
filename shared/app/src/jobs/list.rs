//! The admin's list of jobs. PeerTube keeps several queues and lists them by state; here the work on
//! videos is done by runners alone, so their jobs are listed in those words.

use domain::runner_job::RunnerJobState;
use ports::{Database, Platform};
use rest::runner::{RunnerJobPayload, RunnerJobType};
use rest::{IsoDate, ResultList};
use serde::Serialize;
use serde_json::{Value, json};
use store::runner::{self as rows, JobFilter, JobSort, Page};

use crate::AppError;
use crate::runners::ReadJob;

/// PeerTube's states of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueState {
    /// Somebody works on it.
    Active,
    /// Done.
    Completed,
    /// Given up, by its failures or by an admin.
    Failed,
    /// Nobody has taken it yet.
    Waiting,
    /// It waits for its parent.
    WaitingChildren,
    /// Waits for a time; never here.
    Delayed,
    /// Its queue is stopped; never here.
    Paused,
    /// Waits in order of urgency: the same as waiting, listed once.
    Prioritized,
}

impl QueueState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Active,
        Self::Completed,
        Self::Failed,
        Self::Waiting,
        Self::WaitingChildren,
        Self::Delayed,
        Self::Paused,
        Self::Prioritized,
    ];

    /// Its name in paths and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
            Self::WaitingChildren => "waiting-children",
            Self::Delayed => "delayed",
            Self::Paused => "paused",
            Self::Prioritized => "prioritized",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    const fn of(state: RunnerJobState) -> Self {
        match state {
            RunnerJobState::Pending => Self::Waiting,
            RunnerJobState::Processing | RunnerJobState::Completing => Self::Active,
            RunnerJobState::Completed => Self::Completed,
            RunnerJobState::WaitingForParent => Self::WaitingChildren,
            RunnerJobState::Errored
            | RunnerJobState::Cancelled
            | RunnerJobState::ParentErrored
            | RunnerJobState::ParentCancelled => Self::Failed,
        }
    }
}

/// PeerTube's kinds of job that occur here, with the runner job kinds that are listed under each.
const JOB_TYPES: [(&str, &[RunnerJobType]); 2] = [
    (
        "video-transcoding",
        &[
            RunnerJobType::VodHlsTranscoding,
            RunnerJobType::VodWebVideoTranscoding,
            RunnerJobType::VodAudioMergeTranscoding,
        ],
    ),
    (
        "generate-video-storyboard",
        &[RunnerJobType::GenerateVideoStoryboard],
    ),
];

/// Which jobs an admin asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueQuery {
    /// Only these states; all when empty.
    pub states: Vec<QueueState>,
    /// Only this kind, in PeerTube's words.
    pub job_type: Option<String>,
    /// Which of them, by date of making.
    pub page: Page,
}

/// One job of the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueJob {
    /// The runner job's uuid.
    pub id: String,
    /// See [`QueueState::name`].
    pub state: &'static str,
    /// Kind in PeerTube's words.
    #[serde(rename = "type")]
    pub job_type: &'static str,
    /// What it is about.
    pub data: Value,
    /// Percent.
    pub progress: u32,
    /// Smaller is sooner.
    pub priority: i64,
    /// Of the last failure.
    pub error: Option<String>,
    /// When it was made.
    pub created_at: IsoDate,
    /// When it ended.
    pub finished_on: Option<IsoDate>,
    /// When a runner took it.
    pub processed_on: Option<IsoDate>,
}

/// A page of jobs.
///
/// # Errors
/// When the database fails.
pub async fn list<P: Platform>(
    platform: &P,
    query: &QueueQuery,
) -> Result<ResultList<QueueJob>, AppError> {
    let states: Vec<RunnerJobState> = RunnerJobState::ALL
        .into_iter()
        .filter(|state| query.states.contains(&QueueState::of(*state)))
        .collect();
    let kinds: Vec<RunnerJobType> = JOB_TYPES
        .iter()
        .filter(|(name, _)| query.job_type.as_deref().is_none_or(|asked| asked == *name))
        .flat_map(|(_, kinds)| kinds.iter().copied())
        .collect();
    // Asked for states or kinds that never occur: an empty filter would mean all.
    if (states.is_empty() && !query.states.is_empty()) || kinds.is_empty() {
        return Ok(ResultList::new(0, Vec::new()));
    }
    let filter = JobFilter {
        search: None,
        states,
        job_types: kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
    };
    let statements = vec![
        rows::count_jobs(&filter),
        rows::select_jobs(&filter, JobSort::CreatedAt, query.page),
    ];
    let results = platform.database().batch(statements).await?;
    let total = match results.first().and_then(|rows| rows.first()) {
        Some(row) => row.unsigned(0)?,
        None => 0,
    };
    let data = results
        .get(1)
        .into_iter()
        .flatten()
        .map(|row| Ok(queue_job(&ReadJob::new(rows::job(row)?)?)));
    Ok(ResultList::new(
        total,
        data.collect::<Result<_, AppError>>()?,
    ))
}

fn queue_job(job: &ReadJob) -> QueueJob {
    let row = &job.row;
    let job_type = JOB_TYPES
        .iter()
        .find(|(_, kinds)| kinds.contains(&job.kind))
        .map_or("video-transcoding", |(name, _)| name);
    let (kind, resolution, fps) = match &job.payload {
        RunnerJobPayload::Hls(payload) => (
            "new-resolution-to-hls",
            payload.output.resolution,
            payload.output.fps,
        ),
        RunnerJobPayload::WebVideo(payload) => (
            "new-resolution-to-web-video",
            payload.output.resolution,
            payload.output.fps,
        ),
        RunnerJobPayload::AudioMerge(payload) => (
            "merge-audio-to-web-video",
            payload.output.resolution,
            payload.output.fps,
        ),
        RunnerJobPayload::Storyboard(_) => ("storyboard", 0, 0),
    };
    let progress = match row.state {
        RunnerJobState::Completed | RunnerJobState::Completing => 100,
        _ => row.progress.unwrap_or(0),
    };
    QueueJob {
        id: row.uuid.clone(),
        state: QueueState::of(row.state).name(),
        job_type,
        data: json!({
            "type": kind,
            "videoUUID": row.video_uuid,
            "resolution": resolution,
            "fps": fps,
        }),
        progress,
        priority: row.priority,
        error: row.error.clone(),
        created_at: row.created_at.into(),
        finished_on: row.finished_at.map(Into::into),
        processed_on: row.started_at.map(Into::into),
    }
}
