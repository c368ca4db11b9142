//! One server elsewhere that says whatever a test wants, and signs it: the other side of an inbox.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use rsa::rand_core::OsRng;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::client::{Answer, Client};

const READ_PATIENCE: Duration = Duration::from_secs(30);
const RSA_BITS: usize = 2048;

/// What a path answers.
#[derive(Debug, Clone)]
struct Page {
    status: u16,
    /// Where a redirect leads.
    location: Option<String>,
    body: Vec<u8>,
}

/// Paths whose answers wait.
#[derive(Debug, Default)]
struct Held {
    paths: Mutex<BTreeSet<String>>,
    changed: Condvar,
}

impl Held {
    fn add(&self, path: &str) {
        let mut paths = self.paths.lock().expect("no answer panics");
        paths.insert(path.to_owned());
    }

    fn remove(&self, path: &str) {
        let mut paths = self.paths.lock().expect("no answer panics");
        paths.remove(path);
        self.changed.notify_all();
    }

    fn wait(&self, path: &str) {
        let held = self.paths.lock().expect("no answer panics");
        let waited = self.changed.wait_while(held, |held| held.contains(path));
        drop(waited.expect("no answer panics"));
    }
}

/// A request: its path and the lines of its head after the first.
#[derive(Debug)]
struct Asked {
    path: String,
    headers: Vec<String>,
}

/// What all answers of a server know.
#[derive(Debug, Default)]
struct Known {
    pages: Mutex<BTreeMap<String, Page>>,
    asked: Mutex<Vec<Asked>>,
    held: Held,
    /// In the middle of their body.
    stalled: Held,
}

/// A server with any number of actors, who share a key. It ends with the process.
#[derive(Debug)]
pub struct Stranger {
    host: String,
    key: RsaPrivateKey,
    known: Arc<Known>,
}

/// How a delivery is signed; by default as it should be.
#[derive(Debug, Clone, Copy)]
pub struct Manner<'a> {
    /// Seconds that the sender's clock is behind; negative when it is ahead.
    pub age_secs: i64,
    /// Id of the key, where it is not the actor's own.
    pub key_id: Option<&'a str>,
    /// Another body than the one that was signed.
    pub body: Option<&'a [u8]>,
}

/// As it should be.
pub const HONEST: Manner<'static> = Manner {
    age_secs: 0,
    key_id: None,
    body: None,
};

