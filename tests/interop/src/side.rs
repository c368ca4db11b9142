//! One of the two servers, as its administrator sees it through the REST API that both have.

use e2e::{Client, Instance, Transcoder};
use serde_json::Value;

use crate::peertube::PeerTube;

/// What runs behind a side.
#[derive(Debug)]
enum Server {
    Ours(Instance),
    PeerTube(PeerTube),
}

/// A server with its administrator `root`, who has one channel.
#[derive(Debug)]
pub struct Side {
    server: Server,
    /// Signed in as `root`.
    pub admin: Client,
    /// Not signed in.
    pub visitor: Client,
    /// Name and port, as handles have it behind the `@`.
    pub host: String,
    /// Name of the channel, without host.
    pub channel: String,
}

/// Name of the account on either side.
pub const ACCOUNT: &str = "root";

impl Side {
    /// Our instance.
    #[must_use]
    pub fn ours(instance: Instance) -> Self {
        let admin = instance.admin();
        let origin = instance.origin().to_owned();
        Self::new(Server::Ours(instance), admin, &origin)
    }

    /// A PeerTube.
    #[must_use]
    pub fn peertube(peertube: PeerTube) -> Self {
        let admin = peertube.admin();
        let origin = peertube.origin().to_owned();
        Self::new(Server::PeerTube(peertube), admin, &origin)
    }

    fn new(server: Server, admin: Client, origin: &str) -> Self {
        let me = admin.get("/api/v1/users/me").expect_status(200).json();
        let channel = me["videoChannels"][0]["name"].as_str();
        let channel = channel.unwrap_or_else(|| panic!("no channel in {me}"));
        Self {
            server,
            channel: channel.to_owned(),
            admin,
            visitor: Client::new(origin),
            host: origin.trim_start_matches("http://").to_owned(),
        }
    }

    /// `root@host`.
    #[must_use]
    pub fn account_handle(&self) -> String {
        format!("{ACCOUNT}@{}", self.host)
    }

    /// `channel@host`.
    #[must_use]
    pub fn channel_handle(&self) -> String {
        format!("{}@{}", self.channel, self.host)
    }

    /// Whether this is the other software.
    #[must_use]
    pub fn is_peertube(&self) -> bool {
        matches!(self.server, Server::PeerTube(_))
    }

    /// Transcodes what waits for it; PeerTube does so by itself.
    pub fn transcode(&self) {
        if let Server::Ours(instance) = &self.server {
            Transcoder::drain(instance);
        }
    }

    /// Runs our cron handler, which tries again what could not be delivered; PeerTube has timers.
    pub fn tick(&self) {
        if let Server::Ours(instance) = &self.server {
            instance.run_cron();
        }
    }

    /// Whether PeerTube has been answered to what it sent with these words in it; nothing is known of what we
    /// have sent.
    #[must_use]
    pub fn has_sent(&self, words: &str) -> Option<bool> {
        self.is_peertube().then(|| {
            let path = "/api/v1/jobs/completed?count=100&jobType=activitypub-http-unicast";
            let sent = self.list(&format!("{path}&sort=-createdAt"));
            sent.iter()
                .any(|job| job["data"]["body"].to_string().contains(words))
        })
    }

    /// Writes the end of its log to standard error.
    pub fn print_log(&self) {
        let log = match &self.server {
            Server::Ours(instance) => {
                let log = std::fs::read_to_string(instance.log()).unwrap_or_default();
                let lines: Vec<&str> = log.lines().collect();
                lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
            }
            Server::PeerTube(peertube) => format!("{}\n{}", peertube.log(), self.failed_jobs()),
        };
        eprintln!("--- end of the log of {} ---\n{log}\n---", self.host);
    }

    /// PeerTube's jobs that failed, deliveries and fetches among them, one a line.
    fn failed_jobs(&self) -> String {
        let jobs = self.list("/api/v1/jobs/failed?count=20&sort=-createdAt");
        let line = |job: &Value| {
            let error = job["error"].as_str().unwrap_or_default();
            let error = error.lines().next().unwrap_or_default();
            format!("{} {}: {error}", job["type"], job["data"]["uri"])
        };
        jobs.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// `data` of a list.
    #[must_use]
    pub fn list(&self, path: &str) -> Vec<Value> {
        let answer = self.admin.get(path).expect_status(200).json();
        let data = answer["data"].as_array();
        data.unwrap_or_else(|| panic!("{path}: no data in {answer}"))
            .clone()
    }
}

/// Lines of the log that a failing test shows.
const LOG_LINES: usize = 40;
