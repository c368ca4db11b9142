//! Writes every page with sample data into a folder, to be looked at in a browser.
//!
//! `cargo run -p pages --example gallery -- FOLDER [ORIGIN]`; the folder's `client/` and pictures
//! are the viewer's business. Files are named after the pages: `home.html`, `watch.html`, and
//! `watch.headers` with the response headers.

use std::{env, error::Error, fs, path::Path};

use pages::{
    AboutSection, CaptionTrack, Elsewhere, Found, ListKind, Meeting, Opening, PageKind, Sharing,
    Site, Watch, page_headers, render_about, render_account, render_channel, render_embed,
    render_embed_shell, render_error, render_follows, render_home, render_list, render_login,
    render_my_videos, render_not_found, render_playlist, render_search, render_subscriptions,
    render_upload, render_watch, render_watch_shell,
};
use rest::{ResultList, stats::ServerStats, video::VideoListItem};

#[expect(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../src/sample.rs"]
mod sample;

const RULES: &str =
    "1. Publish only what you made or may share.\n2. Be kind in titles, too.\n3. No advertising.";

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let folder = args.next().ok_or("usage: gallery FOLDER [ORIGIN]")?;
    let mut site = sample::site();
    site.name = "Lanterna".to_owned();
    if let Some(origin) = args.next() {
        site.origin = origin;
    }
    for (name, kind, html) in pages_of(&site) {
        let headers: String = page_headers(&site, kind)
            .iter()
            .map(|(key, value)| format!("{key}: {value}\n"))
            .collect();
        fs::write(Path::new(&folder).join(format!("{name}.html")), html)?;
        fs::write(Path::new(&folder).join(format!("{name}.headers")), headers)?;
    }
    Ok(())
}

fn videos(site: &Site) -> Vec<VideoListItem> {
    let titles = [
        ("Restoring a 1926 reel: what the splices tell", 1843, 5210),
        ("Night trams", 212, 88),
        (
            "How a projector shutter really works, explained slowly with a stroboscope and some string",
            964,
            120_433,
        ),
        ("Salt: a film about a harbour", 5402, 913),
        ("Three minutes of rain on a tin roof", 181, 40_122),
        ("Entretien avec la monteuse", 2711, 302),
        ("Colour timing before computers", 1210, 7704),
        ("Open projection evening, March", 7260, 61),
        ("Splicing tape, glue or ultrasound?", 655, 2290),
    ];
    titles
        .iter()
        .enumerate()
        .map(|(at, (title, duration, views))| {
            let mut item = sample::item(title, &format!("p{at}"), *duration, *views);
            for picture in &mut item.video.thumbnails {
                picture.file_url = picture
                    .file_url
                    .replace("https://tube.example", &site.origin);
            }
            if at % 3 == 1 {
                item.video.channel.display_name = "Harbour Lab".to_owned();
                item.video.channel.name = "harbour".to_owned();
                item.video.channel.host = "films.other.example".to_owned();
            }
            item
        })
        .collect()
}

fn details(site: &Site) -> rest::video::VideoDetails {
    let mut details = sample::video();
    details.video.duration = 60;
    let ours = |url: &mut String| *url = url.replace("https://tube.example", &site.origin);
    for picture in &mut details.video.thumbnails {
        picture.file_url = picture.file_url.replace("/bunny-", "/p0-");
        ours(&mut picture.file_url);
    }
    for playlist in &mut details.streaming_playlists {
        ours(&mut playlist.playlist_url);
        ours(&mut playlist.segments_sha256_url);
        for url in playlist.files.iter_mut().flat_map(|file| {
            [
                &mut file.file_url,
                &mut file.file_download_url,
                &mut file.torrent_download_url,
            ]
        }) {
            url.iter_mut().for_each(ours);
        }
    }
    details
}