impl Stranger {
    /// Starts it on a port of its own.
    ///
    /// # Panics
    /// If there is no port or no key.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let stranger = Self {
            host: address.to_string(),
            key: RsaPrivateKey::new(&mut OsRng, RSA_BITS).expect("a key of 2048 bits"),
            known: Arc::default(),
        };
        let known = Arc::clone(&stranger.known);
        drop(thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let known = Arc::clone(&known);
                // Whoever hangs up gets no answer.
                drop(thread::spawn(move || answer(stream, &known)));
            }
        }));
        stranger
    }

    /// An id on this server.
    #[must_use]
    pub fn id(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// Has a document be served at its own id.
    pub fn serve(&self, document: &Value) {
        let id = document["id"].as_str().unwrap_or_default();
        let path = id
            .strip_prefix(&self.id(""))
            .unwrap_or_else(|| panic!("{id} is not ours"));
        self.page(path, 200, None, document.to_string().into_bytes());
    }

    /// Has a path answer whatever it is told.
    pub fn page(&self, path: &str, status: u16, location: Option<&str>, body: Vec<u8>) {
        let page = Page {
            status,
            location: location.map(str::to_owned),
            body,
        };
        let mut pages = self.known.pages.lock().expect("no answer panics");
        pages.insert(path.to_owned(), page);
    }

    /// Has whoever asks for a path wait for [`Self::release`].
    pub fn hold(&self, path: &str) {
        self.known.held.add(path);
    }

    /// Has whoever asks for a path get the head of the answer and half of its body, and wait for
    /// [`Self::release`].
    pub fn stall(&self, path: &str) {
        self.known.stalled.add(path);
    }

    /// Has all who wait for a path get their answer, and those who come.
    pub fn release(&self, path: &str) {
        self.known.held.remove(path);
        self.known.stalled.remove(path);
    }

    /// How often a path was asked for, whether or not it was answered.
    #[must_use]
    pub fn times_asked(&self, path: &str) -> usize {
        let asked = self.known.asked.lock().expect("no answer panics");
        asked.iter().filter(|asked| asked.path == path).count()
    }

    /// Takes the paths that were asked for.
    #[must_use]
    pub fn take_asked(&self) -> Vec<String> {
        let mut asked = self.known.asked.lock().expect("no answer panics");
        std::mem::take(&mut *asked)
            .into_iter()
            .map(|asked| asked.path)
            .collect()
    }

    /// The headers that a path was last asked with, each as `name: value`.
    ///
    /// # Panics
    /// If nobody has asked for it.
    #[must_use]
    pub fn headers_of(&self, path: &str) -> Vec<String> {
        let asked = self.known.asked.lock().expect("no answer panics");
        let last = asked.iter().rev().find(|asked| asked.path == path);
        let last = last.unwrap_or_else(|| panic!("nobody asks for {path}"));
        last.headers.clone()
    }

    /// Adds a person or a group, and answers its id. A group names its owner.
    #[must_use]
    pub fn actor(&self, kind: &str, path: &str, owner: Option<&str>) -> String {
        let id = self.id(path);
        let name = path.rsplit('/').next().unwrap_or_default();
        let key = RsaPublicKey::from(&self.key).to_public_key_pem(LineEnding::LF);
        let mut actor = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": kind, "preferredUsername": name, "inbox": format!("{id}/inbox"),
            "outbox": format!("{id}/outbox"), "followers": format!("{id}/followers"), "url": id,
            "publicKey": {
                "id": format!("{id}#main-key"), "owner": id,
                "publicKeyPem": key.expect("a key can be written"),
            },
        });
        if let Some(owner) = owner {
            actor["attributedTo"] = json!([{"type": "Person", "id": owner}]);
        }
        self.serve(&actor);
        id
    }

    /// Signed headers of a delivery, draft-cavage-http-signatures-12.
    #[must_use]
    pub fn sign(
        &self,
        client_origin: &str,
        activity: &Value,
        manner: Manner<'_>,
    ) -> Vec<(String, String)> {
        let actor = activity["actor"].as_str().unwrap_or_default();
        let key_id = manner
            .key_id
            .map_or_else(|| format!("{actor}#main-key"), str::to_owned);
        let host = client_origin.trim_start_matches("http://");
        let body = activity.to_string();
        let digest = format!(
            "SHA-256={}",
            STANDARD.encode(Sha256::digest(body.as_bytes()))
        );
        let date = http_date(manner.age_secs);
        let message =
            format!("(request-target): post /inbox\nhost: {host}\ndate: {date}\ndigest: {digest}");
        let key = SigningKey::<rsa::sha2::Sha256>::new(self.key.clone());
        let signature = STANDARD.encode(key.sign(message.as_bytes()).to_bytes());
        let header = |name: &str, value: String| (name.to_owned(), value);
        vec![
            // Said, for an edge has another address.
            header("host", host.to_owned()),
            header("content-type", "application/activity+json".to_owned()),
            header("date", date),
            header("digest", digest),
            header(
                "signature",
                format!(
                    "keyId=\"{key_id}\",algorithm=\"rsa-sha256\",headers=\"(request-target) host date digest\",\
                 signature=\"{signature}\""
                ),
            ),
        ]
    }

    /// Signs a delivery, to be sent at once when it is to be.
    #[must_use]
    pub fn letter(&self, origin: &str, activity: &Value, manner: Manner<'_>) -> Letter {
        let body = activity.to_string().into_bytes();
        Letter {
            headers: self.sign(origin, activity, manner),
            body: manner.body.map_or(body, <[u8]>::to_vec),
        }
    }

    /// Delivers an activity to an instance's shared inbox.
    #[must_use]
    pub fn deliver(
        &self,
        client: &Client,
        origin: &str,
        activity: &Value,
        manner: Manner<'_>,
    ) -> Answer {
        self.letter(origin, activity, manner).post(client)
    }
}

/// A signed delivery.
#[derive(Debug, Clone)]
pub struct Letter {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Letter {
    /// Takes it to the shared inbox.
    #[must_use]
    pub fn post(&self, client: &Client) -> Answer {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        client.call(Method::POST, "/inbox", &headers, &self.body)
    }
}

fn answer(mut stream: TcpStream, known: &Known) {
    let _ = stream.set_read_timeout(Some(READ_PATIENCE));
    let Ok(reading) = stream.try_clone() else {
        return;
    };
    let mut lines = BufReader::new(reading).lines();
    let first = lines.next().and_then(Result::ok).unwrap_or_default();
    let headers = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let pages = known.pages.lock().expect("no answer panics");
    let page = pages.get(&path).cloned();
    drop(pages);
    let mut asked = known.asked.lock().expect("no answer panics");
    let mine = path.clone();
    asked.push(Asked {
        path: mine,
        headers,
    });
    drop(asked);
    known.held.wait(&path);
    let page = page.unwrap_or(Page {
        status: 404,
        location: None,
        body: Vec::new(),
    });
    let location = page
        .location
        .map_or(String::new(), |to| format!("Location: {to}\r\n"));
    let head = format!(
        "HTTP/1.1 {} Status\r\nContent-Type: application/activity+json\r\nContent-Length: {}\r\n{location}\
         Connection: close\r\n\r\n",
        page.status,
        page.body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let (first_half, rest) = page.body.split_at(page.body.len() / 2);
    let _ = stream.write_all(first_half);
    known.stalled.wait(&path);
    let _ = stream.write_all(rest);
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, `age_secs` ago.
fn http_date(age_secs: i64) -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("it is later than 1970");
    let secs = i64::try_from(since.as_secs()).expect("a date") - age_secs;
    let (days, of_day) = (secs.div_euclid(86_400), secs.rem_euclid(86_400));
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        [usize::try_from(days.rem_euclid(7)).expect("below 7")];
    // Days since 0000-03-01, after Howard Hinnant's civil_from_days.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = months[usize::try_from(month - 1).expect("1 to 12")];
    let (hours, minutes, secs) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hours:02}:{minutes:02}:{secs:02} GMT")
}
