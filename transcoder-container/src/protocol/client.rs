//! One server and our name there.

use super::wire::{AcceptAnswer, RegisterAnswer, RequestAnswer};
use super::{
    AcceptedJob, AvailableJob, CallError, JobType, Patience, Problem, TransferError, retry,
};
use crate::cli::Secret;
use crate::limits::{
    CONNECT_TIMEOUT, MAX_ANSWER_BYTES, MAX_MESSAGE_CHARS, MAX_PAUSE, READ_TIMEOUT,
};
use reqwest::multipart::{Form, Part};
use reqwest::{Response, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use url::Url;

/// Calls of the runner protocol to one server.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    server: Url,
}

/// A file that goes along with a success call.
#[derive(Clone, Copy, Debug)]
pub struct SuccessFile<'a> {
    /// Output name: `videoFile`, `resolutionPlaylistFile` or `storyboardFile`.
    pub output: &'static str,
    /// The file.
    pub path: &'a Path,
    /// The name it is sent under; servers look at its extension.
    pub file_name: &'a str,
    /// Its content type.
    pub content_type: &'static str,
}

impl Client {
    /// A client for `server`, an origin with a path that ends in `/`.
    ///
    /// # Errors
    /// [`CallError::Unavailable`] when the system's certificates cannot be read.
    pub fn new(server: Url) -> Result<Self, CallError> {
        // ring is linked in, so a second installation can only find the first.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .user_agent(concat!("edgetube-transcoder/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            // A redirect would carry tokens to another host.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| CallError::network("set-up", error))?;
        Ok(Self { http, server })
    }

    /// The server's address, for people.
    #[must_use]
    pub const fn server(&self) -> &Url {
        &self.server
    }

    pub(super) const fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Registers under `name`; answers the runner token.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn register(&self, token: &Secret, name: &str) -> Result<Secret, CallError> {
        let body = json!({
            "registrationToken": token.reveal(),
            "name": name,
            "description": "Edgetube transcoder",
            "version": env!("CARGO_PKG_VERSION"),
        });
        let answer: RegisterAnswer = self.call("registration", "register", &body).await?;
        Ok(Secret::new(answer.runner_token))
    }

    /// Forgets the registration.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn unregister(&self, runner: &Secret) -> Result<(), CallError> {
        self.send(
            "unregistration",
            "unregister",
            &json!({ "runnerToken": runner.reveal() }),
        )
        .await
    }

    /// Jobs on offer.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn request(&self, runner: &Secret) -> Result<Vec<AvailableJob>, CallError> {
        let body = json!({
            "runnerToken": runner.reveal(),
            "jobTypes": JobType::ALL.map(JobType::name),
            "version": env!("CARGO_PKG_VERSION"),
        });
        let answer: RequestAnswer = self.call("job request", "jobs/request", &body).await?;
        Ok(answer.available_jobs)
    }

    /// Takes a job.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::is_job_gone`] when another runner was faster.
    pub async fn accept(&self, runner: &Secret, uuid: &str) -> Result<AcceptedJob, CallError> {
        let path = format!("jobs/{}/accept", segment(uuid));
        let body = json!({ "runnerToken": runner.reveal() });
        let answer: AcceptAnswer = self.call("job acceptance", &path, &body).await?;
        Ok(answer.job)
    }

    /// Reports progress, 0 to 100, which also says that we are alive. Tried once.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn update(
        &self,
        runner: &Secret,
        job: &AcceptedJob,
        percent: u8,
    ) -> Result<(), CallError> {
        let body = json!({
            "runnerToken": runner.reveal(), "jobToken": job.job_token, "progress": percent,
        });
        let what = "progress report";
        let response = self.post(what, &job_path(job, "update"), &body).await?;
        check(what, response).await.map(|_| ())
    }

    /// Gives a job back undone.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn abort(
        &self,
        runner: &Secret,
        job: &AcceptedJob,
        reason: &str,
    ) -> Result<(), CallError> {
        let body = json!({
            "runnerToken": runner.reveal(), "jobToken": job.job_token, "reason": reason,
        });
        self.send("giving a job back", &job_path(job, "abort"), &body)
            .await
    }

    /// Reports that a job cannot be done. The message is cut to what servers take.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn error(
        &self,
        runner: &Secret,
        job: &AcceptedJob,
        message: &str,
    ) -> Result<(), CallError> {
        let message: String = message.chars().take(MAX_MESSAGE_CHARS).collect();
        let body = json!({
            "runnerToken": runner.reveal(), "jobToken": job.job_token, "message": message,
        });
        self.send("error report", &job_path(job, "error"), &body)
            .await
    }

    /// Reports that a job is done, with the files that were not uploaded elsewhere and, for an
    /// Edgetube server, the report. A job that is gone after a call that got no answer was done
    /// by that call.
    ///
    /// # Errors
    /// [`TransferError`].
    pub async fn success(
        &self,
        runner: &Secret,
        job: &AcceptedJob,
        files: &[SuccessFile<'_>],
        report: Option<&str>,
    ) -> Result<(), TransferError> {
        let what = "success report";
        let path = job_path(job, "success");
        let url = self.url(&path);
        let result = retry(Patience::Transfer, async |tries| {
            let form = success_form(runner, job, files, report).await;
            let form = form.map_err(|cause| CallError::Unavailable {
                what,
                cause: cause.to_string(),
                retry_after: None,
            })?;
            let sent = self.http.post(url.clone()).multipart(form).send().await;
            let response = sent.map_err(|error| CallError::network(what, error))?;
            match check(what, response).await {
                Err(error) if tries > 0 && error.is_job_gone() => Ok(()),
                other => other.map(|_| ()),
            }
        });
        Ok(result.await?)
    }

    async fn call<T: DeserializeOwned>(
        &self,
        what: &'static str,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<T, CallError> {
        retry(Patience::Call, async |_| {
            let response = check(what, self.post(what, path, body).await?).await?;
            let bytes = bounded_body(what, response).await?;
            serde_json::from_slice(&bytes).map_err(|error| CallError::Rejected {
                what,
                problem: Problem {
                    status: 200,
                    code: None,
                    detail: Some(format!("answer is not understood: {error}")),
                },
            })
        })
        .await
    }

    async fn send(
        &self,
        what: &'static str,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<(), CallError> {
        retry(Patience::Call, async |_| {
            let response = self.post(what, path, body).await?;
            check(what, response).await.map(|_| ())
        })
        .await
    }

    async fn post(
        &self,
        what: &'static str,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<Response, CallError> {
        let sent = self.http.post(self.url(path)).json(body).send().await;
        sent.map_err(|error| CallError::network(what, error))
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.server.clone();
        url.set_path(&format!("{}api/v1/runners/{path}", self.server.path()));
        url
    }
}

