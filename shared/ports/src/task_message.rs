//! Tasks as they wait in a queue.

use serde::{Deserialize, Serialize};

use crate::{FederationTask, Task};

/// A task on the wire. Messages of an older deploy may still wait in the queue: only ever add variants.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Message {
    CompleteRunnerJob { job_uuid: String },
    MakeTorrents { video_uuid: String },
    DeleteObjects { object_keys: Vec<String> },
    CopyMirror { mirror_id: i64, from_bytes: i64 },
    Federation { task: FederationTask },
}

/// The members of all kinds, read as those of a [`FederationTask`] are.
#[derive(Deserialize)]
struct Members {
    #[serde(rename = "type")]
    kind: String,
    job_uuid: Option<String>,
    video_uuid: Option<String>,
    object_keys: Option<Vec<String>>,
    mirror_id: Option<i64>,
    from_bytes: Option<i64>,
    task: Option<FederationTask>,
}

/// How the message of every [`Task::Federation`] begins, and of no other.
pub const FEDERATION_MESSAGE_PREFIX: &str = r#"{"type":"federation","#;

/// The message of a task, as JSON text.
#[must_use]
pub fn encode_task(task: Task) -> String {
    let message = match task {
        Task::CompleteRunnerJob { job_uuid } => Message::CompleteRunnerJob { job_uuid },
        Task::MakeTorrents { video_uuid } => Message::MakeTorrents { video_uuid },
        Task::DeleteObjects { object_keys } => Message::DeleteObjects { object_keys },
        Task::CopyMirror {
            mirror_id,
            from_bytes,
        } => Message::CopyMirror {
            mirror_id,
            from_bytes,
        },
        Task::Federation(task) => Message::Federation { task },
    };
    serde_json::to_string(&message).expect("strings and lists of strings are always JSON")
}

/// The task of a message; `None` for a message of no known kind.
#[must_use]
pub fn decode_task(text: &str) -> Option<Task> {
    let members: Members = serde_json::from_str(text).ok()?;
    Some(match members.kind.as_str() {
        "complete-runner-job" => Task::CompleteRunnerJob {
            job_uuid: members.job_uuid?,
        },
        "make-torrents" => Task::MakeTorrents {
            video_uuid: members.video_uuid?,
        },
        "delete-objects" => Task::DeleteObjects {
            object_keys: members.object_keys?,
        },
        "copy-mirror" => Task::CopyMirror {
            mirror_id: members.mirror_id?,
            from_bytes: members.from_bytes?,
        },
        "federation" => Task::Federation(members.task?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_survives_its_queue() {
        for task in [
            Task::CompleteRunnerJob {
                job_uuid: "u".to_owned(),
            },
            Task::MakeTorrents {
                video_uuid: "u".to_owned(),
            },
            Task::DeleteObjects {
                object_keys: vec!["a/b".to_owned()],
            },
            Task::CopyMirror {
                mirror_id: 3,
                from_bytes: 8_388_608,
            },
            Task::Federation(FederationTask::TellChanges),
            Task::Federation(FederationTask::RefreshActor {
                actor_url: "https://other.test/a".to_owned(),
            }),
        ] {
            let message = encode_task(task.clone());
            let is_federation = matches!(task, Task::Federation(_));
            assert_eq!(
                message.starts_with(FEDERATION_MESSAGE_PREFIX),
                is_federation,
                "{message}"
            );
            assert_eq!(decode_task(&message), Some(task));
        }
        assert_eq!(decode_task(r#"{"type":"of-tomorrow"}"#), None);
        assert_eq!(decode_task(r#"{"type":"make-torrents"}"#), None);
    }
}
