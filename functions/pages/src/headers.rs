//! Response headers of pages: what they may load, who may frame them, how long they keep.

use crate::{Site, assets::asset_url, script::EARLY_SCRIPT_SHA256};

/// What a page is, as far as headers care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// Lists, channels, accounts: they change with every publication.
    List,
    /// A watch page.
    Watch,
    /// A player for other sites' frames.
    Embed,
    /// Sign-in, upload, my videos: rendered shells, the same for everybody.
    Shell,
    /// About and the like.
    Document,
    /// 404 and other errors.
    Error,
}

/// Headers for a page's response, names in lower case.
///
/// `cache-control` is a suggestion for anonymous pages; browsers revalidate every time and the
/// edge keeps them for the stated seconds.
#[must_use]
pub fn page_headers(site: &Site, kind: PageKind) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("content-type", "text/html; charset=utf-8".to_owned()),
        (
            "content-security-policy",
            content_security_policy(site, kind),
        ),
        ("x-content-type-options", "nosniff".to_owned()),
        (
            "referrer-policy",
            "strict-origin-when-cross-origin".to_owned(),
        ),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=(), payment=()".to_owned(),
        ),
        ("cache-control", cache_control(kind).to_owned()),
        // One path answers pages and ActivityPub.
        ("vary", "accept".to_owned()),
        ("link", preload_links(kind)),
    ];
    if kind != PageKind::Embed {
        headers.push(("x-frame-options", "DENY".to_owned()));
        headers.push(("cross-origin-opener-policy", "same-origin".to_owned()));
    }
    headers
}

/// Seconds that an anonymous page may be kept at the edge (`s-maxage`) and shown while a new one
/// is fetched.
const fn cache_control(kind: PageKind) -> &'static str {
    match kind {
        PageKind::List | PageKind::Watch | PageKind::Embed => {
            "public, max-age=0, s-maxage=30, stale-while-revalidate=60"
        }
        PageKind::Shell | PageKind::Document => {
            "public, max-age=0, s-maxage=300, stale-while-revalidate=600"
        }
        PageKind::Error => "public, max-age=0, s-maxage=5",
    }
}

/// Media, pictures and captions of federated videos live on other instances, hence the schemes.
fn content_security_policy(site: &Site, kind: PageKind) -> String {
    let insecure = site.origin.starts_with("http://");
    let (http, sockets) = if insecure {
        (" http:", " ws:")
    } else {
        ("", "")
    };
    let ancestors = if kind == PageKind::Embed {
        "*"
    } else {
        "'none'"
    };
    format!(
        "default-src 'none'; script-src 'self' 'sha256-{EARLY_SCRIPT_SHA256}'; style-src 'self'; \
         img-src 'self' data: blob: https:{http}; media-src 'self' blob: https:{http}; \
         connect-src 'self' https: wss:{http}{sockets}; worker-src 'self' blob:; \
         manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )
}

/// Cloudflare and other edges send these as 103 Early Hints.
fn preload_links(kind: PageKind) -> String {
    let preload = |entry: &str, how: &str| format!("<{}>; {how}", asset_url(entry));
    let style = "rel=preload; as=style";
    let module = "rel=modulepreload";
    let links = match kind {
        PageKind::Watch => vec![
            preload("site.css", style),
            preload("player.css", style),
            preload("watch.ts", module),
        ],
        PageKind::Embed => vec![
            preload("player.css", style),
            preload("embed.ts", module),
            preload("hls-light.ts", module),
        ],
        _ => vec![preload("site.css", style)],
    };
    links.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn header(kind: PageKind, name: &str) -> Option<String> {
        let mut headers = page_headers(&sample::site(), kind).into_iter();
        headers
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    #[test]
    fn only_the_embed_may_be_framed() {
        assert_eq!(header(PageKind::Embed, "x-frame-options"), None);
        assert!(
            header(PageKind::Embed, "content-security-policy")
                .unwrap()
                .ends_with("frame-ancestors *")
        );
        assert_eq!(
            header(PageKind::Watch, "x-frame-options").as_deref(),
            Some("DENY")
        );
        let policy = header(PageKind::Watch, "content-security-policy").unwrap();
        assert!(policy.ends_with("frame-ancestors 'none'"));
    }

    #[test]
    fn runs_no_script_but_ours() {
        let policy = header(PageKind::Watch, "content-security-policy").unwrap();
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'sha256-"));
    }

    #[test]
    fn plain_http_media_is_for_plain_http_sites() {
        let https = content_security_policy(&sample::site(), PageKind::Watch);
        assert!(!https.contains("http:;"), "{https}");
        let local = Site {
            origin: "http://localhost:8787".to_owned(),
            ..sample::site()
        };
        assert!(
            content_security_policy(&local, PageKind::Watch)
                .contains("media-src 'self' blob: https: http:;")
        );
    }
}
