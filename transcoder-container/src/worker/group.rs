//! Does the jobs of one source.

use super::finish::{fail, finish, hand_back};
use super::heartbeat::heartbeat;
use super::job::{Job, Outcome};
use super::{Shared, WorkError};
use crate::cli::Secret;
use crate::media::Source;
use crate::protocol::{AcceptedJob, Client, JobType, TransferError};
use crate::terminal::Terminal;
use crate::workbench::{MakeError, Product, SECOND_FILE, SOURCE_FILE, Task, Workbench};
use std::cell::RefCell;
use std::rc::Rc;

/// Percent of a job that the download is, and from which on it is only to be delivered.
const DOWNLOADED: u8 = 5;
const MADE: u8 = 90;

/// The jobs under way and the server they are from.
#[derive(Clone, Debug)]
pub(super) struct Current {
    client: Client,
    runner: Secret,
    jobs: Rc<RefCell<Vec<Rc<Job>>>>,
}

impl Current {
    pub(super) fn new(client: Client, runner: Secret) -> Self {
        Self {
            client,
            runner,
            jobs: Rc::default(),
        }
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    pub(super) const fn runner(&self) -> &Secret {
        &self.runner
    }

    pub(super) fn add(&self, job: Job) {
        self.jobs.borrow_mut().push(Rc::new(job));
    }

    pub(super) fn jobs(&self) -> Vec<Rc<Job>> {
        self.jobs.borrow().clone()
    }

    /// Gives back every job that is not settled. One whose success call was cut off may be done
    /// already; the server then refuses to take it back, which is fine.
    pub(super) async fn give_back(&self, terminal: &Terminal) {
        let jobs = self.jobs();
        let open = jobs.iter().filter(|job| job.is_open());
        let aborts = open.map(|job| hand_back(self, job, "The runner is stopping", terminal));
        futures_util::future::join_all(aborts).await;
    }
}

/// Does `jobs`, all of the same source. Each is settled in the end: done, failed, handed back, or
/// no longer ours.
pub(super) async fn do_group(
    shared: &Shared<'_>,
    current: &Current,
    jobs: &[Rc<Job>],
) -> Result<(), WorkError> {
    let directory = shared.workspace.borrow_mut().group()?;
    let bench = Workbench {
        tools: shared.tools.clone(),
        directory: directory.0.clone(),
        max_disk_bytes: shared.options.common.max_disk_bytes,
        has_separate_audio: false,
    };
    let group = Group {
        shared,
        current,
        jobs,
    };
    tokio::select! {
        () = group.work(bench) => {}
        () = heartbeat(current, jobs, shared.terminal) => {}
    }
    Ok(())
}

struct Group<'a> {
    shared: &'a Shared<'a>,
    current: &'a Current,
    jobs: &'a [Rc<Job>],
}

