//! The site as a Cloudflare Worker: entry points for requests, queue messages and cron, and the Durable
//! Object that holds the instance's data.
//!
//! Nothing is decided here: every event goes to [`site`] over [`platform_workers::WorkersPlatform`].

#![cfg(target_arch = "wasm32")]

mod instance_object;
mod kept_answers;
mod runner_polls;
mod runner_sockets;
mod tasks;

use std::cell::OnceCell;
use std::rc::Rc;

use http::StatusCode;
use platform_workers::{
    BINDINGS, WaitUntil, WorkersPlatform, drain_untouched, request_from_js, response_to_js,
};
use ports::{Body, LocalBoxFuture};
use site::AnswerMemo;
use site::runner_socket::Request as SocketRequest;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;
use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event, worker_sys};

pub use instance_object::InstanceObject;

/// Paths of the tracker, which is a script of its own. A route leads there and the site is never asked,
/// but where there are no routes, as in the local run, there is this binding.
const TRACKER_PATHS: &str = "/tracker/";
const TRACKER_BINDING: &str = "TRACKER";
/// Variable that names the header in which a trusted proxy sends the client's address.
const ADDRESS_HEADER_VARIABLE: &str = "CLIENT_ADDRESS_HEADER";
/// In place of a schedule: the local runtime has begun, and its queues are empty (`xtask/local-runtime/cron.mjs`).
/// Cloudflare's queues are durable, and its cron never says so.
const BEGINNING: &str = "@reboot";
/// Variable that, set to `true`, adds [`COSTS_HEADER`] to every answer: for benchmarks.
const COSTS_VARIABLE: &str = "SHOW_COSTS";
/// See [`platform_workers::Costs::summary`].
const COSTS_HEADER: &str = "x-edgetube-costs";

thread_local! {
    /// An isolate has one thread, and may answer requests for hours.
    static MEMO: Rc<AnswerMemo> = Rc::default();
    /// It never sees its variables change.
    static OPTIONS: OnceCell<Rc<Options>> = const { OnceCell::new() };
}

/// Variables that only this entry knows.
struct Options {
    address_header: Option<String>,
    shows_costs: bool,
}

impl Options {
    fn of(env: &Env) -> Rc<Self> {
        let read = || {
            Rc::new(Self {
                address_header: variable(env, ADDRESS_HEADER_VARIABLE),
                shows_costs: variable(env, COSTS_VARIABLE).as_deref() == Some("true"),
            })
        };
        OPTIONS.with(|options| Rc::clone(options.get_or_init(read)))
    }
}

fn variable(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|value| value.to_string())
}

/// Answers a request: at once where the answer is kept, else by a promise. `#[event(fetch)]` would make a promise
/// and a task of either.
#[wasm_bindgen]
#[must_use]
pub fn fetch(request: web_sys::Request, env: Env, context: worker_sys::Context) -> JsValue {
    let memo = MEMO.with(Rc::clone);
    if let Some(answer) = kept_answers::recall(&request, &memo) {
        return answer.into();
    }
    // Copied out of JavaScript once.
    let url = request.url();
    let context = Context::new(context);
    let answered = async move {
        match answer(request, url, memo, env, context).await {
            Ok(answer) => Ok(answer.into()),
            Err(error) => {
                worker::console_error!("{error}");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                response_to_js(plain(status, "INTERNAL SERVER ERROR")).map(JsValue::from)
            }
        }
    };
    future_to_promise(answered).into()
}

