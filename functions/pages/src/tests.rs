//! Whole pages: escaping, size, structure.

use rest::{ResultList, stats::ServerStats};

use crate::{
    AboutSection, CaptionTrack, Elsewhere, Found, ListKind, Meeting, RELATED_VIDEOS, Watch,
    render_about, render_account, render_channel, render_description, render_embed,
    render_embed_shell, render_error, render_follows, render_home, render_list, render_login,
    render_my_videos, render_not_found, render_playlist, render_search, render_subscriptions,
    render_upload, render_watch, render_watch_shell, sample,
};

/// The project's bound for a watch page.
const WATCH_HTML_MAX_BYTES: usize = 30 * 1024;

fn watch(video: &rest::video::VideoDetails) -> String {
    let related = vec![sample::item("Another", "bunny", 61, 1); RELATED_VIDEOS + 4];
    let storyboard = sample::storyboard();
    let captions = [CaptionTrack {
        language: "fr".to_owned(),
        label: "French".to_owned(),
        url: "https://tube.example/lazy-static/video-captions/c.vtt".to_owned(),
    }];
    let renditions = video
        .streaming_playlists
        .first()
        .map_or(0, |playlist| playlist.files.len());
    let openings = sample::openings(u16::try_from(renditions).unwrap());
    let watch = Watch {
        video,
        storyboard: Some(&storyboard),
        captions: &captions,
        openings: &openings,
        related: &related,
        elsewhere: None,
    };
    render_watch(&sample::site(), watch)
}

fn every_page(details: &rest::video::VideoDetails) -> Vec<(&'static str, String)> {
    let site = sample::site();
    let mut item = sample::item("Another", "bunny", 61, 1);
    item.video.name.clone_from(&details.video.name);
    item.video.language = details.video.language.clone();
    item.video
        .channel
        .display_name
        .clone_from(&details.video.channel.display_name);
    let list = ResultList::new(60, vec![item]);
    let channel = &details.video.channel;
    let found = Found {
        channels: std::slice::from_ref(channel),
        videos: &list,
        may_be_elsewhere: true,
    };
    let mut account = sample::account();
    account.display_name.clone_from(&channel.display_name);
    account.description.clone_from(&channel.description);
    let text = details.video.description.as_deref().unwrap_or_default();
    let sections = [AboutSection {
        heading: text,
        markdown: text,
    }];
    let mut playlist = sample::video_playlist();
    playlist.display_name.clone_from(&details.video.name);
    playlist.description.clone_from(&details.video.description);
    let mut elements = sample::elements();
    elements[0].video = list.data.first().cloned();
    vec![
        ("home", render_home(&site, &list.data, &list.data)),
        ("empty home", render_home(&site, &[], &[])),
        ("list", render_list(&site, ListKind::Local, 2, &list)),
        ("search", render_search(&site, text, 1, found)),
        ("subscriptions", render_subscriptions(&site)),
        ("follows", render_follows(&site)),
        ("watch", watch(details)),
        ("description", render_description(&site, details)),
        (
            "channel",
            render_channel(&site, channel, 1, &list, std::slice::from_ref(&playlist)),
        ),
        ("playlist", render_playlist(&site, &playlist, 1, &elements)),
        (
            "account",
            render_account(&site, &account, std::slice::from_ref(channel), 1, &list),
        ),
        (
            "about",
            render_about(&site, &sections, Some(&ServerStats::default())),
        ),
        ("login", render_login(&site)),
        ("upload", render_upload(&site)),
        ("my videos", render_my_videos(&site)),
        ("not found", render_not_found(&site)),
        ("watch shell", render_watch_shell(&site, text)),
        ("error", render_error(&site, 500, Some(text))),
    ]
}

#[test]
fn every_page_has_one_main_one_heading_and_a_way_to_it() {
    for (name, html) in every_page(&sample::video()) {
        for (part, times) in [
            ("<main id=\"main\"", 1),
            ("<h1", 1),
            ("href=\"#main\"", 1),
            ("<header class=\"top finding\"", 1),
            ("<footer", 1),
            ("aria-label=\"Main\"", 1),
            ("<title>", 1),
            ("name=\"viewport\"", 1),
            ("<html lang=\"en\">", 1),
        ] {
            assert_eq!(html.matches(part).count(), times, "{part} in {name}");
        }
        assert!(
            !html.contains("style=\"") || name == "watch",
            "the policy forbids style attributes: {name}"
        );
    }
}

