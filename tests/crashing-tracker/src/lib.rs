//! The tracker's Worker, of the same code, that panics when a client wants it to: a message to an object that is
//! the word `panic` (`entry.js`). For tests of what is left then.
//!
//! Nothing of this is in the Worker that is deployed.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen::prelude::wasm_bindgen;

pub use workers_tracker::SwarmObject;

/// Ends the Wasm instance, as any panic does.
///
/// # Panics
/// Always.
#[wasm_bindgen]
pub fn crash() {
    panic!("a test wants this");
}