async fn answer(
    request: web_sys::Request,
    url: String,
    memo: Rc<AnswerMemo>,
    env: Env,
    context: Context,
) -> worker::Result<web_sys::Response> {
    let path = path_of(&url);
    if site::is_asset_path(path) {
        return asset(&env, request).await;
    }
    if path.starts_with(TRACKER_PATHS)
        && let Ok(tracker) = env.service(TRACKER_BINDING)
    {
        return Ok(tracker
            .fetch_request(worker::Request::from(request))
            .await?
            .into());
    }
    if site::is_socket_path(path) {
        return socket(&env, request, path).await;
    }
    let context = Rc::new(context);
    let wait_until: WaitUntil =
        Rc::new(move |work: LocalBoxFuture<'static, ()>| context.wait_until(work));
    let answer = match WorkersPlatform::new(&env, wait_until, BINDINGS) {
        Err(problem) => misconfigured(&problem),
        Ok(platform) => {
            let options = Options::of(&env);
            let mut answer = match request_from_js(&request, options.address_header.as_deref()) {
                Ok(message) => {
                    let answer = site::answer(&platform, &memo, message).await;
                    if answer.status().is_client_error() {
                        drain_untouched(&request).await;
                    }
                    answer
                }
                Err(_) => plain(StatusCode::BAD_REQUEST, "This request cannot be read."),
            };
            if !options.shows_costs {
                kept_answers::keep(&platform, &memo, &request, &url, &answer);
            } else if let Ok(summary) = platform.costs().summary().parse() {
                answer.headers_mut().insert(COSTS_HEADER, summary);
            }
            answer
        }
    };
    response_to_js(answer).map_err(worker::Error::from)
}

/// A runner that listens, held by the object that sees new jobs first.
async fn socket(
    env: &Env,
    request: web_sys::Request,
    path: &str,
) -> worker::Result<web_sys::Response> {
    let is_upgrade = request.headers().get("upgrade")?.is_some();
    let query = path.split_once('?').map_or("", |(_, query)| query);
    if let Err(refusal) = SocketRequest::parse(&request.method(), query, is_upgrade) {
        drain_untouched(&request).await;
        return response_to_js(site::socket_refusal(refusal)).map_err(worker::Error::from);
    }
    let object = env
        .durable_object(BINDINGS.instance)?
        .get_by_name(platform_workers::INSTANCE_OBJECT_NAME)?;
    let response = object
        .fetch_with_request(worker::Request::from(request))
        .await?;
    Ok(response.into())
}

fn path_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme
        .find('/')
        .map_or("/", |start| &after_scheme[start..])
}

/// A bundled script or style. On Cloudflare the platform serves those and the Worker is never asked.
async fn asset(env: &Env, request: web_sys::Request) -> worker::Result<web_sys::Response> {
    let response = env
        .assets("ASSETS")?
        .fetch_request(worker::Request::from(request))
        .await?;
    Ok(response.into())
}

fn misconfigured(problem: &str) -> http::Response<Body> {
    worker::console_error!("configuration: {problem}");
    site::not_configured()
}

fn plain(status: StatusCode, text: &str) -> http::Response<Body> {
    let mut response = http::Response::new(Body::Bytes(text.as_bytes().to_vec()));
    *response.status_mut() = status;
    response
}

/// Works through queue messages. A failed one comes back by the queue's own retry.
#[event(queue)]
async fn queue(batch: MessageBatch<String>, env: Env, context: Context) -> worker::Result<()> {
    let context = Rc::new(context);
    let wait_until: WaitUntil =
        Rc::new(move |work: LocalBoxFuture<'static, ()>| context.wait_until(work));
    let platform =
        WorkersPlatform::new(&env, wait_until, BINDINGS).map_err(worker::Error::RustError)?;
    let platform = platform.for_many();
    let result = tasks::run_batch(&platform, &batch).await;
    MEMO.with(|memo| memo.forget());
    result
}

/// The minute's upkeep, or what is done first where the runtime says that it has begun.
#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, context: ScheduleContext) {
    let waiting = context.clone();
    let wait_until: WaitUntil =
        Rc::new(move |work: LocalBoxFuture<'static, ()>| waiting.wait_until(work));
    match WorkersPlatform::new(&env, wait_until, BINDINGS) {
        Ok(platform) => {
            if event.cron() == BEGINNING {
                site::take_up(&platform).await;
            } else {
                site::keep_up(&platform).await;
            }
            MEMO.with(|memo| memo.forget());
        }
        Err(problem) => worker::console_error!("configuration: {problem}"),
    }
}
