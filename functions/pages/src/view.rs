//! View models: what templates print, already worded. Each page has a module of its own.

use askama::Template;

use crate::{
    Site,
    assets::asset_url,
    route::{LIST_PAGE_MAX, ListKind},
    script::EARLY_SCRIPT,
    text::grouped,
};

pub mod about;
pub mod actor;
pub mod card;
pub mod comments;
pub mod embed;
pub mod home;
pub mod list;
pub mod message;
pub mod playlist;
pub mod shell;
pub mod watch;

/// Characters of a `<meta name="description">`; search engines show no more.
const META_DESCRIPTION_MAX_CHARS: usize = 200;

/// The main navigation.
const PLACES: [(&str, &str); 4] = [
    (ListKind::RecentlyAdded.path(), "Latest"),
    (ListKind::Trending.path(), "Trending"),
    (ListKind::Local.path(), "Local"),
    ("/about", "About"),
];

/// What every page has around its content.
pub(crate) struct Frame<'a> {
    pub site: &'a Site,
    pub title: String,
    pub description: String,
    pub canonical: Option<String>,
    pub indexable: bool,
    /// Place in the navigation that is this page, if any.
    pub place: Option<&'static str>,
    pub style: String,
    pub script: String,
    pub early_script: &'static str,
    pub feeds: Vec<FeedLink>,
}

/// A feed that readers find from the page.
pub(crate) struct FeedLink {
    pub media_type: &'static str,
    pub title: String,
    pub href: String,
}

/// One link of the main navigation.
pub(crate) struct Place {
    pub href: &'static str,
    pub label: &'static str,
    pub current: bool,
}

impl<'a> Frame<'a> {
    /// A page that search engines may show under its own path.
    pub fn public(site: &'a Site, title: &str, path: &str) -> Self {
        Self {
            canonical: Some(site.url(path)),
            indexable: true,
            ..Self::hidden(site, title, path)
        }
    }

    /// A page that only means something to who asked for it.
    pub fn hidden(site: &'a Site, title: &str, path: &str) -> Self {
        Self {
            site,
            title: if title.is_empty() {
                site.name.clone()
            } else {
                format!("{title} - {}", site.name)
            },
            description: crate::text::excerpt(&site.short_description, META_DESCRIPTION_MAX_CHARS),
            canonical: None,
            indexable: false,
            place: PLACES
                .iter()
                .map(|(href, _)| *href)
                .find(|href| *href == path),
            style: asset_url("site.css"),
            script: asset_url("site.ts"),
            early_script: EARLY_SCRIPT,
            feeds: Vec::new(),
        }
    }

    pub fn described(mut self, markdown: Option<&str>) -> Self {
        let words =
            crate::markdown::plain_text(markdown.unwrap_or_default(), META_DESCRIPTION_MAX_CHARS);
        if !words.is_empty() {
            self.description = words;
        }
        self
    }

    /// Links the feeds of videos that `query` names, empty for those of the instance.
    pub fn with_feeds(mut self, title: &str, query: &str) -> Self {
        let formats = [
            ("application/rss+xml", "xml"),
            ("application/atom+xml", "atom"),
            ("application/feed+json", "json"),
        ];
        let mark = if query.is_empty() { "" } else { "?" };
        self.feeds
            .extend(formats.map(|(media_type, extension)| FeedLink {
                media_type,
                title: title.to_owned(),
                href: format!("/feeds/videos.{extension}{mark}{query}"),
            }));
        self
    }

    /// Links one feed in RSS.
    pub fn with_feed(mut self, title: String, href: String) -> Self {
        self.feeds.push(FeedLink {
            media_type: "application/rss+xml",
            title,
            href,
        });
        self
    }

    pub fn places(&self) -> [Place; PLACES.len()] {
        PLACES.map(|(href, label)| Place {
            href,
            label,
            current: self.place == Some(href),
        })
    }
}

/// Links to the pages before and after this one.
pub(crate) struct Pager {
    pub page: u32,
    pub pages: u64,
    pub previous: Option<String>,
    pub next: Option<String>,
}

impl Pager {
    /// `path` may carry a query already.
    pub fn new(path: &str, page: u32, total: u64, per_page: u32) -> Self {
        let pages = total
            .div_ceil(u64::from(per_page.max(1)))
            .clamp(1, u64::from(LIST_PAGE_MAX));
        let join = if path.contains('?') { '&' } else { '?' };
        let link = |page: u32| {
            if page == 1 {
                path.to_owned()
            } else {
                format!("{path}{join}page={page}")
            }
        };
        Self {
            page,
            pages,
            previous: (page > 1).then(|| link(page - 1)),
            next: (u64::from(page) < pages).then(|| link(page + 1)),
        }
    }

    pub const fn needed(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}

/// A number that stands large above its label.
pub(crate) struct Figure {
    pub label: &'static str,
    pub value: String,
}

impl Figure {
    pub fn new(label: &'static str, value: u64) -> Self {
        Self {
            label,
            value: grouped(value),
        }
    }
}

/// Renders a template of this crate.
///
/// # Panics
/// Never: writing into a `String` cannot fail, and no template here uses a filter that can.
pub(crate) fn print<T: Template>(template: &T) -> String {
    template
        .render()
        .expect("templates write into a String and use infallible filters alone")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pager_links_only_where_there_are_pages() {
        let pager = Pager::new("/videos/local", 2, 60, 24);
        assert_eq!(pager.previous.as_deref(), Some("/videos/local"));
        assert_eq!(pager.next.as_deref(), Some("/videos/local?page=3"));
        assert_eq!(Pager::new("/videos/local", 3, 60, 24).next, None);
        assert!(!Pager::new("/videos/local", 1, 0, 24).needed());
        let search = Pager::new("/search?search=a", 1, 60, 24);
        assert_eq!(search.next.as_deref(), Some("/search?search=a&page=2"));
    }
}
