//! Requests to an object: of the entry, and of other shards of the same video.

use std::net::IpAddr;

use tracker::shard::{Continent, ShardLoad};
use tracker::{AddressKey, Refusal, http};
use wasm_bindgen::JsValue;
use web_sys::{Request, RequestInit};
use worker::Env;

use crate::entry;
use crate::entry_http::{ADDRESS_HEADER, bencoded, response, text_of};
use crate::js::{self, UpgradeResponse, WebSocketPair};
use crate::room::Welcome;
use crate::swarm_object::{ADDRESS_KEY_HEADER, Asks, CONTINENT_HEADER, Shared, ask, plain};

/// Longest load of a shard: eight numbers and their names.
const MAX_LOAD_BYTES: usize = 256;

/// Answers a request.
pub async fn answer(room: Shared, request: Request, asks: Asks) -> Result<JsValue, JsValue> {
    let url = request.url();
    let rest = url
        .strip_prefix("https://swarm.internal/")
        .unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    match path {
        "socket" => socket(&room, &request, &asks).await,
        "announce" => announce(&room, &request, query, &asks).await,
        "scrape" => match room.borrow_mut().http_scrape(query, address_key(&request)?) {
            Ok(counts) => plain(200, &counts),
            Err(failure) => bencoded(&failure),
        },
        "record" => record(&room).await,
        "load" => load(&room, &request, query).await,
        _ => plain(404, "There is no such request."),
    }
}

fn address_key(request: &Request) -> Result<AddressKey, JsValue> {
    let key = request.headers().get(ADDRESS_KEY_HEADER)?;
    let key = key.and_then(|key| key.parse().ok());
    key.map(AddressKey)
        .ok_or_else(|| JsValue::from_str("not a request of the entry"))
}

async fn socket(room: &Shared, request: &Request, asks: &Asks) -> Result<JsValue, JsValue> {
    let key = address_key(request)?;
    let continent = request.headers().get(CONTINENT_HEADER)?;
    let continent = continent.as_deref().and_then(Continent::parse);
    let pair = WebSocketPair::new();
    let welcome = room.borrow_mut().open(&pair.server(), key, continent);
    report_to_shard_0(room, &asks.env, welcome == Welcome::Full).await;
    let (_, write) = room.borrow_mut().shard_record();
    if let Some((write, store)) = write {
        write.execute(store).await;
    }
    match welcome {
        Welcome::Full => plain(503, "This shard is full."),
        Welcome::TooMany => plain(429, "Too many connections from this address."),
        Welcome::Open => {
            let options =
                js::object(&[("status", 101.into()), ("webSocket", pair.client().into())]);
            UpgradeResponse::new(&JsValue::NULL, &options).map(JsValue::from)
        }
    }
}

async fn announce(
    room: &Shared,
    request: &Request,
    query: &str,
    asks: &Asks,
) -> Result<JsValue, JsValue> {
    let key = address_key(request)?;
    let address = request.headers().get(ADDRESS_HEADER)?;
    let address: Option<IpAddr> = address.and_then(|address| address.parse().ok());
    let address = address.ok_or("not a request of the entry")?;
    let first = room.borrow_mut().http_announce(query, address, key);
    let reply = match first {
        Ok(reply) => reply,
        Err(info_hash) => {
            let question = room.borrow().question(info_hash);
            ask(room, question, asks.timer.as_ref()).await;
            let second = room.borrow_mut().http_announce(query, address, key);
            second.unwrap_or_else(|hash| http::write_failure(&Refusal::UnknownInfoHash(hash)))
        }
    };
    bencoded(&reply)
}

async fn record(room: &Shared) -> Result<JsValue, JsValue> {
    let (record, write) = room.borrow_mut().shard_record();
    if let Some((write, store)) = write {
        write.execute(store).await;
    }
    plain(200, &record)
}

/// Another shard says how much it has to do; the query is its number.
async fn load(room: &Shared, request: &Request, query: &str) -> Result<JsValue, JsValue> {
    let text = wasm_bindgen_futures::JsFuture::from(request.text()?).await?;
    let text = text.as_string().unwrap_or_default();
    if text.len() <= MAX_LOAD_BYTES
        && let (Ok(shard), Ok(load)) = (query.parse(), ShardLoad::decode(&text))
    {
        room.borrow_mut().shard_reported(shard, load);
    }
    record(room).await
}

/// Another shard than 0 reports, if it is time, and learns what was decided. A failure changes nothing:
/// the next report follows.
pub async fn report_to_shard_0(room: &Shared, env: &Env, is_urgent: bool) {
    let Some((shard, root, load)) = room.borrow_mut().shard_report(is_urgent) else {
        return;
    };
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_body(&JsValue::from_str(&load));
    let url = format!("https://swarm.internal/load?{shard}");
    let Ok(request) = Request::new_with_str_and_init(&url, &options) else {
        return;
    };
    if let Ok(answer) = entry::ask(env, &root, &request, None).await
        && let Ok(record) = text_of(response(&answer)).await
    {
        room.borrow_mut().shards_decided(&record);
    }
}
