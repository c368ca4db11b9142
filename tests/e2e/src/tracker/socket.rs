//! A WebSocket (RFC 6455) with a deadline for everything.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A server that is silent for longer has hung.
const PATIENCE: Duration = Duration::from_secs(30);

/// What kind of frame, by its number.
pub mod opcode {
    /// Text.
    pub const TEXT: u8 = 1;
    /// Bytes.
    pub const BINARY: u8 = 2;
    /// The end.
    pub const CLOSE: u8 = 8;
}

/// An open connection.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    unread: Vec<u8>,
}

/// A whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A text.
    Text(String),
    /// The server closes, for this reason; 1006 if it says none.
    Close(u16),
}

impl Socket {
    /// Connects to a path of `http://host:port`.
    #[must_use]
    pub fn open(origin: &str, path: &str) -> Self {
        Self::try_open(origin, path, "").unwrap_or_else(|refusal| panic!("{path}: {refusal}"))
    }

    /// Connects with further header lines, each with its end.
    ///
    /// # Errors
    /// The status line, if it is not an upgrade, or what went wrong before.
    pub fn try_open(origin: &str, path: &str, headers: &str) -> Result<Self, String> {
        let host = origin.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).map_err(|error| error.to_string())?;
        stream
            .set_nodelay(true)
            .and_then(|()| stream.set_read_timeout(Some(PATIENCE)))
            .and_then(|()| stream.set_write_timeout(Some(PATIENCE)))
            .map_err(|error| error.to_string())?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"
        );
        stream
            .write_all(request.as_bytes())
            .map_err(|error| error.to_string())?;
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream
                .read_exact(&mut byte)
                .map_err(|error| error.to_string())?;
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let status = head.lines().next().unwrap_or_default().to_owned();
        if !status.contains(" 101 ") {
            return Err(status);
        }
        Ok(Self {
            stream,
            unread: Vec::new(),
        })
    }

    /// Sends a text.
    pub fn send(&mut self, text: &str) {
        self.send_frame(opcode::TEXT, text.as_bytes());
    }

    /// Sends any frame. It is masked with zeros, which is allowed.
    pub fn send_frame(&mut self, opcode: u8, payload: &[u8]) {
        let mut bytes = vec![0x80 | opcode];
        match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
            (Ok(short @ 0..=125), _) => bytes.push(0x80 | short),
            (_, Ok(medium)) => {
                bytes.push(0x80 | 126);
                bytes.extend(medium.to_be_bytes());
            }
            _ => {
                bytes.push(0x80 | 127);
                let long = u64::try_from(payload.len()).expect("lengths fit 64 bits");
                bytes.extend(long.to_be_bytes());
            }
        }
        bytes.extend([0; 4]);
        bytes.extend(payload);
        // The server may have closed already; the next receive says so.
        let _ = self.stream.write_all(&bytes);
    }

    /// The next message.
    #[must_use]
    pub fn receive(&mut self) -> Frame {
        self.receive_within(PATIENCE)
            .unwrap_or_else(|| panic!("the server says nothing for {} s", PATIENCE.as_secs()))
    }

    /// The next message, if one comes in time.
    #[must_use]
    pub fn receive_within(&mut self, patience: Duration) -> Option<Frame> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(frame) = self.take_frame() {
                return Some(frame);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let timeout = self.stream.set_read_timeout(Some(left));
            timeout.unwrap_or_else(|error| panic!("cannot set a timeout: {error}"));
            let mut buffer = [0; 16_384];
            match self.stream.read(&mut buffer) {
                Ok(0) => return Some(Frame::Close(1006)),
                Ok(count) => self.unread.extend_from_slice(&buffer[..count]),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => return Some(Frame::Close(1006)),
            }
        }
    }

    fn take_frame(&mut self) -> Option<Frame> {
        let bytes = &self.unread;
        let opcode = *bytes.first()? & 0x0f;
        let short = usize::from(*bytes.get(1)? & 0x7f);
        let (start, length) = match short {
            126 => (
                4,
                usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])),
            ),
            127 => panic!("the tracker sends no message of more than 64 KiB"),
            _ => (2, short),
        };
        let payload = bytes.get(start..start + length)?.to_owned();
        self.unread.drain(..start + length);
        Some(match opcode {
            opcode::TEXT => Frame::Text(String::from_utf8(payload).expect("text frames are UTF-8")),
            opcode::CLOSE => Frame::Close(match payload.as_slice() {
                [high, low, ..] => u16::from_be_bytes([*high, *low]),
                _ => 1005,
            }),
            other => panic!("the tracker sends no frame of kind {other}"),
        })
    }
}
