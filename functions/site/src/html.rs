//! Pages: what a path shows, from one database batch each. Nothing in them depends on who asks, but for
//! [`comments`].

use app::follows::stored_name;
use app::search::{self, ChannelWanted};
use app::videos::{self, ListQuery, ListScope, RemoteOrigin};
use app::{AppError, Rejection, playlists};
use http::{Request, Response, StatusCode};
use pages::discovery::{self, SitemapEntry};
use pages::{
    AboutSection, CaptionTrack, Elsewhere, Found, HOME_LATEST, HOME_TRENDING, LIST_PER_PAGE,
    ListKind, Meeting, Opening, PLAYLIST_PER_PAGE, PageKind, PageRoute, RELATED_VIDEOS, Sharing,
    Site, Watch,
};
use ports::{Body, Platform, Settings};
use rest::ResultList;
use rest::ids::VideoRef;
use rest::list::{Page, Sort, VideoSort};
use rest::video::VideoCaption;

use crate::comments;
use crate::page_answer::{document, page};

/// Newest videos that the site map names. More would cost more than one page of a list.
const SITEMAP_VIDEOS: u32 = 100;
/// Longest search, in characters; longer ones are cut.
const SEARCH_MAX_CHARS: usize = 200;

/// A page's kind and HTML.
type Shown = Result<(PageKind, StatusCode, String), AppError>;

pub(crate) fn site(settings: &Settings) -> Site {
    Site {
        name: settings.instance_name.clone(),
        short_description: settings.short_description.clone(),
        origin: settings.public_origin.clone(),
        default_language: "en".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        search_enabled: true,
        sharing: Sharing {
            enabled: settings.p2p_enabled,
            stun_servers: settings.stun_servers.clone(),
        },
    }
}

/// Answers a page request; a path without a page gets the 404 page.
pub(crate) async fn answer<P: Platform>(platform: &P, request: &Request<Body>) -> Response<Body> {
    let site = site(platform.settings());
    let uri = request.uri();
    let Some(route) = PageRoute::parse(request.method().as_str(), uri.path()) else {
        let html = pages::render_not_found(&site);
        return page(&site, PageKind::Error, StatusCode::NOT_FOUND, html);
    };
    let query = uri.query().unwrap_or_default();
    if let Some(response) = fixed(&site, &route) {
        return response;
    }
    if route == PageRoute::Sitemap {
        return match sitemap(platform, &site).await {
            Ok(response) => response,
            Err(error) => failed(platform, &site, uri.path(), error),
        };
    }
    if let PageRoute::Comments(id) = &route {
        return match comments::answer(platform, &site, id, request).await {
            Ok(response) => response,
            Err(error) => failed(platform, &site, uri.path(), error),
        };
    }
    match shown(platform, &site, &route, query).await {
        Ok((kind, status, html)) => page(&site, kind, status, html),
        Err(error) => failed(platform, &site, uri.path(), error),
    }
}

/// Documents and shells that need no data.
fn fixed(site: &Site, route: &PageRoute) -> Option<Response<Body>> {
    let shell = |html| page(site, PageKind::Shell, StatusCode::OK, html);
    Some(match route {
        PageRoute::Login => shell(pages::render_login(site)),
        PageRoute::Upload => shell(pages::render_upload(site)),
        PageRoute::MyVideos => shell(pages::render_my_videos(site)),
        PageRoute::Moderation => shell(pages::render_moderation(site)),
        PageRoute::Subscriptions => shell(pages::render_subscriptions(site)),
        PageRoute::Follows => shell(pages::render_follows(site)),
        PageRoute::Robots => document("text/plain; charset=utf-8", discovery::robots_txt(site)),
        PageRoute::WebManifest => {
            document("application/manifest+json", discovery::web_manifest(site))
        }
        PageRoute::Favicon => document("image/svg+xml", discovery::FAVICON_SVG.to_owned()),
        _ => return None,
    })
}

