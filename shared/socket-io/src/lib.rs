//! The little of Socket.IO that a server needs to wake its clients: Engine.IO protocol 4 over WebSocket,
//! over polling, and from polling to WebSocket; Socket.IO protocol 5, text frames, events without
//! acknowledgement.
//!
//! Specifications: <https://socket.io/docs/v4/engine-io-protocol/> and
//! <https://socket.io/docs/v4/socket-io-protocol/>. Libraries for Rust bring an HTTP server of their own;
//! here the platform holds sockets and requests, and only texts are read and written.
//!
//! [`Request`] says what an HTTP request wants, [`read`] what a frame says, [`frames_of`] cuts what a
//! client posts into frames, and a [`Session`] is what must be remembered of a polling client between its
//! requests.

mod frame;
mod payload;
mod request;
mod session;

pub use frame::{
    Frame, FrameError, MAX_FRAME_BYTES, NOOP, PING, PROBED, connected, event, open, read, refused,
};
pub use payload::{MAX_FRAMES_PER_PAYLOAD, MAX_PAYLOAD_BYTES, PayloadError, frames_of};
pub use request::{Refusal, Request, Transport};
pub use session::{
    MAX_QUEUED_BYTES, MAX_QUEUED_FRAMES, QueueFull, Session, SessionError, UPGRADE_TIMEOUT_MS,
};
