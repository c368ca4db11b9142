//! The resumable upload as PeerTube's clients speak it, with any chunks.

use http::Method;
use serde_json::json;

use crate::client::{Answer, Client};
use crate::video::channel_id;

/// One open upload.
#[derive(Debug, Clone)]
pub struct Resumable {
    client: Client,
    /// As the server gave it, absolute.
    location: String,
    total: u64,
}

impl Resumable {
    /// Opens an upload of `total` bytes.
    #[must_use]
    pub fn open(client: &Client, name: &str, file_name: &str, total: u64) -> Self {
        let answer = Self::try_open(client, name, file_name, total).expect_status(201);
        let location = answer.header("location").to_owned();
        assert!(
            location.starts_with("http") && location.contains("upload_id="),
            "location {location:?} is no absolute URL with an upload_id"
        );
        Self {
            client: client.clone(),
            location,
            total,
        }
    }

    /// As [`Self::open`]; answers what comes.
    #[must_use]
    pub fn try_open(client: &Client, name: &str, file_name: &str, total: u64) -> Answer {
        let total = total.to_string();
        let channel_id: u64 = channel_id(client)
            .parse()
            .expect("a channel id is a number");
        let body = json!({
            "name": name, "channelId": channel_id, "privacy": 1, "filename": file_name,
        });
        let headers = [
            ("content-type", "application/json; charset=UTF-8"),
            ("x-upload-content-length", total.as_str()),
            ("x-upload-content-type", "video/mp4"),
        ];
        let path = "/api/v1/videos/upload-resumable";
        client.call(Method::POST, path, &headers, body.to_string().as_bytes())
    }

    /// The URL of this upload.
    #[must_use]
    pub fn location(&self) -> &str {
        &self.location
    }

    /// Sends `content[start..end]`; the answer has to come whether the bytes are wanted or not.
    #[must_use]
    pub fn put(&self, content: &[u8], start: u64, end: u64) -> Answer {
        self.try_put(content, start, end)
            .unwrap_or_else(|error| panic!("bytes {start}-{end} of {}: {error}", self.total))
    }

    /// As [`Self::put`], while the server may die.
    ///
    /// # Errors
    /// If no answer came.
    pub fn try_put(&self, content: &[u8], start: u64, end: u64) -> Result<Answer, ureq::Error> {
        let index = |offset: u64| usize::try_from(offset).expect("content in memory");
        self.try_put_chunk(start, &content[index(start)..index(end)])
    }

    /// Sends a chunk that starts at `start`.
    ///
    /// # Errors
    /// If no answer came.
    pub fn try_put_chunk(&self, start: u64, chunk: &[u8]) -> Result<Answer, ureq::Error> {
        let length = u64::try_from(chunk.len()).expect("a chunk is in memory");
        assert!(
            length > 0 && start + length <= self.total,
            "{start}+{length} is no chunk"
        );
        let range = format!("bytes {start}-{}/{}", start + length - 1, self.total);
        let headers = [
            ("content-type", "application/octet-stream"),
            ("content-range", range.as_str()),
        ];
        self.client
            .try_call(Method::PUT, &self.location, &headers, chunk)
    }

    /// Asks how much has arrived, which changes nothing.
    #[must_use]
    pub fn ask(&self) -> Answer {
        let range = format!("bytes */{}", self.total);
        let headers = [
            ("content-type", "application/octet-stream"),
            ("content-range", range.as_str()),
        ];
        self.client.call(Method::PUT, &self.location, &headers, &[])
    }

    /// How many bytes are safe, from the start; the whole when it is finished.
    #[must_use]
    pub fn received(&self) -> u64 {
        received(&self.ask()).unwrap_or(self.total)
    }

    /// Ends or cancels the upload.
    #[must_use]
    pub fn delete(&self) -> Answer {
        self.client.call(
            Method::DELETE,
            &self.location,
            &[("content-type", "application/octet-stream")],
            &[],
        )
    }
}

/// How many bytes a 308 says are safe; `None` after the last.
#[must_use]
pub fn received(answer: &Answer) -> Option<u64> {
    match answer.status {
        200 => None,
        308 => {
            let range = answer.header("range");
            // PeerTube's library writes -1 for the last byte of nothing.
            if range.is_empty() || range == "bytes=0--1" {
                return Some(0);
            }
            let last = range
                .strip_prefix("bytes=0-")
                .and_then(|last| last.parse::<u64>().ok());
            Some(last.unwrap_or_else(|| panic!("308 with range {range:?}")) + 1)
        }
        other => panic!("{} answered {other}: {}", answer.request, answer.text()),
    }
}
