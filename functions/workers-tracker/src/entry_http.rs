//! Announces and scrapes by HTTP: which objects they are for.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;

use futures_util::future::join_all;
use js_sys::Uint8Array;
use platform_workers::ObjectDatabase;
use torrent::InfoHash;
use tracker::http::SwarmCounts;
use tracker::{Action, AddressKey, Refusal, http};
use tracker_server::owners::{Owners, videos_of};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, Request, RequestInit, Response, ResponseInit};
use worker::Env;

use crate::entry::{self, ask, record_of};
use crate::js;
use crate::name::{INSTANCE, Scope};
use crate::room::binding;

/// Header in which the entry passes on the address that is told to other peers.
pub const ADDRESS_HEADER: &str = "x-swarm-address";
/// Objects that one scrape asks. A scrape of more videos, or of one with more shards, counts those
/// peers only.
const MAX_ASKED: usize = 32;
thread_local! {
    static OWNERS: RefCell<Owners> = RefCell::new(Owners::new(js::random_bits()));
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
    // Before anybody is asked: an infohash that is not remembered costs the instance a query.
    if !entry::allows(env, client.key, Action::HttpAnnounce, info_hash.as_ref()) {
        let refusal = Refusal::TooMany { what: "announces" };
        return bencoded(&http::write_failure(&refusal));
    }
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

/// A scrape. The peers of one video may be in its object, in further shards and in the instance's object,
/// and each torrent that is named may be of another video: all of these are asked, and what they say is
/// added up.
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
    if hashes.is_empty() {
        return bencoded(&http::write_failure(&"a scrape must name its swarms"));
    }
    if !entry::allows(env, client.key, Action::HttpAnnounce, None) {
        let refusal = Refusal::TooMany { what: "scrapes" };
        return bencoded(&http::write_failure(&refusal));
    }
    let owners = if is_open {
        HashMap::default()
    } else {
        owners(env, &hashes).await?
    };
    let objects = if is_open {
        vec![INSTANCE.to_owned()]
    } else {
        objects_of(env, owners.values().flatten()).await
    };
    let asked = objects.iter().map(async |object| {
        let answer = ask(env, object, &request("scrape", query, client.key)?, None).await?;
        text_of(response(&answer)).await
    });
    let mut sum = SwarmCounts::nobody(hashes);
    for said in join_all(asked).await {
        let said = said?;
        if sum.add(&said).is_err() {
            // It says why not, bencoded.
            return bencoded(said.as_bytes());
        }
    }
    let files = sum.files(|hash| is_open || matches!(owners.get(hash), Some(Some(_))));
    bencoded(&http::write_scrape_reply(files))
}

/// Where peers of these videos may be: at most [`MAX_ASKED`] objects, those first in which most are.
async fn objects_of(env: &Env, uuids: impl Iterator<Item = &String>) -> Vec<String> {
    let mut uuids: Vec<&String> = uuids.collect();
    uuids.sort_unstable();
    uuids.dedup();
    uuids.truncate(MAX_ASKED - 1);
    if uuids.is_empty() {
        return Vec::new();
    }
    let records = join_all(uuids.iter().map(|uuid| record_of(env, uuid))).await;
    let further = uuids.iter().zip(&records).flat_map(|(uuid, record)| {
        let shards = u32::try_from(record.shards().len()).unwrap_or(1);
        (1..shards).map(|shard| {
            let uuid = (*uuid).clone();
            Scope::Video { uuid, shard }.name()
        })
    });
    let first = uuids.iter().map(|uuid| (*uuid).clone());
    let instance = std::iter::once(INSTANCE.to_owned());
    first
        .chain(instance)
        .chain(further)
        .take(MAX_ASKED)
        .collect()
}

fn request(what: &str, query: &str, key: AddressKey) -> Result<Request, JsValue> {
    let headers = Headers::new()?;
    headers.set(crate::swarm_object::ADDRESS_KEY_HEADER, &key.0.to_string())?;
    let options = RequestInit::new();
    options.set_headers(&headers);
    Request::new_with_str_and_init(&format!("https://swarm.internal/{what}?{query}"), &options)
}

/// The videos of infohashes, remembered for a minute.
async fn owners(
    env: &Env,
    info_hashes: &[InfoHash],
) -> Result<HashMap<InfoHash, Option<String>>, JsValue> {
    let now = js::now_unix_ms();
    let (mut found, unknown) = OWNERS.with_borrow(|owners| owners.recall(info_hashes, now));
    if unknown.is_empty() {
        return Ok(found);
    }
    let instance = binding(env, "INSTANCE").ok_or("the binding INSTANCE is missing")?;
    let told = videos_of(&ObjectDatabase::of(instance), &unknown)
        .await
        .map_err(|error| error.to_string())?;
    let told: Vec<_> = unknown.into_iter().zip(told).collect();
    OWNERS.with_borrow_mut(|owners| owners.remember(&told, now));
    found.extend(told);
    Ok(found)
}

/// The video of one infohash.
async fn owner(env: &Env, info_hash: &InfoHash) -> Result<Option<String>, JsValue> {
    let mut owners = owners(env, std::slice::from_ref(info_hash)).await?;
    Ok(owners.remove(info_hash).flatten())
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
