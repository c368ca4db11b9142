//! Messages from JavaScript into Wasm.

use std::cell::RefCell;

use tracker::limits::MAX_FRAME_BYTES;
use wasm_bindgen::JsValue;

use crate::js::copy_text;

/// What [`copy_text`] answers for a binary message.
const BINARY: i32 = -1;

thread_local! {
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
    BUFFER.with_borrow_mut(|buffer| {
        let written = match copy_text(message, buffer) {
            BINARY => return Err(Unreadable::Binary),
            written => usize::try_from(written).map_err(|_| Unreadable::TooLarge)?,
        };
        let text = buffer.get(..written).ok_or(Unreadable::TooLarge)?;
        // Unpaired surrogates come as U+FFFD, so it is UTF-8 in any case.
        str::from_utf8(text)
            .map(take)
            .map_err(|_| Unreadable::Binary)
    })
}
