//! Sources down, outputs up.

use super::client::check;
use super::{AcceptedJob, CallError, Client, CustomUpload, DirectUpload, Patience, retry};
use crate::cli::Secret;
use crate::limits::READ_BYTES;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RANGE};
use reqwest::{Body, Method, StatusCode};
use serde_json::json;
use std::path::Path;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use tokio_util::io::ReaderStream;

/// Why a file did not get where it should.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The disk failed.
    #[error("cannot read or write a file: {0}")]
    File(#[from] std::io::Error),
    /// The source is larger than the disk that may be used.
    #[error("the source has more than the {max_bytes} bytes of disk that may be used")]
    TooLarge {
        /// The bound.
        max_bytes: u64,
    },
    /// An address that is none.
    #[error("the server gave an unusable address for {what}")]
    Address {
        /// What it is for.
        what: &'static str,
    },
}

impl Client {
    /// Downloads a job's file from `url` to `path`. A broken connection is taken up where it
    /// broke if the server can, else from the beginning. `on_progress` hears percent.
    ///
    /// # Errors
    /// [`TransferError`].
    pub async fn download(
        &self,
        runner: &Secret,
        job: &AcceptedJob,
        url: &str,
        path: &Path,
        max_bytes: u64,
        on_progress: &mut dyn FnMut(u8),
    ) -> Result<u64, TransferError> {
        let what = DOWNLOAD;
        let url = reqwest::Url::parse(url).map_err(|_| TransferError::Address { what })?;
        let mut file = tokio::fs::File::create(path).await?;
        let body = json!({ "runnerToken": runner.reveal(), "jobToken": job.job_token });
        // What trying again cannot mend ends the tries as if they had succeeded.
        let mut hopeless = None;
        let result = retry(Patience::Transfer, async |_| {
            let request = self.http().post(url.clone()).json(&body);
            match download_once(request, &mut file, max_bytes, on_progress).await {
                Ok(()) => Ok(()),
                Err(TransferError::Call(error)) => Err(error),
                Err(error) => {
                    hopeless = Some(error);
                    Ok(())
                }
            }
        });
        result.await?;
        match hopeless {
            Some(error) => Err(error),
            None => Ok(file.metadata().await?.len()),
        }
    }

    /// Sends a file's raw bytes to an address that Edgetube presigned.
    ///
    /// # Errors
    /// [`TransferError`].
    pub async fn upload_direct(
        &self,
        to: &DirectUpload,
        path: &Path,
        content_type: &'static str,
    ) -> Result<(), TransferError> {
        let what = "direct upload";
        let mut headers = HeaderMap::new();
        for (name, value) in &to.headers {
            let name = HeaderName::try_from(name).map_err(|_| TransferError::Address { what })?;
            let value = HeaderValue::try_from(value);
            headers.insert(name, value.map_err(|_| TransferError::Address { what })?);
        }
        self.upload(
            what,
            &to.url,
            to.method.as_deref(),
            headers,
            path,
            content_type,
        )
        .await
    }

    /// Sends a file's raw bytes to a `…CustomUpload` address.
    ///
    /// # Errors
    /// [`TransferError`].
    pub async fn upload_custom(
        &self,
        to: &CustomUpload,
        path: &Path,
        content_type: &'static str,
    ) -> Result<(), TransferError> {
        let headers = HeaderMap::new();
        self.upload(
            "upload",
            &to.url,
            to.method.as_deref(),
            headers,
            path,
            content_type,
        )
        .await
    }

    async fn upload(
        &self,
        what: &'static str,
        url: &str,
        method: Option<&str>,
        mut headers: HeaderMap,
        path: &Path,
        content_type: &'static str,
    ) -> Result<(), TransferError> {
        let url = reqwest::Url::parse(url).map_err(|_| TransferError::Address { what })?;
        let method = match method {
            None | Some("PUT") => Method::PUT,
            Some("POST") => Method::POST,
            Some(_) => return Err(TransferError::Address { what }),
        };
        let length = tokio::fs::metadata(path).await?.len();
        if !headers.contains_key(CONTENT_TYPE) {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        // Object stores refuse chunked bodies: the length is said up front.
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        let mut disk_error = None;
        let result = retry(Patience::Transfer, async |_| {
            let file = match tokio::fs::File::open(path).await {
                Ok(file) => file,
                Err(error) => return give_up(&mut disk_error, error),
            };
            let body = Body::wrap_stream(ReaderStream::with_capacity(file, READ_BYTES));
            let request = self.http().request(method.clone(), url.clone());
            let sent = request.headers(headers.clone()).body(body).send().await;
            check(what, sent.map_err(|error| CallError::network(what, error))?)
                .await
                .map(|_| ())
        });
        result.await?;
        disk_error.map_or(Ok(()), |error| Err(error.into()))
    }
}

/// What a download is called in errors.
const DOWNLOAD: &str = "source download";

/// Asks for what `file` does not hold yet and appends it.
async fn download_once(
    request: reqwest::RequestBuilder,
    file: &mut tokio::fs::File,
    max_bytes: u64,
    on_progress: &mut dyn FnMut(u8),
) -> Result<(), TransferError> {
    let network = |error| CallError::network(DOWNLOAD, error);
    let held = file.metadata().await?.len();
    let request = match held {
        0 => request,
        _ => request.header(RANGE, format!("bytes={held}-")),
    };
    let response = request.send().await.map_err(network)?;
    let start = resume_at(&response, held);
    file.set_len(start.unwrap_or(0)).await?;
    let Some(mut position) = start else {
        let cause = "the download cannot be resumed, starting again".to_owned();
        return Err(CallError::Unavailable {
            what: DOWNLOAD,
            cause,
            retry_after: None,
        }
        .into());
    };
    file.seek(std::io::SeekFrom::Start(position)).await?;
    let mut response = check(DOWNLOAD, response).await?;
    let total = response.content_length().map(|rest| position + rest);
    if total.is_some_and(|total| total > max_bytes) {
        return Err(TransferError::TooLarge { max_bytes });
    }
    while let Some(chunk) = response.chunk().await.map_err(network)? {
        position += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if position > max_bytes {
            return Err(TransferError::TooLarge { max_bytes });
        }
        file.write_all(&chunk).await?;
        if let Some(total) = total.filter(|&total| total > 0) {
            on_progress(u8::try_from(position * 100 / total).unwrap_or(100));
        }
    }
    file.flush().await?;
    Ok(())
}

/// Ends the tries because of the disk: the error is kept aside, the loop is left as if done.
fn give_up(kept: &mut Option<std::io::Error>, error: std::io::Error) -> Result<(), CallError> {
    *kept = Some(error);
    Ok(())
}

/// Where the body of `response` belongs when everything from `held` on was asked for; `None` when
/// it must be asked for again from the beginning.
fn resume_at(response: &reqwest::Response, held: u64) -> Option<u64> {
    match response.status() {
        StatusCode::PARTIAL_CONTENT => {
            let range = response.headers().get("content-range")?.to_str().ok()?;
            let first: u64 = range
                .strip_prefix("bytes ")?
                .split('-')
                .next()?
                .parse()
                .ok()?;
            (first == held).then_some(held)
        }
        StatusCode::RANGE_NOT_SATISFIABLE if held > 0 => None,
        // The whole file, or an error, which `check` reads.
        _ => Some(0),
    }
}