async fn success_form(
    runner: &Secret,
    job: &AcceptedJob,
    files: &[SuccessFile<'_>],
    report: Option<&str>,
) -> Result<Form, std::io::Error> {
    let mut form = Form::new()
        .text("runnerToken", runner.reveal().to_owned())
        .text("jobToken", job.job_token.clone());
    if let Some(report) = report {
        form = form.text("payload[edgetube]", report.to_owned());
    } else if files.is_empty() {
        // PeerTube wants an object there, if only an empty one.
        form = form.text("payload", "{}");
    }
    for file in files {
        let body = tokio::fs::File::open(file.path).await?;
        let length = body.metadata().await?.len();
        let part = Part::stream_with_length(body, length).file_name(file.file_name.to_owned());
        let part = part
            .mime_str(file.content_type)
            .map_err(std::io::Error::other)?;
        form = form.part(format!("payload[{}]", file.output), part);
    }
    Ok(form)
}

fn job_path(job: &AcceptedJob, call: &str) -> String {
    format!("jobs/{}/{call}", segment(&job.uuid))
}

/// A server's id as one path segment: whatever it holds, it stays below `jobs/`.
fn segment(uuid: &str) -> String {
    uuid.chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect()
}

/// Turns an answer that is no success into an error.
pub(super) async fn check(what: &'static str, response: Response) -> Result<Response, CallError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = retry_after(&response);
    let body = bounded_body(what, response).await.unwrap_or_default();
    let problem = Problem::read(status.as_u16(), &body);
    let comes_back = status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        );
    if comes_back {
        return Err(CallError::Unavailable {
            what,
            cause: problem.to_string(),
            retry_after,
        });
    }
    Err(CallError::Rejected { what, problem })
}

fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    value
        .parse()
        .ok()
        .map(|secs| Duration::from_secs(secs).min(MAX_PAUSE))
}

async fn bounded_body(what: &'static str, mut response: Response) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| CallError::network(what, error))?
    {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            let detail = Some(format!("answer has more than {MAX_ANSWER_BYTES} bytes"));
            let problem = Problem {
                status: response.status().as_u16(),
                code: None,
                detail,
            };
            return Err(CallError::Rejected { what, problem });
        }
        body.extend(chunk);
    }
    Ok(body)
}