#[test]
fn hostile_texts_stay_text_on_every_page() {
    let honest = every_page(&sample::video());
    for ((name, html), (_, honest)) in every_page(&sample::hostile_video()).iter().zip(&honest) {
        for forbidden in [
            "<script>alert",
            "<img src=x",
            "href=\"javascript:",
            "lang=\"en\" onload",
            "<!--",
        ] {
            assert!(!html.contains(forbidden), "{forbidden} in {name}");
        }
        // No text adds a script element to those that the page has anyway.
        assert_eq!(
            html.matches("<script").count(),
            honest.matches("<script").count(),
            "{name}"
        );
        assert_eq!(
            html.matches("</script").count(),
            html.matches("<script").count(),
            "{name}"
        );
    }
    let embed = render_embed(
        &sample::site(),
        Watch {
            video: &sample::hostile_video(),
            storyboard: None,
            captions: &[],
            openings: &[],
            related: &[],
            elsewhere: None,
        },
    );
    assert_eq!(
        embed.matches("<script").count(),
        embed.matches("</script").count()
    );
    assert!(!embed.contains("<script>alert"));
    assert!(!render_embed_shell(&sample::site(), "\"><script>").contains("\"><script>"));
}

#[test]
fn watch_page_stays_small_for_the_longest_and_worst_texts() {
    let site_texts = [
        "word and word ".repeat(715),
        "<&\"'".repeat(2_500),
        "日本語の長い説明文です。".repeat(834),
        "[a](https://a.example/b) ".repeat(400),
        "1:00 ".repeat(2_000),
        "> - **x** ".repeat(1_000),
    ];
    for text in site_texts {
        let text: String = text.chars().take(10_000).collect();
        let mut details = sample::video();
        details.video.name = "日本<&".repeat(24);
        details.video.description = Some(text.clone());
        details.support = Some(text.chars().take(1_000).collect());
        details.tags = vec!["日本<&".repeat(6); 5];
        details.streaming_playlists = vec![sample::playlist(9)];
        let html = watch(&details);
        assert!(
            html.len() < WATCH_HTML_MAX_BYTES,
            "{} bytes for {}",
            html.len(),
            &text[..12]
        );
        assert!(html.contains("Read the whole description"));
    }
}

