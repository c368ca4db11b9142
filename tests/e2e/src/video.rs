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

/// Waits until the video is published; answers its details.
#[must_use]
pub fn wait_until_published(client: &Client, id: &str, patience: Duration) -> Value {
    wait::until("the video is published", patience, || {
        let video = details(client, id);
        (video["state"]["id"] == 1).then_some(video)
    })
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
