//! Deferred work between servers. Messages of an older deploy may still wait in a queue: variants and
//! members are only ever added.

use serde::{Deserialize, Serialize};

/// One piece of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FederationTask {
    /// Act on an activity whose signature and authority have been checked.
    Receive {
        /// Id of the actor who signed it.
        actor_url: String,
        /// Its JSON as it came.
        activity: String,
        /// What the same request has again and no other has; empty when it did not come in a request.
        #[serde(default)]
        replay_key: String,
    },
    /// Do the tasks of these rows of `received_task`, those of them that still wait.
    ActOnReceived {
        /// The oldest.
        first_id: i64,
        /// The youngest.
        last_id: i64,
    },
    /// Fetch an activity from its origin and act on it: one that somebody forwarded, or that is too large
    /// for a queue.
    FetchActivity {
        /// Its id.
        activity_url: String,
    },
    /// Tell others of the changes here that nobody has been told of.
    TellChanges,
    /// Bring one activity to one inbox.
    Deliver {
        /// Where to.
        inbox_url: String,
        /// Id of our actor who signs it.
        signer_url: String,
        /// Its JSON.
        activity: String,
        /// 0 for a first try; otherwise 1, and 1 more for each time that it was refused.
        failures: u32,
        /// When it was first tried.
        since_unix_ms: i64,
    },
    /// Read a page of another actor's outbox, and go on with the next.
    CrawlOutbox {
        /// The actor.
        actor_url: String,
        /// The page; the collection itself at first.
        page_url: Option<String>,
        /// Pages read before.
        pages_read: u32,
    },
    /// Read a video again from its origin, with its comments, likes and shares.
    RefreshVideo {
        /// Its id.
        video_url: String,
    },
    /// Have the instance follow another server, by its host, or one of its actors, by its handle.
    FollowFromInstance {
        /// `host` or `name@host`.
        target: String,
    },
    /// Read an actor again from its origin.
    RefreshActor {
        /// Its id.
        actor_url: String,
    },
}

/// Which queue a task waits in, so that work of one kind never waits for another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Everything that is done here.
    Work,
    /// First tries.
    Deliveries,
    /// Deliveries that failed or were refused before.
    Retries,
}

impl FederationTask {
    /// Its lane.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Deliver { failures: 0, .. } => Lane::Deliveries,
            Self::Deliver { .. } => Lane::Retries,
            _ => Lane::Work,
        }
    }

    /// Name of its chain: tasks of one chain could overtake each other, as what one actor did, and follow each
    /// other therefore.
    #[must_use]
    pub fn chain(&self) -> &str {
        match self {
            Self::Receive { actor_url, .. }
            | Self::CrawlOutbox { actor_url, .. }
            | Self::RefreshActor { actor_url } => actor_url,
            Self::FetchActivity { activity_url } => activity_url,
            Self::RefreshVideo { video_url } => video_url,
            _ => "federation",
        }
    }
}
