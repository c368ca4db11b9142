//! The watch page as a browser sees it.

use std::process::{Command, Stdio};

use e2e::programs;
use serde_json::{Value, json};

use super::size::{gzip_bytes, kib};
use crate::figure::{Bound, Table, count, median};
use crate::http1::Connection;
use crate::stage::Stage;

const HTML_CAP_KIB: f64 = 30.0;
const SCRIPTS_CAP_KIB: f64 = 250.0;
const PAINT_CAP_MS: f64 = 200.0;
const FRAME_CAP_MS: f64 = 500.0;
const ROUNDS: u32 = 5;

/// Measures sizes, then what Chromium does with them.
pub fn measure(table: &mut Table) {
    let stage = Stage::set(&[]);
    let html = Connection::open(stage.instance.origin()).get(&stage.watch_path(), &[]);
    let html = html.expect_status(200).body;
    table.line(
        "HTML, raw",
        kib(html.len()),
        "KiB",
        Bound::AtMost(HTML_CAP_KIB),
    );
    table.shown("HTML, gzip", kib(gzip_bytes(&html)), "KiB");
    let rounds = open_in_browser(&format!(
        "{}{}",
        stage.instance.origin(),
        stage.watch_path()
    ));
    let scripts = |round: &Value| {
        let sizes = round["scripts"].as_array().into_iter().flatten();
        sizes
            .filter_map(|script| script["gzipBytes"].as_u64())
            .sum::<u64>()
    };
    let gzip_kib = median(
        rounds
            .iter()
            .map(|round| count(scripts(round)) / 1_024.0)
            .collect(),
    );
    let cap = Bound::AtMost(SCRIPTS_CAP_KIB);
    table.line("scripts before the first frame, gzip", gzip_kib, "KiB", cap);
    let files = rounds[0]["scripts"].as_array().map_or(0, Vec::len);
    table.shown(
        "  in files",
        count(u64::try_from(files).expect("a few")),
        "",
    );
    table.shown(
        "requests before the first frame",
        median(all(&rounds, "requests")),
        "",
    );
    let paint = Bound::AtMost(PAINT_CAP_MS);
    table.line(
        "first paint (PeerTube: 1.2 s)",
        median(all(&rounds, "paintMs")),
        "ms",
        paint,
    );
    table.shown(
        "first paint of content",
        median(all(&rounds, "contentMs")),
        "ms",
    );
    let frame = Bound::AtMost(FRAME_CAP_MS);
    table.line(
        "first frame (PeerTube: 2.0 s)",
        median(all(&rounds, "frameMs")),
        "ms",
        frame,
    );
}

fn all(rounds: &[Value], key: &str) -> Vec<f64> {
    rounds
        .iter()
        .map(|round| {
            round[key]
                .as_f64()
                .unwrap_or_else(|| panic!("no {key} in {round}"))
        })
        .collect()
}

fn open_in_browser(url: &str) -> Vec<Value> {
    let told = json!({ "chromium": programs::chromium(), "url": url, "rounds": ROUNDS });
    let browser = Command::new(programs::node())
        .arg(programs::root().join("tests/load/browser/first-frame.mjs"))
        .arg(told.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start node: {error}"));
    // Its standard input stays open until it has ended.
    let mut browser = browser;
    let lifeline = browser.stdin.take();
    let output = browser
        .wait_with_output()
        .unwrap_or_else(|error| panic!("{error}"));
    drop(lifeline);
    assert!(output.status.success(), "the browser script failed");
    let rounds: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}"));
    rounds.as_array().expect("an array is printed").clone()
}
