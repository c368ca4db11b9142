//! Golden documents: every byte of what we send.

use serde_json::Value;

use super::{
    Activity, Actor, ActorKind, Addressing, Caption, Collection, CollectionPage, Context, File,
    Ids, Image, Label, Live, Note, PUBLIC, PlayerOf, PlayerSettings, Storyboard, Streaming,
    Tombstone, TorrentLinks, Verb, Video, Viewers, encode,
};
use crate::incoming;

/// Compares with a file; `UPDATE_GOLDEN=1` writes it.
fn check(name: &str, bytes: &[u8]) {
    let value: Value = serde_json::from_slice(bytes).unwrap();
    assert!(value["@context"].is_array(), "{name} has no context");
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, bytes).unwrap();
    }
    let golden = std::fs::read(&path).unwrap();
    assert_eq!(
        String::from_utf8_lossy(bytes),
        String::from_utf8_lossy(&golden),
        "{name}"
    );
}

const IDS: Ids<'_> = Ids {
    origin: "https://tube.example",
};
const UUID: &str = "9c9de5e8-0a1e-484a-b099-e80766180a6d";
const NOW: i64 = 1_767_323_045_678;

const FILE: File<'_> = File {
    url: "https://tube.example/static/streaming-playlists/hls/u/f-720-fragmented.mp4",
    media_type: "video/mp4",
    height: 720,
    width: 1280,
    size_bytes: 5_000_000_000,
    fps: 30,
    has_audio: true,
    has_video: true,
    is_fragmented: true,
    metadata_url: Some("https://tube.example/api/v1/videos/u/metadata/1"),
    torrent: Some(TorrentLinks {
        url: "https://tube.example/lazy-static/torrents/f-720-hls.torrent",
        magnet: "magnet:?xt=urn:btih:c9d7d2a3c9d7d2a3c9d7d2a3c9d7d2a3c9d7d2a3",
    }),
};

fn video<'a>(addressing: &'a Addressing, id: &'a str) -> Video<'a> {
    Video {
        id,
        watch_url: "https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv",
        embed_url: "https://tube.example/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv",
        uuid: UUID,
        addressing,
        account_id: "https://tube.example/accounts/ada",
        channel_id: "https://tube.example/video-channels/films",
        name: "A \"film\" & more",
        duration_secs: 3_661,
        category: Some(Label {
            identifier: "2",
            name: "Films",
        }),
        licence: Some(Label {
            identifier: "1",
            name: "Attribution",
        }),
        language: Some(Label {
            identifier: "en",
            name: "English",
        }),
        views: 12,
        is_sensitive: false,
        sensitive_summary: None,
        sensitive_tags: &[],
        waits_for_transcoding: true,
        state: 1,
        comments_policy: 1,
        is_downloadable: true,
        published_unix_ms: NOW,
        originally_published_unix_ms: None,
        updated_unix_ms: NOW,
        uploaded_unix_ms: Some(NOW),
        tags: &["film", "test"],
        description: Some("Some **words**"),
        support: None,
        captions: &[Caption {
            label: Label {
                identifier: "en",
                name: "English",
            },
            is_generated: false,
            vtt_url: "https://tube.example/lazy-static/video-captions/c.vtt",
            playlist_url: None,
        }],
        thumbnails: &[Image {
            url: "https://tube.example/lazy-static/thumbnails/t.jpg",
            media_type: "image/jpeg",
            width: 280,
            height: 157,
        }],
        storyboard: Some(Storyboard {
            url: "https://tube.example/lazy-static/storyboards/s.jpg",
            width: 1920,
            height: 1080,
            tile_width: 192,
            tile_height: 108,
            tile_duration_secs: 37,
        }),
        aspect_ratio: Some(1.7778),
        files: &[],
        streaming: Some(Streaming {
            master_url: "https://tube.example/static/streaming-playlists/hls/u/master.m3u8",
            segment_hashes_url: "https://tube.example/static/streaming-playlists/hls/u/segments-sha256.json",
            info_hashes: &["ae69bd3c5fbc7b16f1d5a4ba3c1b0b9a3c1b0b9a"],
            files: &[FILE],
        }),
        tracker_urls: &[
            "wss://tube.example/tracker/socket/9c9de5e8-0a1e-484a-b099-e80766180a6d",
            "https://tube.example/tracker/announce",
        ],
        live: None,
    }
}

