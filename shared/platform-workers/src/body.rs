//! Blocks and streams that live in JavaScript.

use std::any::Any;
use std::ops::Range;

use js_sys::{Reflect, Uint8Array};
use ports::{Block, BlockStream, Body, LocalBoxFuture, PortError};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::ReadableStream;

use crate::js::{self, ByobReader, Readable};

/// A `Uint8Array`.
pub struct JsBlock(pub Uint8Array);

fn small(index: usize) -> u32 {
    u32::try_from(index).expect("wasm32 indexes are 32 bits")
}

impl Block for JsBlock {
    fn len(&self) -> usize {
        usize::try_from(self.0.length()).expect("wasm32 indexes are 32 bits")
    }

    fn to_vec(&self, range: Range<usize>) -> Vec<u8> {
        self.0
            .subarray(small(range.start), small(range.end))
            .to_vec()
    }

    fn slice(&self, range: Range<usize>) -> Box<dyn Block> {
        Box::new(Self(self.0.subarray(small(range.start), small(range.end))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// One `Uint8Array` of all blocks in order; no copy for a single one that is in JavaScript already.
pub fn join(blocks: &[Box<dyn Block>]) -> Uint8Array {
    if let [only] = blocks {
        return view(only.as_ref());
    }
    let total: usize = blocks.iter().map(|block| block.len()).sum();
    let joined = Uint8Array::new_with_length(small(total));
    let mut offset = 0;
    for block in blocks {
        joined.set(&view(block.as_ref()), small(offset));
        offset += block.len();
    }
    joined
}

/// The block as a `Uint8Array`, copied out of Wasm only when it is there.
pub fn view(block: &dyn Block) -> Uint8Array {
    match block.as_any().downcast_ref::<JsBlock>() {
        Some(JsBlock(array)) => array.clone(),
        None => Uint8Array::from(block.to_vec(0..block.len()).as_slice()),
    }
}

/// A `ReadableStream`, read with a BYOB reader once somebody reads it.
pub struct JsStream {
    stream: ReadableStream,
    reader: Option<ByobReader>,
    is_done: bool,
}

impl JsStream {
    pub fn new(stream: ReadableStream) -> Self {
        Self {
            stream,
            reader: None,
            is_done: false,
        }
    }

    /// The stream itself, if nobody has read from it.
    pub fn into_untouched(self) -> Option<ReadableStream> {
        self.reader.is_none().then_some(self.stream)
    }

    fn reader(&mut self) -> Result<&ByobReader, PortError> {
        if self.reader.is_none() {
            let options = js::object(&[("mode", JsValue::from_str("byob"))]);
            let reader = self
                .stream
                .unchecked_ref::<Readable>()
                .get_reader(&options)
                .map_err(|thrown| broken(&thrown))?;
            self.reader = Some(reader);
        }
        self.reader
            .as_ref()
            .ok_or_else(|| PortError::bug("stream", "no reader"))
    }
}

/// Longer bodies are read block by block.
pub const SMALL_BODY_MAX_BYTES: u64 = 64 * 1024;

/// Body of a request of at most [`SMALL_BODY_MAX_BYTES`]: fetched in one piece, which takes a fraction of what a
/// reader takes.
pub struct SmallBody {
    request: web_sys::Request,
    bytes: Option<Uint8Array>,
    position: u32,
}

impl SmallBody {
    pub fn new(request: web_sys::Request) -> Self {
        Self {
            request,
            bytes: None,
            position: 0,
        }
    }

    /// The stream, if nobody has read from it.
    fn into_untouched(self) -> Option<ReadableStream> {
        self.request.body().filter(|_| self.bytes.is_none())
    }

    async fn bytes(&mut self) -> Result<Uint8Array, PortError> {
        if let Some(bytes) = &self.bytes {
            return Ok(bytes.clone());
        }
        let promise = self
            .request
            .array_buffer()
            .map_err(|thrown| broken(&thrown))?;
        let buffer = JsFuture::from(promise)
            .await
            .map_err(|thrown| broken(&thrown))?;
        let bytes = Uint8Array::new(&buffer);
        self.bytes = Some(bytes.clone());
        Ok(bytes)
    }
}

impl BlockStream for SmallBody {
    fn read(
        &mut self,
        bytes: usize,
    ) -> LocalBoxFuture<'_, Result<Option<Box<dyn Block>>, PortError>> {
        Box::pin(async move {
            let all = self.bytes().await?;
            let start = self.position;
            let end = start.saturating_add(small(bytes)).min(all.length());
            self.position = end;
            let block = (end > start).then(|| JsBlock(all.subarray(start, end)));
            Ok(block.map(|block| -> Box<dyn Block> { Box::new(block) }))
        })
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

fn broken(thrown: &JsValue) -> PortError {
    PortError::unavailable("stream", js::message(thrown))
}

impl BlockStream for JsStream {
    fn read(
        &mut self,
        bytes: usize,
    ) -> LocalBoxFuture<'_, Result<Option<Box<dyn Block>>, PortError>> {
        Box::pin(async move {
            if self.is_done || bytes == 0 {
                return Ok(None);
            }
            let buffer = Uint8Array::new_with_length(small(bytes));
            let wanted = f64::from(small(bytes));
            let promise = self
                .reader()?
                .read_at_least(wanted, &buffer)
                .map_err(|thrown| broken(&thrown))?;
            let result = JsFuture::from(promise)
                .await
                .map_err(|thrown| broken(&thrown))?;
            let property = |name: &str| {
                Reflect::get(&result, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
            };
            self.is_done = property("done").is_truthy();
            let value = property("value").dyn_into::<Uint8Array>().ok();
            Ok(value
                .filter(|array| array.length() > 0)
                .map(|array| -> Box<dyn Block> { Box::new(JsBlock(array)) }))
        })
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// The body as something that `Response` and R2 take: `null`, a `Uint8Array` or a stream.
pub enum JsBody {
    Nothing,
    Bytes(Uint8Array),
    Stream(ReadableStream),
    /// Streams one after the other.
    Chain(Vec<JsBody>, u64),
}

/// Unwraps a body for JavaScript.
pub fn into_js(body: Body) -> Result<JsBody, PortError> {
    Ok(match body {
        Body::Empty => JsBody::Nothing,
        Body::Bytes(bytes) => JsBody::Bytes(Uint8Array::from(bytes.as_slice())),
        Body::Blocks(blocks) => JsBody::Bytes(join(&blocks)),
        Body::Stream(stream) => {
            let untouched = match stream.into_any().downcast::<JsStream>() {
                Ok(stream) => stream.into_untouched(),
                Err(other) => other
                    .downcast::<SmallBody>()
                    .map_err(|_| PortError::bug("stream", "not made by this platform"))?
                    .into_untouched(),
            };
            JsBody::Stream(untouched.ok_or_else(|| PortError::bug("stream", "already read from"))?)
        }
        Body::Chain { parts, len_bytes } => JsBody::Chain(
            parts.into_iter().map(into_js).collect::<Result<_, _>>()?,
            len_bytes,
        ),
    })
}

/// Writes `source` into a stream of exactly `len_bytes` and returns its readable end; the host moves
/// the bytes.
pub fn fixed_length(source: JsBody, len_bytes: u64) -> ReadableStream {
    let fixed = js::FixedLengthStream::new(js::number(len_bytes));
    let readable = fixed.readable();
    wasm_bindgen_futures::spawn_local(async move {
        let writable = fixed.writable();
        // A failed pipe aborts the stream, which the reader sees; there is nobody else to tell.
        let _ = pour(source, &writable).await;
    });
    readable
}

async fn pour(source: JsBody, target: &web_sys::WritableStream) -> Result<(), JsValue> {
    let mut pending = vec![source];
    let keep_open = js::object(&[("preventClose", JsValue::TRUE)]);
    while let Some(next) = pending.pop() {
        match next {
            JsBody::Nothing => {}
            JsBody::Chain(parts, _) => pending.extend(parts.into_iter().rev()),
            JsBody::Stream(stream) => {
                let promise = stream
                    .unchecked_ref::<Readable>()
                    .pipe_to(target, &keep_open)?;
                JsFuture::from(promise).await?;
            }
            JsBody::Bytes(bytes) => {
                let writer = target.get_writer()?;
                JsFuture::from(writer.write_with_chunk(&bytes)).await?;
                writer.release_lock();
            }
        }
    }
    JsFuture::from(target.close()).await?;
    Ok(())
}
