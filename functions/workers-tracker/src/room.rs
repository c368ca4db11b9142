//! What a swarm object holds, and what it does with each event.

mod http;
mod serving;

use js_sys::Reflect;
use platform_workers::ObjectDatabase;
use torrent::InfoHash;
use tracker::shard::{Continent, ShardLoad};
use tracker::{AddressKey, Next, Received, Refusal, SeededRandom, SocketId, Totals, Tracker};
use wasm_bindgen::{JsCast, JsValue};
use worker::Env;

use crate::js::{self, ObjectState, Socket};
use crate::mailbox::Mailbox;
use crate::name::Scope;
use crate::report::{Kv, Report, Write};
use crate::settings::Settings;
use crate::shards::Shards;
use crate::sockets::{self, CLOSE_BINARY, CLOSE_LATER, CLOSE_REFUSED, CLOSE_TOO_LARGE, Sockets};
use crate::stored_swarms::StoredSwarms;
use crate::text::{self, Unreadable};
use crate::unknown::{Unknown, Verdict, Waiting};

pub use serving::Question;

/// Under which shard 0 keeps the record of shards.
const RECORD_KEY: &str = "shards";

/// What a new socket is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Welcome {
    /// It is open.
    Open,
    /// Its address opens too many.
    TooMany,
    /// There is no room; another shard may have some.
    Full,
}

/// The state of one object between its events.
pub struct Room {
    state: ObjectState,
    scope: Scope,
    settings: Settings,
    database: ObjectDatabase,
    counts: Option<Kv>,
    pub tracker: Tracker,
    random: SeededRandom,
    sockets: Sockets,
    pub mailbox: Mailbox,
    unknown: Unknown,
    report: Report,
    shards: Shards,
    stored: StoredSwarms,
    /// 0 if none is set, as far as is known.
    alarm_at_ms: u64,
}

/// A binding of that name.
pub fn binding(env: &Env, name: &str) -> Option<JsValue> {
    Reflect::get(env, &JsValue::from_str(name))
        .ok()
        .filter(|value| !value.is_undefined())
}

impl Room {
    /// Builds the state from what the sockets carry: of none, if the object is new.
    ///
    /// # Errors
    /// In words for the admin, if a binding is missing or the object has a foreign name.
    pub fn new(state: ObjectState, env: &Env) -> Result<Self, String> {
        let scope = state.id().name().and_then(|name| Scope::of(&name));
        let scope = scope.ok_or("this object has no name of ours")?;
        let instance = binding(env, "INSTANCE").ok_or("the binding INSTANCE is missing")?;
        let settings = Settings::read(env);
        let now = js::now_unix_ms();
        let (sockets, attachments) = Sockets::of(&state.web_sockets());
        let mut tracker = Tracker::rebuild(settings.config, js::random_bits(), now, attachments);
        if settings.is_open {
            tracker.serve_everything();
        }
        let stored = state.storage().kv().get(RECORD_KEY).ok();
        let stored = stored.and_then(|record| record.as_string());
        Ok(Self {
            shards: Shards::new(stored, &settings),
            stored: StoredSwarms::default(),
            // Whoever accepted these sockets has set an alarm.
            alarm_at_ms: if tracker.socket_count() == 0 {
                0
            } else {
                now + settings.report_ms
            },
            state,
            scope,
            settings,
            database: ObjectDatabase::of(instance),
            counts: binding(env, "CACHE_KV").map(JsCast::unchecked_into),
            tracker,
            random: SeededRandom::new(js::random_bits()),
            sockets,
            mailbox: Mailbox::default(),
            unknown: Unknown::default(),
            report: Report::default(),
        })
    }

    /// Takes a new socket.
    pub fn open(
        &mut self,
        socket: &Socket,
        address: AddressKey,
        continent: Option<Continent>,
    ) -> Welcome {
        let now = js::now_unix_ms();
        if !self.shards.admit(&mut self.tracker, continent, now) {
            return Welcome::Full;
        }
        let number = self.sockets.add(socket);
        let is_welcome = self.tracker.open(number, address, now, &mut self.random)
            && self.state.accept_web_socket(socket).is_ok();
        if !is_welcome {
            self.close(socket);
            return Welcome::TooMany;
        }
        self.write_attachment(number);
        self.expect_alarm(now);
        Welcome::Open
    }

    /// The record of shards as shard 0 has it, decided anew if it is time; and what is to be written to
    /// KV if it changed.
    pub fn shard_record(&mut self) -> (String, Option<(Write, Kv)>) {
        let now = js::now_unix_ms();
        let mut write = None;
        if let Scope::Video { uuid, shard: 0 } = &self.scope
            && let Some(decided) = self.shards.decide(&mut self.tracker, now)
        {
            let stored = JsValue::from_str(&decided);
            // What is not stored is decided again.
            let _ = self.state.storage().kv().put(RECORD_KEY, &stored);
            write = Some(Write::shards(uuid, decided)).zip(self.counts.clone());
        }
        (self.shards.record.encode(), write)
    }

    /// Shard 0 hears how much another one has to do.
    pub fn shard_reported(&mut self, shard: usize, load: ShardLoad) {
        self.shards.heard(shard, load);
    }

    /// Another shard than 0: what it is to tell shard 0, if it is time, as number, name of shard 0 and
    /// load.
    pub fn shard_report(&mut self, is_urgent: bool) -> Option<(u32, String, String)> {
        let Scope::Video { uuid, shard } = &self.scope else {
            return None;
        };
        if *shard == 0 {
            return None;
        }
        let now = js::now_unix_ms();
        let load = self.shards.report(&mut self.tracker, is_urgent, now)?;
        Some((*shard, uuid.clone(), load.encode()))
    }

