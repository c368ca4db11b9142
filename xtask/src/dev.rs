//! `cargo xtask dev`: everything that a newcomer needs, in one command.

use std::fs;
use std::process::Stdio;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use crate::arguments::DevOptions;
use crate::build;
use crate::failure::{Failure, Outcome};
use crate::progress::elapsed;
use crate::runtime::Instance;
use crate::runtime::child::{self, Group};
use crate::setup::{self, Scope};
use crate::stop::{self, Reason};

/// How often to look whether a child has died.
const POLL: Duration = Duration::from_millis(200);
/// The transcoder gives its jobs back, which takes a request each.
const TRANSCODER_PATIENCE: Duration = Duration::from_secs(15);

/// Sets up, builds, runs, and stops everything on a signal.
///
/// # Errors
/// If a part is missing, does not build, or ends by itself.
pub fn run(options: &DevOptions) -> Outcome<()> {
    let scope = if options.transcoder {
        Scope::Transcode
    } else {
        Scope::Build
    };
    let tools = setup::run(scope)?;
    build::site(&tools)?;
    let transcoder = options
        .transcoder
        .then(build::transcoder::build)
        .transpose()?;

    let (sender, reasons) = mpsc::channel();
    stop::on_signals(sender)?;
    let mut instance = Instance::start(&options.instance, true)?;
    greet(&instance);
    let mut transcoder = match transcoder {
        Some(_) => Some(start_transcoder(&instance)?),
        None => None,
    };
    let result = watch(&mut instance, transcoder.as_mut(), &reasons);
    eprintln!("stopping");
    if let Some(transcoder) = &mut transcoder {
        transcoder.stop(TRANSCODER_PATIENCE);
    }
    result.and(instance.stop())
}

fn greet(instance: &Instance) {
    let plan = instance.plan();
    let password = &plan.admin_password;
    println!();
    println!(
        "  Edgetube answers at {} (started in {})",
        plan.origin,
        elapsed(instance.start_time())
    );
    // The first one has the address above.
    for edge in plan.edges.iter().skip(1) {
        println!("  and at {edge}");
    }
    match &password.file {
        Some(file) if password.is_new => {
            println!(
                "  administrator: {}  password: {}",
                plan.admin_username, password.text
            );
            println!("  shown this once and kept in {}", file.display());
        }
        Some(file) => {
            println!(
                "  administrator: {}  password: in {}",
                plan.admin_username,
                file.display()
            );
        }
        None => println!(
            "  administrator: {}  password: as given",
            plan.admin_username
        ),
    }
    println!("  Ctrl-C stops it; what you upload stays.");
    println!();
}

fn start_transcoder(instance: &Instance) -> Outcome<Group> {
    let folder = instance.transcoder_folder();
    fs::create_dir_all(&folder).map_err(|error| Failure::io("create", &folder, &error))?;
    let plan = instance.plan();
    let mut command = child::tied_to_us(&build::transcoder::program());
    command
        .arg("--watch")
        .env("EDGETUBE_SERVER", &plan.local_url)
        .env(
            "EDGETUBE_REGISTRATION_TOKEN",
            &plan.runner_registration_token,
        )
        .env("EDGETUBE_WORK_DIR", &folder)
        .stdin(Stdio::null());
    Group::spawn("transcoder", &mut command)
}

/// Returns when asked to stop, or with the child that died first.
fn watch(
    instance: &mut Instance,
    mut transcoder: Option<&mut Group>,
    reasons: &Receiver<Reason>,
) -> Outcome<()> {
    loop {
        match reasons.recv_timeout(POLL) {
            Ok(_) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if let Some(status) = instance.ended() {
            return Err(Failure::new(format!(
                "the local runtime ended with {status}"
            )));
        }
        if let Some(transcoder) = transcoder.as_deref_mut()
            && let Some(status) = transcoder.ended()
        {
            return Err(Failure::new(format!("the transcoder ended with {status}")));
        }
    }
}