fn pages_of(site: &Site) -> Vec<(&'static str, PageKind, String)> {
    let videos = videos(site);
    let list = ResultList::new(61, videos.clone());
    let details = details(site);
    let mut storyboard = sample::storyboard();
    storyboard.file_url = storyboard
        .file_url
        .replace("https://tube.example", &site.origin);
    let captions = [CaptionTrack {
        language: "en".to_owned(),
        label: "English".to_owned(),
        url: format!("{}/lazy-static/video-captions/c.vtt", site.origin),
    }];
    let watch = Watch {
        video: &details,
        storyboard: Some(&storyboard),
        captions: &captions,
        openings: &[],
        related: &videos,
        elsewhere: None,
    };
    let (channel, account) = (sample::channel(), sample::account());
    let about = [
        AboutSection {
            heading: "Who we are",
            markdown: "Twelve people, one **16 mm projector**.\n\nWe show what we find and publish what we may.",
        },
        AboutSection {
            heading: "Rules",
            markdown: RULES,
        },
    ];
    let nothing = ResultList::new(0, Vec::new());
    let stats = ServerStats {
        total_local_videos: 61,
        total_local_video_views: 184_233,
        total_local_video_channels: 9,
        total_users: 12,
        total_local_video_files_size: 88_123_456_789,
        ..ServerStats::default()
    };
    let found = Found {
        channels: std::slice::from_ref(&channel),
        videos: &list,
        may_be_elsewhere: false,
    };
    let asked = Found {
        channels: &[],
        videos: &nothing,
        may_be_elsewhere: true,
    };
    let mut far_channel = channel.clone();
    far_channel.is_local = false;
    far_channel.host = "films.other.example".to_owned();
    let mut far = details.clone();
    far.video.is_local = false;
    far.video.channel = far_channel.clone();
    let elsewhere = Elsewhere {
        page_url: "https://films.other.example/w/1".to_owned(),
        meeting: Meeting::ByVideo,
    };
    let far_watch = Watch {
        video: &far,
        elsewhere: Some(&elsewhere),
        ..watch
    };
    vec![
        ("watch-far", PageKind::Watch, render_watch(site, far_watch)),
        (
            "channel-far",
            PageKind::List,
            render_channel(site, &far_channel, 1, &list, &[]),
        ),
        (
            "search-far",
            PageKind::List,
            render_search(site, "films@other.example", 1, asked),
        ),
        ("subscriptions", PageKind::Shell, render_subscriptions(site)),
        ("follows", PageKind::Shell, render_follows(site)),
        (
            "home",
            PageKind::List,
            render_home(site, &videos, &videos[2..8]),
        ),
        ("home-empty", PageKind::List, render_home(site, &[], &[])),
        (
            "list",
            PageKind::List,
            render_list(site, ListKind::Trending, 2, &list),
        ),
        (
            "search",
            PageKind::List,
            render_search(site, "shutter", 1, found),
        ),
        (
            "playlist",
            PageKind::List,
            render_playlist(site, &sample::video_playlist(), 1, &sample::elements()),
        ),
        ("watch", PageKind::Watch, render_watch(site, watch)),
        (
            "watch-shell",
            PageKind::Error,
            render_watch_shell(site, sample::SHORT_UUID),
        ),
        ("embed", PageKind::Embed, render_embed(site, watch)),
        (
            "embed-shell",
            PageKind::Embed,
            render_embed_shell(site, sample::SHORT_UUID),
        ),
        (
            "channel",
            PageKind::List,
            render_channel(site, &channel, 1, &list, &[sample::video_playlist()]),
        ),
        (
            "account",
            PageKind::List,
            render_account(
                site,
                &account,
                &[channel.clone(), channel.clone()],
                1,
                &list,
            ),
        ),
        (
            "about",
            PageKind::Document,
            render_about(site, &about, Some(&stats)),
        ),
        ("login", PageKind::Shell, render_login(site)),
        ("upload", PageKind::Shell, render_upload(site)),
        ("my-videos", PageKind::Shell, render_my_videos(site)),
        ("not-found", PageKind::Error, render_not_found(site)),
        ("error", PageKind::Error, render_error(site, 500, None)),
    ]
}
