//! Sends messages in groups.
//!
//! Most of what a message costs in workerd is waking up the socket that it goes to: sixteen messages to
//! sixteen sockets take twice the time of sixteen messages to one. So in a busy object messages wait for
//! a few milliseconds and then leave socket by socket. In a quiet one they leave at once.

use tracker::{Outbox, SocketId};

use crate::sockets::Sockets;

/// How long a message waits at most. Clients take hundreds of milliseconds to connect to a peer.
pub const GROUPED_MS: u64 = 5;
/// So many do not wait any longer.
const MAX_GROUPED: usize = 1_024;

/// What a host has to do after a message was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Nothing,
    /// Call [`Mailbox::send`] now.
    SendNow,
    /// Call it after [`GROUPED_MS`].
    SendLater,
}

/// Messages that wait.
#[derive(Debug, Default)]
pub struct Mailbox {
    /// Where the tracker puts them.
    pub outbox: Outbox,
    sent_at_ms: u64,
    is_timer_set: bool,
}

impl Mailbox {
    /// Decides when to send.
    pub fn next(&mut self, now_unix_ms: u64) -> Next {
        if self.outbox.is_empty() {
            Next::Nothing
        } else if self.outbox.len() >= MAX_GROUPED {
            Next::SendNow
        } else if self.is_timer_set {
            Next::Nothing
        } else if now_unix_ms.saturating_sub(self.sent_at_ms) >= GROUPED_MS {
            Next::SendNow
        } else {
            self.is_timer_set = true;
            Next::SendLater
        }
    }

    /// The timer has rung.
    pub fn timer_rang(&mut self) {
        self.is_timer_set = false;
    }

    /// Sends everything, each socket's messages in a row and in order.
    pub fn send(&mut self, sockets: &Sockets, now_unix_ms: u64) {
        if self.outbox.is_empty() {
            return;
        }
        self.sent_at_ms = now_unix_ms;
        let mut messages: Vec<(SocketId, &str)> = self.outbox.iter().collect();
        // Stable, so that each socket's messages stay in order.
        messages.sort_by_key(|(to, _)| *to);
        for run in messages.chunk_by(|one, next| one.0 == next.0) {
            let Some(socket) = run.first().and_then(|(to, _)| sockets.get(*to)) else {
                continue;
            };
            for (_, text) in run {
                if socket.send(text).is_err() {
                    // It is closing; its close event follows.
                    break;
                }
            }
        }
        self.outbox.clear();
    }
}
