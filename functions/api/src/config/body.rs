//! The bodies of `/config` and `/config/about`, key by key those of PeerTube 8.2. What this instance does
//! not do is off; what PeerTube bounds is bounded as there.

use domain::limits::{PART_BYTES, PASSWORD_MAX_BYTES};
use domain::quota::Quota;
use ports::Settings;
use rest::upload::limits::IMAGE_BYTES;
use serde_json::{Value, json};

/// The PeerTube whose API this is: clients compare it to learn which routes exist. NodeInfo names our own
/// software and version.
const API_VERSION: &str = "8.2.3";
/// Bytes of one `PUT` of a resumable upload at most: Cloudflare refuses request bodies above 100 MB on its
/// smaller plans. A multiple of the part size, so that no upload pays for tails.
const MAX_CHUNK_BYTES: u64 = 8 * PART_BYTES;
/// PeerTube's own, and what its database and ours are indexed for.
const TRENDING_DAYS: u32 = 7;
/// Milliseconds between the pings of a player.
const WATCHING_INTERVAL_MS: u32 = 5_000;
/// PeerTube's lower bound for passwords.
const PASSWORD_MIN_CHARS: u32 = 8;
/// Extensions of pictures that browsers may send.
const IMAGE_EXTENSIONS: [&str; 4] = [".png", ".jpg", ".jpeg", ".webp"];
/// Extensions of media that uploads take; the bytes decide in the end.
const VIDEO_EXTENSIONS: [&str; 20] = [
    ".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".webm", ".mkv", ".mk3d", ".ogv", ".ogg",
    ".avi", ".ts", ".mts", ".m2ts", ".mp3", ".m4a", ".flac", ".wav", ".aac",
];

fn number(quota: Quota) -> i64 {
    match quota {
        Quota::Unlimited => -1,
        Quota::Bytes(bytes) => i64::try_from(bytes).unwrap_or(i64::MAX),
    }
}

fn enabled(flag: bool) -> Value {
    json!({ "enabled": flag })
}

/// `GET /config`
pub(super) fn config(settings: &Settings) -> Value {
    let mut config = json!({
        "serverVersion": API_VERSION,
        "client": client(settings),
        "defaults": {
            "publish": { "downloadEnabled": true, "commentsPolicy": 1, "commentsEnabled": true, "privacy": 1, "licence": null },
            "p2p": { "webapp": enabled(settings.p2p_enabled), "embed": enabled(settings.p2p_enabled) },
            "player": { "theme": "galaxy", "autoPlay": true },
        },
        "webadmin": { "configuration": { "edition": { "allowed": false } } },
        "instance": instance(settings),
        "search": {
            "remoteUri": { "users": true, "anonymous": false },
            "searchIndex": { "enabled": false, "url": "", "disableLocalSearch": false, "isDefaultSearch": false },
        },
        "plugin": { "registered": [], "registeredExternalAuths": [], "registeredIdAndPassAuths": [] },
        "theme": { "registered": [], "builtIn": [], "default": "default", "customization": {} },
        "email": enabled(false),
        "contactForm": enabled(false),
        "signup": {
            "allowed": false, "allowedForCurrentIP": false, "requiresEmailVerification": false,
            "requiresApproval": false, "minimumAge": 16,
        },
        "homepage": enabled(false),
        "openTelemetry": { "metrics": { "enabled": false, "playbackStatsInterval": 15_000 } },
        "views": { "videos": {
            "remote": { "maxAge": -1 },
            "local": { "maxAge": -1 },
            "watchingInterval": { "anonymous": WATCHING_INTERVAL_MS, "users": WATCHING_INTERVAL_MS },
        } },
        "storyboards": { "enabled": true, "remoteRunners": enabled(true) },
        "videoTranscription": { "enabled": false, "remoteRunners": enabled(false) },
        "webrtc": { "stunServers": [] },
        "nsfwFlagsSettings": enabled(true),
        "fieldsConstraints": { "users": { "password": {
            "minLength": PASSWORD_MIN_CHARS, "maxLength": PASSWORD_MAX_BYTES,
        } } },
    });
    if let (Some(config), Value::Object(media)) = (config.as_object_mut(), media(settings)) {
        config.extend(media);
    }
    config
}

/// What one chunk may have: whole parts where the host takes as much.
fn chunk_bytes(settings: &Settings) -> u64 {
    match settings.max_request_bytes {
        Some(most) if most < PART_BYTES => most,
        Some(most) => MAX_CHUNK_BYTES.min(most - most % PART_BYTES),
        None => MAX_CHUNK_BYTES,
    }
}

