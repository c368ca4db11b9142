//! How other servers find us: WebFinger (RFC 7033), host-meta (RFC 6415) and NodeInfo 2.0 and 2.1.
//!
//! A path and a query in, a document out; nothing depends on who asks, nothing is written, and each
//! document costs one database batch at most. Status codes, caching and CORS are the caller's: every
//! document may be shared by caches and read by any origin (RFC 7033, 5).
//!
//! Start at [`Route`], then [`document`].

mod host_meta;
mod jrd;
mod node_info;
mod resource;

use app::AppError;
use ports::Platform;

/// A document of this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub bytes: Vec<u8>,
}

/// What may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// `/.well-known/webfinger`.
    WebFinger,
    /// `/.well-known/host-meta`, XRD.
    HostMeta,
    /// `/.well-known/host-meta.json`.
    HostMetaJson,
    /// `/.well-known/nodeinfo`.
    NodeInfoIndex,
    /// `/nodeinfo/{version}.json`; `None` is a version that nobody defined.
    NodeInfo(Option<node_info::Version>),
}

impl Route {
    /// The route of a path (no query); a slash at the end equals none. `None` when it is elsewhere.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.trim_end_matches('/');
        if let Some(file) = path.strip_prefix("/nodeinfo/") {
            return Some(Self::NodeInfo(node_info::Version::of_file(file)));
        }
        Some(match path.strip_prefix("/.well-known/")? {
            "webfinger" => Self::WebFinger,
            "host-meta" => Self::HostMeta,
            "host-meta.json" => Self::HostMetaJson,
            "nodeinfo" => Self::NodeInfoIndex,
            _ => return None,
        })
    }
}

/// The document of a route.
///
/// # Errors
/// 400 for a WebFinger query without a resource that could be an actor; 404 for an actor, host or NodeInfo
/// version that is not here.
pub async fn document<P: Platform>(
    platform: &P,
    route: Route,
    query: &str,
) -> Result<Document, AppError> {
    let origin = &platform.settings().public_origin;
    match route {
        Route::WebFinger => jrd::actor(platform, query).await,
        Route::HostMeta => Ok(host_meta::xrd(origin)),
        Route::HostMetaJson => host_meta::json_document(origin),
        Route::NodeInfoIndex => node_info::index(origin),
        Route::NodeInfo(Some(version)) => node_info::document(platform, version).await,
        Route::NodeInfo(None) => Err(AppError::not_found("Nodeinfo schema version not handled")),
    }
}

pub use node_info::Version;

fn json<T: serde::Serialize>(content_type: &'static str, value: &T) -> Result<Document, AppError> {
    Ok(Document {
        content_type,
        bytes: serde_json::to_vec(value).map_err(AppError::bug)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_recognised() {
        for (path, route) in [
            ("/.well-known/webfinger", Some(Route::WebFinger)),
            ("/.well-known/webfinger/", Some(Route::WebFinger)),
            ("/.well-known/host-meta", Some(Route::HostMeta)),
            ("/.well-known/host-meta.json", Some(Route::HostMetaJson)),
            ("/.well-known/nodeinfo", Some(Route::NodeInfoIndex)),
            (
                "/nodeinfo/2.1.json",
                Some(Route::NodeInfo(Some(Version::V2_1))),
            ),
            ("/nodeinfo/1.0.json", Some(Route::NodeInfo(None))),
            ("/nodeinfo", None),
            ("/.well-known/", None),
            ("/.well-known/webfinger/x", None),
            ("/webfinger", None),
        ] {
            assert_eq!(Route::parse(path), route, "{path}");
        }
    }
}
