//! A server of another make: one actor on Fedify.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::programs;

/// Commands and deliveries that take longer have failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// The two forms of HTTP signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// draft-cavage-http-signatures-12, what most servers speak.
    Cavage,
    /// RFC 9421.
    Rfc9421,
}

impl Form {
    /// Its name on the wire of the peer.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cavage => "cavage",
            Self::Rfc9421 => "rfc9421",
        }
    }
}

/// A running server; dropped, it ends.
pub struct FedifyPeer {
    process: Child,
    input: Option<ChildStdin>,
    said: Receiver<Value>,
    /// Deliveries and fetches that came while something else was waited for.
    heard: Vec<Value>,
    /// Id of its actor.
    pub actor: String,
    /// Makes ids of its activities.
    number: u32,
}

impl FedifyPeer {
    /// Starts it.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start() -> Self {
        let mut process = Command::new(programs::node())
            .arg(programs::root().join("tests/e2e/clients/fedify-peer.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start node: {error}"));
        let lines = BufReader::new(process.stdout.take().expect("standard output is piped"));
        let (sender, said) = channel();
        thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).expect("the peer speaks JSON");
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut peer = Self {
            input: process.stdin.take(),
            process,
            said,
            heard: Vec::new(),
            actor: String::new(),
            number: 0,
        };
        let first = peer.next_line("its start");
        first["actor"]
            .as_str()
            .expect("an actor")
            .clone_into(&mut peer.actor);
        peer
    }

    fn next_line(&self, wanted: &str) -> Value {
        let said = self.said.recv_timeout(PATIENCE);
        said.unwrap_or_else(|_| panic!("nothing came of {wanted}; heard {:?}", self.heard))
    }

    /// Gives a command and waits for its answer.
    ///
    /// # Panics
    /// If it fails.
    pub fn ask(&mut self, command: &Value) -> Value {
        let input = self.input.as_mut().expect("it runs");
        writeln!(input, "{command}").expect("it reads");
        loop {
            let line = self.next_line(&command.to_string());
            match (line.get("answer"), line.get("failure")) {
                (Some(answer), _) => return answer.clone(),
                (None, Some(failure)) => panic!("{command}: {}", failure.as_str().unwrap_or("?")),
                (None, None) => self.heard.push(line),
            }
        }
    }

    /// Reads an object of somebody's, with or without a signature.
    pub fn lookup(&mut self, url: &str, is_signed: bool) -> Value {
        self.ask(&json!({ "do": "lookup", "url": url, "isSigned": is_signed }))
    }

    /// Reads every item of a collection.
    pub fn collection(&mut self, url: &str) -> Value {
        self.ask(&json!({ "do": "collection", "url": url }))
    }

    /// From now on takes deliveries with these signatures alone, and of what is signed otherwise serves nothing.
    pub fn take(&mut self, forms: &[Form]) {
        let forms: Vec<&str> = forms.iter().map(|form| form.name()).collect();
        let _ = self.ask(&json!({ "do": "take", "forms": forms }));
    }

    /// Sends an activity (`follow`, `like`, `reply`, `undo`, `delete`) about an object; gives the activity's id.
    ///
    /// # Panics
    /// If it is not accepted.
    pub fn send(&mut self, verb: &str, object: &str, inbox: &str, form: Form) -> String {
        self.number += 1;
        let answer = self.ask(&json!({
            "do": verb,
            "object": object,
            "inbox": inbox,
            "form": form.name(),
            "number": self.number,
            "text": format!("Answer {}", self.number),
        }));
        assert_eq!(answer["status"], 202, "{verb} of {object}, {}", form.name());
        answer["id"].as_str().expect("an id").to_owned()
    }

    /// Waits for something that was sent to its inbox, or for another kind of thing heard, passing over the
    /// rest.
    ///
    /// # Panics
    /// If it does not come in time.
    pub fn wait_for(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.heard.iter().position(&is_it) {
                return self.heard.remove(at);
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.said.recv_timeout(left) {
                Ok(line) => self.heard.push(line),
                Err(_) => panic!("{what} has not come; heard {:#?}", self.heard),
            }
        }
    }

    /// Waits for an activity of that type, whose signature it has verified.
    pub fn wait_for_activity(&mut self, verb: &str) -> Value {
        self.wait_for(verb, |heard| {
            heard["heard"] == "activity" && heard["activity"]["type"] == verb
        })
    }
}

impl Drop for FedifyPeer {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.wait();
    }
}
