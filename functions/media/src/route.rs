//! Which file a path means.

use rest::ids;

/// Longest file name, in bytes. Ours have at most 36 of a UUID, a resolution and a suffix.
const NAME_MAX_BYTES: usize = 150;

/// A picture, sheet or torrent: open to whoever knows its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenFolder {
    Thumbnails,
    Storyboards,
    Torrents,
    Avatars,
}

impl OpenFolder {
    /// The prefix of its objects.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Thumbnails => "thumbnails",
            Self::Storyboards => "storyboards",
            Self::Torrents => "torrents",
            Self::Avatars => "avatars",
        }
    }
}

/// A kind of download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Download {
    Torrent,
    WebVideo,
    Hls,
    Original,
}

/// A file as its path names it. Names are checked: `[A-Za-z0-9._-]`, no `..`, no dot in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// Below `/lazy-static`.
    Open { folder: OpenFolder, name: &'a str },
    /// A plain file.
    WebVideo { name: &'a str, private: bool },
    /// A file in the HLS folder of a video; the UUID is lower case.
    Hls {
        uuid: String,
        name: &'a str,
        private: bool,
    },
    /// A file of a copy of another server's video; the UUID is lower case.
    Mirror { uuid: String, name: &'a str },
    /// Below `/download`.
    Download { kind: Download, name: &'a str },
}

/// The path is below our roots but means no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnknownFile;

impl<'a> Route<'a> {
    /// The file of a path as sent; `None` when the path is below none of our roots. Percent escapes are
    /// not decoded: no name of ours needs any, and what is not decoded cannot hide a slash.
    pub(crate) fn parse(path: &'a str) -> Option<Result<Self, UnknownFile>> {
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (root, rest) = segments.split_first()?;
        let route = match *root {
            "static" => Self::parse_static(rest),
            "lazy-static" => Self::parse_lazy(rest),
            "download" => Self::parse_download(rest),
            _ => return None,
        };
        Some(route.ok_or(UnknownFile))
    }

    fn parse_static(segments: &[&'a str]) -> Option<Self> {
        const HLS: &str = "streaming-playlists";
        Some(match *segments {
            ["web-videos" | "webseed", name] => Self::WebVideo {
                name: checked(name)?,
                private: false,
            },
            ["web-videos" | "webseed", "private", name] => Self::WebVideo {
                name: checked(name)?,
                private: true,
            },
            ["redundancy", "hls", uuid, name] => Self::Mirror {
                uuid: lower_case(uuid)?,
                name: checked(name)?,
            },
            [HLS, "hls", "private", uuid, name] => Self::Hls {
                uuid: lower_case(uuid)?,
                name: checked(name)?,
                private: true,
            },
            [HLS, "hls", uuid, name] => Self::Hls {
                uuid: lower_case(uuid)?,
                name: checked(name)?,
                private: false,
            },
            _ => return None,
        })
    }

    fn parse_lazy(segments: &[&'a str]) -> Option<Self> {
        let [folder, name] = *segments else {
            return None;
        };
        let folder = match folder {
            // Both are sizes of the same picture.
            "thumbnails" | "previews" => OpenFolder::Thumbnails,
            "storyboards" => OpenFolder::Storyboards,
            "torrents" => OpenFolder::Torrents,
            "avatars" => OpenFolder::Avatars,
            _ => return None,
        };
        Some(Self::Open {
            folder,
            name: checked(name)?,
        })
    }

    fn parse_download(segments: &[&'a str]) -> Option<Self> {
        let (kind, name) = match *segments {
            ["torrents", name] => (Download::Torrent, name),
            ["web-videos", name] => (Download::WebVideo, name),
            ["streaming-playlists", "hls", "videos", name] => (Download::Hls, name),
            ["original-video-files", name] => (Download::Original, name),
            _ => return None,
        };
        Some(Self::Download {
            kind,
            name: checked(name)?,
        })
    }
}

fn lower_case(uuid: &str) -> Option<String> {
    ids::parse_uuid(uuid).map(ids::encode_uuid)
}

fn checked(name: &str) -> Option<&str> {
    let is_plain = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    let is_name = is_plain
        && (1..=NAME_MAX_BYTES).contains(&name.len())
        && !name.starts_with('.')
        && !name.contains("..");
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "9c9de5e8-0a1e-484a-b099-e80766180a6d";

    #[test]
    fn every_kind_of_file_has_its_path() {
        let hls = |private| Route::Hls {
            uuid: UUID.to_owned(),
            name: "a-master.m3u8",
            private,
        };
        let web = |private| Route::WebVideo {
            name: "a-720.mp4",
            private,
        };
        let open = |folder| Route::Open {
            folder,
            name: "a.jpg",
        };
        let download = |kind| Route::Download { kind, name: "a" };
        let upper = UUID.to_ascii_uppercase();
        for (path, expected) in [
            ("/static/web-videos/a-720.mp4".to_owned(), web(false)),
            ("/static/web-videos/private/a-720.mp4".into(), web(true)),
            ("/static/webseed/a-720.mp4".into(), web(false)),
            (
                format!("/static/streaming-playlists/hls/{UUID}/a-master.m3u8"),
                hls(false),
            ),
            (
                format!("/static/streaming-playlists/hls/{upper}/a-master.m3u8/"),
                hls(false),
            ),
            (
                format!("/static/streaming-playlists/hls/private/{UUID}/a-master.m3u8"),
                hls(true),
            ),
            (
                format!("/static/redundancy/hls/{upper}/a-720.mp4"),
                Route::Mirror {
                    uuid: UUID.to_owned(),
                    name: "a-720.mp4",
                },
            ),
            (
                "/lazy-static/thumbnails/a.jpg".into(),
                open(OpenFolder::Thumbnails),
            ),
            (
                "/lazy-static/previews/a.jpg".into(),
                open(OpenFolder::Thumbnails),
            ),
            (
                "/lazy-static/storyboards/a.jpg".into(),
                open(OpenFolder::Storyboards),
            ),
            (
                "/lazy-static/torrents/a.jpg".into(),
                open(OpenFolder::Torrents),
            ),
            ("/download/torrents/a".into(), download(Download::Torrent)),
            (
                "/download/web-videos/a".into(),
                download(Download::WebVideo),
            ),
            (
                "/download/streaming-playlists/hls/videos/a".into(),
                download(Download::Hls),
            ),
            (
                "/download/original-video-files/a".into(),
                download(Download::Original),
            ),
        ] {
            assert_eq!(Route::parse(&path), Some(Ok(expected)), "{path}");
        }
    }

    #[test]
    fn tricks_in_names_mean_no_file() {
        let long = "a".repeat(NAME_MAX_BYTES + 1);
        for name in [
            "..",
            "a..b",
            ".hidden",
            "%2e%2e%2fsecret",
            "a%00.mp4",
            "a b",
            "a\\b",
            "ä.mp4",
            "a:b",
            &long,
        ] {
            for path in [
                format!("/static/web-videos/{name}"),
                format!("/static/streaming-playlists/hls/{UUID}/{name}"),
                format!("/static/redundancy/hls/{UUID}/{name}"),
                format!("/lazy-static/torrents/{name}"),
                format!("/download/torrents/{name}"),
            ] {
                assert_eq!(Route::parse(&path), Some(Err(UnknownFile)), "{path}");
            }
        }
        for path in [
            "/static",
            "/static/web-videos",
            "/static/web-videos/private/x/y",
            "/static/streaming-playlists/hls/not-a-uuid/a.mp4",
            "/static/streaming-playlists/hls/../a.mp4",
            "/lazy-static/secrets/a",
        ] {
            assert_eq!(Route::parse(path), Some(Err(UnknownFile)), "{path}");
        }
    }

    #[test]
    fn other_roots_are_left_to_others() {
        for path in ["/", "/api/v1/videos", "/staticx/web-videos/a", "/w/a"] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }
}
