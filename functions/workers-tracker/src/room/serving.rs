//! Which infohashes a swarm object serves: what it asks the instance, and what follows from the answers.

use torrent::{InfoHash, SwarmName};
use tracker::{Next, SocketId, Totals};

use super::Room;
use crate::js;
use crate::name::Scope;
use crate::sockets::{CLOSE_LATER, CLOSE_REFUSED};

/// A question to the instance that its holder has to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Which infohashes has this video?
    List {
        /// Its uuid.
        uuid: String,
        /// The infohash that somebody waits for, if so.
        for_hash: Option<InfoHash>,
    },
    /// Whose is this infohash?
    Owner(InfoHash),
    /// Which of these are still anybody's?
    Gone(Vec<InfoHash>),
}

impl Room {
    /// Whom to ask about this infohash.
    pub fn question(&self, info_hash: InfoHash) -> Question {
        match &self.scope {
            Scope::Instance => Question::Owner(info_hash),
            Scope::Video { uuid, .. } => Question::List {
                uuid: uuid.clone(),
                for_hash: Some(info_hash),
            },
        }
    }

    /// The list of the video's infohashes and whom each meets; messages that waited for it are taken now.
    pub fn list_came(&mut self, names: Vec<SwarmName>) -> Next {
        let now = js::now_unix_ms();
        let unserved = self.tracker.serve(names);
        self.send_away(unserved);
        let waiting = self.unknown.list_came(now);
        self.take_again(waiting, now)
    }

    /// These infohashes are nobody's any more.
    pub fn gone_came(&mut self, info_hashes: Vec<InfoHash>) -> Next {
        let now = js::now_unix_ms();
        let unserved = self.tracker.stop_serving(info_hashes);
        self.send_away(unserved);
        self.unknown.owners_came(now);
        self.mailbox.next(now)
    }

    fn send_away(&mut self, unserved: Vec<SocketId>) {
        for socket in unserved {
            self.write_attachment(socket);
            self.door(socket, CLOSE_REFUSED, "no longer served");
        }
    }

    /// In which swarm those meet who announce under the infohash, if it is anybody's.
    pub fn owner_came(&mut self, info_hash: InfoHash, swarm: Option<SwarmName>) -> Next {
        let now = js::now_unix_ms();
        if let Some(name) = swarm {
            self.tracker.serve_also(name);
        }
        let waiting = self.unknown.owner_came(&info_hash, swarm.is_some(), now);
        self.take_again(waiting, now)
    }

    /// The instance did not answer; who waits shall come again.
    pub fn nothing_came(&mut self, for_hash: Option<InfoHash>) {
        let Some(info_hash) = for_hash else { return };
        for waiting in self.unknown.failed(&self.scope, &info_hash) {
            self.door(waiting.socket, CLOSE_LATER, "try again later");
        }
    }

    /// What was said of the infohashes that are served is asked for again when it is old.
    pub(super) fn stale(&mut self, totals: Totals, now: u64) -> Option<Question> {
        let asked_at_ms = self.unknown.asked_at_ms().unwrap_or(0);
        let is_stale = now.saturating_sub(asked_at_ms) >= self.settings.list_ms;
        if !is_stale || totals.memberships == 0 || self.settings.is_open {
            return None;
        }
        Some(match &self.scope {
            Scope::Instance => Question::Gone(self.tracker.keep_serving_live()),
            Scope::Video { uuid, .. } => Question::List {
                uuid: uuid.clone(),
                for_hash: None,
            },
        })
    }
}
