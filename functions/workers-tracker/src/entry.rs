//! Requests to `/tracker/…`: which object they are for.

use std::cell::RefCell;

use tracker::{Action, Limiter, SeededRandom};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, Request, RequestInit, Response};
use worker::{Context, Env, event};

use crate::address;
use crate::js::{self, Namespace};
use crate::name::{self, INSTANCE};
use crate::room::binding;
use crate::settings::Settings;
use crate::swarm_object::{ADDRESS_KEY_HEADER, plain};

/// Longest `Origin` that is looked at: a host name of 253 characters, a scheme and a port.
const MAX_ORIGIN_BYTES: usize = 300;
/// Objects are addressed by stub; the URL only has to be one.
const OBJECT_URL: &str = "https://swarm.internal/socket";

/// What a path asks for.
enum Route {
    /// A socket to the object of that name.
    Socket(String),
    /// Nothing that there is.
    Nothing,
}

fn route(path: &str) -> Route {
    match path.strip_prefix("/tracker/socket") {
        Some("" | "/") => Route::Socket(INSTANCE.to_owned()),
        Some(rest) => {
            let uuid = rest.strip_prefix('/').and_then(name::uuid_of);
            uuid.map_or(Route::Nothing, Route::Socket)
        }
        None => Route::Nothing,
    }
}

struct Entry {
    settings: Settings,
    limiter: Limiter,
    random: SeededRandom,
}

thread_local! {
    /// An isolate never sees its variables change.
    static ENTRY: RefCell<Option<Entry>> = const { RefCell::new(None) };
}

fn with_entry<T>(env: &Env, work: impl FnOnce(&mut Entry) -> T) -> T {
    ENTRY.with_borrow_mut(|entry| {
        let entry = entry.get_or_insert_with(|| {
            let settings = Settings::read(env);
            Entry {
                limiter: Limiter::new(settings.config.rate_limits, js::random_bits()),
                random: SeededRandom::new(js::random_bits()),
                settings,
            }
        });
        work(entry)
    })
}

/// Answers a request.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    let answer = answer(&request, &env).await;
    answer
        .map(JsCast::unchecked_into)
        .map_err(worker::Error::from)
}

async fn answer(request: &Request, env: &Env) -> Result<JsValue, JsValue> {
    let url = request.url();
    let path = path_of(&url);
    match route(path) {
        Route::Nothing => plain(404, "There is no such tracker."),
        Route::Socket(object) => socket(request, env, &object).await,
    }
}

async fn socket(request: &Request, env: &Env, object: &str) -> Result<JsValue, JsValue> {
    let headers = request.headers();
    let upgrade = headers.get("upgrade")?.unwrap_or_default();
    if !upgrade.eq_ignore_ascii_case("websocket") {
        return plain(426, "This address is for WebSockets.");
    }
    if !headers
        .get("origin")?
        .is_none_or(|origin| is_origin(&origin))
    {
        return plain(403, "This origin is none.");
    }
    let (key, is_welcome) = with_entry(env, |entry| {
        let header = entry.settings.address_header.as_deref();
        let key = address::key(address::of_request(request, header));
        let now = js::now_unix_ms();
        let limiter = &mut entry.limiter;
        (
            key,
            limiter.allow(key, Action::Connect, None, now, &mut entry.random),
        )
    });
    if !is_welcome {
        return plain(429, "Too many connections from this address.");
    }
    let passed = Headers::new()?;
    passed.set("upgrade", "websocket")?;
    passed.set(ADDRESS_KEY_HEADER, &key.0.to_string())?;
    let options = RequestInit::new();
    options.set_headers(&passed);
    let request = Request::new_with_str_and_init(OBJECT_URL, &options)?;
    ask(env, object, &request).await
}

/// Asks an object.
async fn ask(env: &Env, object: &str, request: &Request) -> Result<JsValue, JsValue> {
    let swarms = binding(env, "SWARM").ok_or("the binding SWARM is missing")?;
    let stub = swarms
        .unchecked_into::<Namespace>()
        .get_by_name(object, &JsValue::UNDEFINED)?;
    JsFuture::from(stub.fetch(request)?).await
}

/// Pages of every instance may use the tracker; what is refused is no page of a web site.
fn is_origin(origin: &str) -> bool {
    let has_scheme = origin.starts_with("https://") || origin.starts_with("http://");
    origin.len() <= MAX_ORIGIN_BYTES && (has_scheme || origin == "null")
}

fn path_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("/", |at| &after_scheme[at..]);
    path.split(['?', '#']).next().unwrap_or(path)
}
