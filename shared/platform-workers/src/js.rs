//! JavaScript that `worker` and `web_sys` do not wrap the way we need it.

use js_sys::{Array, Function, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{ReadableStream, WritableStream};

#[wasm_bindgen]
extern "C" {
    /// workerd's stream that knows its length, so that the answer carries `Content-Length`.
    #[wasm_bindgen(extends = Object)]
    pub type FixedLengthStream;
    #[wasm_bindgen(constructor)]
    pub fn new(length: f64) -> FixedLengthStream;
    #[wasm_bindgen(method, getter)]
    pub fn readable(this: &FixedLengthStream) -> ReadableStream;
    #[wasm_bindgen(method, getter)]
    pub fn writable(this: &FixedLengthStream) -> WritableStream;

    /// workerd's BYOB reader with `readAtLeast`.
    pub type ByobReader;
    #[wasm_bindgen(method, catch, js_name = readAtLeast)]
    pub fn read_at_least(
        this: &ByobReader,
        min_bytes: f64,
        view: &Uint8Array,
    ) -> Result<Promise, JsValue>;

    /// A stream as workerd has it.
    pub type Readable;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    pub fn get_reader(this: &Readable, options: &JsValue) -> Result<ByobReader, JsValue>;
    #[wasm_bindgen(method, catch, js_name = pipeTo)]
    pub fn pipe_to(
        this: &Readable,
        target: &WritableStream,
        options: &JsValue,
    ) -> Result<Promise, JsValue>;

    /// An R2 bucket.
    #[derive(Clone)]
    pub type R2Bucket;
    #[wasm_bindgen(method, catch)]
    pub fn head(this: &R2Bucket, key: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn get(this: &R2Bucket, key: &str, options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn put(
        this: &R2Bucket,
        key: &str,
        value: &JsValue,
        options: &JsValue,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn delete(this: &R2Bucket, keys: &Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn list(this: &R2Bucket, options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = createMultipartUpload)]
    pub fn create_multipart_upload(
        this: &R2Bucket,
        key: &str,
        options: &JsValue,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = resumeMultipartUpload)]
    pub fn resume_multipart_upload(
        this: &R2Bucket,
        key: &str,
        id: &str,
    ) -> Result<R2MultipartUpload, JsValue>;

    /// A multipart upload.
    pub type R2MultipartUpload;
    #[wasm_bindgen(method, getter, js_name = uploadId)]
    pub fn upload_id(this: &R2MultipartUpload) -> String;
    #[wasm_bindgen(method, catch, js_name = uploadPart)]
    pub fn upload_part(
        this: &R2MultipartUpload,
        number: u16,
        value: &JsValue,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn complete(this: &R2MultipartUpload, parts: &Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn abort(this: &R2MultipartUpload) -> Result<Promise, JsValue>;

    /// An object's metadata, with `body` when it was fetched.
    pub type R2Object;
    #[wasm_bindgen(method, getter)]
    pub fn key(this: &R2Object) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn size(this: &R2Object) -> f64;
    #[wasm_bindgen(method, getter)]
    pub fn etag(this: &R2Object) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn body(this: &R2Object) -> Option<ReadableStream>;

    /// The Cache API.
    pub type Cache;
    #[wasm_bindgen(method, catch, js_name = match)]
    pub fn match_request(this: &Cache, request: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn put(
        this: &Cache,
        request: &JsValue,
        response: &web_sys::Response,
    ) -> Result<Promise, JsValue>;
    /// `caches`.
    pub type Caches;
    #[wasm_bindgen(thread_local_v2, js_name = caches)]
    pub static CACHES: Caches;
    #[wasm_bindgen(method, getter, js_name = default)]
    pub fn default(this: &Caches) -> Cache;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    pub fn fill_random(buffer: &mut [u8]);
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    pub fn digest(algorithm: &str, data: &Uint8Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = generateKey)]
    pub fn generate_key(
        algorithm: &JsValue,
        is_extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = exportKey)]
    pub fn export_key(format: &str, key: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = importKey)]
    pub fn import_key(
        format: &str,
        data: &Uint8Array,
        algorithm: &JsValue,
        is_extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = deriveKey)]
    pub fn derive_key(
        algorithm: &JsValue,
        base: &JsValue,
        made: &JsValue,
        is_extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    pub fn sign(algorithm: &JsValue, key: &JsValue, data: &Uint8Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    pub fn verify(
        algorithm: &JsValue,
        key: &JsValue,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    pub fn encrypt(
        algorithm: &JsValue,
        key: &JsValue,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    pub fn decrypt(
        algorithm: &JsValue,
        key: &JsValue,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;

    /// The global `fetch`.
    #[wasm_bindgen(catch, js_name = fetch)]
    pub fn fetch_url(url: &str, options: &JsValue) -> Result<Promise, JsValue>;
    /// A clock that aborts what listens to it.
    pub type AbortSignal;
    #[wasm_bindgen(static_method_of = AbortSignal, js_name = timeout)]
    pub fn after(milliseconds: u32) -> AbortSignal;

    /// `Promise.withResolvers()`. For promises that concern more than one event, `new Promise` is not to be used:
    /// V8's optimised code makes those without the mark of their event (workerd's patch of `JSCreatePromise`), and
    /// who waits for one then goes on within the event that keeps it, or is stopped as hung.
    #[wasm_bindgen(js_namespace = Promise, js_name = withResolvers)]
    pub fn promise_with_resolvers() -> PromiseWithResolvers;
    pub type PromiseWithResolvers;
    #[wasm_bindgen(method, getter)]
    pub fn promise(this: &PromiseWithResolvers) -> Promise;
    #[wasm_bindgen(method, getter)]
    pub fn resolve(this: &PromiseWithResolvers) -> Function;
    #[wasm_bindgen(method, getter)]
    pub fn reject(this: &PromiseWithResolvers) -> Function;

    /// A promise that is kept after so many milliseconds.
    #[wasm_bindgen(js_namespace = scheduler)]
    pub fn wait(milliseconds: u32) -> Promise;
    #[wasm_bindgen(js_namespace = console)]
    pub fn log(message: &str);

    /// A Durable Object's storage.
    pub type DurableStorage;
    #[wasm_bindgen(method, getter)]
    pub fn sql(this: &DurableStorage) -> SqlStorage;
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    pub fn transaction_sync(
        this: &DurableStorage,
        work: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;
    /// Its SQLite.
    pub type SqlStorage;
    #[wasm_bindgen(method, catch, variadic)]
    pub fn exec(this: &SqlStorage, sql: &JsValue, params: &Array) -> Result<SqlCursor, JsValue>;
    /// A running statement.
    pub type SqlCursor;
    #[wasm_bindgen(method)]
    pub fn raw(this: &SqlCursor) -> SqlRows;
    #[wasm_bindgen(method, getter, js_name = rowsRead)]
    pub fn rows_read(this: &SqlCursor) -> f64;
    #[wasm_bindgen(method, getter, js_name = rowsWritten)]
    pub fn rows_written(this: &SqlCursor) -> f64;
    /// Rows as arrays.
    pub type SqlRows;
    #[wasm_bindgen(method, catch, js_name = toArray)]
    pub fn to_array(this: &SqlRows) -> Result<Array, JsValue>;

    /// `Response` made from a JavaScript string, which `web_sys` would copy through Wasm.
    #[wasm_bindgen(js_name = Response, extends = web_sys::Response)]
    pub type TextResponse;
    #[wasm_bindgen(constructor, js_class = "Response", catch)]
    pub fn from_text(text: &JsValue) -> Result<TextResponse, JsValue>;

    /// A namespace of Durable Objects.
    #[derive(Clone)]
    pub type ObjectNamespace;
    #[wasm_bindgen(method, catch, js_name = getByName)]
    pub fn get_by_name(this: &ObjectNamespace, name: &str) -> Result<ObjectStub, JsValue>;
    /// One Durable Object.
    pub type ObjectStub;
    #[wasm_bindgen(method, catch)]
    pub fn fetch(
        this: &ObjectStub,
        url: &str,
        options: &web_sys::RequestInit,
    ) -> Result<Promise, JsValue>;
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

/// What a thrown value says.
pub fn message(thrown: &JsValue) -> String {
    thrown
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| format!("{thrown:?}"))
}

/// JavaScript numbers are doubles; sizes and ranges here stay far below 2^53.
#[expect(clippy::as_conversions, reason = "there is no From; exact below 2^53")]
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
pub fn number(value: u64) -> f64 {
    value as f64
}

/// A JavaScript size as `u64`; negative or broken numbers become 0.
#[expect(clippy::as_conversions, reason = "there is no From; saturates")]
#[expect(clippy::cast_possible_truncation, reason = "sizes are whole numbers")]
#[expect(clippy::cast_sign_loss, reason = "saturates at 0")]
pub fn size(value: f64) -> u64 {
    value as u64
}