fn actor(kind: ActorKind<'_>) -> Actor<'_> {
    Actor {
        kind,
        id: "https://tube.example/video-channels/films",
        preferred_username: "films",
        name: "Films",
        page_url: "https://tube.example/c/films/videos",
        shared_inbox: "https://tube.example/inbox",
        summary: Some("About films"),
        public_key_pem: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        published_unix_ms: NOW,
        avatars: &[Image {
            url: "https://tube.example/lazy-static/avatars/a.jpg",
            media_type: "image/jpeg",
            width: 120,
            height: 120,
        }],
        banners: &[],
    }
}

#[test]
fn a_video_and_its_create() {
    let addressing = Addressing::public(&["https://tube.example/accounts/ada/followers"]);
    let id = IDS.video(UUID);
    let video = video(&addressing, &id);
    let document = encode(Context::Video, &video);
    check("video", &document);
    assert_eq!(document, encode(Context::Video, &video));
    let create_id = IDS.create(&id);
    let create =
        Activity::new(Verb::Create, &create_id, video.account_id, &video).addressed(&addressing);
    let create = encode(Context::Video, &create);
    check("create-video", &create);

    // And our own inbox takes it.
    let read = incoming::Activity::parse(&create).unwrap();
    assert_eq!(
        crate::inbox::authorise(&read),
        Ok(crate::inbox::Trust::Embedded)
    );
    assert!(read.audience.is_listed());
}

/// What the validator of PeerTube 6 to 8 looks at, on the document as sent.
#[test]
fn peertube_finds_what_it_demands() {
    let addressing = Addressing::public(&[]);
    let id = IDS.video(UUID);
    let video: Value =
        serde_json::from_slice(&encode(Context::Video, &video(&addressing, &id))).unwrap();
    assert_eq!(video["type"], "Video");
    assert_eq!(video["duration"], "PT3661S");
    assert_eq!(video["url"][0]["mediaType"], "text/html");
    assert_eq!(video["canReply"], Value::Null);
    assert!(video["views"].is_u64() && video["sensitive"].is_boolean() && video["state"].is_u64());
    assert_eq!(video["icon"][0]["mediaType"], "image/jpeg");
    assert_eq!(video["attributedTo"][1]["type"], "Group");
    assert_eq!(video["audience"], video["attributedTo"][1]["id"]);
    let hls = &video["url"][2];
    assert_eq!(hls["mediaType"], "application/x-mpegURL");
    let kinds: Vec<&str> = hls["tag"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| {
            tag["mediaType"]
                .as_str()
                .unwrap_or_else(|| tag["type"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "Infohash",
            "application/json",
            "video/mp4",
            "application/json",
            "application/x-bittorrent",
            "application/x-bittorrent;x-scheme-handler/magnet",
        ]
    );
    assert_eq!(video["url"][3]["rel"][1], "websocket");
    assert_eq!(video["url"][4]["name"], "tracker-http");
    assert_eq!(video["attachment"][0]["url"], FILE.url);
}

/// PeerTube has no window for what is not live, and reads a duration where there is one.
#[test]
fn a_live_video_says_how_far_back_it_goes() {
    let addressing = Addressing::public(&[]);
    let id = IDS.video(UUID);
    let mut video = video(&addressing, &id);
    let encoded = |video: &Video<'_>| -> Value {
        serde_json::from_slice(&encode(Context::Video, video)).unwrap()
    };
    let recorded = encoded(&video);
    assert_eq!(recorded["isLiveBroadcast"], false);
    assert_eq!(recorded.get("dvrWindow"), Some(&Value::Null));
    video.live = Some(Live {
        saves_replay: true,
        is_permanent: false,
        latency_mode: 1,
        dvr_window_secs: 3_600,
    });
    let live = encoded(&video);
    assert_eq!(live["isLiveBroadcast"], true);
    assert_eq!(live["dvrWindow"], "PT3600S");
}

#[test]
fn player_settings_leave_the_choice_to_others() {
    for (name, object, of) in [
        ("player-settings-of-video", IDS.video(UUID), PlayerOf::Video),
        (
            "player-settings-of-channel",
            IDS.channel("films"),
            PlayerOf::Channel,
        ),
    ] {
        let id = IDS.player_settings(&object);
        let settings = PlayerSettings {
            id: &id,
            object: &object,
            of,
        };
        check(name, &encode(Context::PlayerSettings, &settings));
    }
}

#[test]
fn actors() {
    let channel = ActorKind::Channel {
        owner_id: "https://tube.example/accounts/ada",
        support: None,
    };
    for (name, kind) in [
        ("channel", channel),
        ("account", ActorKind::Account),
        ("instance", ActorKind::Instance),
    ] {
        let document = encode(Context::Actor, &actor(kind));
        check(name, &document);
        let read =
            incoming::RemoteActor::from_members(incoming::parse_document(&document).unwrap())
                .unwrap();
        assert_eq!(
            read.public_key.unwrap().id.as_str(),
            "https://tube.example/video-channels/films#main-key"
        );
        assert_eq!(
            read.shared_inbox.unwrap().as_str(),
            "https://tube.example/inbox"
        );
    }
}

#[test]
fn collections() {
    let id = "https://tube.example/video-channels/films/outbox";
    check(
        "collection",
        &encode(
            Context::Plain,
            &Collection {
                id,
                total_items: 25,
            },
        ),
    );
    check(
        "collection-empty",
        &encode(Context::Plain, &Collection { id, total_items: 0 }),
    );
    let items = ["https://tube.example/a", "https://tube.example/b"];
    let page = |page, has_next| {
        let page = CollectionPage {
            collection_id: id,
            total_items: None,
            page,
            has_next,
            items: &items,
        };
        let value: Value = serde_json::from_slice(&encode(Context::Plain, &page)).unwrap();
        (
            value["prev"].as_str().map(str::to_owned),
            value["next"].as_str().map(str::to_owned),
        )
    };
    assert_eq!(page(1, true), (None, Some(format!("{id}?page=2"))));
    assert_eq!(page(3, false), (Some(format!("{id}?page=2")), None));
    let beyond = format!("{id}?page={}", u32::MAX);
    assert_eq!(page(u32::MAX, true).1, Some(beyond));
    let page = CollectionPage {
        collection_id: id,
        total_items: Some(25),
        page: 2,
        has_next: true,
        items: &items,
    };
    check("collection-page", &encode(Context::Plain, &page));
}

#[test]
fn activities() {
    let (account, far) = (
        "https://tube.example/accounts/ada",
        "https://far.example/accounts/x",
    );
    let follow_id = IDS.follow(account, 7);
    let follow = Activity::new(Verb::Follow, &follow_id, account, far);
    check("follow", &encode(Context::Plain, &follow));
    let accept_id = IDS.accept(far, 7);
    check(
        "accept",
        &encode(
            Context::Plain,
            &Activity::new(Verb::Accept, &accept_id, far, &follow),
        ),
    );
    let reject_id = IDS.reject(far, NOW);
    check(
        "reject",
        &encode(
            Context::Plain,
            &Activity::new(Verb::Reject, &reject_id, far, &follow),
        ),
    );
    let followers = Addressing::public(&["https://tube.example/accounts/ada/followers"]);
    let undo_id = IDS.undo(&follow_id);
    check(
        "undo-follow",
        &encode(
            Context::Plain,
            &Activity::new(Verb::Undo, &undo_id, account, &follow).addressed(&followers),
        ),
    );
    let video_id = IDS.video(UUID);
    for (name, verb, id) in [
        ("like", Verb::Like, IDS.rating(account, true, 3)),
        ("dislike", Verb::Dislike, IDS.rating(account, false, 3)),
        ("delete", Verb::Delete, IDS.delete(&video_id)),
    ] {
        let activity = Activity::new(verb, &id, account, &video_id).addressed(&followers);
        check(name, &encode(Context::Plain, &activity));
    }
    let announced = Addressing::announced(&["https://tube.example/video-channels/films/followers"]);
    let announce_id = IDS.announce(&video_id, 2);
    let announce =
        Activity::new(Verb::Announce, &announce_id, account, &video_id).addressed(&announced);
    check("announce", &encode(Context::Plain, &announce));
    let view_id = IDS.view(&IDS.instance(), 3, "v");
    let instance = IDS.instance();
    let view = Activity::new(Verb::View, &view_id, &instance, &video_id).addressed(&followers);
    check("view", &encode(Context::View, &view));
    let viewers = view.with_viewers(Viewers {
        count: 7,
        expires_unix_ms: NOW,
    });
    check("viewers", &encode(Context::View, &viewers));
    let update_id = IDS.update(account, NOW);
    let person = actor(ActorKind::Account);
    check(
        "update-actor",
        &encode(
            Context::Actor,
            &Activity::new(Verb::Update, &update_id, account, &person).addressed(&followers),
        ),
    );
    let comment_id = IDS.comment(UUID, 4);
    let approve_id = format!("{comment_id}/approve-reply");
    let approve =
        Activity::new(Verb::ApproveReply, &approve_id, account, &comment_id).in_reply_to(&video_id);
    check("approve-reply", &encode(Context::ReplyApproval, &approve));
}

#[test]
fn comments() {
    let addressing = Addressing {
        to: vec![PUBLIC.to_owned()],
        cc: vec!["https://far.example/u".to_owned()],
    };
    let (id, video_id) = (IDS.comment(UUID, 4), IDS.video(UUID));
    let note = Note {
        id: &id,
        addressing: &addressing,
        content: "Well *said*",
        in_reply_to: &video_id,
        published_unix_ms: NOW,
        updated_unix_ms: NOW,
        attributed_to: "https://tube.example/accounts/ada",
        audience: Some("https://tube.example/video-channels/films"),
        mentions: &[("https://far.example/u", "@u@far.example")],
        reply_approval: None,
    };
    let document = encode(Context::Comment, &note);
    check("note", &document);
    let read =
        incoming::RemoteNote::from_members(incoming::parse_document(&document).unwrap()).unwrap();
    assert!(read.is_markdown && read.mentions.len() == 1);
    let tombstone = Tombstone {
        id: &id,
        published_unix_ms: NOW,
        updated_unix_ms: NOW,
        deleted_unix_ms: NOW,
        former_type: "Note",
    };
    check("tombstone", &encode(Context::Comment, &tombstone));
}

#[test]
fn every_context_is_json_that_starts_with_activitystreams() {
    for context in [
        Context::Actor,
        Context::Video,
        Context::Comment,
        Context::View,
        Context::ReplyApproval,
        Context::Chapters,
        Context::PlayerSettings,
        Context::Plain,
    ] {
        let value: Value = serde_json::from_str(context.as_json()).unwrap();
        assert_eq!(value[0], "https://www.w3.org/ns/activitystreams");
        assert_eq!(value[1], "https://w3id.org/security/v1");
    }
}
