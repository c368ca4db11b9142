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

/// With this header an answer is made anew, and is none that the client has.
const NEVER_KEPT: &str = "if-none-match: \"nothing\"";

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
    let details = format!("/api/v1/videos/{}", stage.created.uuid);
    for (path, what, peertube) in [
        ("/api/v1/videos", "/api/v1/videos, 15 listed", PEERTUBE_LIST),
        (&details, "/api/v1/videos/{id}", PEERTUBE_DETAILS),
    ] {
        line(
            &format!("{what}, kept for a second (PeerTube: {peertube}/s)"),
            rate(path),
            Bound::AtLeast(peertube * FACTOR_API),
        );
        let url = format!("{origin}{path}");
        line(
            &format!("{what}, made anew each time"),
            wrk::rate(&url, &[NEVER_KEPT]),
            Bound::Shown,
        );
    }
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
