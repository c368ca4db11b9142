//! The signed upload route of an output.

use domain::runner_job::RunnerJobState;
use domain::time::SECOND_MS;
use ports::{Database, Platform};
use store::runner as rows;

use super::answers::{not_processing, unknown_job};
use super::attempt::only_job;
use super::outputs::{Output, ReadJob};
use super::secrets::UploadGrant;
use crate::{AppError, Rejection};

/// The query of an upload URL.
#[derive(Clone, PartialEq, Eq)]
pub struct UploadSignature {
    /// `expires`: seconds since 1970.
    pub expires_at_unix_secs: i64,
    /// `signature`: 64 hex digits.
    pub signature: String,
}

/// Where the bytes of an output go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputTarget {
    /// In the bucket; it stays unowned until the job is published.
    pub object_key: String,
    /// Of the stored object.
    pub content_type: &'static str,
    /// Largest size.
    pub max_bytes: u64,
}

impl OutputTarget {
    pub(crate) fn of(job: &ReadJob, output: Output) -> Result<Self, AppError> {
        Ok(Self {
            object_key: job.object_key(output)?.to_owned(),
            content_type: output.content_type(),
            max_bytes: output.max_bytes(),
        })
    }
}

/// Checks an upload URL and says where its bytes go. The URL works as often as the client likes while
/// the attempt that it was made for holds the job.
///
/// # Errors
/// 403 for a wrong or expired signature, 404 for an unknown job or output, 400 when the job is no longer
/// processing.
pub async fn open_upload<P: Platform>(
    platform: &P,
    uuid: &str,
    output: &str,
    signature: &UploadSignature,
) -> Result<OutputTarget, AppError> {
    let output =
        Output::from_name(output).ok_or_else(|| AppError::not_found("Unknown job output"))?;
    let results = platform
        .database()
        .batch(vec![rows::select_job(uuid)])
        .await?;
    let job = only_job(results.first())?.ok_or_else(unknown_job)?;
    let is_signed = match &job.job_token_sha256 {
        None => false,
        Some(job_token_sha256) => UploadGrant {
            job_uuid: uuid,
            job_token_sha256,
            output: output.name(),
            expires_at_unix_secs: signature.expires_at_unix_secs,
        }
        .is_signed_by(&signature.signature, &platform.settings().instance_secret)?,
    };
    let now_unix_secs = platform.now().0 / SECOND_MS;
    if !is_signed || signature.expires_at_unix_secs < now_unix_secs {
        return Err(AppError::rejected(
            Rejection::Forbidden,
            "This upload URL is not valid, or not any more",
        ));
    }
    if job.state != RunnerJobState::Processing {
        return Err(not_processing(Rejection::BadRequest));
    }
    OutputTarget::of(&ReadJob::new(job)?, output)
}
