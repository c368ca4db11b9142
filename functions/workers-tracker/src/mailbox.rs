//! Messages that wait for their group to leave.

use tracker::{Grouping, Next, Outbox};

use crate::sockets::Sockets;

/// Messages that wait.
#[derive(Debug, Default)]
pub struct Mailbox {
    /// Where the tracker puts them.
    pub outbox: Outbox,
    grouping: Grouping,
}

impl Mailbox {
    /// Decides when to send.
    pub fn next(&mut self, now_unix_ms: u64) -> Next {
        self.grouping.next(&self.outbox, now_unix_ms)
    }

    /// The timer has rung: sends everything.
    pub fn timer_rang(&mut self, sockets: &Sockets, now_unix_ms: u64) {
        let (messages, receivers) = self.send(sockets, now_unix_ms);
        self.grouping.timer_rang(messages, receivers, now_unix_ms);
    }

    /// Sends everything, each socket's messages in a row and in order. Answers how many, and to how many.
    pub fn send(&mut self, sockets: &Sockets, now_unix_ms: u64) -> (usize, usize) {
        if self.outbox.is_empty() {
            return (0, 0);
        }
        self.grouping.sent(now_unix_ms);
        let parts = self.outbox.by_receiver();
        sockets.send(self.outbox.text(), parts.as_flattened());
        self.outbox.clear();
        let receivers = parts.chunk_by(|one, next| one[0] == next[0]).count();
        (parts.len(), receivers)
    }
}
