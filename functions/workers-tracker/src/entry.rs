//! Requests to `/tracker/…`: which object they are for.

use std::cell::RefCell;
use std::collections::HashMap;

use foldhash::fast::FixedState;
use js_sys::Reflect;
use torrent::InfoHash;
use tracker::shard::{Continent, ShardRecord};
use tracker::{Action, AddressKey, Limiter, SeededRandom};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, Request, RequestInit, Response};
use worker::{Context, Env, event};

use crate::address;
use crate::entry_http::{self, Client, response, text_of};
use crate::js::{self, Namespace};
use crate::measures;
use crate::name::{self, INSTANCE, Scope};
use crate::report::Kv;
use crate::room::binding;
use crate::settings::Settings;
use crate::swarm_object::{ADDRESS_KEY_HEADER, CONTINENT_HEADER, plain};

const NO_SUCH_TRACKER: &str = "There is no such tracker.";
/// Longest `Origin` that is looked at: a host name of 253 characters, a scheme and a port.
const MAX_ORIGIN_BYTES: usize = 300;
/// Objects are addressed by stub; the URL only has to be one.
const OBJECT_URL: &str = "https://swarm.internal/socket";
const RECORD_URL: &str = "https://swarm.internal/record";
/// Shards that are tried for one socket.
const ATTEMPTS: u32 = 3;
/// Videos whose shards are remembered; then all are forgotten.
const MAX_RECORDS: usize = 1_000;
/// For so long.
const RECORD_MS: u64 = 10_000;

/// What a path asks for.
enum Route {
    /// A socket to a video's swarms.
    Video(String),
    /// A socket to all swarms.
    Instance,
    /// An announce by HTTP.
    Announce,
    /// A scrape by HTTP.
    Scrape,
    /// What this instance of the script holds, for measurements.
    Measures,
    /// Nothing that there is.
    Nothing,
}

fn route(path: &str) -> Route {
    match path.strip_prefix("/tracker/") {
        Some("socket" | "socket/") => Route::Instance,
        Some("announce") => Route::Announce,
        Some("scrape") => Route::Scrape,
        Some("measures") => Route::Measures,
        Some(rest) => {
            let uuid = rest.strip_prefix("socket/").and_then(name::uuid_of);
            uuid.map_or(Route::Nothing, Route::Video)
        }
        None => Route::Nothing,
    }
}

struct Entry {
    settings: Settings,
    limiter: Limiter,
    random: SeededRandom,
    records: HashMap<String, (ShardRecord, u64), FixedState>,
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
                records: HashMap::default(),
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
    let (path, query) = path_and_query(&url);
    match route(path) {
        Route::Nothing => plain(404, NO_SUCH_TRACKER),
        Route::Instance => socket(request, env, None).await,
        Route::Video(uuid) => socket(request, env, Some(uuid)).await,
        Route::Measures if with_entry(env, |entry| entry.settings.is_open) => {
            plain(200, &measures::text())
        }
        Route::Measures => plain(404, NO_SUCH_TRACKER),
        Route::Announce => {
            let (client, is_open) = client(request, env);
            entry_http::announce(env, query, client, is_open).await
        }
        Route::Scrape => {
            let (client, is_open) = client(request, env);
            entry_http::scrape(env, query, client, is_open).await
        }
    }
}

fn client(request: &Request, env: &Env) -> (Client, bool) {
    with_entry(env, |entry| {
        let header = entry.settings.address_header.as_deref();
        let address = address::of_request(request, header);
        let key = address::key(address);
        (Client { address, key }, entry.settings.is_open)
    })
}

/// Whether an address may do this now, as far as this instance of the script has seen it. Objects have limits of their
/// own; this one is for what is asked before any of them is.
pub fn allows(env: &Env, key: AddressKey, action: Action, info_hash: Option<&InfoHash>) -> bool {
    with_entry(env, |entry| {
        let now = js::now_unix_ms();
        let limiter = &mut entry.limiter;
        limiter.allow(key, action, info_hash, now, &mut entry.random)
    })
}

/// Opens a socket to a video, or without one to the instance's object.
async fn socket(request: &Request, env: &Env, video: Option<String>) -> Result<JsValue, JsValue> {
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
    let (Client { key, .. }, _) = client(request, env);
    if !allows(env, key, Action::Connect, None) {
        return plain(429, "Too many connections from this address.");
    }
    let continent = continent_of(request);
    let passed = Headers::new()?;
    passed.set("upgrade", "websocket")?;
    passed.set(ADDRESS_KEY_HEADER, &key.0.to_string())?;
    if let Some(continent) = continent {
        passed.set(CONTINENT_HEADER, continent.code())?;
    }
    let options = RequestInit::new();
    options.set_headers(&passed);
    let upgrade = || Request::new_with_str_and_init(OBJECT_URL, &options);
    match video {
        None => ask(env, INSTANCE, &upgrade()?, None).await,
        Some(uuid) => to_shard(env, &uuid, continent, upgrade).await,
    }
}

