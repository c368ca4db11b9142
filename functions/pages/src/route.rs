//! Which page a path asks for.
//!
//! Paths are PeerTube's, old spellings included, because links to them stand all over the web. A
//! trailing slash equals none, and what a client percent-encodes is decoded once. Whether a path is
//! answered with a page or with ActivityPub is the caller's decision, from `Accept`.

use percent_encoding::percent_decode_str;

/// Longest path that is looked at, in bytes: two percent-encoded handles fit thrice.
pub const PATH_MAX_BYTES: usize = 2048;
/// Longest id or handle in bytes: 50 characters of name, `@`, and a host of 253.
pub const SEGMENT_MAX_BYTES: usize = 320;
/// Last page of a list that is answered; deeper ones are for the API's clients.
pub const LIST_PAGE_MAX: u32 = 500;

/// One page of the site. Ids and handles are decoded, but not checked to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageRoute {
    /// `/`.
    Home,
    /// A list of videos, see [`ListKind`].
    List(ListKind),
    /// `/search`, words in the query `search`.
    Search,
    /// `/w/{id}` and `/videos/watch/{id}`; id is a number, a UUID or a short UUID.
    Watch(String),
    /// `/w/{id}/description`: the whole description, for those too long for the watch page.
    Description(String),
    /// `/w/p/{id}`, and PeerTube's older paths; id as of a video.
    Playlist(String),
    /// `/w/{id}/comments`; what else is wanted is in the query, see [`comments_query`].
    Comments(String),
    /// `/videos/embed/{id}`.
    Embed(String),
    /// `/c/{handle}` and `/video-channels/{handle}`.
    Channel(String),
    /// `/a/{handle}` and `/accounts/{handle}`.
    Account(String),
    /// `/login`.
    Login,
    /// `/upload` and `/videos/upload`.
    Upload,
    /// `/my-library/videos`.
    MyVideos,
    /// `/moderation`, and where PeerTube has it.
    Moderation,
    /// `/videos/subscriptions`.
    Subscriptions,
    /// `/admin/follows`, and PeerTube's paths for the same.
    Follows,
    /// `/about` and `/about/instance`.
    About,
    /// `/robots.txt`.
    Robots,
    /// `/sitemap.xml`.
    Sitemap,
    /// `/manifest.webmanifest`.
    WebManifest,
    /// `/favicon.svg` and `/favicon.ico`.
    Favicon,
}

/// Order and scope of a list of videos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// Newest first, `/videos/recently-added` and `/videos/browse`.
    RecentlyAdded,
    /// Hot first, `/videos/trending`.
    Trending,
    /// Newest first, of this instance alone, `/videos/local`.
    Local,
}

impl ListKind {
    /// Path of the list's first page.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::RecentlyAdded => "/videos/recently-added",
            Self::Trending => "/videos/trending",
            Self::Local => "/videos/local",
        }
    }

    /// Heading of the list.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::RecentlyAdded => "Latest videos",
            Self::Trending => "Trending videos",
            Self::Local => "Local videos",
        }
    }
}

impl PageRoute {
    /// Finds the page of a `GET` or `HEAD` of `path` (no query, still percent-encoded).
    ///
    /// `None` means that no page lives there: other methods, unknown paths, and ids that no client
    /// can have got from us (empty, longer than [`SEGMENT_MAX_BYTES`], or with a slash, control
    /// character or invalid UTF-8 inside).
    #[must_use]
    pub fn parse(method: &str, path: &str) -> Option<Self> {
        if !matches!(method, "GET" | "HEAD") || path.len() > PATH_MAX_BYTES {
            return None;
        }
        let path = path.strip_prefix('/')?;
        let mut segments: Vec<&str> = path.split('/').collect();
        while segments.last() == Some(&"") {
            segments.pop();
        }
        Self::of_segments(&segments)
    }

    fn of_segments(segments: &[&str]) -> Option<Self> {
        Some(match *segments {
            [] | ["home"] | ["videos"] | ["videos", "overview"] => Self::Home,
            ["videos", "browse" | "recently-added"] => Self::List(ListKind::RecentlyAdded),
            ["videos", "trending" | "most-liked" | "hot"] => Self::List(ListKind::Trending),
            ["videos", "local"] => Self::List(ListKind::Local),
            ["search"] => Self::Search,
            ["videos", "subscriptions"] => Self::Subscriptions,
            ["admin", "follows"]
            | ["admin", "follows", "following-list" | "followers-list"]
            | [
                "admin",
                "settings",
                "follows",
                "following-list" | "followers-list",
            ] => Self::Follows,
            ["w", id] | ["videos", "watch", id] => Self::Watch(video_id(id)?),
            ["w", "p", id] | ["video-playlists", id] | ["videos", "watch", "playlist", id] => {
                Self::Playlist(video_id(id)?)
            }
            ["w", id, "description"] => Self::Description(video_id(id)?),
            ["w", id, "comments"] | ["videos", "watch", id, "comments"] => {
                Self::Comments(video_id(id)?)
            }
            ["videos", "embed", id] => Self::Embed(video_id(id)?),
            ["c" | "video-channels", handle]
            | ["c" | "video-channels", handle, "videos" | "about"] => Self::Channel(name(handle)?),
            ["a" | "accounts", handle]
            | [
                "a" | "accounts",
                handle,
                "videos" | "video-channels" | "about",
            ] => Self::Account(name(handle)?),
            ["login"] => Self::Login,
            ["upload"] | ["videos", "upload" | "publish"] => Self::Upload,
            ["my-library"] | ["my-library", "videos"] => Self::MyVideos,
            ["moderation"]
            | ["admin", "moderation" | "overview", ..]
            | ["my-account" | "my-library", "videos", "comments"] => Self::Moderation,
            ["about"] | ["about", "instance" | "instance-home"] => Self::About,
            ["robots.txt"] => Self::Robots,
            ["sitemap.xml"] => Self::Sitemap,
            ["manifest.webmanifest"] => Self::WebManifest,
            ["favicon.svg" | "favicon.ico"] => Self::Favicon,
            _ => return None,
        })
    }
}

