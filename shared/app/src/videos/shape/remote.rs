//! Files of another server's video: with their URLs at the origin, which serves them.

use rest::video::{FileStorage, Storyboard, VideoCaption, VideoFile, VideoStreamingPlaylist};
use rest::vocabulary::{language, resolution};
use rest::{IsoDate, Label};

use crate::federation::remote_document::{RemoteDocument, RemoteMedia};

/// Ids of a video's files begin here, times its own: the origin's numbers mean nothing to us, and clients
/// tell files apart by theirs.
const FILE_IDS_PER_VIDEO: i64 = 100;

fn file(id: i64, media: &RemoteMedia) -> VideoFile {
    VideoFile {
        id,
        resolution: resolution(media.resolution),
        size: media.size_bytes,
        width: media.width,
        height: media.height,
        fps: media.fps,
        has_audio: media.has_audio,
        has_video: media.has_video,
        magnet_uri: media.magnet_uri.clone(),
        torrent_download_url: media.torrent_url.clone(),
        torrent_url: media.torrent_url.clone(),
        file_download_url: Some(media.url.clone()),
        file_url: Some(media.url.clone()),
        metadata_url: media.metadata_url.clone(),
        metadata: None,
        storage: FileStorage::FileSystem,
        playlist_url: None,
    }
}

fn files(first_id: i64, media: &[RemoteMedia]) -> Vec<VideoFile> {
    (first_id..)
        .zip(media)
        .map(|(id, media)| file(id, media))
        .collect()
}

/// Plain files, best first.
pub(super) fn web_videos(video_id: i64, document: &RemoteDocument) -> Vec<VideoFile> {
    files(video_id * FILE_IDS_PER_VIDEO, &document.files)
}

/// The HLS stream, at most one.
pub(super) fn playlists(video_id: i64, document: &RemoteDocument) -> Vec<VideoStreamingPlaylist> {
    document
        .streaming
        .as_ref()
        .map(|hls| VideoStreamingPlaylist {
            id: video_id,
            playlist_type: 1,
            playlist_url: hls.master_url.clone(),
            segments_sha256_url: hls.hashes_url.clone().unwrap_or_default(),
            redundancies: Vec::new(),
            files: files(
                video_id * FILE_IDS_PER_VIDEO + FILE_IDS_PER_VIDEO / 2,
                &hls.files,
            ),
        })
        .into_iter()
        .collect()
}

/// The sprite sheet.
#[must_use]
pub fn remote_storyboard(document: &RemoteDocument) -> Option<Storyboard> {
    document.storyboard.as_ref().map(|sheet| Storyboard {
        // Clients of before 8.0 join the path to the host they speak with; a URL has none.
        storyboard_path: String::new(),
        file_url: sheet.url.clone(),
        total_height: sheet.height,
        total_width: sheet.width,
        sprite_height: sheet.sprite_height,
        sprite_width: sheet.sprite_width,
        sprite_duration: f64::from(sheet.sprite_duration_secs),
    })
}

/// Captions in the order in which the origin names them. When each was changed it does not say: `updated_at`
/// is the video's.
#[must_use]
pub fn remote_captions(document: &RemoteDocument, updated_at: IsoDate) -> Vec<VideoCaption> {
    document
        .captions
        .iter()
        .map(|track| VideoCaption {
            language: Label::new(
                track.language.clone(),
                language(Some(&track.language)).label,
            ),
            caption_path: String::new(),
            file_url: track.url.clone(),
            m3u8_url: None,
            automatically_generated: track.is_automatic,
            updated_at,
        })
        .collect()
}
