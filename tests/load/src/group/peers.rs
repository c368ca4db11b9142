//! Ten viewers in Chromium, one after the other: what the edge still serves.

use std::process::{Command, Stdio};
use std::time::Duration;

use e2e::scratch::Scratch;
use e2e::video::{self, text};
use e2e::{Instance, Transcoder, programs, samples};
use serde_json::{Value, json};

use crate::figure::{Bound, Table, median};

const VIEWERS: u32 = 10;
const DURATION_SECS: u32 = 180;
/// Of all media bytes after the first viewer's start. A tenth is the first viewer's own.
const EDGE_CAP_PERCENT: f64 = 15.0;
const QUEUE_PATIENCE: Duration = Duration::from_secs(60);

/// Measures one swarm.
pub fn measure(table: &mut Table) {
    // All viewers have one address here, which the tracker takes for a household otherwise.
    let instance = Instance::with_vars(&[("VIEWERS_PER_ADDRESS", "0")]);
    let admin = instance.admin();
    let scratch = Scratch::new("shared");
    let file = samples::test_card(&scratch, "card.mp4", "854x480", DURATION_SECS);
    let created = video::upload(&admin, &file, "Three minutes", &[]);
    Transcoder::drain(&instance);
    let video = video::wait_until_transcoded(&admin, &created.uuid, QUEUE_PATIENCE);
    let watch = format!("/w/{}", text(&video, "shortUUID"));
    let measured = watch_together(&instance, &watch);

    let number = |key: &str| {
        let value = measured[key].as_f64();
        value.unwrap_or_else(|| panic!("no {key} in {measured}"))
    };
    let edge = number("edgeBytes") - number("startBytes");
    let share = 100.0 * edge / (edge + number("peerBytes"));
    let cap = Bound::AtMost(EDGE_CAP_PERCENT);
    table.line(
        "media bytes from the edge after the first start",
        share,
        "%",
        cap,
    );
    let shares = numbers(&measured["shares"]);
    let lowest = shares.iter().copied().fold(f64::INFINITY, f64::min);
    table.shown(
        "least share that a later viewer got from others",
        100.0 * lowest,
        "%",
    );
    table.shown(
        "from the first frame to data from another viewer",
        median(numbers(&measured["joinMs"])),
        "ms",
    );
    table.line(
        "pictures that stood still for want of data",
        number("stalls"),
        "",
        Bound::AtMost(0.0),
    );
    table.line(
        "players that complained",
        number("complaints"),
        "",
        Bound::AtMost(0.0),
    );
}

fn numbers(list: &Value) -> Vec<f64> {
    let list = list.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_f64).collect()
}

fn watch_together(instance: &Instance, watch: &str) -> Value {
    let told = json!({
        "chromium": programs::chromium(),
        "origin": instance.origin(),
        "watch": watch,
        "durationSecs": DURATION_SECS,
        "viewers": VIEWERS,
    });
    let mut browser = Command::new(programs::node())
        .arg(programs::root().join("tests/load/browser/swarm.mjs"))
        .arg(told.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start node: {error}"));
    // Its standard input stays open until it has ended.
    let lifeline = browser.stdin.take();
    let output = browser
        .wait_with_output()
        .unwrap_or_else(|error| panic!("{error}"));
    drop(lifeline);
    assert!(output.status.success(), "the browser script failed");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}"))
}
