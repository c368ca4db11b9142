//! HTTP/1.1 over one kept connection, with so little work of its own that the server is what is
//! measured: files go to the socket inside the kernel, and bodies are dropped as they come.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

/// A server that is silent for longer has hung.
const PATIENCE: Duration = Duration::from_secs(300);
/// Received at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// An open connection. All methods panic when the server breaks the protocol.
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    /// Empty if it was dropped.
    pub body: Vec<u8>,
    /// Its length, kept or dropped.
    pub body_bytes: u64,
}

/// What a request carries.
pub enum Payload<'a> {
    /// Nothing.
    Nothing,
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// A file between two texts.
    File {
        /// Before the file.
        before: &'a [u8],
        /// The file.
        path: &'a Path,
        /// After the file.
        after: &'a [u8],
    },
}

impl Connection {
    /// Connects to `http://host:port`.
    #[must_use]
    pub fn open(origin: &str) -> Self {
        let host = origin.trim_start_matches("http://").to_owned();
        let stream = connect(&host).unwrap_or_else(|error| panic!("cannot reach {host}: {error}"));
        Self {
            stream: BufReader::with_capacity(BUFFER_BYTES, stream),
            host,
        }
    }

    /// GET; the body is kept.
    pub fn get(&mut self, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.call("GET", target, headers, Payload::Nothing)
    }

    /// GET; the body is dropped.
    pub fn drain(&mut self, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", target, headers, Payload::Nothing);
        self.receive(false)
    }

    /// Any request.
    pub fn call(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        payload: Payload<'_>,
    ) -> Answer {
        self.send(method, target, headers, payload);
        self.receive(true)
    }

    fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)], payload: Payload<'_>) {
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\n", self.host);
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !matches!(payload, Payload::Nothing) {
            head += &format!("Content-Length: {}\r\n", payload.len_bytes());
        }
        head += "\r\n";
        let socket = self.stream.get_mut();
        payload
            .write(head.into_bytes(), socket)
            .unwrap_or_else(|error| panic!("{method} {target}: {error}"));
    }

    fn receive(&mut self, keep: bool) -> Answer {
        let status_line = self.line();
        let status = status_line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status in {status_line:?}"));
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer {
            status,
            headers,
            body: Vec::new(),
            body_bytes: 0,
        };
        if answer.header("transfer-encoding") == "chunked" {
            self.receive_chunks(&mut answer, keep);
        } else if !matches!(status, 204 | 304) {
            let length = answer.header("content-length").parse().unwrap_or(0);
            self.receive_bytes(&mut answer, length, keep);
        }
        answer
    }

    fn receive_chunks(&mut self, answer: &mut Answer, keep: bool) {
        loop {
            let line = self.line();
            let size = u64::from_str_radix(line.split(';').next().unwrap_or_default(), 16);
            let size = size.unwrap_or_else(|_| panic!("{line:?} is no chunk size"));
            self.receive_bytes(answer, size, keep);
            let end = self.line();
            assert!(end.is_empty(), "a chunk is longer than it says");
            if size == 0 {
                return;
            }
        }
    }

    fn receive_bytes(&mut self, answer: &mut Answer, length: u64, keep: bool) {
        let mut left = length;
        while left > 0 {
            let arrived = self
                .stream
                .fill_buf()
                .unwrap_or_else(|error| panic!("{error}"));
            assert!(!arrived.is_empty(), "the answer ends {left} bytes early");
            let used = usize::try_from(left)
                .unwrap_or(usize::MAX)
                .min(arrived.len());
            if keep {
                answer.body.extend_from_slice(&arrived[..used]);
            }
            self.stream.consume(used);
            left -= u64::try_from(used).expect("lengths fit 64 bits");
        }
        answer.body_bytes += length;
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line);
        let read = read.unwrap_or_else(|error| panic!("{} does not answer: {error}", self.host));
        assert!(read > 0, "{} hung up", self.host);
        line.trim_end().to_owned()
    }
}

fn connect(host: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(host)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

impl Answer {
    /// A header field, empty when absent; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Panics with the body if the status is another one.
    #[must_use]
    pub fn expect_status(self, status: u16) -> Self {
        let said = String::from_utf8_lossy(&self.body);
        assert!(
            self.status == status,
            "{} instead of {status}: {said}",
            self.status
        );
        self
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Payload<'_> {
    fn len_bytes(&self) -> u64 {
        let length = |bytes: &[u8]| u64::try_from(bytes.len()).expect("lengths fit 64 bits");
        match self {
            Self::Nothing => 0,
            Self::Bytes(bytes) => length(bytes),
            Self::File {
                before,
                path,
                after,
            } => length(before) + open(path).1 + length(after),
        }
    }

    fn write(&self, mut head: Vec<u8>, socket: &mut TcpStream) -> io::Result<()> {
        match self {
            Self::Nothing => socket.write_all(&head),
            Self::Bytes(bytes) => {
                socket.write_all(&head)?;
                socket.write_all(bytes)
            }
            Self::File {
                before,
                path,
                after,
            } => {
                head.extend_from_slice(before);
                socket.write_all(&head)?;
                let (file, length) = open(path);
                // `sendfile` on Linux.
                let sent = io::copy(&mut file.take(length), socket)?;
                assert_eq!(sent, length, "{} changed meanwhile", path.display());
                socket.write_all(after)
            }
        }
    }
}

fn open(path: &Path) -> (File, u64) {
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
    let (length, file) = opened.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    (file, length)
}
