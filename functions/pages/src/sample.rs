//! Sample data for tests and for `examples/gallery.rs`, which includes this file.

use rest::{
    IsoDate, Label,
    actor::{Account, AccountSummary, ChannelSummary, VideoChannel},
    playlist::{PlaylistElement, VideoPlaylist},
    video::{
        FileStorage, Storyboard, Thumbnail, Video, VideoDetails, VideoFile, VideoListItem,
        VideoStreamingPlaylist,
    },
};

use super::{Opening, Sharing, Site};

pub(crate) const UUID: &str = "9c9de5e8-0a1e-484a-b099-e80766180a6d";
pub(crate) const SHORT_UUID: &str = "kkGMgK9ZtnKfYAgnEtQxbv";
const DATE: IsoDate = IsoDate(1_767_323_045_678);

pub(crate) fn site() -> Site {
    Site {
        name: "Tube Example".to_owned(),
        short_description: "Films and talks of a small cinema club.".to_owned(),
        origin: "https://tube.example".to_owned(),
        default_language: "en".to_owned(),
        version: "0.1.0".to_owned(),
        search_enabled: true,
        sharing: Sharing {
            enabled: true,
            stun_servers: vec!["stun:stun.example:3478".to_owned()],
        },
    }
}

pub(crate) fn thumbnails(name: &str) -> Vec<Thumbnail> {
    [(280, 157), (850, 480), (1280, 720), (1920, 1080)]
        .map(|(width, height)| Thumbnail {
            height,
            width,
            aspect_ratio: "16:9".to_owned(),
            file_url: format!("https://tube.example/lazy-static/thumbnails/{name}-{width}.jpg"),
        })
        .into()
}

pub(crate) fn video_playlist() -> VideoPlaylist {
    let video = item("First reel", "bunny", 61, 1).video;
    VideoPlaylist {
        id: 7,
        uuid: UUID.to_owned(),
        short_uuid: SHORT_UUID.to_owned(),
        is_local: true,
        url: format!("https://tube.example/video-playlists/{UUID}"),
        display_name: "Reels of the year".to_owned(),
        description: Some("What we saw *together*.".to_owned()),
        privacy: Label::new(1, "Public"),
        thumbnail_path: None,
        thumbnail_url: None,
        thumbnails: thumbnails("bunny"),
        videos_length: 3,
        kind: Label::new(1, "Regular"),
        embed_path: format!("/video-playlists/embed/{UUID}"),
        created_at: DATE,
        updated_at: DATE,
        owner_account: video.account,
        video_channel_position: None,
        video_channel: Some(video.channel),
    }
}

/// A video with a part of it, one that is gone, and one that is private.
pub(crate) fn elements() -> Vec<PlaylistElement> {
    let shown = item("First reel", "bunny", 61, 1);
    [(0, Some(shown)), (1, None), (2, None)]
        .into_iter()
        .zip(1..)
        .map(|((kind, video), position)| PlaylistElement {
            id: i64::from(position),
            position,
            start_timestamp: video.as_ref().map(|_| 3),
            stop_timestamp: video.as_ref().map(|_| 65),
            kind,
            video,
        })
        .collect()
}

pub(crate) fn account() -> Account {
    Account {
        id: 3,
        url: "https://tube.example/accounts/ada".to_owned(),
        name: "ada".to_owned(),
        host: "tube.example".to_owned(),
        following_count: 2,
        followers_count: 1203,
        created_at: DATE,
        updated_at: DATE,
        display_name: "Ada Projectionist".to_owned(),
        description: Some("I keep the *old reels* running. https://ada.example".to_owned()),
        avatars: Vec::new(),
        user_id: Some(1),
    }
}

pub(crate) fn channel() -> VideoChannel {
    VideoChannel {
        id: 4,
        url: "https://tube.example/video-channels/cinema_club".to_owned(),
        name: "cinema_club".to_owned(),
        host: "tube.example".to_owned(),
        following_count: 0,
        followers_count: 4821,
        created_at: DATE,
        updated_at: DATE,
        display_name: "Cinema Club".to_owned(),
        description: Some(
            "Open films, restored shorts and **long talks** about both.\n\nNew ones every Friday."
                .to_owned(),
        ),
        support: Some("Buy us [popcorn](https://popcorn.example).".to_owned()),
        is_local: true,
        avatars: Vec::new(),
        banners: Vec::new(),
        owner_account: Some(account()),
        videos_count: None,
        views_per_day: None,
        total_views: None,
    }
}

fn with_actors<A, C>(account: A, channel: C) -> Video<A, C> {
    Video {
        id: 1,
        uuid: UUID.to_owned(),
        short_uuid: SHORT_UUID.to_owned(),
        url: format!("https://tube.example/videos/watch/{UUID}"),
        name: "Big Buck Bunny, restored from the original frames".to_owned(),
        category: Label::new(Some(2), "Films"),
        licence: Label::new(Some(1), "Attribution"),
        language: Label::new(Some("en".to_owned()), "English"),
        privacy: Label::new(1, "Public"),
        description: Some("A large rabbit meets three bullies. 0:42 is where it turns.\n\nMade by the **Peach** open movie project: https://peach.blender.org".to_owned()),
        truncated_description: None,
        duration: 596,
        aspect_ratio: Some(1.7778),
        is_local: true,
        is_live: false,
        live_schedules: None,
        created_at: DATE,
        updated_at: DATE,
        published_at: DATE,
        originally_published_at: None,
        thumbnails: thumbnails("bunny"),
        thumbnail_path: Some("/lazy-static/thumbnails/bunny-280.jpg".to_owned()),
        thumbnail_url: None,
        preview_path: Some("/lazy-static/thumbnails/bunny-850.jpg".to_owned()),
        preview_url: None,
        embed_path: format!("/videos/embed/{UUID}"),
        embed_url: None,
        views: 12_345,
        viewers: 3,
        downloads: 0,
        likes: 0,
        dislikes: 0,
        comments: 0,
        nsfw: false,
        nsfw_flags: 0,
        nsfw_summary: None,
        account,
        channel,
        user_history: None,
    }
}

