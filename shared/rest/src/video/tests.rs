use serde_json::{Value, json};

use super::*;
use crate::vocabulary;

const AT: IsoDate = IsoDate(1_767_323_045_678);

fn video<A, C>(account: A, channel: C) -> Video<A, C> {
    Video {
        id: 1,
        uuid: "9c9de5e8-0a1e-484a-b099-e80766180a6d".into(),
        short_uuid: "kkGMgK9ZtnKfYAgnEtQxbv".into(),
        url: "https://v.test/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d".into(),
        name: "A film".into(),
        category: vocabulary::optional_label(vocabulary::VIDEO_CATEGORIES, Some(2)),
        licence: vocabulary::optional_label(vocabulary::VIDEO_LICENCES, None),
        language: vocabulary::language(None),
        privacy: vocabulary::numbered_label(vocabulary::VIDEO_PRIVACIES, 1),
        description: None,
        truncated_description: None,
        duration: 60,
        aspect_ratio: Some(1.7778),
        is_local: true,
        is_live: false,
        live_schedules: None,
        created_at: AT,
        updated_at: AT,
        published_at: AT,
        originally_published_at: None,
        thumbnails: Vec::new(),
        thumbnail_path: None,
        thumbnail_url: None,
        preview_path: None,
        preview_url: None,
        embed_path: "/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv".into(),
        embed_url: None,
        views: 0,
        viewers: 0,
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

fn summary_of_account() -> AccountSummary {
    AccountSummary {
        id: 1,
        name: "root".into(),
        display_name: "Root".into(),
        url: "https://v.test/accounts/root".into(),
        host: "v.test".into(),
        avatars: Vec::new(),
    }
}

fn summary_of_channel() -> ChannelSummary {
    ChannelSummary {
        id: 2,
        name: "root_channel".into(),
        display_name: "Root's channel".into(),
        url: "https://v.test/video-channels/root_channel".into(),
        host: "v.test".into(),
        avatars: Vec::new(),
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// What every item of a list has (reference, 2.3), sorted.
const LIST_KEYS: [&str; 34] = [
    "account",
    "aspectRatio",
    "category",
    "channel",
    "comments",
    "createdAt",
    "description",
    "dislikes",
    "downloads",
    "duration",
    "embedPath",
    "id",
    "isLive",
    "isLocal",
    "language",
    "licence",
    "likes",
    "name",
    "nsfw",
    "nsfwFlags",
    "nsfwSummary",
    "originallyPublishedAt",
    "previewPath",
    "privacy",
    "publishedAt",
    "shortUUID",
    "thumbnailPath",
    "thumbnails",
    "truncatedDescription",
    "updatedAt",
    "url",
    "uuid",
    "viewers",
    "views",
];

#[test]
fn list_items_have_their_keys_and_no_more() {
    let item = VideoListItem::from(video(summary_of_account(), summary_of_channel()));
    let value = serde_json::to_value(&item).unwrap();
    assert_eq!(keys(&value), LIST_KEYS);
    assert_eq!(value["publishedAt"], "2026-01-02T03:04:05.678Z");
    assert_eq!(value["licence"], json!({ "id": null, "label": "Unknown" }));
    assert_eq!(value["channel"]["displayName"], "Root's channel");
    assert_eq!(
        serde_json::from_value::<VideoListItem>(value).unwrap(),
        item
    );
}

#[test]
fn included_keys_lie_beside_the_others() {
    let included = VideoIncluded {
        wait_transcoding: Some(true),
        state: Some(vocabulary::numbered_label(vocabulary::VIDEO_STATES, 2)),
        tags: Some(vec!["one".into()]),
        ..VideoIncluded::default()
    };
    let item = VideoListItem {
        video: video(summary_of_account(), summary_of_channel()),
        included,
    };
    let value = serde_json::to_value(&item).unwrap();
    assert_eq!(value["state"], json!({ "id": 2, "label": "To transcode" }));
    assert_eq!(value["tags"], json!(["one"]));
    assert_eq!(keys(&value).len(), 34 + 3);
    assert_eq!(
        serde_json::from_value::<VideoListItem>(value).unwrap(),
        item
    );
}

#[test]
fn details_add_whole_actors_and_files() {
    let account = Account {
        id: 1,
        url: "https://v.test/accounts/root".into(),
        name: "root".into(),
        host: "v.test".into(),
        following_count: 0,
        followers_count: 0,
        created_at: AT,
        updated_at: AT,
        display_name: "Root".into(),
        description: None,
        avatars: Vec::new(),
        user_id: None,
    };
    let channel = VideoChannel {
        id: 2,
        url: "https://v.test/video-channels/root_channel".into(),
        name: "root_channel".into(),
        host: "v.test".into(),
        following_count: 0,
        followers_count: 0,
        created_at: AT,
        updated_at: AT,
        display_name: "Root's channel".into(),
        description: None,
        support: None,
        is_local: true,
        avatars: Vec::new(),
        banners: Vec::new(),
        owner_account: Some(account.clone()),
        videos_count: None,
        views_per_day: None,
        total_views: None,
    };
    let details = VideoDetails {
        video: video(account, channel),
        support: None,
        tags: Vec::new(),
        comments_policy: vocabulary::numbered_label(vocabulary::COMMENTS_POLICIES, 1),
        comments_enabled: true,
        download_enabled: true,
        wait_transcoding: false,
        state: vocabulary::numbered_label(vocabulary::VIDEO_STATES, 1),
        tracker_urls: Vec::new(),
        files: vec![file()],
        streaming_playlists: vec![VideoStreamingPlaylist {
            id: 4,
            playlist_type: 1,
            playlist_url: "m".into(),
            segments_sha256_url: "s".into(),
            redundancies: Vec::new(),
            files: Vec::new(),
        }],
        input_file_updated_at: None,
        embed_privacy_policy: vocabulary::numbered_label(vocabulary::EMBED_PRIVACY_POLICIES, 1),
        scheduled_update: None,
        blacklisted: None,
        blacklisted_reason: None,
    };
    let value = serde_json::to_value(&details).unwrap();
    for key in LIST_KEYS.iter().chain(&[
        "support",
        "tags",
        "commentsPolicy",
        "downloadEnabled",
        "waitTranscoding",
        "state",
        "trackerUrls",
        "files",
        "streamingPlaylists",
        "inputFileUpdatedAt",
        "embedPrivacyPolicy",
    ]) {
        assert!(value.get(key).is_some(), "{key}");
    }
    assert_eq!(value["channel"]["ownerAccount"]["name"], "root");
    assert_eq!(
        keys(&value["streamingPlaylists"][0]),
        [
            "files",
            "id",
            "playlistUrl",
            "redundancies",
            "segmentsSha256Url",
            "type"
        ]
    );
    assert_eq!(
        serde_json::from_value::<VideoDetails>(value).unwrap(),
        details
    );
}

fn file() -> VideoFile {
    VideoFile {
        id: 3,
        resolution: vocabulary::resolution(720),
        size: 5_000_000_000,
        width: Some(1280),
        height: Some(720),
        fps: 30,
        has_audio: true,
        has_video: true,
        magnet_uri: None,
        torrent_url: None,
        torrent_download_url: None,
        file_url: Some("f".into()),
        file_download_url: Some("d".into()),
        metadata_url: None,
        metadata: None,
        storage: FileStorage::ObjectStorage,
        playlist_url: None,
    }
}

#[test]
fn files_have_their_keys() {
    let value = serde_json::to_value(file()).unwrap();
    assert_eq!(
        keys(&value),
        [
            "fileDownloadUrl",
            "fileUrl",
            "fps",
            "hasAudio",
            "hasVideo",
            "height",
            "id",
            "magnetUri",
            "resolution",
            "size",
            "storage",
            "torrentDownloadUrl",
            "torrentUrl",
            "width",
        ]
    );
    assert_eq!(value["resolution"], json!({ "id": 720, "label": "720p" }));
    assert_eq!(value["storage"], 1);
}
