//! Rows to the API's types.

mod actor;
mod file;
mod remote;

use domain::order::sort_by_key;
use ports::Settings;
use rest::video::{
    HlsRedundancy, ScheduledUpdate, Thumbnail, Video, VideoDetails, VideoFile, VideoIncluded,
    VideoListItem, VideoStreamingPlaylist,
};
use rest::vocabulary::{
    COMMENTS_POLICIES, EMBED_PRIVACY_POLICIES, VIDEO_CATEGORIES, VIDEO_LICENCES, VIDEO_PRIVACIES,
    VIDEO_STATES, language, numbered_label, optional_label,
};
use rest::{IsoDate, ids};
use store::video::row::{DetailsRow, ListRow, PictureRow, VideoColumns};

pub(crate) use self::actor::{account_summary, channel_summary};
use self::file::FileFolder;
use super::urls;
use crate::AppError;
use crate::federation::remote_document::RemoteDocument;

pub use self::actor::{account, avatar_name, avatars, channel, owned_channel};
pub use self::file::{source, storyboard};
pub use self::remote::{remote_captions, remote_storyboard};

/// Characters of a description in a list, ellipsis included (PeerTube's bound).
const TRUNCATED_CHARS: usize = 250;
/// What ends a cut description.
const ELLIPSIS: &str = "...";
/// Width that `previewPath` points at: the poster of players.
const PREVIEW_WIDTH_PX: u32 = 850;
/// Everybody may embed.
const EMBED_ALLOWED: u8 = 1;
/// Widths times heights beyond this are not ratios of a picture.
const RATIO_DIGITS: f64 = 10_000.0;

/// Whether media of that privacy may be fetched without a token.
#[must_use]
pub fn media_is_open(privacy: u8) -> bool {
    domain::Privacy::from_number(i64::from(privacy)).is_some_and(domain::Privacy::media_is_open)
}

/// A description as lists show it.
fn truncated(description: &str) -> String {
    if description.chars().count() <= TRUNCATED_CHARS {
        return description.to_owned();
    }
    let keep = TRUNCATED_CHARS - ELLIPSIS.len();
    let mut cut: String = description.chars().take(keep).collect();
    cut.push_str(ELLIPSIS);
    cut
}

/// What every form of a video says; the actors differ.
fn video<A, C>(
    settings: &Settings,
    row: VideoColumns,
    mut pictures: Vec<PictureRow>,
    account: A,
    channel: C,
) -> Video<A, C> {
    let origin = &settings.public_origin;
    sort_by_key(&mut pictures, |picture| (picture.width, picture.height));
    let smallest = pictures
        .first()
        .map(|picture| urls::picture_path(&picture.filename));
    let preview = pictures
        .iter()
        .find(|picture| picture.width >= PREVIEW_WIDTH_PX)
        .or_else(|| pictures.last())
        .map(|picture| urls::picture_path(&picture.filename));
    Video {
        id: row.id,
        short_uuid: ids::short_uuid(&row.uuid).unwrap_or_default(),
        is_local: row.remote_url.is_none(),
        url: match row.remote_url {
            Some(url) => url,
            None => urls::video(origin, &row.uuid),
        },
        embed_path: urls::embed_path(&row.uuid),
        embed_url: None,
        uuid: row.uuid,
        name: row.name,
        category: optional_label(VIDEO_CATEGORIES, row.category),
        licence: optional_label(VIDEO_LICENCES, row.licence),
        language: language(row.language.as_deref()),
        privacy: numbered_label(VIDEO_PRIVACIES, row.privacy),
        truncated_description: row.description.as_deref().map(truncated),
        description: row.description,
        duration: row.duration_secs,
        aspect_ratio: row
            .aspect_ratio
            .map(|ratio| (ratio * RATIO_DIGITS).round() / RATIO_DIGITS),
        is_live: false,
        live_schedules: None,
        created_at: IsoDate(row.created_at_unix_ms),
        updated_at: IsoDate(row.updated_at_unix_ms),
        published_at: IsoDate(row.published_at_unix_ms),
        originally_published_at: row.originally_published_at_unix_ms.map(IsoDate),
        thumbnail_url: None,
        thumbnail_path: smallest,
        preview_url: None,
        preview_path: preview,
        thumbnails: pictures
            .into_iter()
            .map(|picture| thumbnail(origin, &picture))
            .collect(),
        views: row.views,
        viewers: row.viewers,
        downloads: 0,
        likes: row.likes,
        dislikes: row.dislikes,
        comments: row.comments,
        nsfw: row.nsfw,
        nsfw_flags: row.nsfw_flags,
        nsfw_summary: row.nsfw_summary,
        account,
        channel,
        user_history: None,
    }
}

pub(crate) fn thumbnail(origin: &str, picture: &PictureRow) -> Thumbnail {
    Thumbnail {
        height: picture.height,
        width: picture.width,
        aspect_ratio: Thumbnail::aspect_ratio_of(picture.width, picture.height).to_owned(),
        file_url: format!("{origin}{}", urls::picture_path(&picture.filename)),
    }
}

