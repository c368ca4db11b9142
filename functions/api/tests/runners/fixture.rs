//! An instance with a video to transcode, its admin, and a runner.

use app::jobs::NewSource;
use http::{HeaderMap, Method, Request, StatusCode};
use ports::{Body, Database, FederationTask, ObjectStore, Platform, Settings, Statement, Task};
use serde_json::{Value, json};
use testkit::{block_on, test_settings};

use crate::host::Host;

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The body of a 200.
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.json());
        self.json()
    }

    /// Asserts 204.
    pub fn done(self) {
        assert_eq!(self.status, 204, "{}", self.json());
    }

    /// Asserts a problem with that status, and that code if any.
    pub fn refused(self, status: u16, code: Option<&str>) -> Value {
        let problem = self.json();
        assert_eq!(self.status, status, "{problem}");
        assert_eq!(problem["code"].as_str(), code, "{problem}");
        problem
    }
}

/// An instance.
#[derive(Clone)]
pub struct Instance {
    pub host: Host,
    admin_token: String,
}

/// A 1080p source of ten seconds with sound.
pub fn source(video_uuid: &str) -> NewSource {
    NewSource {
        video_uuid: video_uuid.to_owned(),
        resolution: 1080,
        width: 1920,
        height: 1080,
        fps: 25,
        has_audio: true,
        has_video: true,
        duration_secs: 10,
    }
}

/// The bytes of every uploaded original here.
pub const ORIGINAL: &[u8] = b"0123456789 the original's bytes, whatever they are";
/// The first video.
pub const VIDEO: &str = "11111111-1111-4111-8111-111111111111";

impl Instance {
    /// An instance whose ladder is 360p and 240p.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = test_settings();
        settings.ladder.resolutions = vec![240, 360];
        settings.ladder.keeps_original_resolution = false;
        change(&mut settings);
        let mut instance = Self {
            host: Host::new(settings),
            admin_token: String::new(),
        };
        let client = instance.send(Method::GET, "/api/v1/oauth-clients/local", &[], Vec::new());
        let client = client.ok();
        let form = format!(
            "client_id={}&client_secret={}&grant_type=password&username=root&password=correct+horse",
            client["client_id"].as_str().unwrap(),
            client["client_secret"].as_str().unwrap()
        );
        let answer = instance.send(
            Method::POST,
            "/api/v1/users/token",
            &[("content-type", "application/x-www-form-urlencoded")],
            form.into_bytes(),
        );
        instance.admin_token = answer.ok()["access_token"].as_str().unwrap().to_owned();
        instance
    }

    /// The same with [`VIDEO`] in it.
    pub fn with_video() -> Self {
        let instance = Self::new();
        instance.add_video(&source(VIDEO), 2);
        instance
    }

    pub fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let path = path.strip_prefix("https://video.test").unwrap_or(path);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("https://video.test{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body.len() {
            0 => Body::Empty,
            _ => Body::Bytes(body),
        };
        let request = request.body(body).unwrap();
        block_on(async {
            let response = api::handle(&self.host, request).await.unwrap();
            let (parts, body) = response.into_parts();
            Answer {
                status: parts.status,
                headers: parts.headers,
                bytes: body.into_bytes(64 << 20).await.unwrap(),
            }
        })
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.send(Method::POST, path, &headers, body.to_string().into_bytes())
    }

    pub fn admin(&self, method: Method, path: &str) -> Answer {
        let bearer = format!("Bearer {}", self.admin_token);
        self.send(method, path, &[("authorization", &bearer)], Vec::new())
    }

    /// Makes a video as an upload does: rows, the original's object, the jobs.
    pub fn add_video(&self, source: &NewSource, state: i64) {
        let uuid = source.video_uuid.as_str();
        let extension = if source.has_video { "mp4" } else { "mp3" };
        let filename = format!("{uuid}-original.{extension}");
        let object_key = format!("web-videos/{filename}");
        let now = self.host.now();
        let size = i64::try_from(ORIGINAL.len()).unwrap();
        let (has_audio, has_video) = (source.has_audio, source.has_video);
        let mut statements = vec![
            Statement::new(
                "INSERT INTO video (uuid, channel_id, name, privacy, state, created_at_unix_ms,
                                    updated_at_unix_ms, published_at_unix_ms)
                 SELECT ?1, id, 'A video/with a slash', 1, ?2, ?3, ?3, ?3 FROM channel LIMIT 1",
                vec![uuid.into(), state.into(), now.into()],
            ),
            Statement::new(
                "INSERT INTO video_source (video_id, object_key, input_filename, size_bytes,
                     content_type, resolution, has_audio, has_video, created_at_unix_ms)
                 SELECT id, ?2, 'in', ?3, 'video/mp4', ?4, ?5, ?6, ?7 FROM video WHERE uuid = ?1",
                vec![
                    uuid.into(),
                    object_key.as_str().into(),
                    size.into(),
                    source.resolution.into(),
                    has_audio.into(),
                    has_video.into(),
                    now.into(),
                ],
            ),
            Statement::new(
                "INSERT INTO video_file (video_id, kind, resolution, filename, object_key, size_bytes,
                     fps, has_audio, has_video, created_at_unix_ms)
                 SELECT id, 'web', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM video WHERE uuid = ?1",
                vec![
                    uuid.into(),
                    source.resolution.into(),
                    filename.as_str().into(),
                    object_key.as_str().into(),
                    size.into(),
                    source.fps.into(),
                    has_audio.into(),
                    has_video.into(),
                    now.into(),
                ],
            ),
        ];
        statements.extend(app::jobs::statements_for_new_video(&self.host, source));
        block_on(async {
            let database = self.host.database();
            database.batch(statements).await.unwrap();
            let body = Body::Bytes(ORIGINAL.to_vec());
            let length = u64::try_from(ORIGINAL.len()).unwrap();
            let objects = self.host.objects();
            let stored = objects.put(&object_key, "video/mp4", body, length).await;
            stored.unwrap();
        });
    }

    /// Registers a runner.
    pub fn runner(&self, name: &str) -> Runner {
        let body = json!({ "registrationToken": "ptrrt-local", "name": name });
        let answer = self.post("/api/v1/runners/register", &body).ok();
        Runner {
            instance: self.clone(),
            token: answer["runnerToken"].as_str().unwrap().to_owned(),
        }
    }

    /// Takes the oldest task that is about this instance alone.
    pub fn take_task(&self) -> Option<Task> {
        loop {
            match self.host.inner.tasks.take() {
                Some(Task::Federation(FederationTask::TellChanges)) => {}
                other => return other,
            }
        }
    }

    /// Runs every queued task, as the host's queue does.
    pub fn run_tasks(&self) -> Result<(), app::AppError> {
        while let Some(task) = self.take_task() {
            block_on(async {
                match &task {
                    Task::CompleteRunnerJob { job_uuid } => {
                        app::publish::complete_runner_job(&self.host, job_uuid).await
                    }
                    Task::MakeTorrents { video_uuid } => {
                        app::publish::make_torrents(&self.host, video_uuid).await
                    }
                    other => panic!("unexpected task {other:?}"),
                }
            })?;
        }
        Ok(())
    }

    /// State and error of jobs of a kind, in the order of their making.
    pub fn job_states(&self, kind: &str) -> Vec<String> {
        self.host.dump(&format!(
            "SELECT state FROM runner_job WHERE type = '{kind}' ORDER BY id"
        ))
    }
}