pub(crate) fn item(name: &str, picture: &str, duration: u32, views: u64) -> VideoListItem {
    let account = AccountSummary {
        id: 3,
        name: "ada".to_owned(),
        display_name: "Ada Projectionist".to_owned(),
        url: "https://tube.example/accounts/ada".to_owned(),
        host: "tube.example".to_owned(),
        avatars: Vec::new(),
    };
    let channel = ChannelSummary {
        id: 4,
        name: "cinema_club".to_owned(),
        display_name: "Cinema Club".to_owned(),
        url: "https://tube.example/video-channels/cinema_club".to_owned(),
        host: "tube.example".to_owned(),
        avatars: Vec::new(),
    };
    Video {
        name: name.to_owned(),
        uuid: format!("9c9de5e8-0a1e-484a-b099-{duration:012}"),
        thumbnails: thumbnails(picture),
        duration,
        views,
        ..with_actors(account, channel)
    }
    .into()
}

fn file(resolution: u16, size: u64) -> VideoFile {
    let url = |kind: &str| {
        Some(format!(
            "https://tube.example/{kind}/hls/{UUID}/f-{resolution}"
        ))
    };
    VideoFile {
        id: i64::from(resolution),
        resolution: Label::new(resolution, format!("{resolution}p")),
        size,
        width: Some(u32::from(resolution) * 16 / 9),
        height: Some(u32::from(resolution)),
        fps: 24,
        has_audio: true,
        has_video: true,
        magnet_uri: None,
        torrent_url: url("lazy-static/torrents"),
        torrent_download_url: url("download/torrents"),
        file_url: url("static/streaming-playlists"),
        file_download_url: url("download/streaming-playlists"),
        metadata_url: None,
        metadata: None,
        storage: FileStorage::ObjectStorage,
        playlist_url: url("static/playlists"),
    }
}

pub(crate) fn playlist(renditions: u16) -> VideoStreamingPlaylist {
    let folder = format!("https://tube.example/static/streaming-playlists/hls/{UUID}");
    VideoStreamingPlaylist {
        id: 9,
        playlist_type: 1,
        playlist_url: format!("{folder}/4ee7-master.m3u8"),
        segments_sha256_url: format!("{folder}/4ee7-segments-sha256.json"),
        redundancies: Vec::new(),
        files: (1..=renditions)
            .rev()
            .map(|step| file(step * 240, u64::from(step) * 40_000_000))
            .collect(),
    }
}

/// Of [`playlist`], names as long as ours are.
pub(crate) fn openings(renditions: u16) -> Vec<Opening> {
    (1..=renditions)
        .map(|step| u32::from(step) * 240)
        .map(|height| Opening {
            file: format!("{UUID}-{height}-fragmented.mp4"),
            width: height * 16 / 9,
            height,
            has_audio: true,
            codecs: "avc1.64001f,mp4a.40.2".to_owned(),
            bandwidth_bps: u64::from(height) * 4_000,
            init_bytes: 1_329,
            segment_bytes: u64::from(height) * 1_000,
            sha256: "5f".repeat(32),
        })
        .collect()
}

pub(crate) fn video() -> VideoDetails {
    VideoDetails {
        video: with_actors(account(), channel()),
        support: None,
        tags: vec!["animation".to_owned(), "open movie".to_owned()],
        comments_policy: Label::new(1, "Enabled"),
        comments_enabled: true,
        download_enabled: true,
        wait_transcoding: false,
        state: Label::new(1, "Published"),
        tracker_urls: vec![
            format!("wss://tube.example/tracker/socket/{UUID}"),
            "https://tube.example/tracker/announce".to_owned(),
        ],
        files: Vec::new(),
        streaming_playlists: vec![playlist(4)],
        input_file_updated_at: None,
        embed_privacy_policy: Label::new(1, "All"),
        scheduled_update: None,
        blacklisted: None,
        blacklisted_reason: None,
    }
}

pub(crate) fn storyboard() -> Storyboard {
    Storyboard {
        storyboard_path: "/lazy-static/storyboards/s.jpg".to_owned(),
        file_url: "https://tube.example/lazy-static/storyboards/s.jpg".to_owned(),
        total_height: 1188,
        total_width: 2112,
        sprite_height: 108,
        sprite_width: 192,
        sprite_duration: 5.0,
    }
}

/// Every text that a stranger chooses tries to leave its place.
pub(crate) fn hostile_video() -> VideoDetails {
    let text = "</script><script>alert(1)</script><!--\"'><img src=x onerror=alert(2)>";
    let mut details = video();
    details.video.name = text.to_owned();
    details.video.description = Some(format!("{text}\n\n[x](javascript:alert(3)) {text}"));
    details.video.language = Label::new(Some("en\" onload=\"x".to_owned()), text.to_owned());
    details.video.category = Label::new(Some(1), text.to_owned());
    details.video.nsfw = true;
    details.video.nsfw_summary = Some(text.to_owned());
    details.video.channel.display_name = text.to_owned();
    details.video.channel.description = Some(text.to_owned());
    details.support = Some(text.to_owned());
    details.tags = vec![text.to_owned()];
    details
}