async fn shown<P: Platform>(platform: &P, site: &Site, route: &PageRoute, query: &str) -> Shown {
    let number = pages::route::page_number(query);
    let ok = |kind, html| Ok((kind, StatusCode::OK, html));
    match route {
        PageRoute::Home => {
            let home = videos::home(platform, HOME_LATEST, HOME_TRENDING).await?;
            ok(
                PageKind::List,
                pages::render_home(site, &home.latest, &home.trending),
            )
        }
        PageRoute::List(kind) => {
            let list = videos::list(platform, &list_query(*kind, number)).await?;
            ok(
                PageKind::List,
                pages::render_list(site, *kind, number, &list),
            )
        }
        PageRoute::Search => {
            let words = search_words(query);
            ok(
                PageKind::List,
                search(platform, site, &words, number).await?,
            )
        }
        PageRoute::Channel(name) => {
            let name = stored_name(platform.settings(), name);
            let shown = videos::channel_page(platform, &name, number, LIST_PER_PAGE).await?;
            let html = pages::render_channel(
                site,
                &shown.channel,
                number,
                &shown.videos,
                &shown.playlists,
            );
            ok(PageKind::List, html)
        }
        PageRoute::Account(name) => {
            let name = stored_name(platform.settings(), name);
            let shown = videos::account_page(platform, &name, number, LIST_PER_PAGE).await?;
            let html =
                pages::render_account(site, &shown.account, &shown.channels, number, &shown.videos);
            ok(PageKind::List, html)
        }
        PageRoute::Playlist(id) => {
            let id =
                VideoRef::parse(id).ok_or_else(|| AppError::not_found("Playlist not found"))?;
            let shown = playlists::elements_page(platform, &id, number, PLAYLIST_PER_PAGE).await?;
            let html = pages::render_playlist(site, &shown.playlist, number, &shown.elements);
            ok(PageKind::List, html)
        }
        PageRoute::About => about(platform, site).await,
        PageRoute::Watch(id) => watch(platform, site, id, Kind::Watch).await,
        PageRoute::Description(id) => watch(platform, site, id, Kind::Description).await,
        PageRoute::Embed(id) => watch(platform, site, id, Kind::Embed).await,
        PageRoute::Comments(_)
        | PageRoute::Moderation
        | PageRoute::Subscriptions
        | PageRoute::Follows
        | PageRoute::Login
        | PageRoute::Upload
        | PageRoute::MyVideos
        | PageRoute::Robots
        | PageRoute::Sitemap
        | PageRoute::WebManifest
        | PageRoute::Favicon => Err(AppError::bug("answered elsewhere")),
    }
}

/// Channels beside the videos of a search.
const SEARCH_CHANNELS: u32 = 4;

/// Search results as strangers find them; a signed-in browser has other servers asked by itself.
async fn search<P: Platform>(
    platform: &P,
    site: &Site,
    words: &str,
    number: u32,
) -> Result<String, AppError> {
    let is_address = search::is_address(words);
    let may_be_elsewhere = is_address || search::is_handle(words);
    let channels = if may_be_elsewhere {
        search::channel_at(platform, words, None).await?
    } else if words.is_empty() || number > 1 {
        ResultList::new(0, Vec::new())
    } else {
        let wanted = ChannelWanted {
            words,
            host: None,
            handles: None,
        };
        search::channels(platform, &wanted, 0, SEARCH_CHANNELS).await?
    };
    let videos = if is_address {
        search::video_at(platform, words, None).await?
    } else {
        videos::search(platform, words, number, LIST_PER_PAGE).await?
    };
    let found = Found {
        channels: &channels.data,
        videos: &videos,
        may_be_elsewhere,
    };
    Ok(pages::render_search(site, words, number, found))
}

fn list_query(kind: ListKind, number: u32) -> ListQuery<'static> {
    let by = match kind {
        ListKind::Trending => VideoSort::Trending,
        ListKind::RecentlyAdded | ListKind::Local => VideoSort::PublishedAt,
    };
    let page = Page {
        start: number.saturating_sub(1).saturating_mul(LIST_PER_PAGE),
        count: LIST_PER_PAGE,
        sort: Sort {
            by,
            descending: true,
        },
    };
    let mut query = ListQuery::page(ListScope::Instance, page);
    query.filters.is_local = (kind == ListKind::Local).then_some(true);
    query
}

fn search_words(query: &str) -> String {
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "search")
        .map(|(_, words)| words.trim().chars().take(SEARCH_MAX_CHARS).collect())
        .unwrap_or_default()
}

/// Three views of one video.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Watch,
    Description,
    Embed,
}

