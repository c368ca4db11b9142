//! Messages to be sent.

use crate::SocketId;

/// Texts and the sockets they go to, in the order in which they are to be sent. They stand in one
/// string, so that a host that keeps its outbox allocates nothing per message.
#[derive(Debug, Default)]
pub struct Outbox {
    texts: String,
    /// Length of `texts` in UTF-16.
    units: u32,
    messages: Vec<Message>,
}

#[derive(Debug, Clone, Copy)]
struct Message {
    to: SocketId,
    end: usize,
    end_units: u32,
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
        self.units = 0;
        self.messages.clear();
    }

    /// How many messages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// No messages?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// The texts of all messages, one behind the other.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.texts
    }

    /// The messages. Two in a row to one socket are two messages.
    pub fn iter(&self) -> impl Iterator<Item = (SocketId, &str)> {
        let mut start = 0;
        self.messages.iter().map(move |message| {
            let text = &self.texts[start..message.end];
            start = message.end;
            (message.to, text)
        })
    }

    /// Each socket's messages in a row and in order: the number of the socket, and where in
    /// [`Self::text`] the message begins and ends, in units of UTF-16. For hosts whose strings are made
    /// of those.
    #[must_use]
    pub fn by_receiver(&self) -> Vec<[u32; 3]> {
        let mut start = 0;
        let mut parts: Vec<[u32; 3]> = self
            .messages
            .iter()
            .map(|message| {
                let part = [message.to.0, start, message.end_units];
                start = message.end_units;
                part
            })
            .collect();
        // Starts rise, so that each socket's messages stay in order.
        parts.sort_unstable();
        parts
    }

    pub(crate) fn send(&mut self, to: SocketId, write: impl FnOnce(&mut String)) {
        let start = self.texts.len();
        write(&mut self.texts);
        self.units = self.units.saturating_add(units(&self.texts[start..]));
        self.messages.push(Message {
            to,
            end: self.texts.len(),
            end_units: self.units,
        });
    }
}

/// Length in UTF-16: a unit for each character, and a second one for those of four bytes.
fn units(text: &str) -> u32 {
    let count = |is_counted: fn(u8) -> bool| text.bytes().filter(|&byte| is_counted(byte)).count();
    let units = if text.is_ascii() {
        text.len()
    } else {
        count(|byte| byte & 0xc0 != 0x80) + count(|byte| byte >= 0xf0)
    };
    u32::try_from(units).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_grouped_by_receiver_and_found_in_utf_16() {
        let mut outbox = Outbox::new();
        let sent = [
            (7, "a\u{ff}"),
            (3, "\u{1f600}b"),
            (7, "c"),
            (3, ""),
            (7, "\u{20ac}"),
        ];
        for (to, text) in sent {
            outbox.send(SocketId(to), |out| out.push_str(text));
        }
        let units: Vec<u16> = outbox.text().encode_utf16().collect();
        let parts = outbox.by_receiver();
        let found: Vec<(u32, String)> = parts
            .iter()
            .map(|&[to, start, end]| {
                let range = usize::try_from(start).unwrap()..usize::try_from(end).unwrap();
                (to, String::from_utf16(&units[range]).unwrap())
            })
            .collect();
        let expected = [
            (3, "\u{1f600}b"),
            (3, ""),
            (7, "a\u{ff}"),
            (7, "c"),
            (7, "\u{20ac}"),
        ];
        assert_eq!(found, expected.map(|(to, text)| (to, text.to_owned())));
        outbox.clear();
        assert!(outbox.by_receiver().is_empty() && outbox.text().is_empty());
        outbox.send(SocketId(1), |out| out.push('d'));
        assert_eq!(outbox.by_receiver(), [[1, 0, 1]]);
    }
}
