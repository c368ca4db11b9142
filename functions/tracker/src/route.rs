//! What a path asks for.

/// A path below `/tracker`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// An announce.
    Announce,
    /// A scrape.
    Scrape,
    /// A socket, to one video's swarms or to all.
    Socket,
}

impl Route {
    /// The route of a path (no query); `None` when there is no such tracker.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/tracker/")?;
        match rest {
            "announce" => Some(Self::Announce),
            "scrape" => Some(Self::Scrape),
            "socket" => Some(Self::Socket),
            _ => rest.starts_with("socket/").then_some(Self::Socket),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_recognised() {
        for (path, route) in [
            ("/tracker/announce", Some(Route::Announce)),
            ("/tracker/scrape", Some(Route::Scrape)),
            ("/tracker/socket", Some(Route::Socket)),
            ("/tracker/socket/", Some(Route::Socket)),
            (
                "/tracker/socket/9c9de5e8-0a1e-484a-b099-e80766180a6d",
                Some(Route::Socket),
            ),
            ("/tracker", None),
            ("/tracker/sockets", None),
            ("/announce", None),
        ] {
            assert_eq!(Route::parse(path), route, "{path}");
        }
    }
}
