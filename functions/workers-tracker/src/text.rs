//! Messages from JavaScript into Wasm.

use std::cell::RefCell;

use js_sys::JsString;
use tracker::limits::MAX_FRAME_BYTES;
use wasm_bindgen::{JsCast, JsValue};

use crate::js::TextEncoder;

thread_local! {
    static ENCODER: TextEncoder = TextEncoder::new();
    /// One for all objects of the isolate: each message is done with before the next comes. Its length
    /// is that of the longest message plus one byte, by which longer ones are known.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; MAX_FRAME_BYTES + 1]);
}

/// A message that is not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// A binary frame.
    Binary,
    /// More than [`MAX_FRAME_BYTES`].
    TooLarge,
}

/// Copies the message once, in one call, and hands it on.
pub fn read<T>(message: &JsValue, take: impl FnOnce(&str) -> T) -> Result<T, Unreadable> {
    let text: &JsString = message.dyn_ref().ok_or(Unreadable::Binary)?;
    // A UTF-16 unit is one byte or more.
    let units = text.length();
    if usize::try_from(units).map_or(true, |units| units > MAX_FRAME_BYTES) {
        return Err(Unreadable::TooLarge);
    }
    BUFFER.with_borrow_mut(|buffer| {
        let encoded = ENCODER.with(|encoder| encoder.encode_into(text, buffer));
        let written = usize::try_from(encoded.written()).unwrap_or(usize::MAX);
        if encoded.read() < units || written > MAX_FRAME_BYTES {
            return Err(Unreadable::TooLarge);
        }
        // Unpaired surrogates come as U+FFFD, so it is UTF-8 in any case.
        str::from_utf8(&buffer[..written])
            .map(take)
            .map_err(|_| Unreadable::Binary)
    })
}
