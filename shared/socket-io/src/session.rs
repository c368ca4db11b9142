//! A polling client between its requests.

use crate::frame::NOOP;
use crate::payload::append;
use crate::request::Refusal;

/// Most frames that wait for a client's next poll: a few minutes' pings and news.
pub const MAX_QUEUED_FRAMES: usize = 16;
/// Most bytes of them.
pub const MAX_QUEUED_BYTES: usize = 4_096;
/// How long a client may take to go over to its WebSocket, in milliseconds.
pub const UPGRADE_TIMEOUT_MS: u64 = 10_000;

/// A client that polls. The host keeps it under its id, and answers a waiting poll when
/// [`Session::take`] has something.
#[derive(Debug, Clone)]
pub struct Session {
    /// The client has said who it is, and wants news.
    pub listens: bool,
    /// When it last asked or said something.
    heard_unix_ms: u64,
    queued: Vec<String>,
    is_polled: bool,
    /// When a WebSocket was opened to take over.
    probed_unix_ms: Option<u64>,
}

/// More waits for a client than is kept; it has stopped polling, and its session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {MAX_QUEUED_FRAMES} frames or {MAX_QUEUED_BYTES} bytes wait for the client")]
pub struct QueueFull;

/// A request that the session's state forbids. The protocol wants the session ended then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// A poll while another waits.
    #[error("a poll waits already")]
    PollsOverlap,
    /// A WebSocket while another is about to take over.
    #[error("the session is about to go on by another socket")]
    UpgradesOverlap,
}

impl From<SessionError> for Refusal {
    fn from(_: SessionError) -> Self {
        Self::BadRequest
    }
}

impl Session {
    /// A session that begins now.
    #[must_use]
    pub fn new(now_unix_ms: u64) -> Self {
        Self {
            listens: false,
            heard_unix_ms: now_unix_ms,
            queued: Vec::new(),
            is_polled: false,
            probed_unix_ms: None,
        }
    }

    /// When the client last asked or said something, in milliseconds since the epoch.
    #[must_use]
    pub fn heard_unix_ms(&self) -> u64 {
        self.heard_unix_ms
    }

    /// The client has said something.
    pub fn hear(&mut self, now_unix_ms: u64) {
        self.heard_unix_ms = self.heard_unix_ms.max(now_unix_ms);
    }

    /// A frame for the client.
    ///
    /// # Errors
    /// If too much waits already.
    pub fn push(&mut self, frame: String) -> Result<(), QueueFull> {
        let bytes: usize = self.queued.iter().map(String::len).sum();
        if self.queued.len() >= MAX_QUEUED_FRAMES || bytes + frame.len() > MAX_QUEUED_BYTES {
            return Err(QueueFull);
        }
        self.queued.push(frame);
        Ok(())
    }

    /// A poll begins.
    ///
    /// # Errors
    /// If one waits already.
    pub fn begin_poll(&mut self, now_unix_ms: u64) -> Result<(), SessionError> {
        self.hear(now_unix_ms);
        if self.is_polled {
            return Err(SessionError::PollsOverlap);
        }
        self.is_polled = true;
        Ok(())
    }

    /// The body that ends the waiting poll, if there is one and anything to say. What is taken is not
    /// said again.
    pub fn take(&mut self) -> Option<String> {
        if !self.is_polled || self.queued.is_empty() {
            return None;
        }
        self.is_polled = false;
        let mut payload = String::new();
        for frame in self.queued.drain(..) {
            append(&mut payload, &frame);
        }
        Some(payload)
    }

    /// A WebSocket is there that shall take over.
    ///
    /// # Errors
    /// If there is another.
    pub fn begin_upgrade(&mut self, now_unix_ms: u64) -> Result<(), SessionError> {
        self.hear(now_unix_ms);
        if self.is_upgrading(now_unix_ms) {
            return Err(SessionError::UpgradesOverlap);
        }
        self.probed_unix_ms = Some(now_unix_ms);
        Ok(())
    }

