//! Publishing a plain MP4: a web video, or the picture that a sound got.

use domain::time::DAY_MS;
use hls::RenditionReport;
use ports::{Platform, Statement};
use rest::runner::RunnerJobType;
use store::publish::{NewFile, describe_video, drop_sound_files, own_objects, replace_file};
use store::runner as rows;

use super::documents::{TorrentOf, torrent_file};
use super::rendition::whole_secs;
use super::torrents::write_unowned;
use super::{Commit, Loaded, commit, media_file, reload};
use crate::AppError;
use crate::random::uuid_v4;
use crate::runners::{Output, REPLACED_MS, settling};

/// Publishes a plain file that is stored, and lets jobs go that have waited for it.
///
/// # Errors
/// 409 when the attempt ended otherwise; [`AppError::Unavailable`] when storage or database fail.
pub(super) async fn publish_plain_file<P: Platform>(
    platform: &P,
    loaded: Loaded,
    report: &RenditionReport,
) -> Result<(), AppError> {
    let object_key = loaded.job.object_key(Output::VideoFile)?;
    let resolution = loaded.job.resolution();
    let url = format!("{}/static/{object_key}", platform.settings().public_origin);
    let of = TorrentOf {
        video_uuid: &loaded.publication.video_uuid,
        video_name: &loaded.publication.name,
        privacy: loaded.publication.privacy,
        resolution: resolution.into(),
        extension: ".mp4",
        url: &url,
        size_bytes: report.size_bytes,
        piece_length_bytes: report.piece_length_bytes,
        created_at_unix_ms: platform.now().0,
    };
    let torrent = torrent_file(platform.settings(), &of, report.pieces.clone())?;
    let torrent_filename = format!("{}-{resolution}.torrent", uuid_v4(platform));
    let torrent_key = format!("torrents/{torrent_filename}");
    let objects = [(
        torrent_key.clone(),
        "application/x-bittorrent",
        torrent.bytes,
    )];
    write_unowned(platform, objects, DAY_MS).await?;
    let file = NewFile {
        torrent_filename: &torrent_filename,
        info_hash: &torrent.info_hash,
        ..media_file(&loaded, report, object_key, platform.now())
    };
    let statements = publishing(platform, &loaded, report, &file, &torrent_key)?;
    match commit(platform, statements).await? {
        Commit::Done => Ok(()),
        // Only this attempt's own end can have overtaken it.
        Commit::Overtaken => match reload(platform, &loaded).await? {
            None => Ok(()),
            Some(_) => Err(AppError::Unavailable {
                cause: format!("outputs of runner job {} are gone", loaded.job.row.uuid),
            }),
        },
    }
}

fn publishing<P: Platform>(
    platform: &P,
    loaded: &Loaded,
    report: &RenditionReport,
    file: &NewFile<'_>,
    torrent_key: &str,
) -> Result<Vec<Statement>, AppError> {
    let now = platform.now();
    let delete_after = now.plus_ms(REPLACED_MS);
    let mut statements = vec![
        rows::complete(loaded.held()?, now),
        own_objects(&[file.object_key, torrent_key], now),
    ];
    if loaded.job.kind == RunnerJobType::VodAudioMergeTranscoding {
        statements.extend(drop_sound_files(file.video_id, delete_after));
    }
    statements.extend(replace_file(file, delete_after));
    statements.extend([
        describe_video(
            file.video_id,
            whole_secs(report.duration_ms),
            report.width,
            report.height,
        ),
        rows::release_children(loaded.held()?, now),
    ]);
    statements.extend(rows::settle_video(&settling(platform, file.video_id)));
    Ok(statements)
}
