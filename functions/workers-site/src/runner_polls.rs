//! Runners that poll: their sessions, in memory only.
//!
//! A poll waits until there is something to say, which is the next ping at the latest, and keeps the
//! object awake meanwhile: an object that is never idle costs 0.128 GB times 86,400 s, some 11,000 GB-s
//! a day, of which a month's plan includes 400,000. A socket costs nothing while it is silent, so
//! every client is offered one; only runners behind a proxy that lets none through go on polling.
//!
//! When the object ends, its sessions end. Their clients are told so by the next request (code 1) and
//! begin anew.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};
use std::time::Duration;

use ports::Database;
use site::runner_socket::{
    MAX_PAYLOAD_BYTES, NOOP, PING, Reaction, Refusal, Session, Transport, greeting, hear_payload,
};
use worker::{Delay, Headers, Request, Response, Result};

use crate::runner_sockets::{MAX_SESSIONS, TOO_MANY, now_unix_ms};

/// How long a poll waits while its client goes over to a socket: it cannot do so before the poll ends,
/// and begins others until it has heard that the socket works.
const POLL_WHILE_UPGRADING: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(crate) struct RunnerPolls {
    sessions: RefCell<BTreeMap<String, Held>>,
}

struct Held {
    session: Session,
    /// Of the poll that waits.
    waker: Option<Waker>,
}

