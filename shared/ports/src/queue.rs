//! Work that is done after the answer, at least once.

use crate::{FederationTask, Lane, PortError};

/// One piece of deferred work. Every task may run twice and its second run changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Derive what a finished runner job did not send (segment hashes, pieces, playlists) and publish.
    CompleteRunnerJob {
        /// The job.
        job_uuid: String,
    },
    /// Make the torrents of a video's plain files that have none yet: of the original after an upload.
    MakeTorrents {
        /// The video.
        video_uuid: String,
    },
    /// Remove objects that nothing names any more.
    DeleteObjects {
        /// At most 1,000.
        object_keys: Vec<String>,
    },
    /// Go on with a copy of another server's video that has come so far.
    CopyMirror {
        /// Row id.
        mirror_id: i64,
        /// Bytes that were there when this was queued: whoever finds others comes too late.
        from_bytes: i64,
    },
    /// Talk to other servers, or act on what they said.
    Federation(FederationTask),
}

impl Task {
    /// Which queue it waits in.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Federation(task) => task.lane(),
            _ => Lane::Work,
        }
    }

    /// One task in place of this and the next, if there is one that does the work of both.
    #[must_use]
    pub fn joined(&self, next: &Self) -> Option<Self> {
        match (self, next) {
            (Self::Federation(task), Self::Federation(next)) => {
                task.joined(next).map(Self::Federation)
            }
            _ => None,
        }
    }
}

/// Bytes of one task as JSON: what Cloudflare Queues allow is 128 KB with everything around it.
pub const MAX_TASK_BYTES: usize = 120 * 1024;

/// The platform's queue.
pub trait TaskQueue {
    /// Adds a task.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the queue fails.
    async fn send(&self, task: Task) -> Result<(), PortError> {
        self.send_all(vec![task]).await
    }

    /// Adds any number of tasks. They are sent in several steps if need be: after an error some may have been.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the queue fails.
    async fn send_all(&self, tasks: Vec<Task>) -> Result<(), PortError>;

    /// The same for tasks that something else remembers: a host may let them wait a moment for others to be joined
    /// with ([`Task::joined`]), and then tell nobody but its log when the queue fails.
    ///
    /// # Errors
    /// As [`Self::send_all`].
    async fn send_soon(&self, tasks: Vec<Task>) -> Result<(), PortError> {
        self.send_all(tasks).await
    }
}
