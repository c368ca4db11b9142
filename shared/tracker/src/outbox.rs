//! Messages to be sent.

use crate::SocketId;

/// Texts and the sockets they go to, in the order in which they are to be sent. They stand in one
/// string, so that a host that keeps its outbox allocates nothing per message.
#[derive(Debug, Default)]
pub struct Outbox {
    texts: String,
    /// Receiver and end of each text.
    ends: Vec<(SocketId, usize)>,
}

impl Outbox {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets its messages and keeps its memory.
    pub fn clear(&mut self) {
        self.texts.clear();
        self.ends.clear();
    }

    /// How many messages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// No messages?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The messages. Two in a row to one socket are two messages.
    pub fn iter(&self) -> impl Iterator<Item = (SocketId, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |&(to, end)| {
            let text = &self.texts[start..end];
            start = end;
            (to, text)
        })
    }

    pub(crate) fn send(&mut self, to: SocketId, write: impl FnOnce(&mut String)) {
        write(&mut self.texts);
        self.ends.push((to, self.texts.len()));
    }
}
