//! What an HTTP request to the server's one path wants.

use serde_json::json;

/// How frames travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Requests: one that waits for frames, and one for each batch of the client's own.
    Polling,
    /// A socket.
    WebSocket,
}

/// A request that makes sense, as far as can be seen without knowing the sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request<'a> {
    /// A new session.
    Open(Transport),
    /// A polling session's client waits for frames.
    Poll {
        /// The session.
        session_id: &'a str,
    },
    /// A polling session's client sends frames.
    Post {
        /// The session.
        session_id: &'a str,
    },
    /// A polling session's client wants to go on by WebSocket.
    Upgrade {
        /// The session.
        session_id: &'a str,
    },
}

/// Why a request is refused: status 400 and [`Refusal::body`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither polling nor WebSocket.
    #[error("Transport unknown")]
    UnknownTransport,
    /// No session has this id. The client begins anew.
    #[error("Session ID unknown")]
    UnknownSession,
    /// A session is opened by GET.
    #[error("Bad handshake method")]
    HandshakeMethod,
    /// The transport and the rest of the request contradict each other or the session.
    #[error("Bad request")]
    BadRequest,
    /// Not version 4 of the protocol.
    #[error("Unsupported protocol version")]
    ProtocolVersion,
}

impl Refusal {
    /// The protocol's number for it.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::UnknownTransport => 0,
            Self::UnknownSession => 1,
            Self::HandshakeMethod => 2,
            Self::BadRequest => 3,
            Self::ProtocolVersion => 5,
        }
    }

    /// JSON that says it to a client.
    #[must_use]
    pub fn body(self) -> String {
        json!({ "code": self.code(), "message": self.to_string() }).to_string()
    }
}

impl<'a> Request<'a> {
    /// Reads the method, what stands behind the `?`, and whether a WebSocket is asked for.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn parse(method: &str, query: &'a str, is_upgrade: bool) -> Result<Self, Refusal> {
        // No client escapes anything in these.
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        if value("EIO") != Some("4") {
            return Err(Refusal::ProtocolVersion);
        }
        let transport = match value("transport") {
            Some("polling") => Transport::Polling,
            Some("websocket") => Transport::WebSocket,
            _ => return Err(Refusal::UnknownTransport),
        };
        if is_upgrade != (transport == Transport::WebSocket) {
            return Err(Refusal::BadRequest);
        }
        let session_id = value("sid").filter(|id| !id.is_empty());
        match (session_id, method, transport) {
            (None, "GET", _) => Ok(Self::Open(transport)),
            (None, _, _) => Err(Refusal::HandshakeMethod),
            (Some(session_id), "GET", Transport::Polling) => Ok(Self::Poll { session_id }),
            (Some(session_id), "POST", Transport::Polling) => Ok(Self::Post { session_id }),
            (Some(session_id), "GET", Transport::WebSocket) => Ok(Self::Upgrade { session_id }),
            (Some(_), _, _) => Err(Refusal::BadRequest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_the_stock_client_are_understood() {
        let session_id = "lv_VI97HAXpY6yYWAAAC";
        for (method, query, is_upgrade, request) in [
            (
                "GET",
                "EIO=4&transport=polling&t=N8hyd6w",
                false,
                Request::Open(Transport::Polling),
            ),
            (
                "GET",
                "EIO=4&transport=websocket",
                true,
                Request::Open(Transport::WebSocket),
            ),
            (
                "GET",
                "EIO=4&transport=polling&t=N8&sid=lv_VI97HAXpY6yYWAAAC",
                false,
                Request::Poll { session_id },
            ),
            (
                "POST",
                "EIO=4&transport=polling&t=N8&sid=lv_VI97HAXpY6yYWAAAC",
                false,
                Request::Post { session_id },
            ),
            (
                "GET",
                "EIO=4&transport=websocket&sid=lv_VI97HAXpY6yYWAAAC",
                true,
                Request::Upgrade { session_id },
            ),
        ] {
            assert_eq!(Request::parse(method, query, is_upgrade), Ok(request));
        }
    }

    #[test]
    fn other_requests_are_refused_with_the_protocols_numbers() {
        for (method, query, is_upgrade, code) in [
            ("GET", "EIO=4&transport=flash", false, 0),
            ("GET", "EIO=4", false, 0),
            ("POST", "EIO=4&transport=polling", false, 2),
            ("GET", "EIO=4&transport=websocket", false, 3),
            ("GET", "EIO=4&transport=polling", true, 3),
            ("PUT", "EIO=4&transport=polling&sid=a", false, 3),
            ("GET", "EIO=3&transport=polling", false, 5),
            ("GET", "", false, 5),
        ] {
            let refusal = Request::parse(method, query, is_upgrade).unwrap_err();
            assert_eq!(refusal.code(), code, "{method} {query}");
        }
        assert_eq!(
            Refusal::UnknownSession.body(),
            r#"{"code":1,"message":"Session ID unknown"}"#
        );
    }
}
