//! The runner's life: ask for jobs, do all that share a source, ask again.

mod finish;
mod gather;
mod group;
mod heartbeat;
mod job;
mod site;
mod stop;

pub use stop::Stop;

use crate::cli::{Mode, RunOptions};
use crate::limits::{GOODBYE_TIMEOUT, POLL_INTERVAL};
use crate::media::{Tools, ToolsError};
use crate::protocol::CallError;
use crate::runners::RunnerFile;
use crate::terminal::Terminal;
use crate::workspace::Workspace;
use group::Current;
use site::Site;
use std::cell::RefCell;
use std::time::Duration;

/// Why the runner stopped.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// ffmpeg cannot be used.
    #[error(transparent)]
    Tools(#[from] ToolsError),
    /// The work directory cannot be used.
    #[error("cannot use the work directory: {0}")]
    Disk(#[from] std::io::Error),
    /// A server refused us, or could not be reached by the end.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// What every part of the runner uses.
#[derive(Debug)]
struct Shared<'a> {
    options: &'a RunOptions,
    terminal: &'a Terminal,
    tools: Tools,
    runners: RunnerFile,
    workspace: RefCell<Workspace>,
    /// Jobs accepted and not settled; given back when told to stop.
    current: RefCell<Option<Current>>,
}

/// Works until the queue is empty ([`Mode::Once`]) or `stop` says so. Jobs that are under way then
/// are given back.
///
/// # Errors
/// [`WorkError`]. Being told to stop is none.
pub async fn work(
    options: &RunOptions,
    terminal: &Terminal,
    stop: &mut Stop,
) -> Result<(), WorkError> {
    let common = &options.common;
    let tools = Tools::detect(
        common.ffmpeg.clone(),
        common.ffprobe.clone(),
        common.threads,
    )
    .await?;
    if !tools.has_tone_mapping {
        terminal.say("this ffmpeg lacks zscale or tonemap: HDR sources will look pale");
    }
    let shared = Shared {
        options,
        terminal,
        tools,
        workspace: RefCell::new(Workspace::open(&options.work_dir)?),
        runners: RunnerFile::new(&options.work_dir),
        current: RefCell::new(None),
    };
    let mut sites = Vec::new();
    for server in &options.servers {
        sites.push(Site::new(&shared, server.clone())?);
    }
    let result = tokio::select! {
        result = serve(&shared, &mut sites) => result,
        () = stop.requested() => {
            terminal.say("stopping");
            Ok(())
        }
    };
    let goodbye = say_goodbye(&shared, &sites);
    if tokio::time::timeout(GOODBYE_TIMEOUT, goodbye)
        .await
        .is_err()
    {
        terminal.say("a server did not answer in time; it will notice by itself");
    }
    result
}

async fn serve(shared: &Shared<'_>, sites: &mut [Site]) -> Result<(), WorkError> {
    let (shortest, longest) = POLL_INTERVAL;
    let mut pause = shortest;
    loop {
        let mut has_worked = false;
        let mut failure = None;
        for site in &mut *sites {
            match site.turn(shared).await {
                Ok(worked) => has_worked |= worked,
                Err(error) => {
                    shared.terminal.say(&format!("{}: {error}", site.name()));
                    failure = Some(error);
                }
            }
        }
        if has_worked {
            pause = shortest;
            continue;
        }
        if shared.options.mode == Mode::Once {
            return failure.map_or(Ok(()), Err);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(longest).max(Duration::from_millis(1));
    }
}

/// Gives back what is not done, and unregisters if that was asked for.
async fn say_goodbye(shared: &Shared<'_>, sites: &[Site]) {
    let current = shared.current.borrow_mut().take();
    if let Some(current) = current {
        current.give_back(shared.terminal).await;
    }
    if shared.options.is_ephemeral {
        for site in sites {
            site.unregister(shared.terminal).await;
        }
    }
}
