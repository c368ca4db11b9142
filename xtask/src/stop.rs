//! What ends a long-running command: a signal, or the end of standard input.

use std::io::Read;
use std::sync::mpsc::Sender;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::failure::{Failure, Outcome};

/// Why to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// SIGINT, SIGTERM or SIGHUP.
    Signal,
    /// Our caller has closed our standard input, or has died.
    InputClosed,
}

/// Sends a reason for every signal that asks us to stop.
///
/// # Errors
/// If the signals cannot be caught.
pub fn on_signals(reasons: Sender<Reason>) -> Outcome<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])
        .map_err(|error| Failure::new(format!("cannot catch signals: {error}")))?;
    thread::spawn(move || {
        for _ in signals.forever() {
            if reasons.send(Reason::Signal).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// Sends a reason when standard input ends.
pub fn on_closed_input(reasons: Sender<Reason>) {
    thread::spawn(move || {
        let mut ignored = [0; 256];
        let mut input = std::io::stdin().lock();
        while let Ok(1..) = input.read(&mut ignored) {}
        // The receiver is gone when another reason came first.
        let _ = reasons.send(Reason::InputClosed);
    });
}