/// One item of a list; `with_state` adds what bit 1 of `include` asks for.
///
/// # Errors
/// [`AppError::Bug`] when the document of another server's video is none.
pub fn list_item(
    settings: &Settings,
    row: ListRow,
    with_state: bool,
) -> Result<VideoListItem, AppError> {
    let origin = &settings.public_origin;
    let mut included = VideoIncluded {
        tags: row.tags,
        video_source: row
            .source
            .as_ref()
            .map(|source| file::source(origin, source)),
        ..VideoIncluded::default()
    };
    if let Some(document) = row.document.as_deref() {
        let document = RemoteDocument::parse(document)?;
        included.files = Some(remote::web_videos(row.video.id, &document));
        included.streaming_playlists = Some(remote::playlists(row.video.id, &document));
    } else if let Some(files) = &row.files {
        let folder = FileFolder::new(settings, &row.video);
        let (web, hls) = folder.split(files);
        included.files = Some(web);
        included.streaming_playlists = Some(folder.playlists(row.playlist.as_ref(), hls));
    }
    if with_state {
        included.wait_transcoding = Some(row.video.wait_transcoding);
        included.state = Some(numbered_label(VIDEO_STATES, row.video.state));
        included.scheduled_update = scheduled_update(&row.video);
        included.blacklisted = Some(false);
    }
    let changed_at = IsoDate(row.video.updated_at_unix_ms);
    let account = account_summary(origin, row.account, changed_at);
    let channel = channel_summary(origin, row.channel, changed_at);
    let mut video = video(settings, row.video, row.pictures, account, channel);
    video.description.clone_from(&video.truncated_description);
    Ok(VideoListItem { video, included })
}

fn scheduled_update(video: &VideoColumns) -> Option<ScheduledUpdate> {
    video.scheduled_at_unix_ms.map(|at| ScheduledUpdate {
        update_at: IsoDate(at),
        privacy: video.scheduled_privacy,
    })
}

/// What plays a video, and where its viewers meet.
struct Playable {
    files: Vec<VideoFile>,
    streaming_playlists: Vec<VideoStreamingPlaylist>,
    tracker_urls: Vec<String>,
}

fn playable(settings: &Settings, row: &DetailsRow) -> Result<Playable, AppError> {
    if let Some(remote) = &row.remote {
        let document = RemoteDocument::parse(&remote.document)?;
        let mut tracker_urls = document.trackers.clone();
        // Who plays our copy needs the origin for nothing, and so not to find others either.
        let own = urls::mirror(&settings.public_origin, &row.video.uuid);
        if media_is_open(row.video.privacy) && row.mirrors.iter().any(|m| m.base_url == own) {
            tracker_urls.extend(urls::trackers(settings, &row.video.uuid));
        }
        return Ok(Playable {
            files: remote::web_videos(row.video.id, &document),
            streaming_playlists: remote::playlists(row.video.id, &document),
            tracker_urls,
        });
    }
    let folder = FileFolder::new(settings, &row.video);
    let (files, hls) = folder.split(&row.files);
    Ok(Playable {
        files,
        streaming_playlists: folder.playlists(row.playlist.as_ref(), hls),
        // Without a tracker no player looks for others.
        tracker_urls: match row.channel.p2p_enabled {
            true => urls::trackers(settings, &row.video.uuid),
            false => Vec::new(),
        },
    })
}

/// `GET /videos/{id}`; the owner also learns of a planned change of privacy.
///
/// # Errors
/// [`AppError::Bug`] when the document of another server's video is none.
pub fn details(
    settings: &Settings,
    row: DetailsRow,
    for_manager: bool,
) -> Result<VideoDetails, AppError> {
    let origin = &settings.public_origin;
    let mut playable = playable(settings, &row)?;
    // A copy that was made while everybody could see the video is not for those who alone may now.
    if media_is_open(row.video.privacy) {
        let mirrors = row.mirrors.into_iter().map(|mirror| HlsRedundancy {
            base_url: mirror.base_url,
        });
        if let Some(playlist) = playable.streaming_playlists.first_mut() {
            playlist.redundancies.extend(mirrors);
        }
    }
    let account = account(origin, row.account);
    let channel = channel(origin, row.channel, Some(account.clone()));
    Ok(VideoDetails {
        support: row.more.support,
        tags: row.tags,
        comments_policy: numbered_label(COMMENTS_POLICIES, row.more.comments_policy),
        // 6.x clients know only on and off; "requires approval" lets people write.
        comments_enabled: row.more.comments_policy != 2,
        download_enabled: row.more.download_enabled,
        wait_transcoding: row.video.wait_transcoding,
        state: numbered_label(VIDEO_STATES, row.video.state),
        tracker_urls: playable.tracker_urls,
        files: playable.files,
        streaming_playlists: playable.streaming_playlists,
        input_file_updated_at: row.more.input_file_updated_at_unix_ms.map(IsoDate),
        embed_privacy_policy: numbered_label(EMBED_PRIVACY_POLICIES, EMBED_ALLOWED),
        scheduled_update: for_manager.then(|| scheduled_update(&row.video)).flatten(),
        blacklisted: for_manager.then_some(false),
        blacklisted_reason: None,
        video: video(settings, row.video, row.pictures, account, channel),
    })
}
