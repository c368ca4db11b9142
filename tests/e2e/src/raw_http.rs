//! HTTP/1.1 by hand, for requests that a decent client refuses to send.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A server that is silent for longer has hung.
const PATIENCE: Duration = Duration::from_secs(30);

/// Status, header lines and body as they came.
#[derive(Debug)]
pub struct RawAnswer {
    /// HTTP status.
    pub status: u16,
    /// Status line and header lines, in lower case.
    pub head: String,
    /// The rest, chunk sizes included if the server chose chunks.
    pub body: Vec<u8>,
}

/// Sends the request line `method target HTTP/1.1` and these headers, and reads to the end.
///
/// `origin` is `http://host:port`.
#[must_use]
pub fn send(origin: &str, method: &str, target: &str, headers: &[&str], body: &[u8]) -> RawAnswer {
    let host = origin.trim_start_matches("http://");
    let mut connection =
        TcpStream::connect(host).unwrap_or_else(|error| panic!("cannot reach {host}: {error}"));
    let timeouts = connection
        .set_read_timeout(Some(PATIENCE))
        .and_then(|()| connection.set_write_timeout(Some(PATIENCE)));
    timeouts.unwrap_or_else(|error| panic!("cannot set a timeout: {error}"));
    let mut request =
        format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for header in headers {
        request += header;
        request += "\r\n";
    }
    request += "\r\n";
    let mut bytes = request.into_bytes();
    bytes.extend(body);
    // The server may answer and close before it has read everything.
    let _ = connection.write_all(&bytes);
    let mut answer = Vec::new();
    let read = connection.read_to_end(&mut answer);
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("{method} {target}: no answer ({read:?})"));
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    RawAnswer {
        status: status.unwrap_or_else(|| panic!("{method} {target}: no status in {head:?}")),
        body: answer[end + 4..].to_vec(),
        head,
    }
}
