//! WebSockets of runners (Socket.IO), which sleep with their object: all that must survive is attached
//! to the socket.

use std::cell::Cell;
use std::time::Duration;

use ports::Database;
use serde::{Deserialize, Serialize};
use site::runner_socket::{
    PING, PING_INTERVAL_MS, PING_TIMEOUT_MS, Reaction, WaitingJobs, available_jobs, greeting, hear,
    waiting_jobs,
};
use worker::{Date, Response, Result, State, WebSocket, WebSocketPair};

/// More runners than a small organisation has, times a few.
const MAX_SOCKETS: usize = 100;
const TOO_MANY: &str = "There are too many runners.";

pub(crate) struct RunnerSockets {
    state: State,
    /// Asked at every write to the database, so not asked of the platform.
    has_any: Cell<bool>,
    /// What runners know of. Forgotten while the object sleeps: they then hear once too often.
    told: Cell<WaitingJobs>,
}

/// What is known of a socket.
#[derive(Serialize, Deserialize)]
struct Attachment {
    session_id: String,
    listens: bool,
    heard_unix_ms: u64,
}

fn now_unix_ms() -> u64 {
    Date::now().as_millis()
}

impl RunnerSockets {
    pub(crate) fn new(state: State) -> Self {
        let has_any = Cell::new(!state.get_websockets().is_empty());
        Self {
            state,
            has_any,
            told: Cell::default(),
        }
    }

    /// Takes a connection in, whoever it is: who listens must first say a runner's token.
    pub(crate) async fn open(&self) -> Result<Response> {
        if self.state.get_websockets().len() >= MAX_SOCKETS {
            return Response::error(TOO_MANY, 503);
        }
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        self.state.accept_web_socket(&server);
        let attachment = Attachment {
            session_id: platform_workers::random_id(),
            listens: false,
            heard_unix_ms: now_unix_ms(),
        };
        server.serialize_attachment(&attachment)?;
        server.send_with_str(greeting(&attachment.session_id))?;
        self.has_any.set(true);
        if self.state.storage().get_alarm().await?.is_none() {
            self.ask_later().await?;
        }
        Response::from_websocket(client)
    }

    pub(crate) async fn hear<D: Database>(
        &self,
        database: &D,
        socket: &WebSocket,
        text: &str,
    ) -> Result<()> {
        let Some(mut attachment) = socket.deserialize_attachment::<Attachment>()? else {
            return socket.close(Some(1011), Some("unknown session"));
        };
        let reaction = hear(database, &attachment.session_id, text)
            .await
            .map_err(|error| worker::Error::RustError(error.to_string()))?;
        attachment.heard_unix_ms = now_unix_ms();
        match reaction {
            Reaction::Heard => {}
            Reaction::Listens(answer) => {
                attachment.listens = true;
                socket.send_with_str(answer)?;
            }
            Reaction::Answer(answer) => socket.send_with_str(answer)?,
            Reaction::Close => return socket.close::<&str>(Some(1000), None),
        }
        socket.serialize_attachment(&attachment)
    }

    /// After a change of rows: tells runners if more jobs wait than they know of. Nobody depends on it:
    /// cron's next write tells again.
    pub(crate) async fn tell_of_jobs<D: Database>(&self, database: &D) {
        if !self.has_any.get() {
            return;
        }
        match waiting_jobs(database).await {
            Ok(waiting) => {
                if waiting.count > 0 && waiting > self.told.replace(waiting) {
                    self.send_to_listeners(&available_jobs());
                }
            }
            Err(error) => worker::console_error!("waiting jobs: {error}"),
        }
    }

    fn send_to_listeners(&self, text: &str) {
        for socket in self.state.get_websockets() {
            let attachment = socket.deserialize_attachment::<Attachment>();
            if attachment.is_ok_and(|known| known.is_some_and(|known| known.listens)) {
                // A socket that is closing takes nothing any more.
                let _ = socket.send_with_str(text);
            }
        }
    }

    /// Asks every client whether it is there, and drops those that have not answered.
    pub(crate) async fn ask_all(&self) -> Result<()> {
        let silent_ms = u64::from(PING_INTERVAL_MS) + u64::from(PING_TIMEOUT_MS);
        let oldest = now_unix_ms().saturating_sub(silent_ms);
        let mut stay = 0_usize;
        for socket in self.state.get_websockets() {
            let attachment = socket.deserialize_attachment::<Attachment>()?;
            if attachment.is_some_and(|known| known.heard_unix_ms >= oldest)
                && socket.send_with_str(PING).is_ok()
            {
                stay += 1;
            } else {
                let _ = socket.close(Some(1001), Some("ping timeout"));
            }
        }
        self.has_any.set(stay > 0);
        if stay > 0 {
            self.ask_later().await?;
        }
        Ok(())
    }

    async fn ask_later(&self) -> Result<()> {
        let interval = Duration::from_millis(PING_INTERVAL_MS.into());
        self.state.storage().set_alarm(interval).await
    }
}
