//! Viewers in Chromium that play one video from each other, over our tracker and WebRTC on loopback.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use e2e::scratch::Scratch;
use e2e::video::{self, text};
use e2e::{Instance, Transcoder, packages, samples};

use crate::browser::run_script;

/// Long enough that joining is a small part of it.
const DURATION_SECS: u32 = 180;
const QUEUE_PATIENCE: Duration = Duration::from_secs(60);

/// An instance with one video in several resolutions.
struct Shared {
    instance: Instance,
    video: Value,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        // All viewers have one address here, which the tracker takes for a household otherwise.
        let instance = Instance::with_vars(&[("VIEWERS_PER_ADDRESS", "0")]);
        let admin = instance.admin();
        let scratch = Scratch::new("shared");
        let file = samples::test_card(&scratch, "card.mp4", "854x480", DURATION_SECS);
        let created = video::upload(&admin, &file, "Three minutes", &[]);
        Transcoder::drain(&instance);
        let video = video::wait_until_transcoded(&admin, &created.uuid, QUEUE_PATIENCE);
        Shared { instance, video }
    })
}

/// Runs one script at a time: each has several browsers decode at once.
fn run(name: &'static str) {
    static TURN: Mutex<()> = Mutex::new(());
    let Shared { instance, video } = shared();
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let host = instance.origin().trim_start_matches("http");
    let extra = json!({
        "watch": format!("/w/{}", text(video, "shortUUID")),
        "embed": text(video, "embedPath"),
        "durationSecs": DURATION_SECS,
        "playlistUrl": text(&video["streamingPlaylists"][0], "playlistUrl"),
        "tracker": format!("ws{host}/tracker/socket/{}", text(video, "uuid")),
        "packages": packages::installed("p2p-media-loader-2.2"),
    });
    run_script(name, instance, &extra);
}

#[test]
fn later_viewers_play_from_earlier_ones() {
    run("p2p.mjs");
}

#[test]
fn viewers_of_peertube_8_0_and_ours_play_from_each_other() {
    run("p2p-generations.mjs");
}

#[test]
fn a_changed_segment_is_refused_and_its_sender_dropped() {
    run("p2p-corrupt.mjs");
}

#[test]
fn who_is_alone_makes_no_offers_and_may_turn_it_off() {
    run("p2p-alone.mjs");
}

#[test]
fn where_the_instance_leaves_it_to_viewers_their_switch_decides() {
    let instance = Instance::with_vars(&[("P2P_ENABLED", "false")]);
    let admin = instance.admin();
    let scratch = Scratch::new("left-to-viewers");
    // More than a player fetches before anybody presses a switch.
    let file = samples::test_card(&scratch, "card.mp4", "640x360", DURATION_SECS / 2);
    let created = video::upload(&admin, &file, "Left to viewers", &[]);
    Transcoder::drain(&instance);
    let video = video::wait_until_transcoded(&admin, &created.uuid, QUEUE_PATIENCE);
    let run = |is_refused: bool| {
        let extra = json!({
            "watch": format!("/w/{}", created.short_uuid),
            "embed": text(&video, "embedPath"),
            "isRefused": is_refused,
        });
        run_script("p2p-chosen.mjs", &instance, &extra);
    };
    run(false);
    let channel = format!("/api/v1/video-channels/{}", text(&video["channel"], "name"));
    let headers = [("content-type", "application/json")];
    let refusal = admin.call(Method::PUT, &channel, &headers, br#"{"p2pEnabled":false}"#);
    let _ = refusal.expect_status(204);
    run(true);
}
