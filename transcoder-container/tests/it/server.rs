//! A server that speaks the runner protocol, holds everything in memory, and can misbehave.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{post, put};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// How the server misbehaves; each counts down to 0.
#[derive(Default)]
pub struct Faults {
    /// Downloads whose connection breaks half way.
    pub broken_downloads: u32,
    /// Uploads answered with 503 after the body was read.
    pub unavailable_uploads: u32,
    /// Direct uploads refused with 403.
    pub refused_direct_uploads: u32,
    /// Success calls that take effect and are answered with 502.
    pub lost_success_answers: u32,
    /// Updates that say some progress and are answered as if the job were somebody else's.
    pub stolen_jobs: u32,
    /// Updates answered with 500.
    pub failing_updates: u32,
    /// Job requests that do not know the runner token.
    pub unknown_runners: u32,
}

#[derive(Default)]
pub struct Job {
    pub kind: String,
    pub payload: Value,
    /// `pending`, `processing`, `completed`.
    pub state: &'static str,
    /// Progress values in the order in which they came.
    pub progress: Vec<u64>,
    /// Fields of the success call; files by their content.
    pub success: BTreeMap<String, Vec<u8>>,
    /// Names under which files came.
    pub file_names: BTreeMap<String, String>,
    pub errors: Vec<String>,
    pub aborts: Vec<String>,
}

#[derive(Default)]
pub struct Store {
    pub jobs: BTreeMap<String, Job>,
    /// Raw uploads: path, content, content type.
    pub uploads: BTreeMap<String, (Vec<u8>, String)>,
    pub files: BTreeMap<String, Vec<u8>>,
    pub faults: Faults,
    pub downloads: u32,
    pub registrations: u32,
    pub unregistrations: u32,
}

#[derive(Clone, Default)]
pub struct Shared {
    store: Arc<Mutex<Store>>,
    changed: Arc<Condvar>,
}

