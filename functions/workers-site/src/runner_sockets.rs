//! Runners that listen, by WebSocket or by polling. The sockets sleep with their object: all that must
//! survive is attached to them. Those that poll are in [`crate::runner_polls`].

use std::cell::Cell;
use std::time::Duration;

use ports::Database;
use serde::{Deserialize, Serialize};
use site::runner_socket::{
    PING, PING_INTERVAL_MS, PING_TIMEOUT_MS, PROBED, Reaction, Refusal, Request as Asked, Takeover,
    Transport, WaitingJobs, available_jobs, greeting, hear, hear_takeover, waiting_jobs,
};
use worker::{Date, Request, Response, Result, State, WebSocket, WebSocketPair};

use crate::runner_polls::{RunnerPolls, refused};

/// More runners than a small organisation has, times a few; by WebSocket, and again by polling.
pub(crate) const MAX_SESSIONS: usize = 100;
pub(crate) const TOO_MANY: &str = "There are too many runners.";

pub(crate) struct RunnerSockets {
    state: State,
    polls: RunnerPolls,
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
    /// It is to take over from polling, and has not done so yet.
    takes_over: bool,
    heard_unix_ms: u64,
}

pub(crate) fn now_unix_ms() -> u64 {
    Date::now().as_millis()
}

impl RunnerSockets {
    pub(crate) fn new(state: State) -> Self {
        let has_any = Cell::new(!state.get_websockets().is_empty());
        Self {
            state,
            polls: RunnerPolls::default(),
            has_any,
            told: Cell::default(),
        }
    }

    /// Answers a request of a runner that listens, or wants to: `path` with its query. Whoever comes is
    /// let in; who listens must first say a runner's token.
    pub(crate) async fn answer<D: Database>(
        &self,
        database: &D,
        request: Request,
        path: &str,
    ) -> Result<Response> {
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let is_upgrade = request.headers().has("upgrade")?;
        match Asked::parse(request.method().as_ref(), query, is_upgrade) {
            Ok(Asked::Open(transport)) => {
                let answer = match transport {
                    Transport::WebSocket => self.accept(None)?,
                    Transport::Polling => self.polls.open()?,
                };
                self.has_any.set(true);
                if self.state.storage().get_alarm().await?.is_none() {
                    self.ask_later().await?;
                }
                Ok(answer)
            }
            Ok(Asked::Poll { session_id }) => self.polls.poll(session_id).await,
            Ok(Asked::Post { session_id }) => self.polls.post(database, session_id, request).await,
            Ok(Asked::Upgrade { session_id }) => match self.polls.begin_upgrade(session_id) {
                Ok(()) => self.accept(Some(session_id)),
                Err(refusal) => refused(refusal),
            },
            Err(refusal) => refused(refusal),
        }
    }

    /// A socket, which begins a session or is to take one over.
    fn accept(&self, taken_over: Option<&str>) -> Result<Response> {
        if self.state.get_websockets().len() >= MAX_SESSIONS && !self.make_room() {
            return Response::error(TOO_MANY, 503);
        }
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        self.state.accept_web_socket(&server);
        let attachment = Attachment {
            session_id: taken_over.map_or_else(platform_workers::random_id, str::to_owned),
            listens: false,
            takes_over: taken_over.is_some(),
            heard_unix_ms: now_unix_ms(),
        };
        server.serialize_attachment(&attachment)?;
        if taken_over.is_none() {
            server.send_with_str(greeting(&attachment.session_id, Transport::WebSocket))?;
        }
        Response::from_websocket(client)
    }

    /// Closes the socket that has been silent longest of those that do not listen; whether there was one.
    fn make_room(&self) -> bool {
        let strangers = self
            .state
            .get_websockets()
            .into_iter()
            .filter_map(|socket| {
                let known = socket.deserialize_attachment::<Attachment>().ok()??;
                (!known.listens).then_some((known.heard_unix_ms, socket))
            });
        let oldest = strangers.min_by_key(|(heard_unix_ms, _)| *heard_unix_ms);
        oldest.is_some_and(|(_, socket)| socket.close(Some(1013), Some(TOO_MANY)).is_ok())
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
        attachment.heard_unix_ms = now_unix_ms();
        if attachment.takes_over {
            return self.hear_takeover(socket, attachment, text);
        }
        let reaction = hear(database, &attachment.session_id, text)
            .await
            .map_err(|error| worker::Error::RustError(error.to_string()))?;
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

    /// Before the socket has taken over, only few frames mean anything.
    fn hear_takeover(
        &self,
        socket: &WebSocket,
        mut attachment: Attachment,
        text: &str,
    ) -> Result<()> {
        let session_id = attachment.session_id.clone();
        match hear_takeover(text) {
            Takeover::Probe => {
                socket.send_with_str(PROBED)?;
                self.polls.release(&session_id);
            }
            Takeover::Complete => {
                let Some((listens, frames)) = self.polls.take_over(&session_id) else {
                    let reason = Refusal::UnknownSession.to_string();
                    return socket.close(Some(1000), Some(reason));
                };
                attachment.listens = listens;
                attachment.takes_over = false;
                for frame in frames {
                    socket.send_with_str(frame)?;
                }
            }
            Takeover::Close => {
                self.polls.abandon_upgrade(&session_id);
                return socket.close::<&str>(Some(1000), None);
            }
        }
        socket.serialize_attachment(&attachment)
    }

    /// A socket has closed. If it was to take over, polling goes on.
    pub(crate) fn gone(&self, socket: &WebSocket) -> Result<()> {
        if let Some(known) = socket.deserialize_attachment::<Attachment>()?
            && known.takes_over
        {
            self.polls.abandon_upgrade(&known.session_id);
        }
        Ok(())
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
        self.polls.send_to_listeners(text);
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
            let known = socket.deserialize_attachment::<Attachment>()?;
            let is_there = known.is_some_and(|known| {
                // One that is to take over must not hear anything else before.
                let is_recent = known.heard_unix_ms >= oldest;
                is_recent && (known.takes_over || socket.send_with_str(PING).is_ok())
            });
            if is_there {
                stay += 1;
            } else {
                let _ = socket.close(Some(1001), Some("ping timeout"));
            }
        }
        self.polls.ask_all(oldest);
        let has_any = stay > 0 || !self.polls.is_empty();
        self.has_any.set(has_any);
        if has_any {
            self.ask_later().await?;
        }
        Ok(())
    }

    async fn ask_later(&self) -> Result<()> {
        let interval = Duration::from_millis(PING_INTERVAL_MS.into());
        self.state.storage().set_alarm(interval).await
    }
}