impl Group<'_> {
    async fn work(&self, mut bench: Workbench) {
        let is_merge = self.jobs.iter().any(|job| job.kind == JobType::AudioMerge);
        match self.download(&bench, is_merge).await {
            Ok(has_second) => bench.has_separate_audio = has_second && !is_merge,
            Err(error) => return self.download_failed(&error).await,
        }
        if is_merge {
            return self.merge(&bench).await;
        }
        let source = match bench.probe().await {
            Ok(source) => source,
            Err(error) => return self.fail_all(&error).await,
        };
        self.fail_impossible(&source).await;
        // Pictures take a second and are what people see first.
        let (working, tasks) = self.working(|task| matches!(task, Task::Picture { .. }));
        match bench.make_pictures(&source, &tasks).await {
            Ok((products, _)) => self.deliver(&working, products).await,
            Err(error) => self.fail_some(&working, &error).await,
        }
        let (working, tasks) = self.working(|task| !matches!(task, Task::Picture { .. }));
        let on_progress = |progress: crate::media::Progress| {
            self.transcoded(&working, progress.percent(source.duration_us));
        };
        match bench.make_ladder(&source, &tasks, on_progress).await {
            Ok((products, usage)) => {
                let megabytes = usage.peak_memory_bytes >> 20;
                if !products.is_empty() {
                    self.shared
                        .terminal
                        .say(&format!("transcoded; ffmpeg used {megabytes} MB"));
                }
                self.deliver(&working, products).await;
            }
            Err(error) => self.fail_some(&working, &error).await,
        }
    }

    async fn merge(&self, bench: &Workbench) {
        for job in self.jobs.iter().filter(|job| job.is_working()) {
            let only = std::slice::from_ref(job);
            match bench
                .merge_audio(&job.task, |percent| self.transcoded(only, percent))
                .await
            {
                Ok(product) => self.deliver(only, vec![(0, product)]).await,
                Err(error) => self.fail_some(only, &error).await,
            }
        }
    }

    /// Jobs that are still to be done and whose task is `wanted`, and their tasks.
    fn working(&self, wanted: impl Fn(&Task) -> bool) -> (Vec<Rc<Job>>, Vec<Task>) {
        let jobs = self
            .jobs
            .iter()
            .filter(|job| job.is_working() && wanted(&job.task));
        let jobs: Vec<Rc<Job>> = jobs.cloned().collect();
        let tasks = jobs.iter().map(|job| job.task.clone()).collect();
        (jobs, tasks)
    }

    /// Gets the input files with the first job whose tokens the server takes. Answers whether
    /// there are two.
    async fn download(&self, bench: &Workbench, is_merge: bool) -> Result<bool, TransferError> {
        let mut last = TransferError::Address { what: "the source" };
        for job in self.jobs.iter().filter(|job| job.is_working()) {
            let input = &job.accepted.payload.input;
            let (first, second) = if is_merge {
                (&input.audio_file_url, input.preview_file_url.as_ref())
            } else {
                (
                    &input.video_file_url,
                    input.separated_audio_file_url.first(),
                )
            };
            let Some(first) = first else { continue };
            match self
                .download_pair(bench, &job.accepted, first, second)
                .await
            {
                Ok(()) => return Ok(second.is_some()),
                Err(TransferError::Call(error)) if error.problem().is_some() => {
                    self.shared
                        .terminal
                        .say(&format!("{}: {error}", job.name()));
                    last = error.into();
                }
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    async fn download_pair(
        &self,
        bench: &Workbench,
        job: &AcceptedJob,
        first: &str,
        second: Option<&String>,
    ) -> Result<(), TransferError> {
        let Current { client, runner, .. } = self.current;
        let max_bytes = bench.max_disk_bytes;
        let path = bench.directory.join(SOURCE_FILE);
        let mut heard = |percent: u8| {
            self.shared.terminal.progress("downloading", percent);
            self.advance(self.jobs, percent / (100 / DOWNLOADED));
        };
        let held = client
            .download(runner, job, first, &path, max_bytes, &mut heard)
            .await?;
        if let Some(second) = second {
            let path = bench.directory.join(SECOND_FILE);
            let left = max_bytes.saturating_sub(held);
            client
                .download(runner, job, second, &path, left, &mut heard)
                .await?;
        }
        Ok(())
    }

    fn transcoded(&self, jobs: &[Rc<Job>], percent: u8) {
        self.shared.terminal.progress("transcoding", percent);
        let share = u32::from(percent) * u32::from(MADE - DOWNLOADED) / 100;
        self.advance(jobs, DOWNLOADED + u8::try_from(share).unwrap_or(0));
    }

    fn advance(&self, jobs: &[Rc<Job>], percent: u8) {
        for job in jobs {
            job.advance(percent);
        }
    }

    /// Uploads and reports each product to its job.
    async fn deliver(&self, jobs: &[Rc<Job>], products: Vec<(usize, Product)>) {
        for (index, product) in products {
            let Some(job) = jobs.get(index).filter(|job| job.is_working()) else {
                continue;
            };
            job.advance(MADE);
            match finish(self.current, job, &product).await {
                Ok(()) => {
                    job.settle(Outcome::Done);
                    self.shared.terminal.say(&format!("done {}", job.name()));
                }
                Err(TransferError::Call(error)) if error.is_job_gone() => {
                    job.settle(Outcome::Gone);
                    let name = job.name();
                    self.shared
                        .terminal
                        .say(&format!("{name} is no longer ours: {error}"));
                }
                Err(error) => {
                    job.settle(Outcome::Working);
                    fail(self.current, job, &error.to_string(), self.shared.terminal).await;
                }
            }
        }
    }

    async fn download_failed(&self, error: &TransferError) {
        let is_ours = matches!(
            error,
            TransferError::TooLarge { .. } | TransferError::File(_)
        );
        for job in self.jobs.iter().filter(|job| job.is_working()) {
            // A runner with more disk, or a healthy one, can do what this one cannot.
            if is_ours {
                hand_back(self.current, job, &error.to_string(), self.shared.terminal).await;
            } else {
                fail(self.current, job, &error.to_string(), self.shared.terminal).await;
            }
        }
    }

    /// One job that the source has nothing for must not spoil the others.
    async fn fail_impossible(&self, source: &Source) {
        for job in self.jobs.iter().filter(|job| job.is_working()) {
            if let Some(missing) = job.task.missing_stream(source) {
                fail(
                    self.current,
                    job,
                    &missing.to_string(),
                    self.shared.terminal,
                )
                .await;
            }
        }
    }

    async fn fail_all(&self, error: &MakeError) {
        self.fail_some(self.jobs, error).await;
    }

    async fn fail_some(&self, jobs: &[Rc<Job>], error: &MakeError) {
        for job in jobs.iter().filter(|job| job.is_working()) {
            if error.is_ours() {
                hand_back(self.current, job, &error.to_string(), self.shared.terminal).await;
            } else {
                fail(self.current, job, &error.to_string(), self.shared.terminal).await;
            }
        }
    }
}
