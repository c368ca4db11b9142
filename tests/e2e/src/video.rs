//! Videos as a client of the REST API sees them.

use std::path::Path;
use std::time::Duration;

use http::Method;
use serde_json::Value;

use crate::client::{Answer, Client};
use crate::form::Form;
use crate::wait;

/// PeerTube's numbers of who may see a video.
pub mod privacy {
    /// Everybody, listed.
    pub const PUBLIC: &str = "1";
    /// Everybody who has the link.
    pub const UNLISTED: &str = "2";
    /// The owner.
    pub const PRIVATE: &str = "3";
}

/// Ids of a new video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Number.
    pub id: u64,
    /// UUID with dashes.
    pub uuid: String,
    /// The same in base 58.
    pub short_uuid: String,
}

impl Created {
    /// Reads the answer of an upload.
    #[must_use]
    pub fn from_answer(answer: &Answer) -> Self {
        let json = answer.json();
        let video = &json["video"];
        let text = |key: &str| {
            let value = video[key].as_str();
            value
                .unwrap_or_else(|| panic!("no {key} in {json}"))
                .to_owned()
        };
        Self {
            id: video["id"]
                .as_u64()
                .unwrap_or_else(|| panic!("no id in {json}")),
            uuid: text("uuid"),
            short_uuid: text("shortUUID"),
        }
    }
}

/// Row id of the user's first channel.
#[must_use]
pub fn channel_id(client: &Client) -> String {
    let me = client.get("/api/v1/users/me").expect_status(200).json();
    let id = me["videoChannels"][0]["id"].as_u64();
    id.unwrap_or_else(|| panic!("no channel in {me}"))
        .to_string()
}

/// A form with the fields that every upload has; `extra` ones replace them.
#[must_use]
pub fn form<'a>(client: &Client, name: &str, extra: &[(&str, &str)]) -> Form<'a> {
    let channel_id = channel_id(client);
    let standard = [
        ("name", name),
        ("channelId", &channel_id),
        ("privacy", privacy::PUBLIC),
    ];
    let is_replaced = |name: &str| extra.iter().any(|(other, _)| *other == name);
    let standard: Vec<_> = standard
        .into_iter()
        .filter(|(name, _)| !is_replaced(name))
        .collect();
    Form::new().texts(&standard).texts(extra)
}

/// Sends a file in one request.
#[must_use]
pub fn upload_form(client: &Client, form: Form<'_>) -> Answer {
    client.send_form(Method::POST, "/api/v1/videos/upload", form)
}

/// Uploads a file in one request.
#[must_use]
pub fn upload(client: &Client, path: &Path, name: &str, extra: &[(&str, &str)]) -> Created {
    let form = form(client, name, extra).file("videofile", "sample.mp4", "video/mp4", path);
    Created::from_answer(&upload_form(client, form).expect_status(200))
}

/// `GET /videos/{id}`.
#[must_use]
pub fn details(client: &Client, id: &str) -> Value {
    client
        .get(&format!("/api/v1/videos/{id}"))
        .expect_status(200)
        .json()
}

/// States of jobs that still change: pending, processing, waiting for parent, completing.
const UNFINISHED: [u64; 4] = [1, 2, 5, 9];

/// State of each transcoding job on the instance.
#[must_use]
pub fn job_states(admin: &Client) -> Vec<u64> {
    let answer = admin
        .get("/api/v1/runners/jobs?count=100")
        .expect_status(200)
        .json();
    let jobs = answer["data"].as_array();
    let jobs = jobs.unwrap_or_else(|| panic!("no list of jobs: {answer}"));
    jobs.iter()
        .filter_map(|job| job["state"]["id"].as_u64())
        .collect()
}

/// Waits until all jobs are done, which a video that is published need not wait for; answers the
/// video's details.
#[must_use]
pub fn wait_until_transcoded(admin: &Client, id: &str, patience: Duration) -> Value {
    wait::until("all jobs are done", patience, || {
        let states = job_states(admin);
        let is_unfinished = states.iter().any(|state| UNFINISHED.contains(state));
        (!is_unfinished).then_some(())
    });
    let video = details(admin, id);
    assert_eq!(video["state"]["id"], 1, "not published: {}", video["state"]);
    video
}

/// The renditions of the streaming playlist, best first; panics if there is none.
#[must_use]
pub fn renditions(video: &Value) -> &Vec<Value> {
    let files = video["streamingPlaylists"][0]["files"].as_array();
    files.unwrap_or_else(|| panic!("no streaming playlist in {video}"))
}

/// Resolutions of the renditions, best first.
#[must_use]
pub fn resolutions(video: &Value) -> Vec<u64> {
    let resolution = |file: &Value| file["resolution"]["id"].as_u64();
    renditions(video).iter().filter_map(resolution).collect()
}

/// A text that must be there.
#[must_use]
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("no text {key} in {value}"))
}

/// A number that must be there.
#[must_use]
pub fn number(value: &Value, key: &str) -> u64 {
    value[key]
        .as_u64()
        .unwrap_or_else(|| panic!("no number {key} in {value}"))
}
