//! Other servers, as many as are wanted: each an address of its own on the loopback network, with an inbox
//! that takes everything and remembers when it came. Signatures are checked afterwards, by code that shares
//! nothing with the instance's.

pub mod author;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::RsaPublicKey;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::DecodePublicKey;
use rsa::signature::Verifier;
use rusqlite::{Connection, params};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::client::Client;
use crate::wait;

/// Longer requests are nobody's here.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// Path of every inbox.
const INBOX: &str = "/inbox";
/// Whoever sends a request does not pause in it.
const READ_PATIENCE: Duration = Duration::from_secs(30);

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Answers 202.
    Takes,
    /// Takes the connection and never says a word.
    Silent,
    /// Nobody listens there.
    Closed,
}

/// A request that came to an inbox.
#[derive(Debug, Clone)]
pub struct Received {
    /// Address of the server that it came to, which is not what the request claims.
    pub host: String,
    /// When it had come whole.
    pub at: Instant,
    /// Method and path.
    pub target: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The activity.
    pub body: Vec<u8>,
}

/// What is answered for a GET, by path, on any of the servers.
type Documents = Arc<Mutex<BTreeMap<String, String>>>;

/// The servers. They end with the process.
#[derive(Debug)]
pub struct Fediverse {
    hosts: Vec<String>,
    received: Arc<Mutex<Vec<Received>>>,
    documents: Documents,
    /// Connections that the silent ones have taken.
    unanswered: Arc<AtomicUsize>,
}

impl Fediverse {
    /// Starts one server for each manner.
    #[must_use]
    pub fn start(manners: &[Manner]) -> Self {
        let received = Arc::new(Mutex::new(Vec::new()));
        let documents = Documents::default();
        let unanswered = Arc::new(AtomicUsize::new(0));
        let mut hosts = Vec::new();
        for (number, manner) in manners.iter().enumerate() {
            let address = address(number);
            let listener = TcpListener::bind(SocketAddrV4::new(address, 0));
            let listener = listener.unwrap_or_else(|error| panic!("{address}: {error}"));
            let host = listener.local_addr().map(|address| address.to_string());
            let host = host.unwrap_or_else(|error| panic!("{address}: {error}"));
            hosts.push(host.clone());
            let received = Arc::clone(&received);
            let documents = Arc::clone(&documents);
            match manner {
                Manner::Closed => drop(listener),
                Manner::Takes => {
                    small_thread(move || serve(&listener, &host, &received, &documents))
                }
                Manner::Silent => {
                    let unanswered = Arc::clone(&unanswered);
                    small_thread(move || {
                        let taken = listener.incoming().flatten().inspect(|_| {
                            unanswered.fetch_add(1, Ordering::Relaxed);
                        });
                        let kept: Vec<TcpStream> = taken.collect();
                        drop(kept);
                    });
                }
            }
        }
        Self {
            hosts,
            received,
            documents,
            unanswered,
        }
    }

    /// Connections that silent servers have taken so far.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// Has all servers serve a document at the path of its id.
    pub fn serve_document(&self, document: &Value) {
        let id = document["id"].as_str().unwrap_or_default();
        let path = id.splitn(4, '/').nth(3).unwrap_or_default();
        let mut served = self.documents.lock().expect("no server panics");
        served.insert(format!("/{path}"), document.to_string());
    }

    /// `address:port` of each.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// Takes what has come so far.
    #[must_use]
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *self.locked())
    }

    /// Waits until so many have come, and takes them.
    #[must_use]
    pub fn wait_for(&self, count: usize, patience: Duration) -> Vec<Received> {
        wait::until(&format!("{count} deliveries came"), patience, || {
            (self.locked().len() >= count).then_some(())
        });
        self.take()
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Vec<Received>> {
        self.received.lock().expect("no server panics")
    }

    /// Writes a follower on each server into the database of a stopped instance: `actor_url` must have been
    /// asked for before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn follow(&self, database: &Connection, actor_url: &str) -> rusqlite::Result<()> {
        self.follow_as(database, actor_url, &["somebody"])
    }

    /// The same with several followers on each server, who share its inbox.
    ///
    /// # Errors
    /// Those of the database.
    pub fn follow_as(
        &self,
        database: &Connection,
        actor_url: &str,
        names: &[&str],
    ) -> rusqlite::Result<()> {
        let target: i64 = database.query_row(
            "SELECT id FROM actor WHERE url = ?1 AND host = ''",
            [actor_url],
            |row| row.get(0),
        )?;
        database.execute_batch("BEGIN")?;
        for host in &self.hosts {
            for name in names {
                let url = format!("http://{host}/{name}");
                database.execute(
                    "INSERT INTO actor (url, kind, host, preferred_username, public_key_id, public_key_pem,
                         inbox_url, shared_inbox_url, fetched_at_unix_ms)
                     VALUES (?1, 'account', ?2, ?5, ?1 || '#key', '', ?1 || '/inbox', ?3, ?4)",
                    params![url, host, format!("http://{host}{INBOX}"), i64::MAX / 4_000_000, name],
                )?;
                database.execute(
                    "INSERT INTO follow (follower_id, target_id, state, created_at_unix_ms, updated_at_unix_ms)
                     VALUES (?1, ?2, 'accepted', 1, 1)",
                    params![database.last_insert_rowid(), target],
                )?;
            }
        }
        // They were accepted long ago.
        database.execute_batch("DELETE FROM outgoing_change WHERE kind = 'follow'; COMMIT")
    }
}

