//! Deferred work between servers. Messages of an older deploy may still wait in a queue: variants and
//! members are only ever added.

use serde::{Deserialize, Serialize};

use crate::ReceivedRows;

/// One piece of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", try_from = "Members")]
pub enum FederationTask {
    /// Act on an activity whose signature and authority have been checked.
    Receive {
        /// Id of the actor who signed it.
        actor_url: String,
        /// Its JSON as it came.
        activity: String,
        /// What the same request has again and no other has; empty when it did not come in a request.
        replay_key: String,
    },
    /// Do the tasks of these rows of `received_task`, those of them that still wait.
    ActOnReceived(ReceivedRows),
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
        /// What keeps it until it is made.
        #[serde(skip_serializing_if = "Option::is_none")]
        page: Option<PagePlace>,
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

/// The members of all kinds. To read a kind's own ones behind its name, serde would keep a copy of the message in
/// a form that takes anything, which costs 20 KB of Wasm.
#[derive(Deserialize)]
struct Members {
    #[serde(rename = "type")]
    kind: String,
    actor_url: Option<String>,
    activity: Option<String>,
    replay_key: Option<String>,
    first_id: Option<i64>,
    last_id: Option<i64>,
    #[serde(default)]
    more: Vec<(i64, i64)>,
    activity_url: Option<String>,
    inbox_url: Option<String>,
    signer_url: Option<String>,
    failures: Option<u32>,
    since_unix_ms: Option<i64>,
    page: Option<PagePlace>,
    page_url: Option<String>,
    pages_read: Option<u32>,
    video_url: Option<String>,
    target: Option<String>,
}

/// A message of no known kind, or of one that lacks a member.
#[derive(Debug, thiserror::Error)]
#[error("no task of that kind has these members")]
struct NotATask;

impl TryFrom<Members> for FederationTask {
    type Error = NotATask;

    fn try_from(members: Members) -> Result<Self, NotATask> {
        members.task().ok_or(NotATask)
    }
}

impl Members {
    fn task(self) -> Option<FederationTask> {
        Some(match self.kind.as_str() {
            "receive" => FederationTask::Receive {
                actor_url: self.actor_url?,
                activity: self.activity?,
                replay_key: self.replay_key.unwrap_or_default(),
            },
            "act-on-received" => FederationTask::ActOnReceived(ReceivedRows::new(
                self.first_id?,
                self.last_id?,
                self.more,
            )),
            "fetch-activity" => FederationTask::FetchActivity {
                activity_url: self.activity_url?,
            },
            "tell-changes" => FederationTask::TellChanges,
            "deliver" => FederationTask::Deliver {
                inbox_url: self.inbox_url?,
                signer_url: self.signer_url?,
                activity: self.activity?,
                failures: self.failures?,
                since_unix_ms: self.since_unix_ms?,
                page: self.page,
            },
            "crawl-outbox" => FederationTask::CrawlOutbox {
                actor_url: self.actor_url?,
                page_url: self.page_url,
                pages_read: self.pages_read?,
            },
            "refresh-video" => FederationTask::RefreshVideo {
                video_url: self.video_url?,
            },
            "follow-from-instance" => FederationTask::FollowFromInstance {
                target: self.target?,
            },
            "refresh-actor" => FederationTask::RefreshActor {
                actor_url: self.actor_url?,
            },
            _ => return None,
        })
    }
}

/// Place of a delivery in a row that keeps several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagePlace {
    /// Of the row.
    pub id: i64,
    /// From 0.
    pub place: u32,
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

    /// See [`crate::Task::joined`].
    pub(crate) fn joined(&self, next: &Self) -> Option<Self> {
        match (self, next) {
            (Self::ActOnReceived(rows), Self::ActOnReceived(next)) => {
                rows.joined(next).map(Self::ActOnReceived)
            }
            _ => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_as_it_was_written() {
        let text = str::to_owned;
        for task in [
            FederationTask::Receive {
                actor_url: text("https://a.test/a"),
                activity: text("{}"),
                replay_key: text("k"),
            },
            FederationTask::ActOnReceived(ReceivedRows::run(1, 2)),
            FederationTask::ActOnReceived(ReceivedRows::new(1, 2, vec![(4, 4), (9, 12)])),
            FederationTask::FetchActivity {
                activity_url: text("https://a.test/1"),
            },
            FederationTask::TellChanges,
            FederationTask::Deliver {
                inbox_url: text("https://a.test/inbox"),
                signer_url: text("https://b.test/b"),
                activity: text("{}"),
                failures: 3,
                since_unix_ms: 1_700_000_000_000,
                page: Some(PagePlace { id: 7, place: 49 }),
            },
            FederationTask::CrawlOutbox {
                actor_url: text("https://a.test/a"),
                page_url: None,
                pages_read: 0,
            },
            FederationTask::RefreshVideo {
                video_url: text("https://a.test/v"),
            },
            FederationTask::FollowFromInstance {
                target: text("a.test"),
            },
            FederationTask::RefreshActor {
                actor_url: text("https://a.test/a"),
            },
        ] {
            let message = serde_json::to_string(&task).unwrap();
            let read: FederationTask = serde_json::from_str(&message).unwrap();
            assert_eq!(read, task, "{message}");
        }
    }

    #[test]
    fn what_an_older_deploy_left_is_read_and_half_a_task_is_not() {
        let read = serde_json::from_str::<FederationTask>;
        let old = r#"{"type":"receive","actor_url":"a","activity":"{}"}"#;
        assert!(matches!(
            read(old),
            Ok(FederationTask::Receive { replay_key, .. }) if replay_key.is_empty()
        ));
        assert!(read(r#"{"type":"receive","actor_url":"a"}"#).is_err());
        assert!(read(r#"{"type":"of-tomorrow"}"#).is_err());
        assert!(read(r#"{"type":"refresh-actor","actor_url":1}"#).is_err());
    }

    #[test]
    fn rows_of_an_older_deploy_are_one_run() {
        let old = r#"{"type":"act-on-received","first_id":1,"last_id":3}"#;
        let task: FederationTask = serde_json::from_str(old).unwrap();
        let rows = ReceivedRows::run(1, 3);
        assert_eq!(serde_json::to_string(&task).unwrap(), old);
        assert_eq!(task, FederationTask::ActOnReceived(rows));
    }

    #[test]
    fn only_rows_are_joined() {
        let rows = |id| FederationTask::ActOnReceived(ReceivedRows::run(id, id));
        assert!(rows(1).joined(&rows(2)).is_some());
        assert_eq!(rows(1).joined(&FederationTask::TellChanges), None);
    }

    #[test]
    fn a_delivery_of_an_older_deploy_is_on_no_page() {
        let old = r#"{"type":"deliver","inbox_url":"i","signer_url":"s","activity":"{}",
            "failures":0,"since_unix_ms":1}"#;
        let task: FederationTask = serde_json::from_str(old).unwrap();
        assert!(matches!(task, FederationTask::Deliver { page: None, .. }));
    }
}
