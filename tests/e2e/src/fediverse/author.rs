//! Somebody on another server who signs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use rsa::rand_core::OsRng;
use rsa::signature::{SignatureEncoding, Signer};
use rusqlite::Connection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What servers of the fediverse use.
const KEY_BITS: usize = 2_048;

/// An actor with its private key.
pub struct Author {
    /// ActivityPub id.
    url: String,
    /// In its handle.
    name: String,
    key: SigningKey<rsa::sha2::Sha256>,
    public_key_pem: String,
}

/// Header lines and body of a signed `POST`.
#[derive(Debug, Clone)]
pub struct SignedPost {
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The activity.
    pub body: Vec<u8>,
}

impl Author {
    /// Makes a key for the actor with that id.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let key = RsaPrivateKey::new(&mut OsRng, KEY_BITS);
        let key = key.unwrap_or_else(|error| panic!("no key: {error}"));
        let pem = key.to_public_key().to_public_key_pem(LineEnding::LF);
        Self {
            url: url.to_owned(),
            name: "somebody".to_owned(),
            public_key_pem: pem.unwrap_or_else(|error| panic!("no PEM: {error}")),
            key: SigningKey::new(key),
        }
    }

    /// Another actor with the same key: making one takes a while.
    #[must_use]
    pub fn sibling(&self, url: &str, name: &str) -> Self {
        Self {
            url: url.to_owned(),
            name: name.to_owned(),
            key: self.key.clone(),
            public_key_pem: self.public_key_pem.clone(),
        }
    }

    /// ActivityPub id.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the actor's server answers for its id.
    #[must_use]
    pub fn document(&self) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.url,
            "type": "Person",
            "preferredUsername": self.name,
            "name": self.name,
            "url": self.url,
            "inbox": format!("{}/inbox", self.url),
            "outbox": format!("{}/outbox", self.url),
            "followers": format!("{}/followers", self.url),
            "following": format!("{}/following", self.url),
            "publicKey": {
                "id": format!("{}#main-key", self.url),
                "owner": self.url,
                "publicKeyPem": self.public_key_pem,
            },
        })
    }

    /// Signs an activity for the inbox at `path` of `host`, in the form of
    /// draft-cavage-http-signatures-12. `date` is that of HTTP.
    #[must_use]
    pub fn sign(&self, host: &str, path: &str, date: &str, activity: &Value) -> SignedPost {
        let body = activity.to_string().into_bytes();
        let digest = format!("SHA-256={}", STANDARD.encode(Sha256::digest(&body)));
        let message =
            format!("(request-target): post {path}\nhost: {host}\ndate: {date}\ndigest: {digest}");
        let signature = STANDARD.encode(self.key.sign(message.as_bytes()).to_bytes());
        let signature = format!(
            "keyId=\"{}#main-key\",algorithm=\"rsa-sha256\",\
             headers=\"(request-target) host date digest\",signature=\"{signature}\"",
            self.url
        );
        SignedPost {
            headers: vec![
                ("content-type", "application/activity+json".to_owned()),
                ("date", date.to_owned()),
                ("digest", digest),
                ("signature", signature),
            ],
            body,
        }
    }
}

/// The present as HTTP writes it (RFC 9110, 5.6.7). SQLite knows the calendar.
#[must_use]
pub fn http_date() -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let sql = "SELECT strftime('%w', 'now'), strftime('%d', 'now'), strftime('%m', 'now') - 1,
                      strftime('%Y %H:%M:%S GMT', 'now')";
    let calendar = Connection::open_in_memory().and_then(|database| {
        database.query_row(sql, [], |row| {
            let (weekday, day): (String, String) = (row.get(0)?, row.get(1)?);
            let weekday: usize = weekday.parse().unwrap_or(0);
            let month: u8 = row.get(2)?;
            let rest: String = row.get(3)?;
            let (weekday, month) = (DAYS[weekday % 7], MONTHS[usize::from(month % 12)]);
            Ok(format!("{weekday}, {day} {month} {rest}"))
        })
    });
    calendar.unwrap_or_else(|error| panic!("no date: {error}"))
}
