//! What a person sees: one line per event, and a line of progress that is written over.

use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

/// Writes to standard error. A terminal gets a moving progress line, a log every tenth percent.
#[derive(Debug)]
pub struct Terminal {
    is_terminal: bool,
    shown: Mutex<Shown>,
}

#[derive(Debug, Default)]
struct Shown {
    percent: Option<u8>,
    stage: String,
}

impl Default for Terminal {
    fn default() -> Self {
        Self {
            is_terminal: std::io::stderr().is_terminal(),
            shown: Mutex::default(),
        }
    }
}

impl Terminal {
    /// Writes one event.
    pub fn say(&self, event: &str) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        self.clear(&shown);
        *shown = Shown::default();
        eprintln!("{event}");
    }

    /// Shows how far `stage` is, in percent.
    pub fn progress(&self, stage: &str, percent: u8) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same_stage = shown.stage == stage;
        if is_same_stage && shown.percent == Some(percent) {
            return;
        }
        if self.is_terminal {
            let done = usize::from(percent.min(100)) / 4;
            eprint!(
                "\r\x1b[K{stage} [{}{}] {percent} %",
                "=".repeat(done),
                " ".repeat(25 - done)
            );
            // A line that cannot be shown is no reason to stop working.
            drop(std::io::stderr().flush());
        } else if !is_same_stage || shown.percent.map(|p| p / 10) != Some(percent / 10) {
            eprintln!("{stage}: {percent} %");
        }
        *shown = Shown {
            percent: Some(percent),
            stage: stage.to_owned(),
        };
    }

    fn clear(&self, shown: &Shown) {
        if self.is_terminal && shown.percent.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
