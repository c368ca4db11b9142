//! One server: registration, and a turn of asking and working.

use super::gather::{accept_siblings, pick};
use super::group::{Current, do_group};
use super::{Shared, WorkError};
use crate::cli::Secret;
use crate::limits::MAX_JOB_ATTEMPTS;
use crate::protocol::{AvailableJob, CallError, Client};
use crate::terminal::Terminal;
use std::collections::HashMap;
use std::rc::Rc;
use url::Url;

/// Jobs remembered as tried; more than a server ever has.
const MAX_REMEMBERED: usize = 10_000;

/// A server for which we work.
#[derive(Debug)]
pub(super) struct Site {
    client: Client,
    runner: Option<Secret>,
    /// How often each job failed here.
    attempts: HashMap<String, u32>,
}

impl Site {
    /// A site whose token is the one given, else the one remembered.
    pub(super) fn new(shared: &Shared<'_>, server: Url) -> Result<Self, WorkError> {
        let runner = match &shared.options.runner_token {
            Some(token) => Some(token.clone()),
            None if shared.options.is_ephemeral => None,
            None => shared.runners.token(&server)?,
        };
        Ok(Self {
            client: Client::new(server)?,
            runner,
            attempts: HashMap::new(),
        })
    }

    /// The server's name for people.
    pub(super) fn name(&self) -> String {
        self.client
            .server()
            .host_str()
            .unwrap_or("server")
            .to_owned()
    }

    /// Asks for jobs and does those of one source. Answers whether there were any.
    pub(super) async fn turn(&mut self, shared: &Shared<'_>) -> Result<bool, WorkError> {
        let (runner, available) = self.available(shared).await?;
        let chosen = pick(&available, &self.attempts);
        if chosen.is_empty() {
            return Ok(false);
        }
        let current = Current::new(self.client.clone(), runner);
        *shared.current.borrow_mut() = Some(current.clone());
        let gathered = accept_siblings(&current, chosen, &self.attempts, shared.terminal).await;
        let jobs = current.jobs();
        if jobs.is_empty() {
            // Others were faster with all of them; ask again.
            return gathered.map(|()| true).map_err(WorkError::from);
        }
        if let Err(error) = gathered {
            // What was accepted so far is still ours to do.
            shared.terminal.say(&format!("{}: {error}", self.name()));
        }
        let done = do_group(shared, &current, &jobs).await;
        current.give_back(shared.terminal).await;
        self.remember_failures(&jobs);
        *shared.current.borrow_mut() = None;
        done.map(|()| true)
    }

    /// Unregisters, if we are registered.
    pub(super) async fn unregister(&self, terminal: &Terminal) {
        let Some(runner) = &self.runner else { return };
        if let Err(error) = self.client.unregister(runner).await {
            terminal.say(&format!("{}: {error}", self.name()));
        }
    }

    /// Jobs on offer; registers first when that is needed.
    async fn available(
        &mut self,
        shared: &Shared<'_>,
    ) -> Result<(Secret, Vec<AvailableJob>), WorkError> {
        if let Some(runner) = self.runner.clone() {
            match self.client.request(&runner).await {
                Ok(available) => return Ok((runner, available)),
                Err(error) if error.is_unknown_runner() => self.forget(shared, error)?,
                Err(error) => return Err(error.into()),
            }
        }
        let runner = self.register(shared).await?;
        let available = self.client.request(&runner).await?;
        Ok((runner, available))
    }

    /// Forgets a token that the server does not know; without a registration token that is the
    /// end.
    fn forget(&mut self, shared: &Shared<'_>, error: CallError) -> Result<(), WorkError> {
        if shared.options.registration_token.is_none() {
            return Err(error.into());
        }
        shared.terminal.say(&format!(
            "{}: our runner is unknown, registering again",
            self.name()
        ));
        self.runner = None;
        if !shared.options.is_ephemeral {
            shared.runners.keep(self.client.server(), None)?;
        }
        Ok(())
    }

    async fn register(&mut self, shared: &Shared<'_>) -> Result<Secret, WorkError> {
        let Some(token) = &shared.options.registration_token else {
            // The command line demands one of both tokens.
            return Err(std::io::Error::other("no registration token").into());
        };
        let runner = self.client.register(token, &shared.options.name).await?;
        shared.terminal.say(&format!(
            "{}: registered as {}",
            self.name(),
            shared.options.name
        ));
        if !shared.options.is_ephemeral {
            shared.runners.keep(self.client.server(), Some(&runner))?;
        }
        self.runner = Some(runner.clone());
        Ok(runner)
    }

    fn remember_failures(&mut self, jobs: &[Rc<super::job::Job>]) {
        if self.attempts.len() > MAX_REMEMBERED {
            self.attempts.clear();
        }
        for job in jobs {
            let tries = self.attempts.entry(job.accepted.uuid.clone()).or_default();
            *tries = match job.outcome() {
                super::job::Outcome::HandedBack => MAX_JOB_ATTEMPTS,
                super::job::Outcome::Failed => *tries + 1,
                _ => *tries,
            };
        }
    }
}
