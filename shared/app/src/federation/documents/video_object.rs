//! A video as the API tells it, turned into its ActivityPub object. Pure.

use activitypub::object::{
    Addressing, File, Image, Label, Storyboard, Streaming, TorrentLinks, Video,
};
use ports::Settings;
use rest::video::{VideoDetails, VideoFile};
use serde_json::value::RawValue;
use store::video::row::StoryboardRow;

use super::raw;
use crate::AppError;
use crate::videos::urls;

/// PeerTube's words for the bits of `nsfw_flags`.
const SENSITIVE_TAGS: [(u32, &str); 2] = [(1, "violent"), (2, "explicitSex")];

/// What the API's form of a video does not say, or says in another way.
pub(super) struct Parties<'a> {
    pub(super) addressing: &'a Addressing,
    pub(super) account_url: &'a str,
    pub(super) channel_url: &'a str,
    /// JSON array of texts.
    pub(super) info_hashes: &'a str,
    pub(super) storyboard: Option<&'a StoryboardRow>,
}

pub(super) fn body(
    settings: &Settings,
    details: &VideoDetails,
    parties: &Parties<'_>,
) -> Result<Box<RawValue>, AppError> {
    let origin = &settings.public_origin;
    let video = &details.video;
    let info_hashes: Vec<String> =
        serde_json::from_str(parties.info_hashes).map_err(AppError::bug)?;
    let info_hashes = borrowed(&info_hashes);
    let (tags, trackers) = (borrowed(&details.tags), borrowed(&details.tracker_urls));
    let files = files(&details.files, false);
    let streams = details.streaming_playlists.first();
    let stream_files = streams.map_or_else(Vec::new, |playlist| self::files(&playlist.files, true));
    let (category, licence) = (video.category.id, video.licence.id);
    let (category, licence) = (category.map(number), licence.map(number));
    let thumbnails: Vec<Image<'_>> = video.thumbnails.iter().map(image).collect();
    let storyboard_url = parties
        .storyboard
        .map(|sheet| format!("{origin}{}", urls::storyboard_path(&sheet.filename)));
    let sensitive_tags: Vec<&str> = SENSITIVE_TAGS
        .iter()
        .filter(|(bit, _)| video.nsfw_flags & bit != 0)
        .map(|(_, name)| *name)
        .collect();
    raw(&Video {
        id: &urls::video(origin, &video.uuid),
        watch_url: &format!("{origin}/w/{}", video.short_uuid),
        embed_url: &format!("{origin}{}", video.embed_path),
        uuid: &video.uuid,
        addressing: parties.addressing,
        account_id: parties.account_url,
        channel_id: parties.channel_url,
        name: &video.name,
        duration_secs: u64::from(video.duration),
        category: label(category.as_deref(), &video.category.label),
        licence: label(licence.as_deref(), &video.licence.label),
        language: label(video.language.id.as_deref(), &video.language.label),
        views: video.views,
        is_sensitive: video.nsfw,
        sensitive_summary: video.nsfw_summary.as_deref(),
        sensitive_tags: &sensitive_tags,
        waits_for_transcoding: details.wait_transcoding,
        state: details.state.id,
        comments_policy: details.comments_policy.id,
        is_downloadable: details.download_enabled,
        published_unix_ms: video.published_at.0,
        originally_published_unix_ms: video.originally_published_at.map(|date| date.0),
        updated_unix_ms: video.updated_at.0,
        uploaded_unix_ms: details.input_file_updated_at.map(|date| date.0),
        tags: &tags,
        description: video.description.as_deref(),
        support: details.support.as_deref(),
        captions: &[],
        thumbnails: &thumbnails,
        storyboard: parties
            .storyboard
            .zip(storyboard_url.as_deref())
            .map(storyboard),
        aspect_ratio: video.aspect_ratio,
        files: &files,
        streaming: streams.map(|playlist| Streaming {
            master_url: &playlist.playlist_url,
            segment_hashes_url: &playlist.segments_sha256_url,
            info_hashes: &info_hashes,
            files: &stream_files,
        }),
        tracker_urls: &trackers,
        live: None,
    })
}

fn borrowed(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn number(number: u16) -> String {
    number.to_string()
}

fn label<'a>(identifier: Option<&'a str>, name: &'a str) -> Option<Label<'a>> {
    identifier.map(|identifier| Label { identifier, name })
}

fn image(thumbnail: &rest::video::Thumbnail) -> Image<'_> {
    Image {
        url: &thumbnail.file_url,
        media_type: "image/jpeg",
        width: thumbnail.width,
        height: thumbnail.height,
    }
}

fn storyboard<'a>((sheet, url): (&StoryboardRow, &'a str)) -> Storyboard<'a> {
    Storyboard {
        url,
        width: sheet.total_width,
        height: sheet.total_height,
        tile_width: sheet.sprite_width,
        tile_height: sheet.sprite_height,
        tile_duration_secs: sheet.sprite_duration_secs,
    }
}

fn files(files: &[VideoFile], are_fragmented: bool) -> Vec<File<'_>> {
    files
        .iter()
        .filter_map(|file| one_file(file, are_fragmented))
        .collect()
}

fn one_file(file: &VideoFile, is_fragmented: bool) -> Option<File<'_>> {
    let url = file.file_url.as_deref()?;
    let torrent = file.torrent_url.as_deref().zip(file.magnet_uri.as_deref());
    Some(File {
        url,
        media_type: media_type(url, file.has_video)?,
        // The smaller side is the height to PeerTube, which names renditions by it.
        height: match file.has_video {
            true => u32::from(file.resolution.id),
            false => 0,
        },
        width: file.width.unwrap_or(0),
        size_bytes: file.size,
        fps: u32::try_from(file.fps).unwrap_or(0),
        has_audio: file.has_audio,
        has_video: file.has_video,
        is_fragmented,
        metadata_url: file.metadata_url.as_deref(),
        torrent: torrent.map(|(url, magnet)| TorrentLinks { url, magnet }),
    })
}

/// The types that PeerTube plays; files of others, such as an uploaded original that is not transcoded
/// yet, are no concern of other servers.
fn media_type(url: &str, has_video: bool) -> Option<&'static str> {
    let extension = url.rsplit('.').next().unwrap_or_default();
    Some(match extension {
        "mp4" | "m4v" | "m4a" if has_video => "video/mp4",
        "mp4" | "m4v" | "m4a" => "audio/mp4",
        "webm" => "video/webm",
        "ogv" | "ogg" => "video/ogg",
        _ => return None,
    })
}
