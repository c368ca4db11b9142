//! `robots.txt`, `sitemap.xml`, the web app manifest and the icon.

use core::fmt::Write as _;

use rest::IsoDate;
use serde::Serialize;

use crate::Site;

/// URLs in one sitemap (sitemaps.org: at most 50,000 and 50 MB).
pub const SITEMAP_URLS_MAX: usize = 10_000;

/// The instance's icon, served as `image/svg+xml` at `/favicon.svg`.
pub const FAVICON_SVG: &str = include_str!("../templates/icons/favicon.svg");

/// Everything public may be indexed, the API and signed-in pages may not.
#[must_use]
pub fn robots_txt(site: &Site) -> String {
    format!(
        "User-agent: *\nDisallow: /api/\nDisallow: /login\nDisallow: /upload\n\
         Disallow: /my-library/\nDisallow: /search\nDisallow: /videos/subscriptions\nDisallow: /remote-interaction\nDisallow: /admin/\n\nSitemap: {}/sitemap.xml\n",
        site.origin
    )
}

/// One page for search engines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SitemapEntry {
    /// Path of the page, `/w/{short uuid}`.
    pub path: String,
    /// When its content last changed.
    pub updated_at: Option<IsoDate>,
}

/// `sitemap.xml` of the fixed pages and the given ones, up to [`SITEMAP_URLS_MAX`].
#[must_use]
pub fn sitemap_xml(site: &Site, entries: &[SitemapEntry]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let fixed = [
        "/",
        "/videos/recently-added",
        "/videos/trending",
        "/videos/local",
        "/about",
    ];
    for path in fixed {
        push_url(&mut xml, site, path, None);
    }
    for entry in entries.iter().take(SITEMAP_URLS_MAX - fixed.len()) {
        push_url(&mut xml, site, &entry.path, entry.updated_at);
    }
    xml.push_str("</urlset>\n");
    xml
}

fn push_url(xml: &mut String, site: &Site, path: &str, updated_at: Option<IsoDate>) {
    let escaped = path
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    // Writing into a String cannot fail.
    let _ = write!(xml, "<url><loc>{}{escaped}</loc>", site.origin);
    if let Some(date) = updated_at {
        let _ = write!(xml, "<lastmod>{date}</lastmod>");
    }
    xml.push_str("</url>\n");
}

#[derive(Serialize)]
struct WebManifest<'a> {
    name: &'a str,
    short_name: &'a str,
    description: &'a str,
    start_url: &'static str,
    scope: &'static str,
    display: &'static str,
    background_color: &'static str,
    theme_color: &'static str,
    icons: [Icon; 1],
}

#[derive(Serialize)]
struct Icon {
    src: &'static str,
    sizes: &'static str,
    #[serde(rename = "type")]
    media_type: &'static str,
    purpose: &'static str,
}

/// `manifest.webmanifest`, so that the site can be put on a home screen.
#[must_use]
pub fn web_manifest(site: &Site) -> String {
    let manifest = WebManifest {
        name: &site.name,
        short_name: &site.name,
        description: &site.short_description,
        start_url: "/",
        scope: "/",
        display: "standalone",
        background_color: "#0f1115",
        theme_color: "#0f1115",
        icons: [Icon {
            src: "/favicon.svg",
            sizes: "any",
            media_type: "image/svg+xml",
            purpose: "any",
        }],
    };
    crate::script::json_block(&manifest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn lists_pages_for_robots() {
        let site = sample::site();
        let entry = SitemapEntry {
            path: "/w/a&b".to_owned(),
            updated_at: Some(IsoDate(0)),
        };
        let xml = sitemap_xml(&site, &[entry]);
        assert!(xml.contains(
            "<loc>https://tube.example/w/a&amp;b</loc><lastmod>1970-01-01T00:00:00.000Z</lastmod>"
        ));
        assert!(robots_txt(&site).ends_with("Sitemap: https://tube.example/sitemap.xml\n"));
    }

    #[test]
    fn bounds_the_sitemap() {
        let entry = SitemapEntry {
            path: "/w/a".to_owned(),
            updated_at: None,
        };
        let xml = sitemap_xml(&sample::site(), &vec![entry; SITEMAP_URLS_MAX + 1]);
        assert_eq!(xml.matches("<url>").count(), SITEMAP_URLS_MAX);
    }

    #[test]
    fn web_manifest_is_json_with_any_name() {
        let site = Site {
            name: "A \"tube\" </x>".to_owned(),
            ..sample::site()
        };
        let json: serde_json::Value = serde_json::from_str(&web_manifest(&site)).unwrap();
        assert_eq!(json["name"], "A \"tube\" </x>");
    }
}
