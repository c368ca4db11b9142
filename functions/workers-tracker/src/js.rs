//! JavaScript of the platform as this Worker needs it.
//!
//! `worker` wraps all this too, but copies each message character by character and makes a promise for
//! each; an object handles thousands of messages a second.

use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The server's end of a WebSocket.
    #[wasm_bindgen(extends = Object)]
    #[derive(Clone)]
    pub type Socket;
    #[wasm_bindgen(method, catch)]
    pub fn close(this: &Socket, code: u16, reason: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = serializeAttachment)]
    pub fn serialize_attachment(this: &Socket, text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = deserializeAttachment)]
    pub fn deserialize_attachment(this: &Socket) -> Result<JsValue, JsValue>;
    /// A property of ours: the number under which the tracker knows the socket. It lasts until the
    /// object hibernates.
    #[wasm_bindgen(method, getter, js_name = swarmSocket)]
    pub fn number(this: &Socket) -> Option<u32>;

    /// Two ends that belong together.
    pub type WebSocketPair;
    #[wasm_bindgen(constructor)]
    pub fn new() -> WebSocketPair;
    #[wasm_bindgen(method, getter, js_name = "0")]
    pub fn client(this: &WebSocketPair) -> Socket;
    #[wasm_bindgen(method, getter, js_name = "1")]
    pub fn server(this: &WebSocketPair) -> Socket;

    /// `Response` with a socket, which `web_sys` does not know.
    #[wasm_bindgen(js_name = Response, extends = web_sys::Response)]
    pub type UpgradeResponse;
    #[wasm_bindgen(constructor, js_class = "Response", catch)]
    pub fn new(body: &JsValue, options: &JsValue) -> Result<UpgradeResponse, JsValue>;

    /// What a Durable Object is given.
    pub type ObjectState;
    #[wasm_bindgen(method, getter)]
    pub fn id(this: &ObjectState) -> ObjectId;
    #[wasm_bindgen(method, getter)]
    pub fn storage(this: &ObjectState) -> Storage;
    #[wasm_bindgen(method, catch, js_name = acceptWebSocket)]
    pub fn accept_web_socket(this: &ObjectState, socket: &Socket) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_name = getWebSockets)]
    pub fn web_sockets(this: &ObjectState) -> Array;
    /// Its id.
    pub type ObjectId;
    #[wasm_bindgen(method, getter)]
    pub fn name(this: &ObjectId) -> Option<String>;

    /// Its storage.
    #[derive(Clone)]
    pub type Storage;
    #[wasm_bindgen(method, js_name = setAlarm)]
    pub fn set_alarm(this: &Storage, unix_ms: f64) -> Promise;
    #[wasm_bindgen(method, getter)]
    pub fn kv(this: &Storage) -> SyncKv;
    /// Its rows by key, read and written at once.
    pub type SyncKv;
    #[wasm_bindgen(method, catch)]
    pub fn get(this: &SyncKv, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn put(this: &SyncKv, key: &str, value: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn delete(this: &SyncKv, key: &str) -> Result<JsValue, JsValue>;

    /// A namespace of Durable Objects.
    pub type Namespace;
    #[wasm_bindgen(method, catch, js_name = getByName)]
    pub fn get_by_name(this: &Namespace, name: &str, options: &JsValue) -> Result<Stub, JsValue>;
    /// One Durable Object.
    pub type Stub;
    #[wasm_bindgen(method, catch)]
    pub fn fetch(this: &Stub, request: &web_sys::Request) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_name = setTimeout)]
    pub fn set_timeout(work: &Function, after_ms: u32) -> JsValue;
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(buffer: &mut [u8]);
}

#[wasm_bindgen(module = "/src/boundary.js")]
extern "C" {
    /// Copies a message into the buffer as UTF-8; its length or, below zero, why not.
    #[wasm_bindgen(js_name = copyText)]
    pub fn copy_text(message: &JsValue, buffer: &mut [u8]) -> i32;

    /// Open sockets by number.
    pub type SocketTable;
    #[wasm_bindgen(constructor)]
    pub fn new() -> SocketTable;
    #[wasm_bindgen(method)]
    pub fn add(this: &SocketTable, number: u32, socket: &Socket);
    #[wasm_bindgen(method)]
    pub fn find(this: &SocketTable, number: u32) -> Option<Socket>;
    #[wasm_bindgen(method)]
    pub fn remove(this: &SocketTable, number: u32);
    #[wasm_bindgen(method)]
    pub fn numbers(this: &SocketTable) -> Vec<u32>;
    /// Sends parts of the text, in units of UTF-16: of each its receiver, start and end.
    #[wasm_bindgen(method)]
    pub fn send(this: &SocketTable, text: &str, parts: &[u32]);
}

/// 64 random bits.
pub fn random_bits() -> u64 {
    let mut bytes = [0; 8];
    get_random_values(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// A plain object with these properties.
pub fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in entries {
        // A plain object takes every property.
        let _ = js_sys::Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

/// Milliseconds since the epoch. Inside of a Worker the clock moves only between events.
#[expect(
    clippy::as_conversions,
    reason = "there is no From; whole milliseconds"
)]
#[expect(clippy::cast_possible_truncation, reason = "exact below 2^53")]
#[expect(clippy::cast_sign_loss, reason = "nobody runs this before 1970")]
pub fn now_unix_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// JavaScript numbers are doubles; times stay far below 2^53.
#[expect(clippy::as_conversions, reason = "there is no From; exact below 2^53")]
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
pub fn number(value: u64) -> f64 {
    value as f64
}
