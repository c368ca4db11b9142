//! The documents around a video's HLS renditions, from what is known of each.

use std::collections::BTreeMap;

use domain::Privacy;
use domain::time::SECOND_MS;
use hls::{FileName, MasterVariant, RenditionReport, SegmentHashes, Sha256, write_master_playlist};
use ports::Settings;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::publish::HlsFile;
use torrent::{Info, Torrent, info_name};

use crate::AppError;
use crate::videos::urls;

/// What the master playlist says of a rendition, as `video_file.report` keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RenditionSummary {
    /// RFC 6381.
    pub codecs: String,
    /// Peak, bits a second.
    pub bandwidth_bps: u64,
    /// Bits a second.
    pub average_bandwidth_bps: u64,
    /// Whole file.
    pub duration_ms: u64,
    /// Absent where the first segment does not follow the init segment, and in rows of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<OpeningBytes>,
}

/// A rendition's first bytes: the init segment, then at once the first media segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OpeningBytes {
    /// Length of the init segment, from the file's first byte.
    pub init_bytes: u64,
    /// Length of the first media segment.
    pub segment_bytes: u64,
    /// Of the first media segment.
    pub sha256: Sha256,
}

impl OpeningBytes {
    fn of(report: &RenditionReport) -> Option<Self> {
        let (init, first) = (report.init_range, report.segments.first()?);
        let is_at_start = init.first() == 0 && first.range.first() == init.length();
        is_at_start.then(|| Self {
            init_bytes: init.length(),
            segment_bytes: first.range.length(),
            sha256: first.sha256,
        })
    }
}

impl RenditionSummary {
    pub(crate) fn of(report: &RenditionReport) -> Self {
        Self {
            codecs: report.codecs.clone(),
            bandwidth_bps: report.bandwidth_bps,
            average_bandwidth_bps: report.average_bandwidth_bps,
            duration_ms: report.duration_ms,
            opening: OpeningBytes::of(report),
        }
    }

    pub(crate) fn to_json(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(AppError::bug)
    }
}

/// The master playlist of the renditions that stay and the new one.
pub(crate) fn master_playlist<'a>(
    staying: impl Iterator<Item = &'a HlsFile>,
    playlist_file: &FileName,
    report: &RenditionReport,
) -> Result<String, AppError> {
    let mut variants = vec![MasterVariant {
        playlist_file: playlist_file.clone(),
        bandwidth_bps: report.bandwidth_bps,
        average_bandwidth_bps: report.average_bandwidth_bps,
        width: report.width,
        height: report.height,
        fps: report.fps,
        codecs: report.codecs.clone(),
        has_video: report.has_video,
        has_audio: report.has_audio,
    }];
    for file in staying {
        let summary: RenditionSummary =
            serde_json::from_str(&file.report).map_err(AppError::bug)?;
        variants.push(MasterVariant {
            playlist_file: FileName::parse(&file.playlist_filename).map_err(AppError::bug)?,
            bandwidth_bps: summary.bandwidth_bps,
            average_bandwidth_bps: summary.average_bandwidth_bps,
            width: file.width,
            height: file.height,
            fps: file.fps,
            codecs: summary.codecs,
            has_video: file.has_video,
            has_audio: file.has_audio,
        });
    }
    write_master_playlist(&variants).map_err(AppError::bug)
}

/// The hash document `old` with the segments of a new media file, and without those of files that do not
/// stay. Entries that stay are copied as text: reading thousands of them costs more than the rest.
pub(crate) fn hash_document<'a>(
    old: Option<&'a str>,
    staying: impl Iterator<Item = &'a HlsFile>,
    media_file: &FileName,
    report: &RenditionReport,
) -> Result<String, AppError> {
    let mut added = SegmentHashes::new();
    added.insert(media_file.clone(), report);
    let added = added.to_json();
    let known: BTreeMap<&str, &RawValue> =
        serde_json::from_str(old.unwrap_or("{}")).map_err(AppError::bug)?;
    let mut document: BTreeMap<&str, &RawValue> =
        serde_json::from_str(&added).map_err(AppError::bug)?;
    for file in staying {
        let hashes = known.get(file.filename.as_str()).ok_or_else(|| {
            AppError::bug(format!("the hash document does not know {}", file.filename))
        })?;
        document.insert(&file.filename, hashes);
    }
    serde_json::to_string(&document).map_err(AppError::bug)
}

/// A file to make a torrent of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TorrentOf<'a> {
    /// Public id of the video.
    pub video_uuid: &'a str,
    /// Its title.
    pub video_name: &'a str,
    /// PeerTube's number of its privacy: only open files have a web seed.
    pub privacy: i64,
    /// Smaller side in pixels.
    pub resolution: u32,
    /// With its dot.
    pub extension: &'a str,
    /// Where the file is served.
    pub url: &'a str,
    /// Its size.
    pub size_bytes: u64,
    /// Of the torrent.
    pub piece_length_bytes: u32,
    /// When, in milliseconds since 1970.
    pub created_at_unix_ms: i64,
}

/// A .torrent and its info hash in 40 hex digits.
pub(crate) struct TorrentFile {
    pub bytes: Vec<u8>,
    pub info_hash: String,
}

/// Writes the torrent of a file whose `pieces` are known, 20 bytes each.
pub(crate) fn torrent_file(
    settings: &Settings,
    of: &TorrentOf<'_>,
    pieces: Vec<u8>,
) -> Result<TorrentFile, AppError> {
    let is_open = Privacy::from_number(of.privacy).is_some_and(Privacy::media_is_open);
    let torrent = Torrent {
        info: Info {
            name: info_name(of.video_name, of.resolution, of.extension),
            length_bytes: of.size_bytes,
            piece_length_bytes: of.piece_length_bytes,
            pieces,
        },
        trackers: urls::trackers(settings, of.video_uuid),
        web_seeds: if is_open {
            vec![of.url.to_owned()]
        } else {
            Vec::new()
        },
        created_by: Some("Edgetube".to_owned()),
        created_at_unix_secs: Some(of.created_at_unix_ms / SECOND_MS),
    };
    Ok(TorrentFile {
        bytes: torrent.encode().map_err(AppError::bug)?,
        info_hash: torrent.info.info_hash().to_string(),
    })
}
