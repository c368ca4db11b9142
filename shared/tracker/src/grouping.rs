//! When messages leave, and which together.
//!
//! Most of what a message costs a host is waking up the socket that it goes to: sixteen messages to
//! sixteen sockets take twice the time of sixteen messages to one. So in a busy object messages wait for
//! a few milliseconds and then leave socket by socket. In a quiet one they leave at once.

use crate::Outbox;

/// How long a message waits in a busy object. Clients take hundreds of milliseconds to connect to a peer.
const SHORTEST_WAIT_MS: u32 = 5;
/// How long at most, in an object with so many sockets that a short wait brings none of them a second
/// message. Still less than the 50 ms in which a relayed offer is to arrive.
const LONGEST_WAIT_MS: u32 = 40;
/// A wait that brings together fewer is not worth being long.
const FEW_MESSAGES: usize = 64;
/// A wait in the last such part of which nothing came is too long.
const IDLE_PART: u32 = 5;
/// So many do not wait any longer.
const MAX_MESSAGES: usize = 4_096;
/// Nor do so many bytes of text: an object shares 128 MB with others.
const MAX_BYTES: usize = 4 << 20;

/// What a host has to do after it has put messages into the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Nothing,
    /// Send all that is in the outbox.
    SendNow,
    /// Call [`Grouping::timer_rang`] and send, but only after this time.
    SendLater {
        /// How long to wait.
        wait_ms: u32,
    },
}

/// The rhythm of one object.
#[derive(Debug)]
pub struct Grouping {
    wait_ms: u32,
    sent_at_ms: u64,
    asked_at_ms: u64,
    is_timer_set: bool,
}

impl Default for Grouping {
    fn default() -> Self {
        Self {
            wait_ms: SHORTEST_WAIT_MS,
            sent_at_ms: 0,
            asked_at_ms: 0,
            is_timer_set: false,
        }
    }
}

impl Grouping {
    /// Decides when to send.
    pub fn next(&mut self, outbox: &Outbox, now_unix_ms: u64) -> Next {
        self.asked_at_ms = now_unix_ms;
        if outbox.is_empty() {
            Next::Nothing
        } else if outbox.len() >= MAX_MESSAGES || outbox.text().len() >= MAX_BYTES {
            Next::SendNow
        } else if self.is_timer_set {
            Next::Nothing
        } else if now_unix_ms.saturating_sub(self.sent_at_ms) >= u64::from(SHORTEST_WAIT_MS) {
            Next::SendNow
        } else {
            self.is_timer_set = true;
            Next::SendLater {
                wait_ms: self.wait_ms,
            }
        }
    }

    /// The timer has rung: this group, which leaves now, has waited its time, and says whether that was worth it.
    pub fn timer_rang(&mut self, messages: usize, receivers: usize, now_unix_ms: u64) {
        self.is_timer_set = false;
        let idle_ms = now_unix_ms.saturating_sub(self.asked_at_ms);
        let idle_ms = u32::try_from(idle_ms).unwrap_or(u32::MAX);
        let wait_ms = if idle_ms > self.wait_ms / IDLE_PART {
            // Everybody waits for this group, and nothing more came.
            self.wait_ms.saturating_sub(idle_ms)
        } else if messages < FEW_MESSAGES || messages > receivers * 12 {
            self.wait_ms / 2
        } else if messages < receivers * 4 {
            self.wait_ms * 2
        } else {
            self.wait_ms
        };
        self.wait_ms = wait_ms.clamp(SHORTEST_WAIT_MS, LONGEST_WAIT_MS);
    }

    /// Everything was sent.
    pub fn sent(&mut self, now_unix_ms: u64) {
        self.sent_at_ms = now_unix_ms;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SocketId;

    fn outbox(messages: u32) -> Outbox {
        let mut outbox = Outbox::new();
        for number in 0..messages {
            outbox.send(SocketId(number), |out| out.push('a'));
        }
        outbox
    }

    fn wait_after(grouping: &mut Grouping, groups: u32, messages: usize, receivers: usize) -> u32 {
        for _ in 0..groups {
            let now = grouping.asked_at_ms;
            grouping.timer_rang(messages, receivers, now);
        }
        grouping.wait_ms
    }

    #[test]
    fn quiet_objects_send_at_once_and_busy_ones_wait() {
        let mut grouping = Grouping::default();
        assert_eq!(grouping.next(&outbox(0), 1_000), Next::Nothing);
        assert_eq!(grouping.next(&outbox(1), 1_000), Next::SendNow);
        grouping.sent(1_000);
        let later = Next::SendLater { wait_ms: 5 };
        assert_eq!(grouping.next(&outbox(1), 1_004), later);
        assert_eq!(grouping.next(&outbox(2), 1_030), Next::Nothing);
        grouping.timer_rang(2, 2, 1_030);
        grouping.sent(1_030);
        assert_eq!(grouping.next(&outbox(1), 1_035), Next::SendNow);
    }

    #[test]
    fn too_much_never_waits() {
        let mut grouping = Grouping::default();
        grouping.sent(1_000);
        grouping.next(&outbox(1), 1_000);
        assert_eq!(grouping.next(&outbox(4_096), 1_000), Next::SendNow);
        let mut large = Outbox::new();
        large.send(SocketId(1), |out| out.push_str(&"a".repeat(MAX_BYTES)));
        assert_eq!(grouping.next(&large, 1_000), Next::SendNow);
    }

    #[test]
    fn the_wait_is_as_long_as_it_takes_to_bring_messages_together() {
        let mut grouping = Grouping::default();
        // A hundred sockets at full speed: three messages for each of them within 5 ms, six within 10.
        assert_eq!(wait_after(&mut grouping, 1, 290, 95), 10);
        assert_eq!(wait_after(&mut grouping, 10, 580, 98), 10);
        assert_eq!(wait_after(&mut grouping, 1, 1_200, 99), 5);
        // A thousand sockets: nearly none has a second one.
        assert_eq!(wait_after(&mut grouping, 1, 150, 140), 10);
        assert_eq!(wait_after(&mut grouping, 10, 1_200, 700), 40);
        // Enough of them: it stays, and is shortened if there are more than enough.
        assert_eq!(wait_after(&mut grouping, 10, 2_800, 700), 40);
        assert_eq!(wait_after(&mut grouping, 1, 8_500, 700), 20);
        // Few messages are not worth a long wait.
        assert_eq!(wait_after(&mut grouping, 10, 63, 63), 5);
    }

    #[test]
    fn nobody_waits_long_where_nothing_more_comes() {
        let mut grouping = Grouping::default();
        assert_eq!(wait_after(&mut grouping, 10, 1_200, 700), 40);
        let mut ring_after = |idle_ms: u64| {
            grouping.next(&outbox(1), 1_000);
            grouping.timer_rang(2_800, 700, 1_000 + idle_ms);
            grouping.wait_ms
        };
        assert_eq!(ring_after(8), 40, "it may come any moment");
        assert_eq!(ring_after(9), 31);
        assert_eq!(ring_after(31), 5);
        assert_eq!(ring_after(1), 5);
        assert_eq!(ring_after(u64::from(u32::MAX)), 5);
    }
}
