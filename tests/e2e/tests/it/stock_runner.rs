//! PeerTube's own runner, as far as the server can tell: it knows the protocol and nothing of our
//! extensions, and runs ffmpeg in its own way.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use e2e::client::Answer;
use e2e::form::Form;
use e2e::instance::REGISTRATION_TOKEN;
use e2e::programs::{run, tool};
use e2e::scratch::Scratch;
use e2e::video::{self, number, text};
use e2e::{Client, Instance, clock, media_checks, samples, stored};

/// The queue derives what the runner did not send.
const QUEUE_PATIENCE: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(9 * 24 * 3600);
const SAMPLE_SECS: u32 = 6;
/// PeerTube's number of the last state of a job that went well.
const COMPLETED: u64 = 3;

/// Where a runner sends a playlist.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PlaylistBy {
    CustomUpload,
    SuccessCall,
}

/// A registered runner.
pub(crate) struct StockRunner {
    client: Client,
    token: String,
}

/// An accepted job.
pub(crate) struct Job {
    uuid: String,
    pub(crate) kind: String,
    token: String,
    pub(crate) payload: Value,
}

impl StockRunner {
    pub(crate) fn register(instance: &Instance, name: &str) -> Self {
        let client = instance.visitor();
        let body = json!({
            "name": name, "description": "as PeerTube's", "version": "0.1.0",
            "registrationToken": REGISTRATION_TOKEN,
        });
        let answer = client
            .post_json("/api/v1/runners/register", &body)
            .expect_status(200)
            .json();
        Self {
            token: text(&answer, "runnerToken").to_owned(),
            client,
        }
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Gives a job back.
    pub(crate) fn abort(&self, job: &Job) -> Answer {
        self.call(job, "abort", &[("reason", "no time")])
    }

    /// UUIDs of the jobs that are on offer.
    pub(crate) fn available(&self) -> Vec<String> {
        let body = json!({ "runnerToken": self.token, "version": "0.1.0" });
        let answer = self.client.post_json("/api/v1/runners/jobs/request", &body);
        let answer = answer.expect_status(200).json();
        let jobs = answer["availableJobs"].as_array().cloned();
        let jobs = jobs.unwrap_or_else(|| panic!("no availableJobs in {answer}"));
        jobs.iter()
            .map(|job| text(job, "uuid").to_owned())
            .collect()
    }

    pub(crate) fn try_accept(&self, uuid: &str) -> Answer {
        let path = format!("/api/v1/runners/jobs/{uuid}/accept");
        self.client
            .post_json(&path, &json!({ "runnerToken": self.token }))
    }

    pub(crate) fn accept(&self, uuid: &str) -> Job {
        let answer = self.try_accept(uuid).expect_status(200).json();
        let job = &answer["job"];
        assert_eq!(job["state"]["id"], 2, "{job}");
        Job {
            uuid: uuid.to_owned(),
            kind: text(job, "type").to_owned(),
            token: text(job, "jobToken").to_owned(),
            payload: job["payload"].clone(),
        }
    }

    fn call(&self, job: &Job, name: &str, extra: &[(&str, &str)]) -> Answer {
        let form = self.tokens(job).texts(extra);
        let path = format!("/api/v1/runners/jobs/{}/{name}", job.uuid);
        self.client.send_form(Method::POST, &path, form)
    }

    fn tokens<'a>(&self, job: &Job) -> Form<'a> {
        Form::new().texts(&[("runnerToken", &self.token), ("jobToken", &job.token)])
    }

    /// Fetches the job's input: a POST whose body carries the tokens.
    fn download(&self, job: &Job, folder: &Path) -> PathBuf {
        let url = text(&job.payload["input"], "videoFileUrl");
        let body = json!({ "runnerToken": self.token, "jobToken": job.token });
        let answer = self.client.post_json(url, &body).expect_status(200);
        let path = folder.join("input");
        write(&path, &answer.body);
        path
    }

    /// Does the whole job; answers the success call.
    fn work(&self, job: &Job, playlist_by: PlaylistBy, folder: &Path) -> Answer {
        let _ = self
            .call(job, "update", &[("progress", "1")])
            .expect_status(204);
        let input = self.download(job, folder);
        let output = &job.payload["output"];
        match job.kind.as_str() {
            "vod-hls-transcoding" => {
                let (file, playlist) = transcode(&input, number(output, "resolution"), folder);
                self.send(&output["videoFileCustomUpload"], &file, "video/mp4");
                if playlist_by == PlaylistBy::CustomUpload {
                    let custom = &output["resolutionPlaylistFileCustomUpload"];
                    self.send(custom, &playlist, "application/vnd.apple.mpegurl");
                    return self.succeed(job);
                }
                let form = self.tokens(job).file(
                    "payload[resolutionPlaylistFile]",
                    "0.m3u8",
                    "application/octet-stream",
                    &playlist,
                );
                let path = format!("/api/v1/runners/jobs/{}/success", job.uuid);
                self.client.send_form(Method::POST, &path, form)
            }
            "generate-video-storyboard" => {
                let sheet = storyboard(&input, &job.payload["sprites"], folder);
                let form = self.tokens(job).file(
                    "payload[storyboardFile]",
                    "storyboard.jpg",
                    "image/jpeg",
                    &sheet,
                );
                let path = format!("/api/v1/runners/jobs/{}/success", job.uuid);
                self.client.send_form(Method::POST, &path, form)
            }
            other => panic!("a job of kind {other} in the default settings"),
        }
    }

    fn succeed(&self, job: &Job) -> Answer {
        self.call(job, "success", &[])
    }

    /// The runner sends a form with one field `file` and takes nothing but 204 for success.
    fn send(&self, custom_upload: &Value, path: &Path, content_type: &str) {
        let method = custom_upload["method"].as_str().unwrap_or("PUT");
        let method = Method::from_bytes(method.as_bytes());
        let form = Form::new().file("file", "output", content_type, path);
        let url = text(custom_upload, "url");
        let _ = self
            .client
            .send_form(method.expect("PUT or POST"), url, form)
            .expect_status(204);
    }
}

/// As PeerTube's runner makes it: single-file fMP4 and a playlist of byte ranges.
fn transcode(input: &Path, resolution: u64, folder: &Path) -> (PathBuf, PathBuf) {
    let name = format!("{resolution}-fragmented.mp4");
    let playlist = folder.join(format!("{resolution}.m3u8"));
    run(Command::new(tool("ffmpeg"))
        .current_dir(folder)
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(input)
        .args([
            "-map_metadata",
            "-1",
            "-pix_fmt",
            "yuv420p",
            "-c:v",
            "libx264",
        ])
        .args([
            "-preset",
            "ultrafast",
            "-r",
            "25",
            "-g:v",
            "50",
            "-bf",
            "16",
        ])
        .args(["-force_key_frames", "expr:gte(t,n_forced*2)"])
        .args(["-vf", &format!("scale=w=-2:h={resolution}"), "-c:a", "aac"])
        .args([
            "-hls_time",
            "4",
            "-hls_list_size",
            "0",
            "-hls_playlist_type",
            "vod",
        ])
        .args(["-hls_segment_filename", &name, "-hls_segment_type", "fmp4"])
        .args(["-f", "hls", "-hls_flags", "single_file"])
        .arg(&playlist));
    (folder.join(name), playlist)
}

fn storyboard(input: &Path, sprites: &Value, folder: &Path) -> PathBuf {
    let sheet = folder.join("storyboard.jpg");
    let (size, count) = (&sprites["size"], &sprites["count"]);
    let filter = format!(
        "fps=1/{},scale={}:{},tile={}x{}",
        number(sprites, "duration"),
        number(size, "width"),
        number(size, "height"),
        number(count, "width"),
        number(count, "height"),
    );
    run(Command::new(tool("ffmpeg"))
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(input)
        .args(["-vf", &filter, "-frames:v", "1", "-q:v", "2"])
        .arg(&sheet));
    sheet
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

#[test]
fn the_server_derives_what_a_stock_runner_does_not_send() {
    let mut instance = Instance::start();
    let scratch = Scratch::new("stock");
    let sample = samples::test_card(&scratch, "card.mp4", "854x480", SAMPLE_SECS);
    let admin = instance.admin();
    let created = video::upload(&admin, &sample, "Test card", &[("waitTranscoding", "true")]);
    let runner = StockRunner::register(&instance, "stock");
    let mut playlist_by = PlaylistBy::CustomUpload;
    let mut jobs = runner.available();
    assert!(!jobs.is_empty(), "no jobs for a new video");
    while let Some(uuid) = jobs.first() {
        let job = runner.accept(uuid);
        let answer = runner
            .work(&job, playlist_by, scratch.path())
            .expect_status(204);
        assert!(answer.body.is_empty());
        let _ = runner.succeed(&job).expect_status(204);
        playlist_by = PlaylistBy::SuccessCall;
        jobs = runner.available();
    }
    let visitor = instance.visitor();
    let video = video::wait_until_transcoded(&admin, &created.uuid, QUEUE_PATIENCE);
    assert_eq!(video::resolutions(&video), [480, 360]);
    let renditions = media_checks::fetch_renditions(&visitor, &video, &scratch);
    media_checks::check_master(&visitor, &video, &renditions);
    media_checks::check_segment_hashes(&visitor, &video, &renditions);
    media_checks::check_files(&video, &renditions, u64::from(SAMPLE_SECS));
    media_checks::check_key_frames(&renditions);
    media_checks::check_pictures(&visitor, &video);
    media_checks::check_torrents(&visitor, &renditions);
    clock::pass(&mut instance, LONG);
    instance.run_cron();
    stored::assert_no_orphans(&instance, &instance.admin(), &[&created.uuid]);
}

#[test]
fn a_repeated_success_call_changes_nothing() {
    let instance = Instance::start();
    let scratch = Scratch::new("twice");
    let sample = samples::test_card(&scratch, "card.mp4", "640x360", 3);
    let admin = instance.admin();
    let created = video::upload(&admin, &sample, "Test card", &[("waitTranscoding", "true")]);
    let runner = StockRunner::register(&instance, "twice");
    for uuid in runner.available() {
        let job = runner.accept(&uuid);
        let _ = runner
            .work(&job, PlaylistBy::CustomUpload, scratch.path())
            .expect_status(204);
        for _ in 0..2 {
            let _ = runner.succeed(&job).expect_status(204);
        }
    }
    let video = video::wait_until_transcoded(&admin, &created.uuid, QUEUE_PATIENCE);
    assert_eq!(video::resolutions(&video), [360]);
    let states = video::job_states(&admin);
    assert!(states.iter().all(|state| *state == COMPLETED), "{states:?}");
}

#[test]
fn a_job_has_one_owner_and_only_with_its_tokens() {
    let instance = Instance::start();
    let scratch = Scratch::new("owner");
    let sample = samples::test_card(&scratch, "card.mp4", "640x360", 2);
    let admin = instance.admin();
    let _ = video::upload(&admin, &sample, "Test card", &[]);
    let runner = StockRunner::register(&instance, "first");
    let rival = StockRunner::register(&instance, "second");
    let uuid = runner.available().first().cloned().expect("a job waits");
    let job = runner.accept(&uuid);
    assert!(
        !rival.available().contains(&uuid),
        "an accepted job is on offer"
    );
    let problem = rival.try_accept(&uuid).problem(409);
    assert_eq!(problem["code"], "runner_job_not_in_pending_state");
    let stolen = Job {
        token: "ptrjt-guessed".to_owned(),
        uuid: uuid.clone(),
        kind: job.kind.clone(),
        payload: job.payload.clone(),
    };
    let _ = runner.succeed(&stolen).problem(404);
    let _ = rival.succeed(&job).problem(404);
    let body = json!({ "runnerToken": "ptrt-guessed", "jobToken": job.token });
    let input = text(&job.payload["input"], "videoFileUrl");
    let _ = instance.visitor().post_json(input, &body).problem(404);
    let forged = text(&job.payload["output"]["storyboardFileCustomUpload"], "url")
        .replace("signature=", "signature=0");
    // More than the runtime reads for itself once an answer is given.
    let picture = vec![0; 512 * 1024];
    let form = Form::new().content("file", "output", "image/jpeg", &picture);
    let _ = instance
        .visitor()
        .send_form(Method::PUT, &forged, form)
        .problem(403);
    let _ = runner
        .call(&job, "abort", &[("reason", "test")])
        .expect_status(204);
    assert!(
        rival.available().contains(&uuid),
        "an aborted job is not on offer"
    );
    let _ = runner.succeed(&job).problem(404);
}

#[test]
fn an_error_is_retried_five_times() {
    let instance = Instance::start();
    let scratch = Scratch::new("errors");
    let sample = samples::test_card(&scratch, "card.mp4", "640x360", 2);
    let admin = instance.admin();
    let created = video::upload(&admin, &sample, "Test card", &[("waitTranscoding", "true")]);
    let runner = StockRunner::register(&instance, "unlucky");
    let is_hls = |uuid: &String| {
        let job = runner.accept(uuid);
        let is_hls = job.kind == "vod-hls-transcoding";
        let name = if is_hls { "error" } else { "abort" };
        let _ = runner
            .call(&job, name, &[("message", "no"), ("reason", "no")])
            .expect_status(204);
        is_hls
    };
    let uuid = runner
        .available()
        .into_iter()
        .find(is_hls)
        .expect("an HLS job");
    for attempt in 2..=5 {
        assert!(
            runner.available().contains(&uuid),
            "not on offer for attempt {attempt}"
        );
        let job = runner.accept(&uuid);
        let _ = runner
            .call(&job, "error", &[("message", "no")])
            .expect_status(204);
    }
    assert!(
        !runner.available().contains(&uuid),
        "on offer after five failures"
    );
    let video = video::details(&admin, &created.uuid);
    assert_eq!(
        video["state"]["id"], 7,
        "transcoding failed: {}",
        video["state"]
    );
}
