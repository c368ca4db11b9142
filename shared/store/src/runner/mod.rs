//! Runners, their registration tokens, and the jobs that they do.
//!
//! Job states stand in the SQL by PeerTube's numbers (`domain::runner_job::RunnerJobState`): 1 pending,
//! 2 processing, 3 completed, 4 errored, 5 waiting for parent, 6 cancelled, 7 parent errored, 8 parent
//! cancelled, 9 completing. *Live* are 1, 2, 5 and 9: something will still happen to the job.
//!
//! A runner holds a job by the pair of its own token and the job's token, both stored as SHA-256. The
//! job's token changes with every accept and is forgotten when the job leaves its runner's hands; a
//! completed job keeps it, so that a repeated success call is recognised.

mod attempt;
mod cron;
mod ending;
mod job;
mod new_job;
mod progress;
mod registration;

pub use attempt::{
    Accept, Held, accept, begin_completing, complete, fail, give_back, give_back_jobs_of_runner,
    heartbeat,
};
pub use cron::{
    delete_finished_jobs, delete_forgotten_runners, expire_stalled_outputs, give_back_stalled,
    retake_missing_torrents, retake_unfinished_completions,
};
pub use ending::{Settling, cancel, delete_job, fail_children, release_children, settle_video};
pub use job::{
    Job, JobFilter, JobParent, JobRunner, JobSort, WaitingJobs, count_jobs, job, select_available,
    select_held, select_job, select_jobs, select_waiting_jobs, waiting_jobs,
};
pub use new_job::{NewJob, insert_job};
pub use registration::{
    NewRunner, RegistrationToken, Runner, count_registration_tokens, count_runners,
    delete_registration_token, delete_runner, delete_runner_by_token, insert_registration_token,
    insert_runner, insert_runner_by_token, registration_token, runner, select_registration_token,
    select_registration_tokens, select_runner, select_runners, touch_runner,
};

/// A page of a list sorted by one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Items to skip.
    pub start: u32,
    /// Items at most.
    pub count: u32,
    /// Largest first.
    pub descending: bool,
}

impl Page {
    /// What the sorted number is multiplied with.
    pub(crate) const fn direction(self) -> i64 {
        if self.descending { -1 } else { 1 }
    }
}
