//! The payload that a runner reads: what to do, where the input is, where the outputs go.
//!
//! Two ways lead to the same object. Every output has a `…CustomUpload` of the protocol, which points at
//! our own signed route: a stock runner sends `multipart/form-data` there and expects 204, which no
//! presigned S3 URL understands. Where S3 keys are configured, our extension `edgetube.directUploads`
//! names a presigned `PUT` for each output beside it; our transcoder prefers that.

use domain::time::{DAY_MS, SECOND_MS};
use ports::Platform;
use rest::runner::{CustomUpload, Edgetube, RunnerJobPayload, UploadMethod};

use super::outputs::{Output, ReadJob};
use super::secrets::UploadGrant;
use crate::AppError;

/// How long the upload URLs of an attempt work, in milliseconds: the longest that SigV4 allows. An
/// attempt cannot take longer; the objects that it leaves behind are deleted after it.
pub(crate) const ATTEMPT_MS: i64 = 7 * DAY_MS;

/// The payload with the URLs of its inputs, as it is offered before anybody has accepted it.
pub(crate) fn offered<P: Platform>(platform: &P, job: &ReadJob) -> RunnerJobPayload {
    let base = format!(
        "{}/api/v1/runners/jobs/{}/files/videos/{}",
        platform.settings().public_origin,
        job.row.uuid,
        job.row.video_uuid
    );
    let media = format!("{base}/max-quality");
    let edgetube = Some(Edgetube {
        source_id: job.row.video_uuid.clone(),
        ..Edgetube::default()
    });
    let mut payload = job.payload.clone();
    match &mut payload {
        RunnerJobPayload::WebVideo(payload) => {
            payload.input.video_file_url = media;
            payload.edgetube = edgetube;
        }
        RunnerJobPayload::Hls(payload) => {
            payload.input.video_file_url = media;
            payload.edgetube = edgetube;
        }
        RunnerJobPayload::AudioMerge(payload) => {
            payload.input.audio_file_url = media;
            payload.input.preview_file_url = format!("{base}/previews/max-quality");
            payload.edgetube = edgetube;
        }
        RunnerJobPayload::Storyboard(payload) => {
            payload.input.video_file_url = media;
            payload.edgetube = edgetube;
        }
    }
    payload
}

/// The payload of an accepted job, whose outputs have names, with the URLs of its outputs too.
pub(crate) fn accepted<P: Platform>(
    platform: &P,
    job: &ReadJob,
    job_token_sha256: &str,
) -> Result<RunnerJobPayload, AppError> {
    let mut payload = offered(platform, job);
    for output in Output::of(job.kind) {
        let upload = own_upload(platform, job, *output, job_token_sha256)?;
        let (place, edgetube) = match (&mut payload, output) {
            (RunnerJobPayload::WebVideo(payload), _) => (
                &mut payload.output.video_file_custom_upload,
                &mut payload.edgetube,
            ),
            (RunnerJobPayload::AudioMerge(payload), _) => (
                &mut payload.output.video_file_custom_upload,
                &mut payload.edgetube,
            ),
            (RunnerJobPayload::Hls(payload), Output::ResolutionPlaylistFile) => (
                &mut payload.output.resolution_playlist_file_custom_upload,
                &mut payload.edgetube,
            ),
            (RunnerJobPayload::Hls(payload), _) => (
                &mut payload.output.video_file_custom_upload,
                &mut payload.edgetube,
            ),
            (RunnerJobPayload::Storyboard(payload), _) => (
                &mut payload.output.storyboard_file_custom_upload,
                &mut payload.edgetube,
            ),
        };
        *place = Some(upload);
        if let (Some(s3), Some(edgetube)) = (&platform.settings().s3, edgetube) {
            let expires_in_secs = u32::try_from(ATTEMPT_MS / SECOND_MS).map_err(AppError::bug)?;
            let object_key = job.object_key(*output)?;
            let url = s3::presigned_put(s3, object_key, platform.now(), expires_in_secs)
                .map_err(AppError::bug)?;
            let direct = CustomUpload {
                url,
                method: UploadMethod::Put,
            };
            edgetube
                .direct_uploads
                .insert(output.name().to_owned(), direct);
        }
    }
    Ok(payload)
}

fn own_upload<P: Platform>(
    platform: &P,
    job: &ReadJob,
    output: Output,
    job_token_sha256: &str,
) -> Result<CustomUpload, AppError> {
    let grant = UploadGrant {
        job_uuid: &job.row.uuid,
        job_token_sha256,
        output: output.name(),
        expires_at_unix_secs: platform.now().plus_ms(ATTEMPT_MS).0 / SECOND_MS,
    };
    let signature = grant.sign(&platform.settings().instance_secret)?;
    Ok(CustomUpload {
        url: format!(
            "{}/api/v1/runners/jobs/{}/uploads/{}?expires={}&signature={signature}",
            platform.settings().public_origin,
            grant.job_uuid,
            grant.output,
            grant.expires_at_unix_secs
        ),
        method: UploadMethod::Put,
    })
}
