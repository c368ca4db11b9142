//! Files: media, torrents, sprite sheets, originals.

use std::path::Path;

use ports::Settings;
use rest::IsoDate;
use rest::video::{FileStorage, Storyboard, VideoFile, VideoSource, VideoStreamingPlaylist};
use rest::vocabulary::resolution;
use store::video::row::{FileRow, PlaylistRow, SourceRow, StoryboardRow, VideoColumns};
use torrent::Magnet;

use super::media_is_open;
use crate::videos::urls;

/// Where the files of one video lie.
pub(super) struct FileFolder<'a> {
    origin: &'a str,
    uuid: &'a str,
    video_name: &'a str,
    is_open: bool,
    trackers: Vec<String>,
}

impl<'a> FileFolder<'a> {
    pub(super) fn new(settings: &'a Settings, video: &'a VideoColumns) -> Self {
        Self {
            origin: &settings.public_origin,
            uuid: &video.uuid,
            video_name: &video.name,
            is_open: media_is_open(video.privacy),
            trackers: urls::trackers(settings, &video.uuid),
        }
    }

    /// Plain files and HLS files, each best first.
    pub(super) fn split(&self, rows: &[FileRow]) -> (Vec<VideoFile>, Vec<VideoFile>) {
        let of_kind = |kind: &str| {
            rows.iter()
                .filter(|row| row.kind == kind)
                .map(|row| self.file(row))
                .collect()
        };
        (of_kind("web"), of_kind("hls"))
    }

    fn file(&self, row: &FileRow) -> VideoFile {
        let origin = self.origin;
        let is_hls = row.kind == "hls";
        let file_url = if is_hls {
            urls::hls_file(origin, self.uuid, &row.filename, self.is_open)
        } else {
            urls::web_video(origin, &row.filename, self.is_open)
        };
        let torrent_url = row
            .torrent_filename
            .as_deref()
            .map(|name| urls::torrent(origin, name));
        VideoFile {
            id: row.id,
            resolution: resolution(row.resolution),
            size: row.size_bytes,
            width: row.width,
            height: row.height,
            fps: row.fps,
            has_audio: row.has_audio,
            has_video: row.has_video,
            magnet_uri: self.magnet(row, torrent_url.as_deref(), &file_url),
            torrent_download_url: row
                .torrent_filename
                .as_deref()
                .map(|name| urls::torrent_download(origin, name)),
            torrent_url,
            file_download_url: Some(if is_hls {
                urls::hls_download(origin, &row.filename)
            } else {
                urls::web_video_download(origin, &row.filename)
            }),
            file_url: Some(file_url),
            metadata_url: None,
            metadata: None,
            storage: FileStorage::ObjectStorage,
            playlist_url: row
                .playlist_filename
                .as_deref()
                .map(|name| urls::hls_file(origin, self.uuid, name, self.is_open)),
        }
    }

    fn magnet(&self, row: &FileRow, torrent_url: Option<&str>, file_url: &str) -> Option<String> {
        let extension = Path::new(&row.filename)
            .extension()
            .and_then(|extension| extension.to_str())
            .map(|extension| format!(".{extension}"))
            .unwrap_or_default();
        let name = torrent::info_name(self.video_name, u32::from(row.resolution), &extension);
        let trackers: Vec<&str> = self.trackers.iter().map(String::as_str).collect();
        let web_seeds: &[&str] = if self.is_open { &[file_url] } else { &[] };
        let magnet = Magnet {
            info_hash: row.info_hash.as_deref()?.parse().ok()?,
            display_name: &name,
            exact_source: torrent_url,
            trackers: &trackers,
            web_seeds,
        };
        Some(magnet.to_uri())
    }

    pub(super) fn playlists(
        &self,
        row: Option<&PlaylistRow>,
        files: Vec<VideoFile>,
    ) -> Vec<VideoStreamingPlaylist> {
        let url = |name: &str| urls::hls_file(self.origin, self.uuid, name, self.is_open);
        row.map(|row| VideoStreamingPlaylist {
            id: row.id,
            playlist_type: 1,
            playlist_url: url(&row.master_filename),
            segments_sha256_url: url(&row.sha256_filename),
            redundancies: Vec::new(),
            files,
        })
        .into_iter()
        .collect()
    }
}

/// A sprite sheet.
#[must_use]
pub fn storyboard(origin: &str, row: &StoryboardRow) -> Storyboard {
    let path = urls::storyboard_path(&row.filename);
    Storyboard {
        file_url: format!("{origin}{path}"),
        storyboard_path: path,
        total_height: row.total_height,
        total_width: row.total_width,
        sprite_height: row.sprite_height,
        sprite_width: row.sprite_width,
        sprite_duration: f64::from(row.sprite_duration_secs),
    }
}

/// An uploaded original.
#[must_use]
pub fn source(origin: &str, row: &SourceRow) -> VideoSource {
    let file_name = row
        .object_key
        .as_deref()
        .and_then(|object_key| object_key.rsplit('/').next());
    VideoSource {
        input_filename: row.input_filename.clone(),
        file_download_url: file_name.map(|name| urls::original_download(origin, name)),
        resolution: row.resolution.map(resolution),
        size: Some(row.size_bytes),
        width: row.width,
        height: row.height,
        fps: row.fps,
        metadata: None,
        created_at: IsoDate(row.created_at_unix_ms),
    }
}
