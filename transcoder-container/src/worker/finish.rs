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
    // Only a server that put `edgetube` into the job knows what to do with a report.
    let report = match product {
        Product::Video { report, .. } if job.accepted.payload.edgetube.is_some() => {
            Some(report.to_json())
        }
        _ => None,
    };
    let mut attached = Vec::new();
    for Deliverable { file, custom } in deliverables(job, product, &media_name, &playlist_name) {
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

/// The files of `product` with the names that they are sent under.
fn deliverables<'a>(
    job: &'a Job,
    product: &'a Product,
    media_name: &'a str,
    playlist_name: &'a str,
) -> Vec<Deliverable<'a>> {
    let to = &job.accepted.payload.output;
    match product {
        Product::Video {
            media, playlist, ..
        } => {
            let file = SuccessFile {
                output: "videoFile",
                path: media,
                file_name: media_name,
                content_type: "video/mp4",
            };
            let custom = to.video_file_custom_upload.as_ref();
            let video = Deliverable { file, custom };
            let playlist = playlist.as_ref().map(|path| Deliverable {
                file: SuccessFile {
                    output: "resolutionPlaylistFile",
                    path,
                    file_name: playlist_name,
                    content_type: "application/vnd.apple.mpegurl",
                },
                custom: to.resolution_playlist_file_custom_upload.as_ref(),
            });
            std::iter::once(video).chain(playlist).collect()
        }
        Product::Image { image } => {
            let file = SuccessFile {
                output: "storyboardFile",
                path: image,
                file_name: media_name,
                content_type: "image/jpeg",
            };
            vec![Deliverable {
                file,
                custom: to.storyboard_file_custom_upload.as_ref(),
            }]
        }
    }
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
