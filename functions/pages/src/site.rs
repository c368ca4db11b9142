//! What a page knows of the instance: nothing of the viewer, so that every page is cacheable.

/// The instance, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Name for people.
    pub name: String,
    /// One or two sentences, plain text; may be empty.
    pub short_description: String,
    /// Public origin without a trailing slash, `https://videos.example`.
    pub origin: String,
    /// Language of new uploads, ISO 639-1; the pages themselves are English.
    pub default_language: String,
    /// Version of the software, shown in the footer.
    pub version: String,
    /// Whether `/search` answers; the search box is left out otherwise.
    pub search_enabled: bool,
    /// Playing from other viewers.
    pub sharing: Sharing,
}

/// How viewers of one video send it to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// Whether it is on for whoever has not chosen.
    pub enabled: bool,
    /// `stun:` URLs that tell browsers their public address; without one, only viewers of one
    /// network find each other.
    pub stun_servers: Vec<String>,
}

impl Site {
    /// Host and port, as they stand behind the `@` of handles.
    #[must_use]
    pub fn host(&self) -> &str {
        self.origin
            .split_once("://")
            .map_or(self.origin.as_str(), |(_, host)| host)
    }

    /// An absolute URL for a path that begins with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// A URL as this site's own pages link it: without the origin where it is ours.
    ///
    /// Pages then work under any name that reaches the instance, and weigh less.
    #[must_use]
    pub fn relative<'a>(&self, url: &'a str) -> &'a str {
        match url.strip_prefix(self.origin.as_str()) {
            Some(path) if path.starts_with('/') => path,
            _ => url,
        }
    }

    /// `name`, or `name@host` for an actor of another instance.
    #[must_use]
    pub fn handle(&self, name: &str, host: &str) -> String {
        if host == self.host() {
            name.to_owned()
        } else {
            format!("{name}@{host}")
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sample;

    #[test]
    fn shortens_only_its_own_urls() {
        let site = sample::site();
        assert_eq!(site.relative("https://tube.example/w/a"), "/w/a");
        for other in [
            "https://tube.example.evil/w/a",
            "http://tube.example/w/a",
            "/w/a",
        ] {
            assert_eq!(site.relative(other), other);
        }
    }

    #[test]
    fn names_the_host_of_remote_actors() {
        let site = sample::site();
        assert_eq!(site.handle("films", "tube.example"), "films");
        assert_eq!(site.handle("films", "other.example"), "films@other.example");
    }
}
