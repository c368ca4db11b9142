//! Open sockets by number.

use js_sys::Array;
use tracker::{Attachment, SocketId};
use wasm_bindgen::JsCast;

use crate::js::{Socket, SocketTable};

/// "Policy violation" (RFC 6455, 7.4.1): the client sent what it must not.
pub const CLOSE_REFUSED: u16 = 1008;
/// "Message too big".
pub const CLOSE_TOO_LARGE: u16 = 1009;
/// "Unsupported data": the client sent a binary frame.
pub const CLOSE_BINARY: u16 = 1003;
/// "Try again later", of the registry of close codes.
pub const CLOSE_LATER: u16 = 1013;

/// The sockets of an object.
pub struct Sockets {
    table: SocketTable,
    last: u32,
}

impl Sockets {
    /// All sockets that the platform holds for this object, with what they carry. One that carries
    /// nothing readable is closed: its client comes back.
    pub fn of(held: &Array) -> (Self, Vec<Attachment>) {
        let mut sockets = Self {
            table: SocketTable::new(),
            last: 0,
        };
        let mut attachments = Vec::new();
        for socket in held.iter() {
            let socket: Socket = socket.unchecked_into();
            let carried = socket.deserialize_attachment().ok();
            let text = carried.and_then(|value| value.as_string());
            match text.as_deref().map(Attachment::decode) {
                Some(Ok(attachment)) => {
                    let SocketId(number) = attachment.socket;
                    sockets.last = sockets.last.max(number);
                    sockets.table.add(number, &socket);
                    attachments.push(attachment);
                }
                Some(Err(_)) | None => close(&socket, CLOSE_LATER, "reconnect"),
            }
        }
        (sockets, attachments)
    }

    /// Gives a new socket its number.
    pub fn add(&mut self, socket: &Socket) -> SocketId {
        self.last = self.last.wrapping_add(1);
        self.table.add(self.last, socket);
        SocketId(self.last)
    }

    /// The socket of that number.
    pub fn get(&self, SocketId(number): SocketId) -> Option<Socket> {
        self.table.find(number)
    }

    /// Forgets a socket.
    pub fn remove(&mut self, SocketId(number): SocketId) {
        self.table.remove(number);
    }

    /// All numbers.
    pub fn numbers(&self) -> Vec<SocketId> {
        self.table.numbers().into_iter().map(SocketId).collect()
    }

    /// Sends parts of one text; see [`SocketTable::send`].
    pub fn send(&self, text: &str, parts: &[u32]) {
        self.table.send(text, parts);
    }
}

/// Closes a socket, if it is not closing already.
pub fn close(socket: &Socket, code: u16, reason: &str) {
    let _ = socket.close(code, reason);
}