async fn watch<P: Platform>(platform: &P, site: &Site, id: &str, kind: Kind) -> Shown {
    let found = match VideoRef::parse(id) {
        Some(video) => {
            let related = u32::try_from(RELATED_VIDEOS).unwrap_or(0);
            videos::watch_page(platform, &video, related).await
        }
        None => Err(AppError::not_found("Video not found")),
    };
    let shown = match found {
        Ok(shown) => shown,
        // What a stranger may not see may be the signed-in viewer's own: the script asks the API.
        Err(AppError::Rejected { .. }) if kind == Kind::Embed => {
            let html = pages::render_embed_shell(site, id);
            return Ok((PageKind::Embed, StatusCode::NOT_FOUND, html));
        }
        Err(AppError::Rejected { .. }) => {
            let html = pages::render_watch_shell(site, id);
            return Ok((PageKind::Error, StatusCode::NOT_FOUND, html));
        }
        Err(error) => return Err(error),
    };
    let captions = shown.captions.iter().map(caption).collect::<Vec<_>>();
    let openings = shown.openings.iter().map(opening).collect::<Vec<_>>();
    let elsewhere = shown.origin.as_ref().map(elsewhere);
    let view = Watch {
        video: &shown.video,
        storyboard: shown.storyboard.as_ref(),
        captions: &captions,
        openings: &openings,
        related: &shown.related,
        elsewhere: elsewhere.as_ref(),
    };
    Ok(match kind {
        Kind::Watch => (
            PageKind::Watch,
            StatusCode::OK,
            pages::render_watch(site, view),
        ),
        Kind::Embed => (
            PageKind::Embed,
            StatusCode::OK,
            pages::render_embed(site, view),
        ),
        Kind::Description => (
            PageKind::Document,
            StatusCode::OK,
            pages::render_description(site, &shown.video),
        ),
    })
}

fn caption(caption: &VideoCaption) -> CaptionTrack {
    CaptionTrack {
        language: caption.language.id.clone(),
        label: caption.language.label.clone().into_owned(),
        url: caption.file_url.clone(),
    }
}

fn opening(opening: &videos::Opening) -> Opening {
    Opening {
        file: opening.media_file.clone(),
        width: opening.width,
        height: opening.height,
        has_audio: opening.has_audio,
        codecs: opening.codecs.clone(),
        bandwidth_bps: opening.bandwidth_bps,
        init_bytes: opening.init_bytes,
        segment_bytes: opening.segment_bytes,
        sha256: opening.sha256.to_string(),
    }
}

fn elsewhere(origin: &RemoteOrigin) -> Elsewhere {
    Elsewhere {
        page_url: origin.page_url.clone(),
        meeting: match &origin.meeting {
            videos::Meeting::ByVideo => Meeting::ByVideo,
            videos::Meeting::Nowhere => Meeting::Nowhere,
            videos::Meeting::Listed { renditions, sound } => Meeting::Listed {
                renditions: renditions.clone(),
                sound: sound.clone(),
            },
        },
    }
}

async fn about<P: Platform>(platform: &P, site: &Site) -> Shown {
    let settings = platform.settings();
    let stats = videos::stats(platform).await?;
    let stats = serde_json::from_str(&stats).map_err(AppError::bug)?;
    let sections = [
        AboutSection {
            heading: "About this instance",
            markdown: &settings.description,
        },
        AboutSection {
            heading: "Rules",
            markdown: &settings.terms,
        },
    ];
    let html = pages::render_about(site, &sections, Some(&stats));
    Ok((PageKind::Document, StatusCode::OK, html))
}

async fn sitemap<P: Platform>(platform: &P, site: &Site) -> Result<Response<Body>, AppError> {
    // Others' are found at their own address.
    let mut query = ListQuery::first(ListScope::Instance, VideoSort::PublishedAt, SITEMAP_VIDEOS);
    query.filters.is_local = Some(true);
    let list = videos::list(platform, &query).await?;
    let entries: Vec<SitemapEntry> = list
        .data
        .iter()
        .map(|item| SitemapEntry {
            path: format!("/w/{}", item.video.short_uuid),
            updated_at: Some(item.video.updated_at),
        })
        .collect();
    let xml = discovery::sitemap_xml(site, &entries);
    Ok(document("application/xml; charset=utf-8", xml))
}

/// The error page of a request that is answered elsewhere.
pub(crate) fn failed_page<P: Platform>(
    platform: &P,
    path: &str,
    error: AppError,
) -> Response<Body> {
    failed(platform, &site(platform.settings()), path, error)
}

/// The error page; the log gets what a visitor must not read.
fn failed<P: Platform>(platform: &P, site: &Site, path: &str, error: AppError) -> Response<Body> {
    let (status, detail) = match error {
        AppError::Rejected {
            rejection: Rejection::NotFound,
            ..
        } => {
            let html = pages::render_not_found(site);
            return page(site, PageKind::Error, StatusCode::NOT_FOUND, html);
        }
        AppError::Rejected {
            rejection, detail, ..
        } => (comments::status(rejection), Some(detail)),
        AppError::Unavailable { cause } => {
            platform.log(&format!("unavailable at {path}: {cause}"));
            (StatusCode::SERVICE_UNAVAILABLE, None)
        }
        AppError::Bug { cause } => {
            platform.log(&format!("bug at {path}: {cause}"));
            (StatusCode::INTERNAL_SERVER_ERROR, None)
        }
    };
    let html = pages::render_error(site, status.as_u16(), detail.as_deref());
    page(site, PageKind::Error, status, html)
}