/// Tries shards until one has room.
async fn to_shard(
    env: &Env,
    uuid: &str,
    continent: Option<Continent>,
    upgrade: impl Fn() -> Result<Request, JsValue>,
) -> Result<JsValue, JsValue> {
    let object = |shard: u32| {
        let uuid = uuid.to_owned();
        Scope::Video { uuid, shard }.name()
    };
    let mut answer = JsValue::UNDEFINED;
    for _ in 0..ATTEMPTS {
        let record = record_of(env, uuid).await;
        let chosen = with_entry(env, |entry| record.choose(continent, &mut entry.random));
        let shard = u32::try_from(chosen).unwrap_or(0);
        let hint = (shard > 0).then_some(continent).flatten();
        answer = ask(env, &object(shard), &upgrade()?, hint).await?;
        if response(&answer).status() != 503 {
            return Ok(answer);
        }
        // It is full. Shard 0 knows better than what is remembered here.
        let asked = Request::new_with_str(RECORD_URL)?;
        let fresh = ask(env, &object(0), &asked, None).await?;
        let text = text_of(response(&fresh)).await?;
        if let Ok(record) = ShardRecord::decode(&text) {
            remember(env, uuid, record);
        }
    }
    Ok(answer)
}

/// The video's shards, as remembered here or else in KV. Without any there is one.
pub async fn record_of(env: &Env, uuid: &str) -> ShardRecord {
    let now = js::now_unix_ms();
    let remembered = with_entry(env, |entry| {
        let (record, at_ms) = entry.records.get(uuid)?;
        (now.saturating_sub(*at_ms) < RECORD_MS).then(|| record.clone())
    });
    if let Some(record) = remembered {
        return record;
    }
    let text = match binding(env, "CACHE_KV") {
        None => None,
        Some(store) => {
            let store: Kv = store.unchecked_into();
            let text = match store.get(&format!("shards/{uuid}"), &JsValue::from_str("text")) {
                Ok(promise) => JsFuture::from(promise).await.ok(),
                Err(_) => None,
            };
            text.and_then(|text| text.as_string())
        }
    };
    let record = text.and_then(|text| ShardRecord::decode(&text).ok());
    remember(env, uuid, record.unwrap_or_default())
}

/// Keeps the younger of two records, and answers it.
fn remember(env: &Env, uuid: &str, record: ShardRecord) -> ShardRecord {
    let now = js::now_unix_ms();
    with_entry(env, |entry| {
        if entry.records.len() >= MAX_RECORDS {
            entry.records.clear();
        }
        let known = entry.records.remove(uuid).map(|(known, _)| known);
        let record = match known {
            Some(known) if known.decided_secs > record.decided_secs => known,
            _ => record,
        };
        let kept = (record.clone(), now);
        entry.records.insert(uuid.to_owned(), kept);
        record
    })
}

/// Asks an object. The continent says where a new one had best be.
pub async fn ask(
    env: &Env,
    object: &str,
    request: &Request,
    continent: Option<Continent>,
) -> Result<JsValue, JsValue> {
    let swarms = binding(env, "SWARM").ok_or("the binding SWARM is missing")?;
    let hint = continent.and_then(Continent::location_hint);
    let options = hint.map_or(JsValue::UNDEFINED, |hint| {
        js::object(&[("locationHint", hint.into())])
    });
    let stub = swarms
        .unchecked_into::<Namespace>()
        .get_by_name(object, &options)?;
    JsFuture::from(stub.fetch(request)?).await
}

/// Where the platform believes the caller to be.
fn continent_of(request: &Request) -> Option<Continent> {
    let property = |object: &JsValue, name: &str| {
        let value = Reflect::get(object, &JsValue::from_str(name)).ok();
        value.filter(|value| !value.is_undefined() && !value.is_null())
    };
    let code = property(&property(request, "cf")?, "continent")?.as_string()?;
    Continent::parse(&code)
}

/// Pages of every instance may use the tracker; what is refused is no page of a web site.
fn is_origin(origin: &str) -> bool {
    let has_scheme = origin.starts_with("https://") || origin.starts_with("http://");
    origin.len() <= MAX_ORIGIN_BYTES && (has_scheme || origin == "null")
}

fn path_and_query(url: &str) -> (&str, &str) {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("/", |at| &after_scheme[at..]);
    let path = path.split('#').next().unwrap_or(path);
    path.split_once('?').unwrap_or((path, ""))
}
