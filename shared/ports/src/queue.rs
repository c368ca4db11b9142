//! Work that is done after the answer, at least once.

use crate::PortError;

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
}

/// The platform's queue.
pub trait TaskQueue {
    /// Adds a task.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the queue fails.
    async fn send(&self, task: Task) -> Result<(), PortError>;
}
