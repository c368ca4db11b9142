//! Infohashes that the object does not know, and messages that wait until the instance has said whose
//! they are.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use torrent::InfoHash;
use tracker::SocketId;

use crate::name::Scope;

/// Between two questions about the same.
const ASK_EVERY_MS: u64 = 30_000;
/// Messages that wait at one time, of 128 KiB at most each; further ones are refused.
const MAX_WAITING: usize = 64;
/// Foreign infohashes that are remembered; then all are forgotten.
const MAX_STRANGERS: usize = 1_000;

/// A message that waits.
#[derive(Debug)]
pub struct Waiting {
    /// Its infohash.
    pub info_hash: InfoHash,
    /// Its sender.
    pub socket: SocketId,
    /// The message.
    pub text: String,
}

/// What to do with a message about an unknown infohash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It waits; ask the instance.
    Ask,
    /// It waits for an answer that is on its way.
    Wait,
    /// The instance has said that it is nobody's.
    Refuse,
}

/// Questions and who waits for them.
#[derive(Debug, Default)]
pub struct Unknown {
    /// When a video's object was told the video's list, and the instance's which of its swarms are still anybody's.
    asked_at_ms: Option<u64>,
    /// Of the instance's object: nobody's infohashes, and when that was said.
    strangers: HashMap<InfoHash, u64, FixedState>,
    waiting: Vec<Waiting>,
}

impl Unknown {
    /// Takes a message.
    pub fn take(&mut self, scope: &Scope, message: Waiting, now_unix_ms: u64) -> Verdict {
        if self.waiting.len() >= MAX_WAITING {
            return Verdict::Refuse;
        }
        let is_recent = |at_ms: u64| now_unix_ms.saturating_sub(at_ms) < ASK_EVERY_MS;
        let (is_asked, is_answered) = match scope {
            Scope::Video { .. } => (
                !self.waiting.is_empty(),
                self.asked_at_ms.is_some_and(is_recent),
            ),
            Scope::Instance => (
                self.waiting
                    .iter()
                    .any(|waiting| waiting.info_hash == message.info_hash),
                self.strangers
                    .get(&message.info_hash)
                    .copied()
                    .is_some_and(is_recent),
            ),
        };
        if is_asked {
            self.waiting.push(message);
            Verdict::Wait
        } else if is_answered {
            Verdict::Refuse
        } else {
            self.waiting.push(message);
            Verdict::Ask
        }
    }

    /// A video's list has come: all that waited.
    pub fn list_came(&mut self, now_unix_ms: u64) -> Vec<Waiting> {
        self.asked_at_ms = Some(now_unix_ms);
        std::mem::take(&mut self.waiting)
    }

    /// It was said which of all infohashes that are served are nobody's any more.
    pub fn owners_came(&mut self, now_unix_ms: u64) {
        self.asked_at_ms = Some(now_unix_ms);
    }

    /// It is known whether this infohash is anybody's: what waited for that.
    pub fn owner_came(
        &mut self,
        info_hash: &InfoHash,
        is_ours: bool,
        now_unix_ms: u64,
    ) -> Vec<Waiting> {
        if !is_ours {
            if self.strangers.len() >= MAX_STRANGERS {
                self.strangers.clear();
            }
            self.strangers.insert(*info_hash, now_unix_ms);
        }
        self.waiting_for(info_hash)
    }

    /// The question failed: what waited for it. The next message asks again.
    pub fn failed(&mut self, scope: &Scope, info_hash: &InfoHash) -> Vec<Waiting> {
        match scope {
            Scope::Video { .. } => std::mem::take(&mut self.waiting),
            Scope::Instance => self.waiting_for(info_hash),
        }
    }

    /// When all that is served was last asked for.
    pub fn asked_at_ms(&self) -> Option<u64> {
        self.asked_at_ms
    }

    fn waiting_for(&mut self, info_hash: &InfoHash) -> Vec<Waiting> {
        self.waiting
            .extract_if(.., |waiting| waiting.info_hash == *info_hash)
            .collect()
    }
}
