//! Videos on the side that has them and on the one that knows of them.

use std::time::Duration;

use e2e::client::percent;
use e2e::scratch::Scratch;
use e2e::video::{self, Created, number, text};
use e2e::{samples, wait};
use http::Method;
use serde_json::{Value, json};

use crate::side::Side;

/// A short clip in one resolution, on two cores that may be busy.
const PUBLISH_PATIENCE: Duration = Duration::from_secs(90);
/// Small enough that either side makes one rendition of it.
const SIZE: &str = "320x240";
/// Length of every video, in seconds.
pub const DURATION_SECS: u32 = 4;
const PUBLISHED: u64 = 1;

impl Side {
    /// Uploads a short clip and waits until it is transcoded and published.
    #[must_use]
    pub fn publish(&self, name: &str) -> Created {
        self.publish_with(name, &[])
    }

    /// The same with other fields of the form.
    #[must_use]
    pub fn publish_with(&self, name: &str, fields: &[(&str, &str)]) -> Created {
        let folder = Scratch::new("clip");
        let clip = samples::test_card(&folder, "clip.mp4", SIZE, DURATION_SECS);
        let mut all = vec![("waitTranscoding", "true")];
        all.extend_from_slice(fields);
        let created = video::upload(&self.admin, &clip, name, &all);
        self.transcode();
        wait::until("the video is published", PUBLISH_PATIENCE, || {
            let video = self.knows(&created.uuid)?;
            (video["state"]["id"] == PUBLISHED).then_some(())
        });
        created
    }

    /// A video's details if this side has it.
    #[must_use]
    pub fn knows(&self, uuid: &str) -> Option<Value> {
        let answer = self.admin.get(&format!("/api/v1/videos/{uuid}"));
        match answer.status {
            404 => None,
            // It has stored the video's row, and not yet what belongs to it.
            500 if self.is_peertube() => None,
            _ => Some(answer.expect_status(200).json()),
        }
    }

    /// Details of a video that this side must have.
    #[must_use]
    pub fn video(&self, uuid: &str) -> Value {
        video::details(&self.admin, uuid)
    }

    /// Whether everybody sees the video in the list of all videos.
    #[must_use]
    pub fn lists(&self, uuid: &str) -> bool {
        let path = "/api/v1/videos?count=100&sort=-publishedAt";
        let answer = self.visitor.get(path).expect_status(200).json();
        let videos = answer["data"].as_array();
        videos.is_some_and(|videos| videos.iter().any(|video| video["uuid"] == uuid))
    }

    /// Searches for the URL of a page, which makes this side fetch the video behind it.
    #[must_use]
    pub fn search(&self, url: &str) -> Option<Value> {
        let path = format!("/api/v1/search/videos?search={}", percent(url));
        self.list(&path).into_iter().next()
    }

    /// Searches for a channel by its handle, which makes this side fetch it.
    #[must_use]
    pub fn search_channel(&self, handle: &str) -> Option<Value> {
        let path = format!("/api/v1/search/video-channels?search={}", percent(handle));
        self.list(&path).into_iter().next()
    }

    /// URL of the page of a video of this side.
    #[must_use]
    pub fn watch_url(&self, video: &Created) -> String {
        format!("http://{}/w/{}", self.host, video.short_uuid)
    }

    /// Gives a video of this side another name.
    pub fn rename(&self, uuid: &str, name: &str) {
        let body = json!({ "name": name }).to_string();
        let headers = [("content-type", "application/json")];
        let path = format!("/api/v1/videos/{uuid}");
        let answer = self
            .admin
            .call(Method::PUT, &path, &headers, body.as_bytes());
        let _ = answer.expect_status(204);
    }

    /// Deletes a video of this side.
    pub fn delete_video(&self, uuid: &str) {
        let path = format!("/api/v1/videos/{uuid}");
        let _ = self.admin.delete(&path).expect_status(204);
    }

    /// Says `like`, `dislike` or `none` to a video.
    pub fn rate(&self, uuid: &str, rating: &str) {
        let body = json!({ "rating": rating }).to_string();
        let headers = [("content-type", "application/json")];
        let path = format!("/api/v1/videos/{uuid}/rate");
        let answer = self
            .admin
            .call(Method::PUT, &path, &headers, body.as_bytes());
        let _ = answer.expect_status(204);
    }

    /// Likes and dislikes of a video that this side must have.
    #[must_use]
    pub fn ratings(&self, uuid: &str) -> (u64, u64) {
        let video = self.video(uuid);
        (number(&video, "likes"), number(&video, "dislikes"))
    }

    /// Tells where a viewer is, at the beginning and at the end, as players do.
    pub fn watch_to_the_end(&self, uuid: &str) {
        let path = format!("/api/v1/videos/{uuid}/views");
        for current_time in [0, DURATION_SECS] {
            let ping = json!({ "currentTime": current_time });
            let _ = self.visitor.post_json(&path, &ping).expect_status(204);
        }
    }

    /// What the owner of a video is told of its viewers.
    #[must_use]
    pub fn stats(&self, uuid: &str, what: &str) -> Value {
        let path = format!("/api/v1/videos/{uuid}/stats/{what}");
        self.admin.get(&path).expect_status(200).json()
    }

    /// Views of a video that this side must have.
    #[must_use]
    pub fn views(&self, uuid: &str) -> u64 {
        number(&self.video(uuid), "views")
    }

    /// Name of a video that this side must have.
    #[must_use]
    pub fn name_of(&self, uuid: &str) -> String {
        text(&self.video(uuid), "name").to_owned()
    }
}