/// A registered runner.
pub struct Runner {
    pub instance: Instance,
    pub token: String,
}

impl Runner {
    /// What it may take, of those kinds.
    pub fn available(&self, kinds: &[&str]) -> Vec<Value> {
        let body = json!({ "runnerToken": self.token, "jobTypes": kinds });
        let answer = self.instance.post("/api/v1/runners/jobs/request", &body);
        answer.ok()["availableJobs"].as_array().unwrap().clone()
    }

    pub fn try_accept(&self, uuid: &str) -> Answer {
        let body = json!({ "runnerToken": self.token });
        let path = format!("/api/v1/runners/jobs/{uuid}/accept");
        self.instance.post(&path, &body)
    }

    pub fn accept(&self, uuid: &str) -> Held {
        let job = self.try_accept(uuid).ok()["job"].clone();
        Held {
            instance: self.instance.clone(),
            uuid: uuid.to_owned(),
            runner_token: self.token.clone(),
            job_token: job["jobToken"].as_str().unwrap().to_owned(),
            job,
        }
    }

    /// Takes the first job of a kind.
    pub fn take(&self, kind: &str) -> Held {
        let jobs = self.available(&[kind]);
        self.accept(jobs[0]["uuid"].as_str().unwrap())
    }

    /// Takes every HLS job, highest rendition first.
    pub fn take_ladder(&self) -> Vec<Held> {
        let jobs = self.available(&["vod-hls-transcoding"]);
        let uuids = jobs.iter().map(|job| job["uuid"].as_str().unwrap());
        uuids.map(|uuid| self.accept(uuid)).collect()
    }
}

/// An accepted job.
pub struct Held {
    pub instance: Instance,
    pub uuid: String,
    pub runner_token: String,
    pub job_token: String,
    pub job: Value,
}

impl Held {
    /// The two tokens with more fields.
    pub fn body(&self, more: Value) -> Value {
        let mut body = json!({ "runnerToken": self.runner_token, "jobToken": self.job_token });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    /// A call about the job.
    pub fn call(&self, verb: &str, more: Value) -> Answer {
        let path = format!("/api/v1/runners/jobs/{}/{verb}", self.uuid);
        self.instance.post(&path, &self.body(more))
    }

    /// The signed URL of an output.
    pub fn upload_url(&self, output: &str) -> String {
        let upload = &self.job["payload"]["output"][format!("{output}CustomUpload")];
        assert_eq!(upload["method"], "PUT");
        upload["url"].as_str().unwrap().to_owned()
    }

    /// Sends an output as our transcoder does.
    pub fn put(&self, output: &str, bytes: &[u8]) -> Answer {
        let length = bytes.len().to_string();
        let headers = [("content-type", "video/mp4"), ("content-length", &length)];
        let url = self.upload_url(output);
        self.instance
            .send(Method::PUT, &url, &headers, bytes.to_vec())
    }

    /// Object key of an output.
    pub fn object_key(&self, output: &str) -> String {
        self.instance.host.one(&format!(
            "SELECT json_extract(private_payload, '$.outputs.{output}') FROM runner_job
             WHERE uuid = '{}'",
            self.uuid
        ))
    }

    /// Its state's number.
    pub fn state(&self) -> String {
        self.instance.host.one(&format!(
            "SELECT state FROM runner_job WHERE uuid = '{}'",
            self.uuid
        ))
    }

    /// Sends the media file of an HLS job and reports it, as our transcoder does.
    pub fn finish_hls(&self) -> Answer {
        self.put("videoFile", &crate::media::rendition().mp4).done();
        self.succeed_with_report()
    }

    pub fn succeed_with_report(&self) -> Answer {
        let report: Value = serde_json::to_value(crate::media::report()).unwrap();
        self.call("success", json!({ "payload": { "edgetube": report } }))
    }
}
