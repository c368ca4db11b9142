//! Publishing an HLS rendition: media playlist, torrent, new master playlist, new hash document.

use hls::limits::MAX_SEGMENTS;
use hls::{FileName, MediaPlaylist, RenditionReport};
use ports::{ObjectStore, Platform, Statement};
use store::publish::{
    HlsFile, NewFile, describe_video, disown_objects, own_objects, publish_video, replace_file,
    replace_playlist,
};
use store::runner as rows;
use store::tracker::{Swarm, insert_swarms, part_swarms};

use super::documents::{
    RenditionSummary, TorrentFile, TorrentOf, hash_document, master_playlist, torrent_file,
};
use super::{Commit, Loaded, commit, media_file, reload};
use crate::AppError;
use crate::random::uuid_v4;
use crate::runners::{Output, REPLACED_MS, filename, hls_key, settling};
use crate::videos::urls;

use domain::time::DAY_MS;

/// How often a rendition starts over because a sibling was published meanwhile. Each round at least one
/// sibling gets in, and a ladder has fewer than these.
const MAX_ROUNDS: u32 = 16;
/// Objects that a round has written and not published are deleted after this long.
const UNPUBLISHED_MS: i64 = DAY_MS;
/// Largest hash document: 84 bytes an entry, [`MAX_SEGMENTS`] of each rendition, 16 renditions.
const MAX_HASH_DOCUMENT_BYTES: usize = MAX_SEGMENTS * 84 * 16;

/// What a round has written.
struct Written {
    playlist_file: FileName,
    master_filename: String,
    sha256_filename: String,
    torrent_filename: String,
    torrent: TorrentFile,
}

/// Publishes a rendition whose media file is stored.
///
/// # Errors
/// 409 when the attempt ended otherwise; [`AppError::Unavailable`] when storage or database fail.
pub(super) async fn publish_rendition<P: Platform>(
    platform: &P,
    mut loaded: Loaded,
    report: &RenditionReport,
    media_playlist: &MediaPlaylist,
) -> Result<(), AppError> {
    for _ in 0..MAX_ROUNDS {
        let written = write_round(platform, &loaded, report, media_playlist).await?;
        let statements = publishing(platform, &loaded, report, &written)?;
        if let Commit::Done = commit(platform, statements).await? {
            return Ok(());
        }
        match reload(platform, &loaded).await? {
            None => return Ok(()),
            // No sibling was faster: cron has taken the outputs of an attempt that took a week.
            Some(now) if now.publication.master_filename == loaded.publication.master_filename => {
                break;
            }
            Some(now) => loaded = now,
        }
    }
    Err(AppError::Unavailable {
        cause: format!("runner job {} cannot be published", loaded.job.row.uuid),
    })
}

/// The renditions that stay: all but one of the same resolution.
fn staying(loaded: &Loaded) -> impl Iterator<Item = &HlsFile> {
    let resolution = u32::from(loaded.job.resolution());
    loaded
        .publication
        .hls_files
        .iter()
        .filter(move |file| file.resolution != resolution)
}

/// Writes the documents under names that no other round has: those of a round that is overtaken are
/// never named, those of one that wins never change.
async fn write_round<P: Platform>(
    platform: &P,
    loaded: &Loaded,
    report: &RenditionReport,
    media_playlist: &MediaPlaylist,
) -> Result<Written, AppError> {
    let video_uuid = &loaded.publication.video_uuid;
    let resolution = loaded.job.resolution();
    let media_filename = filename(loaded.job.object_key(Output::VideoFile)?);
    let media_file = FileName::parse(media_filename).map_err(AppError::bug)?;
    let playlist_filename = format!("{}-{resolution}.m3u8", uuid_v4(platform));
    let playlist_file = FileName::parse(&playlist_filename).map_err(AppError::bug)?;
    let old_hashes = old_hash_document(platform, loaded).await?;
    let hashes = hash_document(old_hashes.as_deref(), staying(loaded), &media_file, report)?;
    let master = master_playlist(staying(loaded), &playlist_file, report)?;
    let torrent = torrent_of(platform, loaded, report, media_filename)?;
    let written = Written {
        master_filename: format!("{}-master.m3u8", uuid_v4(platform)),
        sha256_filename: format!("{}-segments-sha256.json", uuid_v4(platform)),
        torrent_filename: format!("{}-{resolution}-hls.torrent", uuid_v4(platform)),
        playlist_file,
        torrent,
    };
    let playlist_type = Output::ResolutionPlaylistFile.content_type();
    let media_playlist = media_playlist.write(&media_file);
    let [playlist_key, master_key, sha256_key, torrent_key] = object_keys(video_uuid, &written);
    let objects = [
        (playlist_key, playlist_type, media_playlist.into_bytes()),
        (master_key, playlist_type, master.into_bytes()),
        (sha256_key, "application/json", hashes.into_bytes()),
        (
            torrent_key,
            "application/x-bittorrent",
            written.torrent.bytes.clone(),
        ),
    ];
    super::torrents::write_unowned(platform, objects, UNPUBLISHED_MS).await?;
    Ok(written)
}

/// Object keys of a round's documents: media playlist, master playlist, hash document, torrent.
fn object_keys(video_uuid: &str, written: &Written) -> [String; 4] {
    [
        hls_key(video_uuid, written.playlist_file.as_str()),
        hls_key(video_uuid, &written.master_filename),
        hls_key(video_uuid, &written.sha256_filename),
        format!("torrents/{}", written.torrent_filename),
    ]
}

