//! Waking runners that wait for work. They ask for jobs at their start and after each job; between that
//! they only listen on a socket (Socket.IO, namespace `/runners`).

use ports::{Database, DatabaseError};
use serde_json::Value;
pub use socket_io::PING;
use socket_io::{Frame, connected, event, read, refused};
use store::runner as rows;
pub use store::runner::WaitingJobs;

use super::secrets::sha256_hex;

const NAMESPACE: &str = "/runners";

/// How often a listening runner is asked whether it is there, in milliseconds. Each time wakes the
/// object that holds the sockets, which is billed.
pub const PING_INTERVAL_MS: u32 = 55_000;
/// How long it may take to answer, in milliseconds.
pub const PING_TIMEOUT_MS: u32 = 20_000;

/// What a frame leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// The client is there; nothing is to be sent.
    Heard,
    /// A registered runner is to be told of jobs from now on; the text is for it.
    Listens(String),
    /// The text is for the client.
    Answer(String),
    /// The client has left, or does not speak the protocol.
    Close,
}

/// First frame on a runner's socket.
#[must_use]
pub fn greeting(session_id: &str) -> String {
    socket_io::open(session_id, PING_INTERVAL_MS, PING_TIMEOUT_MS)
}

/// Frame that tells a runner that there may be jobs for it.
#[must_use]
pub fn available_jobs() -> String {
    event(NAMESPACE, "available-jobs")
}

/// Takes a frame from a runner's socket.
///
/// # Errors
/// When the database fails: the client will come back.
pub async fn hear<D: Database>(
    database: &D,
    session_id: &str,
    text: &str,
) -> Result<Reaction, DatabaseError> {
    let Ok(frame) = read(text) else {
        return Ok(Reaction::Close);
    };
    Ok(match frame {
        Frame::Pong | Frame::Other => Reaction::Heard,
        Frame::Close | Frame::Disconnect { .. } => Reaction::Close,
        Frame::Connect { namespace, auth } if namespace == NAMESPACE => {
            let token = auth.get("runnerToken").and_then(Value::as_str);
            match token {
                Some(token) if is_registered(database, token).await? => {
                    Reaction::Listens(connected(NAMESPACE, session_id))
                }
                _ => Reaction::Answer(refused(NAMESPACE, "Invalid runner token.")),
            }
        }
        Frame::Connect { namespace, .. } => {
            Reaction::Answer(refused(namespace, "Invalid namespace"))
        }
    })
}

async fn is_registered<D: Database>(
    database: &D,
    runner_token: &str,
) -> Result<bool, DatabaseError> {
    let select = rows::select_runner(&sha256_hex(runner_token));
    let results = database.batch(vec![select]).await?;
    Ok(results.first().is_some_and(|rows| !rows.is_empty()))
}

/// Which jobs wait for a runner; when this has grown, runners are to be told.
///
/// # Errors
/// When the database fails.
pub async fn waiting_jobs<D: Database>(database: &D) -> Result<WaitingJobs, DatabaseError> {
    let results = database.batch(vec![rows::select_waiting_jobs()]).await?;
    rows::waiting_jobs(results.first().map_or(&Vec::new(), |rows| rows))
}
