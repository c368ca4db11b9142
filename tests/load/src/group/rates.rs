//! Requests per second, next to those of PeerTube 6.3 on two cores of the same kind.

use e2e::video::text;

use crate::figure::{Bound, Table};
use crate::stage::Stage;
use crate::wrk;

/// PeerTube's rates and how many times faster we must be.
const PEERTUBE_LIST: f64 = 190.0;
const PEERTUBE_DETAILS: f64 = 180.0;
const PEERTUBE_WATCH: f64 = 1_100.0;
const FACTOR_API: f64 = 10.0;
const FACTOR_PAGE: f64 = 2.0;

/// Measures all routes on one instance.
pub fn measure(table: &mut Table) {
    let stage = Stage::set(&[]);
    let origin = stage.instance.origin();
    let rate = |path: &str| wrk::rate(&format!("{origin}{path}"), &[]);
    let mut line = |name: &str, rate: f64, bound| table.line(name, rate, "/s", bound);

    line("home page, kept for a second", rate("/"), Bound::Shown);
    let watch = Bound::AtLeast(PEERTUBE_WATCH * FACTOR_PAGE);
    line(
        "watch page, kept for a second (PeerTube: 1,100/s)",
        rate(&stage.watch_path()),
        watch,
    );
    let list = Bound::AtLeast(PEERTUBE_LIST * FACTOR_API);
    line(
        "/api/v1/videos, 15 listed (PeerTube: 190/s)",
        rate("/api/v1/videos"),
        list,
    );
    let details = Bound::AtLeast(PEERTUBE_DETAILS * FACTOR_API);
    let path = format!("/api/v1/videos/{}", stage.created.uuid);
    line(
        "/api/v1/videos/{id} (PeerTube: 180/s)",
        rate(&path),
        details,
    );
    line("/api/v1/config", rate("/api/v1/config"), Bound::Shown);
    let playlist = text(&stage.video["streamingPlaylists"][0], "playlistUrl");
    line("master playlist", wrk::rate(playlist, &[]), Bound::Shown);
    let media = format!("{origin}{}", stage.rendition_path());
    let range = ["range: bytes=0-65535"];
    line(
        "media range of 64 KiB",
        wrk::rate(&media, &range),
        Bound::Shown,
    );
}