/// Of the server with that number: distinct, all in 127.0.0.0/8.
fn address(number: usize) -> Ipv4Addr {
    let octet = |value: usize| u8::try_from(value % 250 + 1).expect("at most 250");
    Ipv4Addr::new(
        127,
        octet(number / 62_500),
        octet(number / 250),
        octet(number),
    )
}

/// A thousand of them must fit.
fn small_thread(work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(128 * 1024);
    let spawned = thread.spawn(work);
    drop(spawned.unwrap_or_else(|error| panic!("no thread: {error}")));
}

fn serve(
    listener: &TcpListener,
    host: &str,
    received: &Mutex<Vec<Received>>,
    documents: &Documents,
) {
    for stream in listener.incoming().flatten() {
        // Whoever hangs up is not remembered.
        let _ = answer(stream, host, received, documents);
    }
}

fn answer(
    mut stream: TcpStream,
    host: &str,
    received: &Mutex<Vec<Received>>,
    documents: &Documents,
) -> io::Result<()> {
    stream.set_read_timeout(Some(READ_PATIENCE))?;
    let request = read_request(&stream, host)?;
    if let Some(path) = request.target.strip_prefix("GET ") {
        let document = documents.lock().expect("no server panics");
        let document = document.get(path).cloned();
        let head = match &document {
            Some(body) => format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\nContent-Length: {}",
                body.len()
            ),
            None => "HTTP/1.1 404 Not Found\r\nContent-Length: 0".to_owned(),
        };
        let body = document.unwrap_or_default();
        return write!(stream, "{head}\r\nConnection: close\r\n\r\n{body}");
    }
    received.lock().expect("no server panics").push(request);
    stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

fn read_request(stream: &TcpStream, host: &str) -> io::Result<Received> {
    let mut reader = BufReader::new(stream);
    let mut target = String::new();
    reader.read_line(&mut target)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let body = if target.starts_with("GET ") {
        Vec::new()
    } else {
        read_body(&mut reader, &headers)?
    };
    Ok(Received {
        host: host.to_owned(),
        at: Instant::now(),
        target: target.trim_end().trim_end_matches(" HTTP/1.1").to_owned(),
        headers,
        body,
    })
}

fn read_body(reader: &mut impl BufRead, headers: &BTreeMap<String, String>) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::other("a body without end");
    if let Some(length) = headers.get("content-length") {
        let length: usize = length.parse().map_err(io::Error::other)?;
        let mut body = vec![
            0;
            Some(length)
                .filter(|&bytes| bytes <= MAX_BODY_BYTES)
                .ok_or_else(too_large)?
        ];
        reader.read_exact(&mut body)?;
        return Ok(body);
    }
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        if body.len() + size > MAX_BODY_BYTES {
            return Err(too_large());
        }
        let start = body.len();
        body.resize(start + size, 0);
        reader.read_exact(&mut body[start..])?;
        let mut end = [0; 2];
        reader.read_exact(&mut end)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

impl Received {
    /// The activity.
    #[must_use]
    pub fn activity(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} was sent no JSON: {error}", self.host))
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("{} was sent no {name}: {:?}", self.host, self.headers))
    }

    /// Panics unless the owner of the key signed this very request for this very host, in the form of
    /// draft-cavage-http-signatures-12. Answers the id of the key.
    pub fn assert_signed(&self, key: &PublicKey) -> String {
        let members: BTreeMap<&str, &str> = self
            .header("signature")
            .split(',')
            .filter_map(|member| member.split_once('='))
            .map(|(name, value)| (name.trim(), value.trim_matches('"')))
            .collect();
        let member = |name: &str| {
            let value = members.get(name).copied();
            value.unwrap_or_else(|| panic!("no {name} in {members:?}"))
        };
        let covered: Vec<&str> = member("headers").split(' ').collect();
        for name in ["(request-target)", "host", "date", "digest"] {
            assert!(covered.contains(&name), "{name} is not signed: {covered:?}");
        }
        assert_eq!(self.header("host"), self.host, "made for another host");
        let digest = STANDARD.encode(Sha256::digest(&self.body));
        assert_eq!(self.header("digest"), format!("SHA-256={digest}"));
        let lines: Vec<String> = covered
            .iter()
            .map(|name| match *name {
                "(request-target)" => format!("{name}: {}", self.request_target()),
                _ => format!("{name}: {}", self.header(name)),
            })
            .collect();
        let signature = STANDARD.decode(member("signature"));
        let signature = signature.unwrap_or_else(|error| panic!("no base64: {error}"));
        let signature = Signature::try_from(signature.as_slice());
        let signature = signature.unwrap_or_else(|error| panic!("no signature: {error}"));
        key.0
            .verify(lines.join("\n").as_bytes(), &signature)
            .unwrap_or_else(|error| panic!("{}: {error}", self.host));
        member("keyId").to_owned()
    }

    fn request_target(&self) -> String {
        let (method, path) = self.target.split_once(' ').unwrap_or_default();
        format!("{} {path}", method.to_lowercase())
    }
}

/// The key in an actor's document.
#[derive(Debug, Clone)]
pub struct PublicKey(VerifyingKey<rsa::sha2::Sha256>);

impl PublicKey {
    /// Asks the instance for an actor, as any server does before it believes a signature.
    #[must_use]
    pub fn of(client: &Client, path: &str) -> Self {
        let accept = [("accept", "application/activity+json")];
        let actor = client.get_with(path, &accept).expect_status(200).json();
        let pem = actor["publicKey"]["publicKeyPem"].as_str();
        let pem = pem.unwrap_or_else(|| panic!("no key in {actor}"));
        let key = RsaPublicKey::from_public_key_pem(pem);
        Self(VerifyingKey::new(
            key.unwrap_or_else(|error| panic!("{pem}: {error}")),
        ))
    }
}