/// PeerTube appends matrix parameters to watch links: `/w/{id};threadId=3`.
fn video_id(segment: &str) -> Option<String> {
    name(segment.split(';').next()?)
}

fn name(segment: &str) -> Option<String> {
    let decoded = percent_decode_str(segment).decode_utf8().ok()?;
    let allowed = !decoded.is_empty()
        && decoded.len() <= SEGMENT_MAX_BYTES
        && !decoded.contains(|c: char| c == '/' || c == '\\' || c.is_control());
    allowed.then(|| decoded.into_owned())
}

/// Page number from a query string, 1 when absent or not a number, at most [`LIST_PAGE_MAX`].
#[must_use]
pub fn page_number(query: &str) -> u32 {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("page="))
        .and_then(|value| value.parse::<u32>().ok())
        .map_or(1, |page| page.clamp(1, LIST_PAGE_MAX))
}

/// What a page of comments is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommentsQuery {
    /// The thread of this comment alone.
    pub comment_id: Option<i64>,
    /// From 1.
    pub page: u32,
    /// The part for the watch page, without a page around it.
    pub is_part: bool,
}

/// Reads `comment=12&page=2&part=1`; what is wrong is as if it were absent.
#[must_use]
pub fn comments_query(query: &str) -> CommentsQuery {
    let value = |name: &str| {
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    };
    CommentsQuery {
        comment_id: value("comment").and_then(|id| id.parse().ok()),
        page: page_number(query),
        is_part: value("part") == Some("1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_pages_under_every_spelling() {
        let watch = || PageRoute::Watch("kkGMgK9ZtnKfYAgnEtQxbv".to_owned());
        let channel = || PageRoute::Channel("films@other.example".to_owned());
        for (path, expected) in [
            ("/", PageRoute::Home),
            ("/videos/browse/", PageRoute::List(ListKind::RecentlyAdded)),
            (
                "/videos/recently-added",
                PageRoute::List(ListKind::RecentlyAdded),
            ),
            ("/videos/trending//", PageRoute::List(ListKind::Trending)),
            ("/w/kkGMgK9ZtnKfYAgnEtQxbv", watch()),
            ("/w/kkGMgK9ZtnKfYAgnEtQxbv/", watch()),
            ("/w/kkGMgK9ZtnKfYAgnEtQxbv;threadId=12", watch()),
            ("/videos/watch/kkGMgK9ZtnKfYAgnEtQxbv", watch()),
            ("/videos/embed/12", PageRoute::Embed("12".to_owned())),
            ("/c/films%40other.example/videos", channel()),
            ("/video-channels/films@other.example", channel()),
            (
                "/accounts/ada/video-channels",
                PageRoute::Account("ada".to_owned()),
            ),
            ("/w/12/comments", PageRoute::Comments("12".to_owned())),
            ("/my-account/videos/comments", PageRoute::Moderation),
            ("/videos/upload", PageRoute::Upload),
            ("/my-library/videos/", PageRoute::MyVideos),
            ("/about/instance", PageRoute::About),
        ] {
            assert_eq!(PageRoute::parse("GET", path), Some(expected), "{path}");
        }
    }

    #[test]
    fn finds_no_page_for_anything_else() {
        let long = format!("/w/{}", "a".repeat(SEGMENT_MAX_BYTES + 1));
        for path in [
            "", "w/x", "/w", "/w/a/b/c", "/w/%ff", "/w/a%2fb", "/w/..%5c", "/w/%00", &long,
        ] {
            assert_eq!(PageRoute::parse("GET", path), None, "{path}");
        }
        assert_eq!(PageRoute::parse("POST", "/login"), None);
    }

    #[test]
    fn bounds_the_page_number() {
        for (query, expected) in [
            ("", 1),
            ("page=3", 3),
            ("a=1&page=2", 2),
            ("page=0", 1),
            ("page=-1", 1),
        ] {
            assert_eq!(page_number(query), expected, "{query}");
        }
        assert_eq!(page_number("page=4294967295"), LIST_PAGE_MAX);
    }
}