#[test]
fn the_player_is_told_how_the_video_begins() {
    let html = watch(&sample::video());
    let first = r#""openings":[{"file":"9c9de5e8-0a1e-484a-b099-e80766180a6d-240-fragmented.mp4","width":426,"height":240,"hasAudio":true,"codecs":"avc1.64001f,mp4a.40.2","bandwidthBps":960000,"initBytes":1329,"segmentBytes":240000,"sha256":"5f5f"#;
    assert!(html.contains(first), "{html}");
    assert_eq!(html.matches(r#""segmentBytes""#).count(), 4);
    assert!(
        !html.contains("<link rel=\"modulepreload\" href=\"/client/hls-"),
        "the engine competes with the first frame"
    );
    let mut details = sample::video();
    details.streaming_playlists = vec![sample::playlist(9)];
    let html = watch(&details);
    assert_eq!(
        html.matches(r#""segmentBytes""#).count(),
        4,
        "none above 1080p"
    );
}

#[test]
fn whole_description_has_a_page_of_its_own() {
    let mut details = sample::video();
    details.video.description = Some("word and word ".repeat(714));
    let html = render_description(&sample::site(), &details);
    // Once more in the meta tag, cut.
    let body = html.split("<main").nth(1).unwrap();
    assert_eq!(body.matches("word and word").count(), 714);
}

#[test]
fn watch_page_carries_what_others_look_for() {
    let html = watch(&sample::video());
    for part in [
        "<meta property=\"og:platform\" content=\"PeerTube\">",
        "<link rel=\"canonical\" href=\"https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv\">",
        "type=\"application/json+oembed\" href=\"https://tube.example/services/oembed?url=https%3A%2F%2Ftube%2Eexample%2Fw%2F",
        "<meta property=\"og:video:url\" content=\"https://tube.example/videos/embed/9c9de5e8-",
        "<meta name=\"twitter:card\" content=\"player\">",
        "\"@type\":\"VideoObject\"",
        "\"duration\":\"PT0H9M56S\"",
        "type=\"application/activity+json\"",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert!(!html.contains("noindex"));
}

#[test]
fn readers_find_the_feeds_of_a_page() {
    let links = |name: &str| {
        let pages = every_page(&sample::video());
        let (_, html) = pages.into_iter().find(|(page, _)| *page == name).unwrap();
        html.lines()
            .filter(|line| line.contains("/feeds/"))
            .map(|line| {
                let href = line.split("href=\"").nth(1).unwrap();
                assert!(line.contains("rel=\"alternate\""), "{line}");
                href.split('"').next().unwrap().to_owned()
            })
            .collect::<Vec<_>>()
    };
    let (channel, account) = (sample::video().video.channel.id, sample::account().id);
    let formats = ["xml", "atom", "json"];
    let of = |query: &str| formats.map(|format| format!("/feeds/videos.{format}{query}"));
    assert_eq!(links("home"), of(""));
    assert_eq!(links("account"), of(&format!("?accountId={account}")));
    let query = format!("?videoChannelId={channel}");
    let mut of_channel = of(&query).to_vec();
    of_channel.push(format!("/feeds/podcast/videos.xml{query}"));
    assert_eq!(links("channel"), of_channel);
    let of_watch = [
        format!("/feeds/videos.xml{query}"),
        format!(
            "/feeds/video-comments.xml?videoId={}",
            sample::video().video.uuid
        ),
    ];
    assert_eq!(links("watch"), of_watch);
    assert!(links("login").is_empty());
}

#[test]
fn player_needs_no_request_but_media_before_its_first_frame() {
    let html = watch(&sample::video());
    let data = player_data(&html);
    let folder = "/static/streaming-playlists/hls/9c9de5e8-0a1e-484a-b099-e80766180a6d";
    assert_eq!(data["hls"]["master"], format!("{folder}/4ee7-master.m3u8"));
    assert_eq!(
        data["hls"]["hashes"],
        format!("{folder}/4ee7-segments-sha256.json")
    );
    assert_eq!(data["hls"]["separateAudio"], false);
    assert_eq!(data["storyboard"]["spriteDurationSecs"], 5.0);
    assert_eq!(data["durationSecs"], 596);
    assert_eq!(
        data["captions"][0]["url"],
        "/lazy-static/video-captions/c.vtt"
    );
    assert_eq!(data["poster"], "/lazy-static/thumbnails/bunny-1280.jpg");
    assert!(
        !html.contains("as=\"fetch\""),
        "playlists compete with the first frame"
    );
}

/// The JSON data block of a page.
fn player_data(html: &str) -> serde_json::Value {
    let json = html
        .split("id=\"player-data\">")
        .nth(1)
        .and_then(|rest| rest.split("</script>").next());
    serde_json::from_str(json.unwrap()).unwrap()
}

#[test]
fn viewers_are_told_where_to_find_each_other() {
    let data = player_data(&watch(&sample::video()));
    assert_eq!(data["p2p"]["enabled"], true);
    let sockets = serde_json::json!([format!(
        "wss://tube.example/tracker/socket/{}",
        sample::UUID
    )]);
    assert_eq!(data["p2p"]["trackers"], sockets);
    assert_eq!(data["p2p"]["module"], crate::assets::asset_url("p2p.ts"));

    let mut unchecked = sample::video();
    unchecked.streaming_playlists[0].segments_sha256_url.clear();
    assert!(player_data(&watch(&unchecked))["p2p"].is_null());
    let mut lonely = sample::video();
    lonely.tracker_urls.retain(|url| url.starts_with("https"));
    assert!(player_data(&watch(&lonely))["p2p"].is_null());
}

#[test]
fn plays_without_javascript_from_the_best_whole_file() {
    let html = watch(&sample::video());
    assert!(html.contains("<noscript><video class=\"picture\" controls"));
    assert!(html.contains(
        "src=\"/static/streaming-playlists/hls/9c9de5e8-0a1e-484a-b099-e80766180a6d/f-960\""
    ));
    let mut waiting = sample::video();
    waiting.streaming_playlists.clear();
    assert!(watch(&waiting).contains("This video is still being prepared."));
}

#[test]
fn sound_in_its_own_rendition_asks_for_the_full_engine() {
    let mut details = sample::video();
    let files = &mut details.streaming_playlists[0].files;
    files.iter_mut().for_each(|file| file.has_audio = false);
    files[3].has_audio = true;
    files[3].has_video = false;
    let html = watch(&details);
    assert!(html.contains("\"separateAudio\":true"));
    assert!(html.contains("<link rel=\"modulepreload\" href=\"/client/hls-full"));
    assert!(html.contains("rel=\"preload\" as=\"fetch\" crossorigin href=\"/static/streaming-playlists/hls/9c9de5e8-0a1e-484a-b099-e80766180a6d/4ee7-master.m3u8\""));
}

#[test]
fn private_and_missing_videos_look_the_same() {
    let site = sample::site();
    let page = render_watch_shell(&site, "some-id");
    assert!(page.contains("data-video=\"some-id\"") && page.contains("noindex"));
    assert_eq!(page.replace("some-id", "x"), render_watch_shell(&site, "x"));
}

#[test]
fn remote_videos_name_their_origin_as_canonical() {
    let mut details = sample::video();
    details.video.is_local = false;
    details.video.url = "https://other.example/videos/watch/1".to_owned();
    assert!(
        watch(&details)
            .contains("<link rel=\"canonical\" href=\"https://other.example/videos/watch/1\">")
    );
}

#[test]
fn unlisted_videos_stay_out_of_search_engines() {
    let mut details = sample::video();
    details.video.privacy = rest::Label::new(2, "Unlisted");
    let html = watch(&details);
    assert!(html.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(html.contains("<span>Unlisted</span>"));
}

#[test]
fn a_video_of_another_server_says_so_and_plays_from_there() {
    let site = sample::site();
    let mut details = sample::video();
    details.video.is_local = false;
    details.video.url = "https://far.example/videos/watch/1".to_owned();
    details.video.channel.host = "far.example".to_owned();
    details.video.channel.is_local = false;
    details.tracker_urls = vec!["wss://far.example/tracker/socket".to_owned()];
    let captions = [CaptionTrack {
        language: "fr".to_owned(),
        label: "French".to_owned(),
        url: "https://far.example/fr.vtt".to_owned(),
    }];
    let html = |meeting| {
        let elsewhere = Elsewhere {
            page_url: "https://far.example/w/1".to_owned(),
            meeting,
        };
        render_watch(
            &site,
            Watch {
                video: &details,
                storyboard: None,
                captions: &captions,
                openings: &[],
                related: &[],
                elsewhere: Some(&elsewhere),
            },
        )
    };
    let page = html(Meeting::ByVideo);
    for expected in [
        r#"<link rel="canonical" href="https://far.example/videos/watch/1">"#,
        r#"<a href="https://far.example/w/1" rel="noopener">"#,
        r#"crossorigin="anonymous""#,
        "wss://far.example/tracker/socket",
        r#"@far.example" aria-pressed="false" disabled>Subscribe"#,
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains("infoHashes"));
    let listed = html(Meeting::Listed {
        renditions: vec!["00ff".to_owned()],
        sound: None,
    });
    assert!(listed.contains(r#""infoHashes":{"renditions":["00ff"],"sound":null}"#));
    assert!(html(Meeting::Nowhere).contains(r#""p2p":null"#));
}

#[test]
fn channels_can_be_followed_from_here_and_from_elsewhere() {
    let site = sample::site();
    let channel = sample::channel();
    let list = ResultList::new(0, Vec::new());
    let page = render_channel(&site, &channel, 1, &list, &[]);
    assert!(page.contains("data-subscribe="));
    assert!(page.contains("data-remote-follow="));
    assert!(!page.contains("Original page"));
    let account = render_account(&site, &sample::account(), &[], 1, &list);
    assert!(!account.contains("data-subscribe="), "channels alone");
    assert!(account.contains("data-remote-follow="));
}

#[test]
fn a_search_for_a_handle_offers_to_ask_there() {
    let site = sample::site();
    let list = ResultList::new(0, Vec::new());
    let page = |may_be_elsewhere| {
        let found = Found {
            channels: &[],
            videos: &list,
            may_be_elsewhere,
        };
        render_search(&site, "films@far.example", 1, found)
    };
    assert!(page(true).contains(r#"data-elsewhere="films@far.example""#));
    assert!(!page(false).contains("data-elsewhere"));
}

#[test]
fn a_playlist_says_what_cannot_be_watched() {
    let site = sample::site();
    let (mut playlist, elements) = (sample::video_playlist(), sample::elements());
    let page = render_playlist(&site, &playlist, 1, &elements);
    for part in [
        "<h1>Reels of the year</h1>",
        "Playlist of 3 videos by <a href=\"/c/",
        "<em>together</em>",
        "data-place=\"1\"",
        "?start=3s&#38;stop=65s\"",
        "From 0:03 to 1:05",
        "This video was deleted.",
        "This video is private.",
        "<link rel=\"canonical\" href=\"https://tube.example/w/p/kkGMgK9ZtnKfYAgnEtQxbv\">",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("noindex"));
    playlist.privacy.id = 2;
    let unlisted = render_playlist(&site, &playlist, 1, &elements);
    assert!(unlisted.contains("noindex") && !unlisted.contains("canonical"));
    playlist.videos_length = 101;
    assert!(render_playlist(&site, &playlist, 1, &elements).contains("?page=2"));
}
