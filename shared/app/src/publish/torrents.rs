//! Torrents of plain files, and writing objects before their rows.

use domain::time::DAY_MS;
use ports::{Body, Database, ObjectStore, Platform};
use store::publish::{
    TorrentSubject, disown_objects, own_objects, select_torrent_subjects, set_torrent,
    torrent_subject,
};

use super::commit;
use super::derive::hash_object;
use super::documents::{TorrentOf, torrent_file};
use crate::AppError;
use crate::random::uuid_v4;

/// Writes small objects that nothing names yet: `(object key, content type, bytes)`. They are noted first
/// and deleted after `unpublished_ms` unless a later batch owns them.
pub(super) async fn write_unowned<P: Platform, const N: usize>(
    platform: &P,
    objects: [(String, &'static str, Vec<u8>); N],
    unpublished_ms: i64,
) -> Result<(), AppError> {
    let object_keys = objects.each_ref().map(|(object_key, _, _)| object_key);
    let note = disown_objects(&object_keys, platform.now().plus_ms(unpublished_ms));
    platform.database().batch(vec![note]).await?;
    for (object_key, content_type, bytes) in objects {
        let len_bytes = u64::try_from(bytes.len()).map_err(AppError::bug)?;
        platform
            .objects()
            .put(&object_key, content_type, Body::Bytes(bytes), len_bytes)
            .await?;
    }
    Ok(())
}

/// Queue: makes the torrents of a video's plain files that have none, of the original after its upload.
/// Files that go away meanwhile need none any more.
///
/// # Errors
/// [`AppError::Unavailable`] when storage or database fail: the task is to be repeated.
pub async fn make_torrents<P: Platform>(platform: &P, video_uuid: &str) -> Result<(), AppError> {
    let select = select_torrent_subjects(video_uuid);
    let results = platform.database().batch(vec![select]).await?;
    for row in results.first().into_iter().flatten() {
        make_torrent(platform, video_uuid, &torrent_subject(row)?).await?;
    }
    Ok(())
}

async fn make_torrent<P: Platform>(
    platform: &P,
    video_uuid: &str,
    subject: &TorrentSubject,
) -> Result<(), AppError> {
    if platform
        .objects()
        .head(&subject.object_key)
        .await?
        .is_none()
    {
        return Ok(());
    }
    let hashes = hash_object(platform, &subject.object_key, subject.size_bytes, &[]).await?;
    let extension = subject
        .filename
        .rfind('.')
        .map_or("", |dot| &subject.filename[dot..]);
    let url = format!(
        "{}/static/web-videos/{}",
        platform.settings().public_origin,
        subject.filename
    );
    let of = TorrentOf {
        video_uuid,
        video_name: &subject.video_name,
        privacy: subject.privacy,
        resolution: subject.resolution,
        extension,
        url: &url,
        size_bytes: subject.size_bytes,
        piece_length_bytes: hashes.piece_length_bytes,
        created_at_unix_ms: platform.now().0,
    };
    let torrent = torrent_file(platform.settings(), &of, hashes.pieces)?;
    let torrent_filename = format!("{}-{}.torrent", uuid_v4(platform), subject.resolution);
    let torrent_key = format!("torrents/{torrent_filename}");
    let objects = [(
        torrent_key.clone(),
        "application/x-bittorrent",
        torrent.bytes,
    )];
    write_unowned(platform, objects, DAY_MS).await?;
    let statements = vec![
        set_torrent(subject.file_id, &torrent_filename, &torrent.info_hash),
        own_objects(&[torrent_key], platform.now()),
    ];
    // Overtaken: the file is gone or has its torrent.
    commit(platform, statements).await.map(|_| ())
}
