//! Host-meta (RFC 6415): where WebFinger is. Old servers ask it first.

use app::AppError;
use serde::Serialize;

use crate::{Document, json};

/// Relation of the template that answers for any URI of this host (RFC 6415, 6.3).
const LRDD: &str = "lrdd";
const JRD_TYPE: &str = "application/jrd+json";

fn template(origin: &str) -> String {
    format!("{origin}/.well-known/webfinger?resource={{uri}}")
}

/// `/.well-known/host-meta`. PeerTube calls what WebFinger answers XRD; it is JRD there as here.
pub(crate) fn xrd(origin: &str) -> Document {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
         <Link rel=\"{LRDD}\" type=\"{JRD_TYPE}\" template=\"{}\"/>\n</XRD>\n",
        template(origin)
    );
    Document {
        content_type: "application/xrd+xml; charset=utf-8",
        bytes: xml.into_bytes(),
    }
}

#[derive(Serialize)]
struct HostMeta {
    links: [Link; 1],
}

#[derive(Serialize)]
struct Link {
    rel: &'static str,
    #[serde(rename = "type")]
    media_type: &'static str,
    template: String,
}

/// `/.well-known/host-meta.json` (RFC 6415, appendix A).
pub(crate) fn json_document(origin: &str) -> Result<Document, AppError> {
    let meta = HostMeta {
        links: [Link {
            rel: LRDD,
            media_type: JRD_TYPE,
            template: template(origin),
        }],
    };
    json("application/json; charset=utf-8", &meta)
}
