//! The end of a job: delivered, failed, or given back.

use super::group::Current;
use super::job::{Job, Outcome};
use crate::protocol::{CustomUpload, SuccessFile, TransferError};
use crate::terminal::Terminal;
use crate::workbench::{Product, Task};
use std::path::Path;

/// One file of a product.
struct Deliverable<'a> {
    file: SuccessFile<'a>,
    custom: Option<&'a CustomUpload>,
}

/// Uploads what was made for `job` and reports success.
///
/// Each file goes to the first of these that takes it: Edgetube's presigned address, the job's
/// `…CustomUpload` address, the success call itself.
pub(super) async fn finish(
    current: &Current,
    job: &Job,
    product: &Product,
) -> Result<(), TransferError> {
    let media_name = match &job.task {
        Task::Video { published_name, .. } => published_name.to_string(),
        Task::Storyboard(_) | Task::Picture { .. } => "storyboard.jpg".to_owned(),
    };
    let playlist_name = media_name.replace(".mp4", ".m3u8");
    let output = &job.accepted.payload.output;
    let deliverable = |output, path, file_name, content_type, custom| Deliverable {
        file: SuccessFile {
            output,
            path,
            file_name,
            content_type,
        },
        custom,
    };
    let mut deliverables = Vec::new();
    let mut report = None;
    match product {
        Product::Video {
            media,
            playlist,
            report: made,
        } => {
            let custom = output.video_file_custom_upload.as_ref();
            deliverables.push(deliverable(
                "videoFile",
                &**media,
                &media_name,
                "video/mp4",
                custom,
            ));
            if let Some(playlist) = playlist {
                let custom = output.resolution_playlist_file_custom_upload.as_ref();
                let kind = "application/vnd.apple.mpegurl";
                let name = "resolutionPlaylistFile";
                deliverables.push(deliverable(name, playlist, &playlist_name, kind, custom));
            }
            // Only a server that put `edgetube` into the job knows what to do with it.
            report = job
                .accepted
                .payload
                .edgetube
                .as_ref()
                .map(|_| made.to_json());
        }
        Product::Image { image } => {
            let custom = output.storyboard_file_custom_upload.as_ref();
            deliverables.push(deliverable(
                "storyboardFile",
                &**image,
                &media_name,
                "image/jpeg",
                custom,
            ));
        }
    }
    let mut attached = Vec::new();
    for Deliverable { file, custom } in deliverables {
        if !upload(current, job, &file, custom).await? {
            attached.push(file);
        }
    }
    job.settle(Outcome::Finishing);
    let success = current.client().success(
        current.runner(),
        &job.accepted,
        &attached,
        report.as_deref(),
    );
    success.await
}

/// Sends `file` to the addresses that the job names. Answers whether one took it; none being
/// named is no error.
async fn upload(
    current: &Current,
    job: &Job,
    file: &SuccessFile<'_>,
    custom: Option<&CustomUpload>,
) -> Result<bool, TransferError> {
    let path: &Path = file.path;
    let edgetube = job.accepted.payload.edgetube.as_ref();
    let direct = edgetube.and_then(|edgetube| edgetube.direct_uploads.get(file.output));
    let mut failure = None;
    if let Some(direct) = direct {
        // A permission may have run out while ffmpeg worked: then the server's own route is left.
        match current
            .client()
            .upload_direct(direct, path, file.content_type)
            .await
        {
            Ok(()) => return Ok(true),
            Err(error) => failure = Some(error),
        }
    }
    if let Some(custom) = custom {
        match current
            .client()
            .upload_custom(custom, path, file.content_type)
            .await
        {
            Ok(()) => return Ok(true),
            Err(error) => failure = Some(error),
        }
    }
    // With an address that refuses, the success call would be refused, too: it carries no file.
    failure.map_or(Ok(false), Err)
}

/// Reports that `job` cannot be done.
pub(super) async fn fail(current: &Current, job: &Job, message: &str, terminal: &Terminal) {
    terminal.say(&format!("failed {}: {message}", job.name()));
    job.settle(Outcome::Failed);
    if let Err(error) = current
        .client()
        .error(current.runner(), &job.accepted, message)
        .await
    {
        terminal.say(&format!("{}: {error}", job.name()));
    }
}

/// Gives `job` back undone.
pub(super) async fn hand_back(current: &Current, job: &Job, reason: &str, terminal: &Terminal) {
    terminal.say(&format!("giving back {}: {reason}", job.name()));
    job.settle(Outcome::HandedBack);
    if let Err(error) = current
        .client()
        .abort(current.runner(), &job.accepted, reason)
        .await
    {
        terminal.say(&format!("{}: {error}", job.name()));
    }
}
