//! Frames: one packet of Engine.IO, which may carry one of Socket.IO.

use serde_json::{Value, json};

use crate::payload::MAX_PAYLOAD_BYTES;
use crate::request::Transport;

/// Longest frame that is read, in bytes. A client says who it is and little more.
pub const MAX_FRAME_BYTES: usize = MAX_PAYLOAD_BYTES;

/// The server's question whether the client is there; the client answers with [`Frame::Pong`].
pub const PING: &str = "2";
/// Answer to [`Frame::Probe`].
pub const PROBED: &str = "3probe";
/// Means nothing; ends a poll that must not wait any longer.
pub const NOOP: &str = "6";

const PROBE: &str = "probe";

/// What a client sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame<'a> {
    /// Answer to [`PING`].
    Pong,
    /// The client wants nothing more.
    Close,
    /// The client enters a namespace.
    Connect {
        /// `/` for the main one.
        namespace: &'a str,
        /// What it says of itself; `Null` if nothing.
        auth: Value,
    },
    /// The client leaves a namespace.
    Disconnect {
        /// As in [`Frame::Connect`].
        namespace: &'a str,
    },
    /// An event or acknowledgement, which a server that only speaks may pass over.
    Other,
    /// The first words on a WebSocket that shall follow polling; the answer is [`PROBED`].
    Probe,
    /// From here on the WebSocket carries what polling did.
    Upgrade,
}

/// Why a frame cannot be read. The protocol wants the connection closed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Over [`MAX_FRAME_BYTES`].
    #[error("frame too long")]
    TooLong,
    /// No packet type that a client may send.
    #[error("unknown packet type")]
    UnknownType,
    /// A connect packet whose payload is no JSON.
    #[error("malformed payload")]
    Payload,
}

/// Reads a text frame.
///
/// # Errors
/// See [`FrameError`].
pub fn read(text: &str) -> Result<Frame<'_>, FrameError> {
    if text.len() > MAX_FRAME_BYTES {
        return Err(FrameError::TooLong);
    }
    let mut characters = text.chars();
    match characters.next() {
        Some('1') => Ok(Frame::Close),
        Some('3') => Ok(Frame::Pong),
        Some('4') => read_message(characters.as_str()),
        Some('2') if characters.as_str() == PROBE => Ok(Frame::Probe),
        Some('5') if characters.as_str().is_empty() => Ok(Frame::Upgrade),
        _ => Err(FrameError::UnknownType),
    }
}

fn read_message(text: &str) -> Result<Frame<'_>, FrameError> {
    let mut characters = text.chars();
    let kind = characters.next();
    let rest = characters.as_str();
    let (namespace, payload) = match rest.split_once(',') {
        Some((namespace, payload)) if namespace.starts_with('/') => (namespace, payload),
        _ if rest.starts_with('/') => (rest, ""),
        _ => ("/", rest),
    };
    // A query in the namespace's name is allowed and means nothing here.
    let namespace = namespace.split('?').next().unwrap_or(namespace);
    match kind {
        Some('0') => {
            let auth = match payload {
                "" => Value::Null,
                json => serde_json::from_str(json).map_err(|_| FrameError::Payload)?,
            };
            Ok(Frame::Connect { namespace, auth })
        }
        Some('1') => Ok(Frame::Disconnect { namespace }),
        Some('2'..='6') => Ok(Frame::Other),
        _ => Err(FrameError::UnknownType),
    }
}

/// The first frame of a connection. A client that hears no [`PING`] for the sum of both times takes the
/// server for dead.
#[must_use]
pub fn open(
    session_id: &str,
    transport: Transport,
    ping_interval_ms: u32,
    ping_timeout_ms: u32,
) -> String {
    let upgrades: &[&str] = match transport {
        Transport::Polling => &["websocket"],
        Transport::WebSocket => &[],
    };
    let hello = json!({
        "sid": session_id,
        "upgrades": upgrades,
        "pingInterval": ping_interval_ms,
        "pingTimeout": ping_timeout_ms,
        "maxPayload": MAX_PAYLOAD_BYTES,
    });
    format!("0{hello}")
}

/// The client is in the namespace.
#[must_use]
pub fn connected(namespace: &str, session_id: &str) -> String {
    format!("40{}{}", place(namespace), json!({ "sid": session_id }))
}

/// The client may not enter the namespace; `message` is for people.
#[must_use]
pub fn refused(namespace: &str, message: &str) -> String {
    format!("44{}{}", place(namespace), json!({ "message": message }))
}

/// An event without arguments.
#[must_use]
pub fn event(namespace: &str, name: &str) -> String {
    format!("42{}{}", place(namespace), json!([name]))
}

fn place(namespace: &str) -> String {
    match namespace {
        "/" => String::new(),
        other => format!("{other},"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_specifications_examples() {
        let connect = |namespace, auth| Ok(Frame::Connect { namespace, auth });
        assert_eq!(read("40"), connect("/", Value::Null));
        assert_eq!(
            read(r#"40/admin,{"token":"123"}"#),
            connect("/admin", json!({ "token": "123" }))
        );
        assert_eq!(
            read(r#"40{"token":"123"}"#),
            connect("/", json!({ "token": "123" }))
        );
        assert_eq!(read("40/admin"), connect("/admin", Value::Null));
        assert_eq!(read("40/admin?a=b,"), connect("/admin", Value::Null));
        assert_eq!(
            read("41/admin,"),
            Ok(Frame::Disconnect {
                namespace: "/admin"
            })
        );
        assert_eq!(read(r#"42["foo"]"#), Ok(Frame::Other));
        assert_eq!(read(r#"42/admin,12["bar",{"a":1}]"#), Ok(Frame::Other));
        assert_eq!(read("3"), Ok(Frame::Pong));
        assert_eq!(read("1"), Ok(Frame::Close));
        assert_eq!(read("2probe"), Ok(Frame::Probe));
        assert_eq!(read("5"), Ok(Frame::Upgrade));
    }

    #[test]
    fn refuses_what_no_client_sends() {
        for text in ["", "0", "2", "2probes", "5x", "x", "4", "47", "é"] {
            assert_eq!(read(text), Err(FrameError::UnknownType), "{text:?}");
        }
        assert_eq!(read("40{"), Err(FrameError::Payload));
        let long = format!("40{}", " ".repeat(MAX_FRAME_BYTES));
        assert_eq!(read(&long), Err(FrameError::TooLong));
    }

    #[test]
    fn writes_the_specifications_examples() {
        assert_eq!(
            connected("/admin", "oSO0OpakMV_3jnilAAAA"),
            r#"40/admin,{"sid":"oSO0OpakMV_3jnilAAAA"}"#
        );
        assert_eq!(connected("/", "a"), r#"40{"sid":"a"}"#);
        assert_eq!(
            refused("/admin", "Not authorized"),
            r#"44/admin,{"message":"Not authorized"}"#
        );
        assert_eq!(
            event("/runners", "available-jobs"),
            r#"42/runners,["available-jobs"]"#
        );
        for (transport, upgrades) in [
            (Transport::Polling, json!(["websocket"])),
            (Transport::WebSocket, json!([])),
        ] {
            let text = open("a", transport, 25_000, 20_000);
            let hello: Value = serde_json::from_str(&text[1..]).unwrap();
            assert_eq!(hello["upgrades"], upgrades);
            assert_eq!(hello["pingInterval"], 25_000);
        }
    }
}
