//! What this instance of the script holds, for measurements and tests: only a tracker that serves
//! everybody's infohashes tells.

use core::arch::wasm32::memory_size;
use std::cell::Cell;

const PAGE_BYTES: usize = 65_536;

thread_local! {
    static OBJECTS_BUILT: Cell<u32> = const { Cell::new(0) };
}

/// An object was built: it is new, or has woken up.
pub fn object_built() {
    OBJECTS_BUILT.set(OBJECTS_BUILT.get().wrapping_add(1));
}

/// As JSON: bytes of Wasm memory, which never shrinks, and objects built since the script began.
pub fn text() -> String {
    let wasm_bytes = memory_size::<0>() * PAGE_BYTES;
    let objects_built = OBJECTS_BUILT.get();
    format!(r#"{{"wasm_bytes":{wasm_bytes},"objects_built":{objects_built}}}"#)
}