    /// Whether a WebSocket is about to take over. The client then waits for its poll to end, and begins no
    /// other once it has heard that the socket works; a poll that is there must not wait.
    #[must_use]
    pub fn is_upgrading(&self, now_unix_ms: u64) -> bool {
        self.probed_unix_ms
            .is_some_and(|since| now_unix_ms.saturating_sub(since) < UPGRADE_TIMEOUT_MS)
    }

    /// The WebSocket that was to take over has gone.
    pub fn abandon_upgrade(&mut self) {
        self.probed_unix_ms = None;
    }

    /// Ends the waiting poll, if there is one, with nothing.
    pub fn release_poll(&mut self) {
        if self.is_polled && self.queued.is_empty() {
            self.queued.push(NOOP.to_owned());
        }
    }

    /// What waits for the client, for the socket that takes over.
    #[must_use]
    pub fn into_queued(self) -> Vec<String> {
        self.queued
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_000_000;

    #[test]
    fn a_poll_gets_all_that_waits_once() {
        let mut session = Session::new(NOW);
        session.push("2".to_owned()).unwrap();
        session.push("4a".to_owned()).unwrap();
        assert_eq!(session.take(), None, "nobody asks");
        session.begin_poll(NOW).unwrap();
        assert_eq!(session.take().as_deref(), Some("2\x1e4a"));
        session.begin_poll(NOW + 1).unwrap();
        assert_eq!(session.take(), None, "nothing waits");
        session.push("4b".to_owned()).unwrap();
        assert_eq!(session.take().as_deref(), Some("4b"));
    }

    #[test]
    fn polls_do_not_overlap() {
        let mut session = Session::new(NOW);
        session.begin_poll(NOW).unwrap();
        assert_eq!(session.begin_poll(NOW), Err(SessionError::PollsOverlap));
    }

    #[test]
    fn only_so_much_waits() {
        let mut session = Session::new(NOW);
        for _ in 0..MAX_QUEUED_FRAMES {
            session.push("2".to_owned()).unwrap();
        }
        assert_eq!(session.push("2".to_owned()), Err(QueueFull));
        let mut session = Session::new(NOW);
        session.push("4".repeat(MAX_QUEUED_BYTES)).unwrap();
        assert_eq!(session.push("2".to_owned()), Err(QueueFull));
    }

    #[test]
    fn every_request_is_a_sign_of_life_and_time_never_goes_back() {
        let mut session = Session::new(NOW);
        session.begin_poll(NOW + 1).unwrap();
        assert_eq!(session.heard_unix_ms(), NOW + 1);
        session.hear(NOW + 2);
        session.hear(NOW);
        assert_eq!(session.heard_unix_ms(), NOW + 2);
    }

    #[test]
    fn an_upgrade_ends_the_poll_and_takes_what_waits_along() {
        let mut session = Session::new(NOW);
        session.begin_poll(NOW).unwrap();
        session.begin_upgrade(NOW).unwrap();
        session.release_poll();
        assert_eq!(session.take().as_deref(), Some(NOOP));
        session.release_poll();
        session.push("4news".to_owned()).unwrap();
        assert_eq!(session.into_queued(), ["4news"], "no poll, no noop");
    }

    #[test]
    fn a_second_upgrade_waits_until_the_first_has_failed() {
        let mut session = Session::new(NOW);
        assert!(!session.is_upgrading(NOW));
        session.begin_upgrade(NOW).unwrap();
        let last = NOW + UPGRADE_TIMEOUT_MS - 1;
        assert_eq!(
            session.begin_upgrade(last),
            Err(SessionError::UpgradesOverlap)
        );
        assert!(!session.is_upgrading(last + 1));
        session.begin_upgrade(last + 1).unwrap();
        session.abandon_upgrade();
        session.begin_upgrade(last + 1).unwrap();
    }
}