async fn old_hash_document<P: Platform>(
    platform: &P,
    loaded: &Loaded,
) -> Result<Option<String>, AppError> {
    let publication = &loaded.publication;
    let Some(sha256_filename) = &publication.sha256_filename else {
        return Ok(None);
    };
    let object_key = hls_key(&publication.video_uuid, sha256_filename);
    let Some(object) = platform.objects().get(&object_key, None).await? else {
        // A round that starts over may have loaded just before its sibling let the document go.
        return Err(AppError::Unavailable {
            cause: format!("{object_key} is not in storage"),
        });
    };
    let bytes = object.body.into_bytes(MAX_HASH_DOCUMENT_BYTES).await?;
    String::from_utf8(bytes).map(Some).map_err(AppError::bug)
}

fn torrent_of<P: Platform>(
    platform: &P,
    loaded: &Loaded,
    report: &RenditionReport,
    media_filename: &str,
) -> Result<TorrentFile, AppError> {
    let publication = &loaded.publication;
    let url = format!(
        "{}/static/streaming-playlists/hls/{}/{media_filename}",
        platform.settings().public_origin,
        publication.video_uuid
    );
    let of = TorrentOf {
        video_uuid: &publication.video_uuid,
        video_name: &publication.name,
        privacy: publication.privacy,
        resolution: loaded.job.resolution().into(),
        extension: ".mp4",
        url: &url,
        size_bytes: report.size_bytes,
        piece_length_bytes: report.piece_length_bytes,
        created_at_unix_ms: platform.now().0,
    };
    torrent_file(platform.settings(), &of, report.pieces.clone())
}

/// Under which info hashes players of every generation will look for peers of the renditions that the round's master
/// playlist names. Where it replaces a rendition, viewers of the old file must not meet those of the new one.
fn swarms(public_origin: &str, loaded: &Loaded, written: &Written) -> Vec<Statement> {
    let publication = &loaded.publication;
    let video_uuid = &publication.video_uuid;
    let resolution = u32::from(loaded.job.resolution());
    let mut resolutions: Vec<u32> = staying(loaded).map(|file| file.resolution).collect();
    let is_replaced = resolutions.len() < publication.hls_files.len();
    resolutions.push(resolution);
    // Of a private video, too: it may be opened to all later, under this URL.
    let master_url = urls::hls_file(public_origin, video_uuid, &written.master_filename, true);
    let streams = torrent::Streams {
        master_url: &master_url,
        video_uuid,
        resolutions: &resolutions,
    };
    let named: Vec<Swarm> = torrent::swarm_names(streams)
        .into_iter()
        .map(swarm_row)
        .collect();
    let of_new_file = torrent::info_hashes_by_video(torrent::Streams {
        resolutions: &[resolution],
        ..streams
    });
    let of_new_file: Vec<String> = of_new_file.iter().map(ToString::to_string).collect();
    let video_id = publication.video_id;
    let parted = is_replaced.then(|| part_swarms(video_id, &of_new_file));
    let registered = insert_swarms(video_id, &named);
    parted.into_iter().chain([registered]).collect()
}

/// As it is stored.
pub(crate) fn swarm_row(name: torrent::SwarmName) -> Swarm {
    Swarm {
        info_hash: name.info_hash.to_string(),
        name: name.swarm.to_string(),
    }
}

/// The batch that makes a round visible.
fn publishing<P: Platform>(
    platform: &P,
    loaded: &Loaded,
    report: &RenditionReport,
    written: &Written,
) -> Result<Vec<Statement>, AppError> {
    let now = platform.now();
    let publication = &loaded.publication;
    let video_id = publication.video_id;
    let object_key = loaded.job.object_key(Output::VideoFile)?;
    let summary = RenditionSummary::of(report).to_json()?;
    let file = NewFile {
        kind: "hls",
        report: Some(&summary),
        playlist_filename: Some(written.playlist_file.as_str()),
        torrent_filename: &written.torrent_filename,
        info_hash: &written.torrent.info_hash,
        ..media_file(loaded, report, object_key, now)
    };
    let mut owned = object_keys(&publication.video_uuid, written).to_vec();
    owned.push(object_key.to_owned());
    let delete_after = now.plus_ms(REPLACED_MS);
    let replaced: Vec<String> = [&publication.master_filename, &publication.sha256_filename]
        .into_iter()
        .flatten()
        .map(|old| hls_key(&publication.video_uuid, old))
        .collect();
    let mut statements = vec![
        rows::complete(loaded.held()?, now),
        replace_playlist(
            video_id,
            publication.master_filename.as_deref(),
            &written.master_filename,
            &written.sha256_filename,
            now,
        ),
        own_objects(&owned, now),
        disown_objects(&replaced, delete_after),
    ];
    statements.extend(replace_file(&file, delete_after));
    statements.extend(swarms(&platform.settings().public_origin, loaded, written));
    statements.extend([
        publish_video(video_id, now),
        describe_video(
            video_id,
            whole_secs(report.duration_ms),
            report.width,
            report.height,
        ),
        rows::release_children(loaded.held()?, now),
    ]);
    statements.extend(
        loaded
            .job
            .private
            .object_key(Output::ResolutionPlaylistFile)
            .map(
                // The runner's own playlist has done its duty.
                |key| store::publish::shorten_unowned(&[key], now),
            ),
    );
    statements.extend(rows::settle_video(&settling(platform, video_id)));
    Ok(statements)
}

/// Milliseconds to seconds, rounded, at least 1.
pub(super) fn whole_secs(duration_ms: u64) -> u32 {
    u32::try_from((duration_ms + 500) / 1_000)
        .unwrap_or(u32::MAX)
        .max(1)
}