fn client(settings: &Settings) -> Value {
    json!({
        "newFeaturesInfo": false,
        "header": { "hideInstanceName": false },
        "videos": {
            "miniature": { "preferAuthorDisplayName": false },
            "resumableUpload": { "maxChunkSize": chunk_bytes(settings) },
        },
        "browseVideos": { "defaultSort": "-publishedAt", "defaultScope": "local" },
        "menu": { "login": { "redirectOnSingleExternalAuth": false } },
        "openInApp": {
            "android": { "intent": { "enabled": true, "host": "joinpeertube.org", "scheme": "peertube", "fallbackUrl": "" } },
            "ios": { "enabled": true, "host": "joinpeertube.org", "scheme": "peertube", "fallbackUrl": "" },
        },
    })
}

fn social() -> Value {
    json!({ "externalLink": "", "mastodonLink": "", "blueskyLink": "", "xLink": "" })
}

fn instance(settings: &Settings) -> Value {
    json!({
        "name": settings.instance_name,
        "shortDescription": settings.short_description,
        "isNSFW": false,
        "defaultNSFWPolicy": "do_not_list",
        "serverCountry": "",
        "support": { "text": "" },
        "social": social(),
        "defaultClientRoute": "/videos/recently-added",
        "customizations": { "javascript": "", "css": "" },
        "avatars": [],
        "banners": [],
        "defaultLanguage": "en",
        "logo": [],
    })
}

/// The part about media: uploads, transcoding, live, imports.
fn media(settings: &Settings) -> Value {
    let picture = json!({ "size": { "max": IMAGE_BYTES }, "extensions": IMAGE_EXTENSIONS });
    json!({
        "transcoding": {
            "hls": enabled(true),
            "web_videos": enabled(settings.web_videos),
            "enabledResolutions": settings.ladder.resolutions,
            "profile": "default",
            "availableProfiles": ["default"],
            "remoteRunners": enabled(true),
        },
        "live": {
            "enabled": false, "allowReplay": false, "latencySetting": enabled(false),
            "maxDuration": -1, "maxInstanceLives": 0, "maxUserLives": 0,
            "transcoding": {
                "enabled": false, "remoteRunners": enabled(false), "enabledResolutions": [],
                "profile": "default", "availableProfiles": ["default"],
            },
            "rtmp": { "port": 1935 },
        },
        "videoStudio": { "enabled": false, "remoteRunners": enabled(false) },
        "videoFile": { "update": enabled(false) },
        "import": {
            "videos": { "http": enabled(false), "torrent": enabled(false) },
            "videoChannelSynchronization": enabled(false),
            "users": enabled(false),
        },
        "export": { "users": { "enabled": false, "exportExpiration": 0, "maxUserVideoQuota": 0 } },
        "autoBlacklist": { "videos": { "ofUsers": enabled(false) } },
        "avatar": { "file": picture.clone() },
        "banner": { "file": picture.clone() },
        "video": { "image": picture, "file": { "extensions": VIDEO_EXTENSIONS } },
        "videoCaption": { "file": { "size": { "max": 20 * 1024 * 1024 }, "extensions": [".vtt", ".srt"] } },
        "user": {
            "videoQuota": number(settings.user_quota),
            "videoQuotaDaily": number(settings.user_daily_quota),
        },
        "videoChannels": { "maxPerUser": 20 },
        "trending": { "videos": {
            "intervalDays": TRENDING_DAYS,
            "algorithms": { "enabled": ["hot", "most-viewed", "most-liked"], "default": "most-viewed" },
        } },
        "tracker": enabled(true),
        "followings": { "instance": { "autoFollowIndex": { "indexUrl": "" } } },
        "federation": enabled(false),
        "broadcastMessage": { "enabled": false, "message": "", "level": "info", "dismissable": false },
    })
}

/// `GET /config/about`
pub(super) fn about(settings: &Settings) -> Value {
    json!({ "instance": {
        "name": settings.instance_name,
        "shortDescription": settings.short_description,
        "description": settings.description,
        "terms": settings.terms,
        "codeOfConduct": "",
        "hardwareInformation": "",
        "creationReason": "",
        "moderationInformation": "",
        "administrator": "",
        "maintenanceLifetime": "",
        "businessModel": "",
        "languages": [],
        "categories": [],
        "avatars": [],
        "banners": [],
        "serverCountry": "",
        "support": { "text": "" },
        "social": social(),
    } })
}