    /// Another shard than 0 hears what shard 0 has decided.
    pub fn shards_decided(&mut self, record: &str) {
        if let Ok(record) = tracker::shard::ShardRecord::decode(record) {
            self.shards.record = record;
        }
    }

    /// A socket is gone.
    pub fn close(&mut self, socket: &Socket) {
        if let Some(number) = socket.number().map(SocketId) {
            self.tracker.close(number);
            self.sockets.remove(number);
        }
    }

    /// Takes a message.
    pub fn message(&mut self, socket: &Socket, message: &JsValue) -> (Next, Option<Question>) {
        let now = js::now_unix_ms();
        let Some(number) = socket.number().map(SocketId) else {
            sockets::close(socket, CLOSE_LATER, "reconnect");
            return (Next::Nothing, None);
        };
        let question = match text::read(message, |text| self.receive(number, text, now)) {
            Ok(question) => question,
            Err(unreadable) => {
                let (code, reason) = match unreadable {
                    Unreadable::Binary => (CLOSE_BINARY, "messages are text"),
                    Unreadable::TooLarge => (CLOSE_TOO_LARGE, "message is too large"),
                };
                self.door(number, code, reason);
                None
            }
        };
        (self.mailbox.next(now), question)
    }

    fn receive(&mut self, from: SocketId, text: &str, now: u64) -> Option<Question> {
        let outbox = &mut self.mailbox.outbox;
        match self
            .tracker
            .receive(from, text, now, &mut self.random, outbox)
        {
            Received::Done { attachment_changed } => {
                if attachment_changed {
                    self.write_attachment(from);
                }
                None
            }
            Received::Refused(refusal) => {
                self.refused(from, &refusal);
                None
            }
            Received::UnknownInfoHash(info_hash) => {
                let waiting = Waiting {
                    info_hash,
                    socket: from,
                    text: text.to_owned(),
                };
                match self.unknown.take(&self.scope, waiting, now) {
                    Verdict::Wait => None,
                    Verdict::Ask => Some(self.question(info_hash)),
                    Verdict::Refuse => {
                        self.refuse(from, info_hash);
                        None
                    }
                }
            }
        }
    }

    fn take_again(&mut self, waiting: Vec<Waiting>, now: u64) -> Next {
        for Waiting { socket, text, .. } in waiting {
            let received = self.tracker.receive(
                socket,
                &text,
                now,
                &mut self.random,
                &mut self.mailbox.outbox,
            );
            match received {
                Received::Done { attachment_changed } if attachment_changed => {
                    self.write_attachment(socket);
                }
                Received::Done { .. } => {}
                Received::Refused(refusal) => self.refused(socket, &refusal),
                Received::UnknownInfoHash(info_hash) => self.refuse(socket, info_hash),
            }
        }
        self.mailbox.next(now)
    }

    /// What follows from a refusal, besides what the tracker has put into the outbox.
    fn refused(&mut self, from: SocketId, refusal: &Refusal) {
        if refusal.closes_socket() {
            self.door(from, CLOSE_REFUSED, "refused");
        }
        if let Refusal::PeerIdTaken { asked: Some(owner) } = refusal {
            self.write_attachment(*owner);
        }
    }

    /// The error, and the door.
    fn refuse(&mut self, socket: SocketId, info_hash: InfoHash) {
        self.tracker
            .refuse_unknown(socket, info_hash, &mut self.mailbox.outbox);
        self.door(socket, CLOSE_REFUSED, "unknown infohash");
    }

    /// Sends what there is to say and closes the socket.
    fn door(&mut self, number: SocketId, code: u16, reason: &str) {
        self.send();
        if let Some(socket) = self.sockets.get(number) {
            sockets::close(&socket, code, reason);
            self.close(&socket);
        }
    }

    /// Sends all that waits.
    pub fn send(&mut self) {
        self.mailbox.send(&self.sockets, js::now_unix_ms());
    }

    /// The timer has rung for what waits.
    pub fn timer_rang(&mut self) {
        let now = js::now_unix_ms();
        self.mailbox.timer_rang(&self.sockets, now);
    }

    fn write_attachment(&self, number: SocketId) {
        let attachment = self.tracker.attachment(number);
        if let (Some(attachment), Some(socket)) = (attachment, self.sockets.get(number)) {
            // It fails only for a socket that is closing.
            let _ = socket.serialize_attachment(&attachment.encode());
        }
    }

    /// Sees to it that an alarm rings.
    fn expect_alarm(&mut self, now: u64) {
        if self.alarm_at_ms > now {
            return;
        }
        self.alarm_at_ms = now + self.settings.report_ms;
        // The output gate waits for it.
        let _ = self.state.storage().set_alarm(js::number(self.alarm_at_ms));
    }

    /// Removes the silent and counts the others. Answers what is to be reported, and whether the list of
    /// infohashes is to be asked for again.
    pub fn alarm(&mut self) -> (Option<(Write, Kv)>, Option<Question>) {
        let now = js::now_unix_ms();
        self.alarm_at_ms = 0;
        for socket in self.tracker.sweep(now) {
            self.write_attachment(socket);
        }
        if self.shards.empties(&self.scope, &mut self.tracker, now) {
            for number in self.sockets.numbers() {
                self.door(number, CLOSE_LATER, "reconnect");
            }
        }
        self.stored.sweep(&self.state.storage().kv(), &self.tracker);
        let totals: Totals = self.tracker.totals(now);
        if totals.sockets > 0 {
            self.expect_alarm(now);
        }
        let write = self.report.write(&self.scope, totals, now);
        (write.zip(self.counts.clone()), self.stale(totals, now))
    }

    /// To ask the instance with.
    pub fn database(&self) -> ObjectDatabase {
        self.database.clone()
    }
}
