//! Which feed a path asks for, and in which format.

/// A feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// `/feeds/videos.{format}`.
    Videos(Format),
    /// `/feeds/video-comments.{format}`.
    Comments(Format),
    /// `/feeds/subscriptions.{format}`.
    Subscriptions,
    /// `/feeds/podcast/videos.xml`.
    Podcast,
    /// Any other path below `/feeds`.
    Unknown,
}

/// How a feed is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `.xml`: RSS, unless the query names another `format`.
    Xml,
    /// `.rss` and `.rss2`.
    Rss,
    /// `.atom` and `.atom1`.
    Atom,
    /// `.json` and `.json1`.
    Json,
}

impl Route {
    /// The route of a path (no query); a slash at the end equals none. `None` when it is not below
    /// `/feeds`.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/feeds")?;
        if !(rest.is_empty() || rest.starts_with('/')) {
            return None;
        }
        let file = rest.trim_matches('/');
        if file == "podcast/videos.xml" {
            return Some(Self::Podcast);
        }
        let Some((resource, extension)) = file.split_once('.') else {
            return Some(Self::Unknown);
        };
        Some(match (resource, Format::of_extension(extension)) {
            ("videos", Some(format)) => Self::Videos(format),
            ("video-comments", Some(format)) => Self::Comments(format),
            ("subscriptions", Some(_)) => Self::Subscriptions,
            _ => Self::Unknown,
        })
    }
}

impl Format {
    pub(crate) fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension {
            "xml" => Self::Xml,
            "rss" | "rss2" => Self::Rss,
            "atom" | "atom1" => Self::Atom,
            "json" | "json1" => Self::Json,
            _ => return None,
        })
    }

    /// The media type that the reader accepts, the format's own first. A reader that accepts none of
    /// them gets the first (RFC 9110, 12.5.1, allows that); PeerTube answers 406.
    pub(crate) fn content_type(self, accept: &str) -> &'static str {
        let types: &[(&str, &'static str)] = match self {
            Self::Xml => &[
                ("application/xml", "application/xml; charset=utf-8"),
                ("text/xml", "text/xml; charset=utf-8"),
            ],
            Self::Rss => &[
                ("application/rss+xml", "application/rss+xml; charset=utf-8"),
                ("application/xml", "application/xml; charset=utf-8"),
                ("text/xml", "text/xml; charset=utf-8"),
            ],
            Self::Atom => &[
                (
                    "application/atom+xml",
                    "application/atom+xml; charset=utf-8",
                ),
                ("application/xml", "application/xml; charset=utf-8"),
                ("text/xml", "text/xml; charset=utf-8"),
            ],
            Self::Json => &[
                ("application/json", "application/json; charset=utf-8"),
                (
                    "application/feed+json",
                    "application/feed+json; charset=utf-8",
                ),
            ],
        };
        let names = |wanted: &str| {
            accept.split(',').any(|range| {
                let name = range.split(';').next().unwrap_or_default().trim();
                name.eq_ignore_ascii_case(wanted)
            })
        };
        types
            .iter()
            .find(|(name, _)| names(name))
            .unwrap_or(&types[0])
            .1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_recognised() {
        for (path, route) in [
            ("/feeds/videos.xml", Some(Route::Videos(Format::Xml))),
            ("/feeds/videos.rss2", Some(Route::Videos(Format::Rss))),
            ("/feeds/videos.atom/", Some(Route::Videos(Format::Atom))),
            ("/feeds/videos.json1", Some(Route::Videos(Format::Json))),
            (
                "/feeds/video-comments.json",
                Some(Route::Comments(Format::Json)),
            ),
            ("/feeds/subscriptions.rss", Some(Route::Subscriptions)),
            ("/feeds/podcast/videos.xml", Some(Route::Podcast)),
            ("/feeds/podcast/videos.json", Some(Route::Unknown)),
            ("/feeds/videos.pdf", Some(Route::Unknown)),
            ("/feeds", Some(Route::Unknown)),
            ("/feedsome", None),
            ("/videos.xml", None),
        ] {
            assert_eq!(Route::parse(path), route, "{path}");
        }
    }

    #[test]
    fn browsers_get_a_type_that_they_show() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for (format, accept, expected) in [
            (Format::Rss, "", "application/rss+xml"),
            (Format::Rss, "*/*", "application/rss+xml"),
            (Format::Rss, browser, "application/xml"),
            (Format::Atom, "text/xml", "text/xml"),
            (Format::Xml, "application/rss+xml", "application/xml"),
            (
                Format::Json,
                "application/feed+json",
                "application/feed+json",
            ),
        ] {
            let found = format.content_type(accept);
            assert!(found.starts_with(expected), "{format:?} {accept}: {found}");
        }
    }
}