impl Held {
    /// Sends a frame with the poll that waits, or the next.
    fn push(&mut self, frame: &str) -> bool {
        let has_room = self.session.push(frame.to_owned()).is_ok();
        self.wake();
        has_room
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl RunnerPolls {
    pub(crate) fn is_empty(&self) -> bool {
        self.sessions.borrow().is_empty()
    }

    /// Begins a session. Who has not said a runner's token makes room for who comes next.
    pub(crate) fn open(&self) -> Result<Response> {
        let mut sessions = self.sessions.borrow_mut();
        if sessions.len() >= MAX_SESSIONS {
            let strangers = sessions.iter().filter(|(_, held)| !held.session.listens);
            let oldest = strangers.min_by_key(|(_, held)| held.session.heard_unix_ms());
            let Some(oldest) = oldest.map(|(id, _)| id.clone()) else {
                return Response::error(TOO_MANY, 503);
            };
            end(&mut sessions, &oldest);
        }
        let session_id = platform_workers::random_id();
        let held = Held {
            session: Session::new(now_unix_ms()),
            waker: None,
        };
        let answer = payload(&greeting(&session_id, Transport::Polling));
        sessions.insert(session_id, held);
        answer
    }

    /// Waits for something to say to the client.
    pub(crate) async fn poll(&self, session_id: &str) -> Result<Response> {
        let now = now_unix_ms();
        let began = self.with(session_id, |session| {
            session.begin_poll(now)?;
            Ok::<_, Refusal>(session.is_upgrading(now))
        });
        match began {
            Ok(is_upgrading) => {
                if is_upgrading {
                    Delay::from(POLL_WHILE_UPGRADING).await;
                    let _ = self.with(session_id, |session| {
                        session.release_poll();
                        Ok(())
                    });
                }
                payload(&self.next_payload(session_id).await)
            }
            Err(refusal) => self.refuse(session_id, refusal),
        }
    }

    async fn next_payload(&self, session_id: &str) -> String {
        poll_fn(|context| {
            let mut sessions = self.sessions.borrow_mut();
            let Some(held) = sessions.get_mut(session_id) else {
                // It has ended meanwhile, or goes on by a socket. The next request would hear more.
                return Poll::Ready(NOOP.to_owned());
            };
            match held.session.take() {
                Some(payload) => Poll::Ready(payload),
                None => {
                    held.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// Takes what the client says.
    pub(crate) async fn post<D: Database>(
        &self,
        database: &D,
        session_id: &str,
        request: Request,
    ) -> Result<Response> {
        let Some(said) = bounded_text(request).await? else {
            end(&mut self.sessions.borrow_mut(), session_id);
            return Response::error("This is too much.", 413);
        };
        let now = now_unix_ms();
        if let Err(refusal) = self.with(session_id, |session| {
            session.hear(now);
            Ok(())
        }) {
            return self.refuse(session_id, refusal);
        }
        let reactions = hear_payload(database, session_id, &said)
            .await
            .map_err(|error| worker::Error::RustError(error.to_string()))?;
        let mut sessions = self.sessions.borrow_mut();
        for reaction in reactions {
            let Some(held) = sessions.get_mut(session_id) else {
                break;
            };
            let stays = match reaction {
                Reaction::Heard => true,
                Reaction::Listens(answer) => {
                    held.session.listens = true;
                    held.push(&answer)
                }
                Reaction::Answer(answer) => held.push(&answer),
                Reaction::Close => false,
            };
            if !stays {
                end(&mut sessions, session_id);
            }
        }
        // As the original says it, which some clients check.
        text("ok", "text/html")
    }

    /// A socket is there that shall take over.
    pub(crate) fn begin_upgrade(&self, session_id: &str) -> std::result::Result<(), Refusal> {
        let now = now_unix_ms();
        self.with(session_id, |session| Ok(session.begin_upgrade(now)?))
    }

    /// The socket works: the poll that waits must not wait any longer.
    pub(crate) fn release(&self, session_id: &str) {
        if let Some(held) = self.sessions.borrow_mut().get_mut(session_id) {
            held.session.release_poll();
            held.wake();
        }
    }

    /// The socket that was to take over has gone.
    pub(crate) fn abandon_upgrade(&self, session_id: &str) {
        if let Some(held) = self.sessions.borrow_mut().get_mut(session_id) {
            held.session.abandon_upgrade();
        }
    }

    /// The socket takes over: whether the client listens, and what waits for it.
    pub(crate) fn take_over(&self, session_id: &str) -> Option<(bool, Vec<String>)> {
        let Held { session, waker } = self.sessions.borrow_mut().remove(session_id)?;
        if let Some(waker) = waker {
            waker.wake();
        }
        Some((session.listens, session.into_queued()))
    }

    /// Says something to all that listen.
    pub(crate) fn send_to_listeners(&self, frame: &str) {
        self.retain(|held| !held.session.listens || held.push(frame));
    }

    /// Asks every client whether it is there, and ends the sessions of those that have been silent since
    /// `oldest_unix_ms`.
    pub(crate) fn ask_all(&self, oldest_unix_ms: u64) {
        self.retain(|held| held.session.heard_unix_ms() >= oldest_unix_ms && held.push(PING));
    }

    fn retain(&self, mut stays: impl FnMut(&mut Held) -> bool) {
        self.sessions.borrow_mut().retain(|_, held| {
            let stays = stays(held);
            if !stays {
                held.wake();
            }
            stays
        });
    }

    fn with<T>(
        &self,
        session_id: &str,
        work: impl FnOnce(&mut Session) -> std::result::Result<T, Refusal>,
    ) -> std::result::Result<T, Refusal> {
        let mut sessions = self.sessions.borrow_mut();
        let held = sessions
            .get_mut(session_id)
            .ok_or(Refusal::UnknownSession)?;
        work(&mut held.session)
    }

    /// A request that cannot be is the end of its session.
    fn refuse(&self, session_id: &str, refusal: Refusal) -> Result<Response> {
        end(&mut self.sessions.borrow_mut(), session_id);
        refused(refusal)
    }
}

fn end(sessions: &mut BTreeMap<String, Held>, session_id: &str) {
    if let Some(mut held) = sessions.remove(session_id) {
        held.wake();
    }
}

/// A refusal in the protocol's words.
pub(crate) fn refused(refusal: Refusal) -> Result<Response> {
    Ok(text(&refusal.body(), "application/json")?.with_status(400))
}

fn payload(frames: &str) -> Result<Response> {
    text(frames, "text/plain; charset=UTF-8")
}

fn text(body: &str, content_type: &str) -> Result<Response> {
    let headers = Headers::new();
    headers.set("content-type", content_type)?;
    headers.set("cache-control", "no-store")?;
    headers.set("access-control-allow-origin", "*")?;
    Ok(Response::from_bytes(body.as_bytes().to_vec())?.with_headers(headers))
}

/// The body, unless it says no length or one over [`MAX_PAYLOAD_BYTES`].
async fn bounded_text(mut request: Request) -> Result<Option<String>> {
    let length = request.headers().get("content-length")?;
    let length = length.and_then(|length| length.parse::<usize>().ok());
    if length.is_none_or(|bytes| bytes > MAX_PAYLOAD_BYTES) {
        return Ok(None);
    }
    request.text().await.map(Some)
}
