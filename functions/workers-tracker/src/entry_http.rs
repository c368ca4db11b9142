//! Announces and scrapes by HTTP: which objects they are for.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;

use foldhash::fast::FixedState;
use js_sys::Uint8Array;
use platform_workers::ObjectDatabase;
use torrent::InfoHash;
use tracker::{AddressKey, Refusal, http};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, Request, RequestInit, Response, ResponseInit};
use worker::Env;

use crate::entry::ask;
use crate::instance;
use crate::js;
use crate::name::INSTANCE;
use crate::room::binding;

/// Header in which the entry passes on the address that is told to other peers.
pub const ADDRESS_HEADER: &str = "x-swarm-address";
/// Infohashes whose video is remembered; then all are forgotten.
const MAX_REMEMBERED: usize = 1_000;
/// For so long.
const REMEMBERED_MS: u64 = 60_000;

/// A video's uuid if the infohash is one's, and when that was asked.
type Owner = (Option<String>, u64);

thread_local! {
    static OWNERS: RefCell<HashMap<InfoHash, Owner, FixedState>> =
        RefCell::new(HashMap::with_hasher(FixedState::with_seed(js::random_bits())));
}

/// Who asks.
#[derive(Clone, Copy)]
pub struct Client {
    /// Nothing can be announced without.
    pub address: Option<IpAddr>,
    /// For limits.
    pub key: AddressKey,
}

/// An announce.
pub async fn announce(
    env: &Env,
    query: &str,
    client: Client,
    is_open: bool,
) -> Result<JsValue, JsValue> {
    let info_hash = match http::info_hashes(query) {
        Ok(hashes) => hashes.first().copied(),
        Err(error) => return bencoded(&http::write_failure(&error)),
    };
    let Some(address) = client.address else {
        return bencoded(&http::write_failure(&"your address is not known"));
    };
    let object = match info_hash {
        // The object says what is wrong with it.
        None => Some(INSTANCE.to_owned()),
        Some(_) if is_open => Some(INSTANCE.to_owned()),
        Some(info_hash) => owner(env, &info_hash).await?,
    };
    match (object, info_hash) {
        (Some(object), _) => {
            let request = request("announce", query, client.key)?;
            request
                .headers()
                .set(ADDRESS_HEADER, &address.to_string())?;
            ask(env, &object, &request, None).await
        }
        (None, Some(info_hash)) => {
            bencoded(&http::write_failure(&Refusal::UnknownInfoHash(info_hash)))
        }
        (None, None) => bencoded(&http::write_failure(&"invalid info_hash")),
    }
}

/// A scrape of one video's swarms. Clients ask for the files of one torrent; who asks for more, gets
/// the swarms of the first one's video, and nobody in the others.
pub async fn scrape(
    env: &Env,
    query: &str,
    client: Client,
    is_open: bool,
) -> Result<JsValue, JsValue> {
    let hashes = match http::info_hashes(query) {
        Ok(hashes) => hashes,
        Err(error) => return bencoded(&http::write_failure(&error)),
    };
    let Some(first) = hashes.first() else {
        return bencoded(&http::write_failure(&"a scrape must name its swarms"));
    };
    let object = if is_open {
        Some(INSTANCE.to_owned())
    } else {
        owner(env, first).await?
    };
    match object {
        Some(object) => ask(env, &object, &request("scrape", query, client.key)?, None).await,
        None => {
            let nobody = |hash: InfoHash| (hash, tracker::websocket::Counts::default());
            bencoded(&http::write_scrape_reply(hashes.into_iter().map(nobody)))
        }
    }
}

fn request(what: &str, query: &str, key: AddressKey) -> Result<Request, JsValue> {
    let headers = Headers::new()?;
    headers.set(crate::swarm_object::ADDRESS_KEY_HEADER, &key.0.to_string())?;
    let options = RequestInit::new();
    options.set_headers(&headers);
    Request::new_with_str_and_init(&format!("https://swarm.internal/{what}?{query}"), &options)
}

/// The video of an infohash, remembered for a minute.
async fn owner(env: &Env, info_hash: &InfoHash) -> Result<Option<String>, JsValue> {
    let now = js::now_unix_ms();
    let remembered = OWNERS.with_borrow(|owners| {
        let (owner, at_ms) = owners.get(info_hash)?;
        (now.saturating_sub(*at_ms) < REMEMBERED_MS).then(|| owner.clone())
    });
    if let Some(owner) = remembered {
        return Ok(owner);
    }
    let instance = binding(env, "INSTANCE").ok_or("the binding INSTANCE is missing")?;
    let owner = instance::video_of(&ObjectDatabase::of(instance), info_hash)
        .await
        .map_err(|error| error.to_string())?;
    OWNERS.with_borrow_mut(|owners| {
        if owners.len() >= MAX_REMEMBERED {
            owners.clear();
        }
        owners.insert(*info_hash, (owner.clone(), now));
    });
    Ok(owner)
}

/// Every answer has status 200, errors too.
pub fn bencoded(body: &[u8]) -> Result<JsValue, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", "text/plain")?;
    headers.set("cache-control", "no-store")?;
    let options = ResponseInit::new();
    options.set_headers(&headers);
    Response::new_with_opt_js_u8_array_and_init(Some(&Uint8Array::from(body)), &options)
        .map(JsValue::from)
}

/// Text of a response of ours.
pub async fn text_of(response: &Response) -> Result<String, JsValue> {
    let text = JsFuture::from(response.text()?).await?;
    Ok(text.as_string().unwrap_or_default())
}

/// The response that a stub gave.
pub fn response(value: &JsValue) -> &Response {
    value.unchecked_ref()
}
