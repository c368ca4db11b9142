//! Waking runners that wait for work. They ask for jobs at their start and after each job; between that
//! they only listen (Socket.IO, namespace `/runners`), on a WebSocket or by polling.

use ports::{Database, DatabaseError};
use serde_json::Value;
use socket_io::{Frame, connected, event, frames_of, read, refused};
pub use socket_io::{MAX_PAYLOAD_BYTES, NOOP, PING, PROBED, Refusal, Request, Session, Transport};
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

/// What a frame means on a WebSocket that is to take over from polling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takeover {
    /// The client asks whether the socket works: [`PROBED`] is the answer.
    Probe,
    /// From here on the socket carries what polling did.
    Complete,
    /// The client does not speak the protocol, or has changed its mind.
    Close,
}

/// First frame for a runner.
#[must_use]
pub fn greeting(session_id: &str, transport: Transport) -> String {
    socket_io::open(session_id, transport, PING_INTERVAL_MS, PING_TIMEOUT_MS)
}

/// Takes a frame from a socket that is to take over from polling.
#[must_use]
pub fn hear_takeover(text: &str) -> Takeover {
    match read(text) {
        Ok(Frame::Probe) => Takeover::Probe,
        Ok(Frame::Upgrade) => Takeover::Complete,
        _ => Takeover::Close,
    }
}

/// Takes what a polling runner posted: what each frame leads to, up to the one that ends the session.
///
/// # Errors
/// When the database fails: the client will come back.
pub async fn hear_payload<D: Database>(
    database: &D,
    session_id: &str,
    payload: &str,
) -> Result<Vec<Reaction>, DatabaseError> {
    let Ok(frames) = frames_of(payload) else {
        return Ok(vec![Reaction::Close]);
    };
    let mut reactions = Vec::with_capacity(frames.len());
    for frame in frames {
        let reaction = hear(database, session_id, frame).await?;
        let is_end = reaction == Reaction::Close;
        reactions.push(reaction);
        if is_end {
            break;
        }
    }
    Ok(reactions)
}

/// Frame that tells a runner that there may be jobs for it.
#[must_use]
pub fn available_jobs() -> String {
    event(NAMESPACE, "available-jobs")
}

/// Takes a frame from a runner.
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
        Frame::Close | Frame::Disconnect { .. } | Frame::Probe | Frame::Upgrade => Reaction::Close,
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
