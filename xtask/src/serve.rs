//! `cargo xtask serve`: only the runtime, for tests in other languages and other processes.
//!
//! Prints one line of JSON when requests are answered, and stops on a signal or when its standard
//! input ends, so that a killed test leaves nothing behind. It builds nothing and runs no cron; the
//! control server calls the scheduled handler.

use std::io::Write;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use serde_json::json;

use crate::arguments::InstanceOptions;
use crate::failure::{Failure, Outcome};
use crate::runtime::Instance;
use crate::stop;

/// How often to look whether the runtime has died.
const POLL: Duration = Duration::from_millis(200);

/// Runs an instance until it is told to stop.
///
/// # Errors
/// If it does not start, or ends by itself.
pub fn run(options: &InstanceOptions) -> Outcome<()> {
    let (sender, reasons) = mpsc::channel();
    stop::on_signals(sender.clone())?;
    stop::on_closed_input(sender);
    let mut instance = Instance::start(options, false)?;
    announce(&instance)?;
    loop {
        match reasons.recv_timeout(POLL) {
            Ok(_) | Err(RecvTimeoutError::Disconnected) => return instance.stop(),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = instance.ended() {
                    return Err(Failure::new(format!(
                        "the local runtime ended with {status}"
                    )));
                }
            }
        }
    }
}

fn announce(instance: &Instance) -> Outcome<()> {
    let plan = instance.plan();
    let line = json!({
        "origin": plan.origin,
        "local_url": plan.local_url,
        "control": instance.control(),
        "admin_username": plan.admin_username,
        "admin_password": plan.admin_password.text,
        "runner_registration_token": plan.runner_registration_token,
    });
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .map_err(|error| Failure::new(format!("nobody listens: {error}")))
}
