//! States of jobs that runners (transcoders) do, and how they move.

/// PeerTube's runner job states with their wire numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunnerJobState {
    /// Waits for a runner.
    Pending,
    /// A runner holds it.
    Processing,
    /// Done, its result is published.
    Completed,
    /// Failed for good.
    Errored,
    /// Waits for another job's result.
    WaitingForParent,
    /// Given up by an admin.
    Cancelled,
    /// Its parent failed for good.
    ParentErrored,
    /// Its parent was cancelled.
    ParentCancelled,
    /// The runner is done; the server still derives what the runner did not send.
    Completing,
}

impl RunnerJobState {
    /// Every state, in the order of its number.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Processing,
        Self::Completed,
        Self::Errored,
        Self::WaitingForParent,
        Self::Cancelled,
        Self::ParentErrored,
        Self::ParentCancelled,
        Self::Completing,
    ];

    /// PeerTube's number, 1..=9.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Pending => 1,
            Self::Processing => 2,
            Self::Completed => 3,
            Self::Errored => 4,
            Self::WaitingForParent => 5,
            Self::Cancelled => 6,
            Self::ParentErrored => 7,
            Self::ParentCancelled => 8,
            Self::Completing => 9,
        }
    }

    /// The state of that number; `None` outside 1..=9.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// PeerTube's English label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Processing => "Processing",
            Self::Completed => "Completed",
            Self::Errored => "Errored",
            Self::WaitingForParent => "Waiting for parent job to finish",
            Self::Cancelled => "Cancelled",
            Self::ParentErrored => "Parent job failed",
            Self::ParentCancelled => "Parent job cancelled",
            Self::Completing => "Completing",
        }
    }

    /// Whether nothing will happen to the job any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Completed
                | Self::Errored
                | Self::Cancelled
                | Self::ParentErrored
                | Self::ParentCancelled
        )
    }
}
