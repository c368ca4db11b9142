//! Chromium on the pages; each test is a script in `tests/e2e/browser`.

use std::env;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use e2e::instance::ADMIN_PASSWORD;
use e2e::published::published;
use e2e::scratch::Scratch;
use e2e::video::text;
use e2e::{Instance, Transcoder, programs, samples, wait};

/// Upload, transcoding and playing of five seconds; the scripts have shorter patience of their own.
const SCRIPT_PATIENCE: Duration = Duration::from_secs(240);

/// A running script.
struct Script {
    name: &'static str,
    process: Child,
    log: PathBuf,
    _scratch: Scratch,
}

impl Script {
    fn start(name: &'static str, instance: &Instance, extra: &Value) -> Self {
        let mut told = json!({
            "origin": instance.origin(),
            "username": "root",
            "password": ADMIN_PASSWORD,
            "chromium": programs::chromium(),
            "screenshots": env::var("EDGETUBE_SCREENSHOTS").ok(),
        });
        if let (Some(told), Some(extra)) = (told.as_object_mut(), extra.as_object()) {
            told.extend(extra.clone());
        }
        let scratch = Scratch::new("browser");
        let log = scratch.join("log");
        let output = File::create(&log).and_then(|file| Ok((file.try_clone()?, file)));
        let (stdout, stderr) = output.unwrap_or_else(|error| panic!("cannot write a log: {error}"));
        let process = Command::new(programs::node())
            .arg(programs::root().join("tests/e2e/browser").join(name))
            .arg(told.to_string())
            // The browser keeps its profile where it is removed.
            .env("TMPDIR", scratch.path())
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(stderr)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start node: {error}"));
        Self {
            name,
            process,
            log,
            _scratch: scratch,
        }
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until the script has printed this line, or has ended.
    fn wait_for(&mut self, line: &str) {
        wait::until(line, SCRIPT_PATIENCE, || {
            let is_over = self.process.try_wait().ok().flatten().is_some();
            (is_over || self.said().lines().any(|said| said == line)).then_some(())
        });
    }

    /// Waits for its end and shows what it said if it failed.
    fn finish(mut self) {
        let what = format!("{} ends", self.name);
        let status = wait::until(&what, SCRIPT_PATIENCE, || {
            self.process.try_wait().ok().flatten()
        });
        assert!(status.success(), "{} failed:\n{}", self.name, self.said());
    }
}

/// Runs a script to its end, which must be a good one.
pub fn run_script(name: &'static str, instance: &Instance, extra: &Value) {
    Script::start(name, instance, extra).finish();
}

fn of_published() -> Value {
    let video = &published().video;
    let watch = format!("/w/{}", text(video, "shortUUID"));
    let embed = text(video, "embedPath");
    let handle = |key: &str| text(&video[key], "name").to_owned();
    json!({
        "title": text(video, "name"),
        "watch": watch,
        "embed": embed,
        "channel": format!("/c/{}", handle("channel")),
        "channelName": text(&video["channel"], "displayName"),
        "account": format!("/a/{}", handle("account")),
    })
}

#[test]
fn a_newcomer_uploads_and_watches() {
    let instance = Instance::start();
    let extra = json!({ "sample": samples::bunny() });
    let mut script = Script::start("journey.mjs", &instance, &extra);
    script.wait_for("waiting for the transcoder");
    let _transcoder = Transcoder::start_with(&instance, &["--watch"]);
    script.finish();
}

#[test]
fn a_changed_segment_is_not_played() {
    run_script("integrity.mjs", &published().instance, &of_published());
}

#[test]
fn the_first_frame_waits_for_no_library() {
    run_script("opening.mjs", &published().instance, &of_published());
}

#[test]
fn the_embed_plays_in_a_strangers_page() {
    let published = published();
    let watch = format!(
        "{}/w/{}",
        published.instance.origin(),
        published.created.short_uuid
    );
    let oembed = format!(
        "/services/oembed?format=json&url={}",
        e2e::client::percent(&watch)
    );
    let oembed = published
        .instance
        .visitor()
        .get(&oembed)
        .expect_status(200)
        .json();
    let extra = json!({ "embedHtml": text(&oembed, "html") });
    run_script("embed.mjs", &published.instance, &extra);
}

#[test]
fn every_page_fits_every_screen() {
    run_script("pages.mjs", &published().instance, &of_published());
}

#[test]
fn the_keyboard_alone_signs_in_and_plays() {
    run_script("keyboard.mjs", &published().instance, &of_published());
}

#[test]
fn pages_are_readable_without_javascript() {
    run_script("scriptless.mjs", &published().instance, &of_published());
}