pub struct Server {
    pub origin: String,
    shared: Shared,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let runtime = runtime.unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let shared = Shared::default();
        let api = Router::new()
            .route("/register", post(register))
            .route("/unregister", post(unregister))
            .route("/jobs/request", post(request))
            .route("/jobs/{uuid}/accept", post(accept))
            .route("/jobs/{uuid}/update", post(update))
            .route("/jobs/{uuid}/abort", post(abort))
            .route("/jobs/{uuid}/error", post(error))
            .route("/jobs/{uuid}/success", post(success))
            .route("/jobs/{uuid}/files/videos/{video}/{*file}", post(download));
        let app = Router::new()
            .nest("/api/v1/runners", api)
            .route("/s3/{name}", put(upload))
            .route("/custom/{name}", put(upload).post(upload))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(shared.clone());
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self {
            origin,
            shared,
            _runtime: runtime,
        }
    }

    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.shared.store.lock().unwrap()
    }

    /// Waits until `is_true`; panics after a minute.
    pub fn wait(&self, what: &str, is_true: impl Fn(&Store) -> bool) {
        let store = self.store();
        let minute = Duration::from_secs(60);
        let (_store, timeout) = self
            .shared
            .changed
            .wait_timeout_while(store, minute, |s| !is_true(s))
            .unwrap();
        assert!(!timeout.timed_out(), "never: {what}");
    }

    /// The address of a job's input.
    pub fn input(&self, uuid: &str, file: &str) -> String {
        format!(
            "{}/api/v1/runners/jobs/{uuid}/files/videos/v1/{file}",
            self.origin
        )
    }

    /// Adds a pending job whose source is `max-quality`; `payload` is merged over its input.
    pub fn add_job(&self, uuid: &str, kind: &str, payload: Value) {
        let mut whole = json!({
            "input": { "videoFileUrl": self.input(uuid, "max-quality"), "separatedAudioFileUrl": [] },
        });
        for (key, value) in payload.as_object().unwrap() {
            whole[key] = value.clone();
        }
        let job = Job {
            kind: kind.to_owned(),
            payload: whole,
            state: "pending",
            ..Job::default()
        };
        self.store().jobs.insert(uuid.to_owned(), job);
    }

    /// The transcoder working once for this server.
    pub fn runner(&self, work_dir: &std::path::Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_edgetube-transcoder"));
        command
            .args(["--server", &self.origin, "--once"])
            .args(["--registration-token", "ptrrt-secret", "--work-dir"])
            .arg(work_dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Lets a runner drain the queue; answers what it said.
    pub fn drain(&self, work_dir: &std::path::Path) -> String {
        let output = self.runner(work_dir).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        assert!(!said.contains("secret"), "no token in the log: {said}");
        said
    }
}

/// Waits for a child and answers (success, standard error).
pub fn finish(child: Child) -> (bool, String) {
    let output = child.wait_with_output().unwrap();
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// Files in a work directory, tokens left out.
pub fn leftovers(work_dir: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(work_dir)
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    entries
        .filter(|path| !path.ends_with("runners.json"))
        .collect()
}

fn problem(status: StatusCode, code: &str) -> Response {
    let body = json!({ "status": status.as_u16(), "code": code, "detail": code });
    (
        status,
        [(header::CONTENT_TYPE, "application/problem+json")],
        body.to_string(),
    )
        .into_response()
}

fn read(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap()
}

/// Takes one from a countdown.
fn strikes(count: &mut u32) -> bool {
    let struck = *count > 0;
    *count = count.saturating_sub(1);
    struck
}

impl Shared {
    /// Changes the store and wakes those who wait.
    fn change<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        let result = change(&mut self.store.lock().unwrap());
        self.changed.notify_all();
        result
    }

    /// Changes a job that is being processed by the caller.
    fn change_job(
        &self,
        uuid: &str,
        body: &Value,
        change: impl FnOnce(&mut Job, &mut Faults) -> Response,
    ) -> Response {
        assert_eq!(body["runnerToken"], "ptrt-secret");
        assert_eq!(body["jobToken"], format!("ptrjt-secret-{uuid}"));
        self.change(|store| {
            let Store { jobs, faults, .. } = store;
            let Some(job) = jobs.get_mut(uuid) else {
                return problem(StatusCode::NOT_FOUND, "unknown");
            };
            if job.state != "processing" {
                let code = "runner_job_not_in_processing_state";
                return problem(StatusCode::BAD_REQUEST, code);
            }
            change(job, faults)
        })
    }
}

async fn register(State(shared): State<Shared>, body: Bytes) -> Response {
    assert_eq!(read(&body)["registrationToken"], "ptrrt-secret");
    shared.change(|store| store.registrations += 1);
    axum::Json(json!({ "id": 1, "runnerToken": "ptrt-secret" })).into_response()
}

async fn unregister(State(shared): State<Shared>, body: Bytes) -> Response {
    assert_eq!(read(&body)["runnerToken"], "ptrt-secret");
    shared.change(|store| store.unregistrations += 1);
    StatusCode::NO_CONTENT.into_response()
}

async fn request(State(shared): State<Shared>, body: Bytes) -> Response {
    assert_eq!(read(&body)["runnerToken"], "ptrt-secret");
    shared.change(|store| {
        if strikes(&mut store.faults.unknown_runners) {
            return problem(StatusCode::NOT_FOUND, "unknown_runner_token");
        }
        let pending = store.jobs.iter().filter(|(_, job)| job.state == "pending");
        // Like PeerTube, only so many at a time.
        let offers = pending
            .take(3)
            .map(|(uuid, job)| json!({ "uuid": uuid, "type": job.kind, "payload": job.payload }));
        axum::Json(json!({ "availableJobs": offers.collect::<Vec<_>>() })).into_response()
    })
}

async fn accept(State(shared): State<Shared>, Path(uuid): Path<String>, body: Bytes) -> Response {
    assert_eq!(read(&body)["runnerToken"], "ptrt-secret");
    shared.change(|store| {
        let job = store.jobs.get_mut(&uuid).unwrap();
        if job.state != "pending" {
            return problem(StatusCode::CONFLICT, "runner_job_not_in_pending_state");
        }
        job.state = "processing";
        let (kind, payload) = (&job.kind, &job.payload);
        let token = format!("ptrjt-secret-{uuid}");
        let job = json!({ "uuid": uuid, "type": kind, "payload": payload, "jobToken": token });
        axum::Json(json!({ "job": job })).into_response()
    })
}

async fn update(State(shared): State<Shared>, Path(uuid): Path<String>, body: Bytes) -> Response {
    let body = read(&body);
    shared.change_job(&uuid, &body, |job, faults| {
        let progress = body["progress"].as_u64().unwrap();
        job.progress.push(progress);
        if strikes(&mut faults.failing_updates) {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        if progress > 0 && strikes(&mut faults.stolen_jobs) {
            job.state = "completed";
            return problem(StatusCode::CONFLICT, "runner_job_not_in_processing_state");
        }
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn abort(State(shared): State<Shared>, Path(uuid): Path<String>, body: Bytes) -> Response {
    let body = read(&body);
    shared.change_job(&uuid, &body, |job, _| {
        job.state = "pending";
        job.aborts.push(body["reason"].as_str().unwrap().to_owned());
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn error(State(shared): State<Shared>, Path(uuid): Path<String>, body: Bytes) -> Response {
    let body = read(&body);
    shared.change_job(&uuid, &body, |job, _| {
        job.errors
            .push(body["message"].as_str().unwrap().to_owned());
        job.state = if job.errors.len() < 2 {
            "pending"
        } else {
            "errored"
        };
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn success(
    State(shared): State<Shared>,
    Path(uuid): Path<String>,
    mut form: Multipart,
) -> Response {
    let mut fields = BTreeMap::new();
    let mut file_names = BTreeMap::new();
    while let Some(field) = form.next_field().await.unwrap() {
        let name = field.name().unwrap().to_owned();
        if let Some(file_name) = field.file_name() {
            file_names.insert(name.clone(), file_name.to_owned());
        }
        fields.insert(name, field.bytes().await.unwrap().to_vec());
    }
    let token = |name: &str| String::from_utf8_lossy(&fields[name]).into_owned();
    let tokens = json!({ "runnerToken": token("runnerToken"), "jobToken": token("jobToken") });
    shared.change_job(&uuid, &tokens, |job, faults| {
        job.state = "completed";
        job.success = fields;
        job.file_names = file_names;
        if strikes(&mut faults.lost_success_answers) {
            return StatusCode::BAD_GATEWAY.into_response();
        }
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn download(
    State(shared): State<Shared>,
    Path((uuid, _, file)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = read(&body);
    assert_eq!(body["jobToken"], format!("ptrjt-secret-{uuid}"));
    let (bytes, breaks) = shared.change(|store| {
        store.downloads += 1;
        (
            store.files[&file].clone(),
            strikes(&mut store.faults.broken_downloads),
        )
    });
    let range = headers
        .get("range")
        .map(|value| value.to_str().unwrap().to_owned());
    let first = range.and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let first: usize = first.unwrap_or(0);
    let rest = bytes[first..].to_vec();
    let response = Response::builder().header("content-length", rest.len());
    let response = if first > 0 {
        let range = format!("bytes {first}-{}/{}", bytes.len() - 1, bytes.len());
        response.status(206).header("content-range", range)
    } else {
        response
    };
    if !breaks {
        return response.body(Body::from(rest)).unwrap();
    }
    let half = Bytes::from(rest[..rest.len() / 2].to_vec());
    let cut = std::io::Error::other("the connection breaks here");
    let parts = futures_util::stream::iter([Ok(half), Err(cut)]);
    response.body(Body::from_stream(parts)).unwrap()
}

async fn upload(
    State(shared): State<Shared>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(
        text("content-length").unwrap(),
        body.len().to_string(),
        "stores want the length"
    );
    shared.change(|store| {
        if strikes(&mut store.faults.unavailable_uploads) {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        if uri.path().starts_with("/s3/") {
            assert_eq!(
                text("x-signed").as_deref(),
                Some("yes"),
                "signed headers are sent"
            );
            if strikes(&mut store.faults.refused_direct_uploads) {
                return StatusCode::FORBIDDEN.into_response();
            }
        }
        let kind = text("content-type").unwrap();
        store
            .uploads
            .insert(uri.path().to_owned(), (body.to_vec(), kind));
        StatusCode::OK.into_response()
    })
}
