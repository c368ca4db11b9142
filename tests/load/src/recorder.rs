//! A proxy that every client of an instance goes through, ours and the transcoder, and that writes down
//! what each request cost (`x-edgetube-costs`, which the variable `SHOW_COSTS` makes the Worker send).
//!
//! One request per connection, so that bodies need not be understood: after the heads everything is
//! copied until either side ends.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

const COSTS: &str = "x-edgetube-costs";
/// Longer heads are nobody's here.
const HEAD_MAX_BYTES: u64 = 64 * 1024;

/// Named counts of one request or of several.
pub type Costs = BTreeMap<String, u64>;

/// One request and what it cost.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Method and path, without the query.
    pub request: String,
    /// Empty if the answer did not say.
    pub costs: Costs,
}

/// A running recorder; it ends with the process.
#[derive(Debug)]
pub struct Recorder {
    origin: String,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// `host:port` of the instance.
    upstream: OnceLock<String>,
    recorded: Mutex<Vec<Recorded>>,
}

impl Recorder {
    /// Listens on a free port.
    #[must_use]
    pub fn listen() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0));
        let listener = listener.unwrap_or_else(|error| panic!("no free port: {error}"));
        let port = listener.local_addr().map(|address| address.port());
        let port = port.unwrap_or_else(|error| panic!("no port: {error}"));
        let shared = Arc::new(Shared::default());
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&serving);
                thread::spawn(move || {
                    // A client that hung up is no failure of the measurement.
                    let _ = shared.serve(client);
                });
            }
        });
        Self {
            origin: format!("http://127.0.0.1:{port}"),
            shared,
        }
    }

    /// Scheme, host and port to reach the instance by.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Says where the instance is; once.
    pub fn lead_to(&self, origin: &str) {
        let upstream = origin.trim_start_matches("http://").to_owned();
        self.shared
            .upstream
            .set(upstream)
            .expect("an instance is chosen once");
    }

    /// All requests since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.shared.recorded.lock().expect("no holder panics"))
    }
}

impl Shared {
    fn serve(&self, client: TcpStream) -> io::Result<()> {
        let upstream = self.upstream.get().ok_or(io::ErrorKind::NotConnected)?;
        let mut server = TcpStream::connect(upstream)?;
        let mut from_client = BufReader::new(client.try_clone()?);
        let Some(request) = read_head(&mut from_client)? else {
            return Ok(());
        };
        server.write_all(&closing(&request))?;
        let mut to_server = server.try_clone()?;
        // Whoever is answered before the body is sent stops sending; the connection ends then.
        thread::spawn(move || io::copy(&mut from_client, &mut to_server));
        let mut from_server = BufReader::new(server.try_clone()?);
        let Some(response) = read_head(&mut from_server)? else {
            return Ok(());
        };
        self.record(&request[0], &response);
        let mut to_client = client;
        to_client.write_all(&closing(&response))?;
        io::copy(&mut from_server, &mut to_client)?;
        let _ = to_client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
        Ok(())
    }

    fn record(&self, request_line: &str, response: &[String]) {
        let mut words = request_line.split(' ');
        let (method, target) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        let path = target.split('?').next().unwrap_or_default();
        let costs = response.iter().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(COSTS).then(|| parse(value))
        });
        let recorded = Recorded {
            request: format!("{method} {path}"),
            costs: costs.unwrap_or_default(),
        };
        self.recorded
            .lock()
            .expect("no holder panics")
            .push(recorded);
    }
}

/// The lines of a head, without the empty one; `None` when nothing comes.
fn read_head(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<String>>> {
    let mut lines = Vec::new();
    let mut limited = stream.take(HEAD_MAX_BYTES);
    loop {
        let mut line = String::new();
        if limited.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.trim_end() {
            "" => return Ok(Some(lines)),
            text => lines.push(text.to_owned()),
        }
    }
}

/// The head with `Connection: close` as its only word on the connection.
fn closing(lines: &[String]) -> Vec<u8> {
    let kept = lines
        .iter()
        .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let mut head = kept.map(|line| format!("{line}\r\n")).collect::<String>();
    head += "Connection: close\r\n\r\n";
    head.into_bytes()
}

/// Reads `name=count,name=count`.
fn parse(text: &str) -> Costs {
    text.split(',')
        .filter_map(|pair| {
            let (name, number) = pair.trim().split_once('=')?;
            Some((name.to_owned(), number.parse().ok()?))
        })
        .collect()
}

/// The sum of all costs.
#[must_use]
pub fn sum<'a>(all: impl IntoIterator<Item = &'a Costs>) -> Costs {
    let mut total = Costs::new();
    for (name, number) in all.into_iter().flatten() {
        *total.entry(name.clone()).or_default() += number;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_and_added() {
        let one = parse("rows_read=2,rows_written=1");
        let other = parse("rows_read=3, queue_sends=1");
        let total = sum([&one, &other]);
        assert_eq!(total["rows_read"], 5);
        assert_eq!(total["rows_written"], 1);
        assert_eq!(total["queue_sends"], 1);
    }

    #[test]
    fn a_head_asks_for_one_request_only() {
        let head = ["GET / HTTP/1.1", "Connection: keep-alive", "Host: a"].map(str::to_owned);
        let closed = String::from_utf8(closing(&head)).unwrap();
        assert_eq!(
            closed,
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        );
    }
}
