//! `cargo xtask serve`: only the runtime, for tests in other languages and other processes.
//!
//! Prints one line of JSON when requests are answered, and another when a killed host for Spin was started
//! again. Stops on a signal or when its standard input ends, so that a killed test leaves nothing behind. It
//! builds nothing. On workerd it runs no cron, the control server calls the scheduled handler; on the test host
//! for Spin it has the queue worked through, unless `--no-cron` is said.

use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::arguments::{On, ServeOptions};
use crate::failure::{Failure, Outcome};
use crate::runtime::launch::Plan;
use crate::runtime::{Instance, SpinInstance};
use crate::stop;

/// How often to look whether the runtime has died.
const POLL: Duration = Duration::from_millis(200);
/// Of POSIX.
const SIGKILL: i32 = 9;

/// An instance on either host.
enum Running {
    Workerd(Instance),
    Spin(SpinInstance),
}

impl Running {
    fn start(options: &ServeOptions) -> Outcome<Self> {
        Ok(match options.on {
            On::Workerd => Self::Workerd(Instance::start(&options.instance, false)?),
            On::Spin => Self::Spin(SpinInstance::start(&options.instance, options.has_cron)?),
        })
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        match self {
            Self::Workerd(instance) => instance.ended(),
            Self::Spin(instance) => instance.ended(),
        }
    }

    /// Starts a host for Spin again that was killed, as tests do; on workerd the runtime itself does so.
    fn revive(&mut self, status: ExitStatus) -> Outcome<bool> {
        match self {
            Self::Spin(instance) if status.signal() == Some(SIGKILL) => {
                instance.revive().map(|()| true)
            }
            _ => Ok(false),
        }
    }

    fn stop(self) -> Outcome<()> {
        match self {
            Self::Workerd(instance) => instance.stop(),
            Self::Spin(instance) => instance.stop(),
        }
    }

    fn description(&self) -> Value {
        match self {
            Self::Workerd(instance) => {
                let mut said = description(instance.plan());
                said["control"] = json!(instance.control());
                said["edges"] = json!(instance.plan().edges);
                said
            }
            Self::Spin(instance) => {
                let mut said = description(instance.plan());
                said["internal_secret"] = json!(instance.internal_secret());
                said["pid"] = json!(instance.pid());
                said
            }
        }
    }
}

/// Runs an instance until it is told to stop.
///
/// # Errors
/// If it does not start, or ends by itself.
pub fn run(options: &ServeOptions) -> Outcome<()> {
    let (sender, reasons) = mpsc::channel();
    stop::on_signals(sender.clone())?;
    stop::on_closed_input(sender);
    let mut instance = Running::start(options)?;
    announce(&instance.description())?;
    loop {
        match reasons.recv_timeout(POLL) {
            Ok(_) | Err(RecvTimeoutError::Disconnected) => return instance.stop(),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = instance.ended() {
                    if instance.revive(status)? {
                        announce(&instance.description())?;
                        continue;
                    }
                    return Err(Failure::new(format!(
                        "the local runtime ended with {status}"
                    )));
                }
            }
        }
    }
}

fn description(plan: &Plan) -> Value {
    json!({
        "origin": plan.origin,
        "local_url": plan.local_url,
        "admin_username": plan.admin_username,
        "admin_password": plan.admin_password.text,
        "runner_registration_token": plan.runner_registration_token,
    })
}

fn announce(line: &Value) -> Outcome<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .map_err(|error| Failure::new(format!("nobody listens: {error}")))
}
