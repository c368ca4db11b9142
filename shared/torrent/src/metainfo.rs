//! The content of a .torrent file.

use crate::InfoHash;
use crate::bencode::{DecodeError, Value, decode, encode};
use crate::limits::{MAX_NAME_BYTES, MAX_PIECES, MAX_URLS};

/// The info dictionary of a single-file torrent (BEP 3): all that the info hash covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// `name`, see [`crate::info_name`].
    pub name: String,
    /// `length`: size of the file, at least 1.
    pub length_bytes: u64,
    /// `piece length`, a power of two.
    pub piece_length_bytes: u32,
    /// `pieces`: SHA-1 of each piece, 20 bytes each.
    pub pieces: Vec<u8>,
}

/// A .torrent file as PeerTube makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torrent {
    /// What is shared.
    pub info: Info,
    /// Trackers, each in a tier of its own (BEP 12): the WebSocket one first, as browsers know no
    /// other, then the HTTPS one. `announce` repeats the first.
    pub trackers: Vec<String>,
    /// `url-list` (BEP 19): absolute URLs of the file; none for private videos.
    pub web_seeds: Vec<String>,
    /// `created by`.
    pub created_by: Option<String>,
    /// `creation date`.
    pub created_at_unix_secs: Option<i64>,
}

/// Why a .torrent is not one of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TorrentError {
    /// Not canonical bencode.
    #[error(transparent)]
    Bencode(#[from] DecodeError),
    /// A field is missing or of the wrong type, or out of its bound.
    #[error("torrent has no usable {field}")]
    Field {
        /// Its name.
        field: &'static str,
    },
    /// A torrent of several files.
    #[error("torrent has several files")]
    SeveralFiles,
}

impl Info {
    /// Checks every field against the others.
    ///
    /// # Errors
    /// [`TorrentError::Field`] names the first that does not fit.
    pub fn validate(&self) -> Result<(), TorrentError> {
        let field = |ok: bool, field| {
            if ok {
                Ok(())
            } else {
                Err(TorrentError::Field { field })
            }
        };
        let is_path = self.name.contains(['/', '\\', '\0']) || matches!(&*self.name, "." | "..");
        field(
            !is_path && (1..=MAX_NAME_BYTES).contains(&self.name.len()),
            "name",
        )?;
        field(
            i64::try_from(self.length_bytes).is_ok_and(|length| length > 0),
            "length",
        )?;
        field(self.piece_length_bytes.is_power_of_two(), "piece length")?;
        let pieces = self
            .length_bytes
            .div_ceil(u64::from(self.piece_length_bytes));
        let bytes = u64::try_from(self.pieces.len()).unwrap_or(u64::MAX);
        field(pieces <= MAX_PIECES && bytes == pieces * 20, "pieces")
    }

    /// Hash of the bencoded dictionary.
    #[must_use]
    pub fn info_hash(&self) -> InfoHash {
        InfoHash::of(&encode(&self.to_value()))
    }

    fn to_value(&self) -> Value {
        // A valid info never saturates: `validate` bounds the length.
        let length = i64::try_from(self.length_bytes).unwrap_or(i64::MAX);
        Value::dictionary([
            ("length", Value::Integer(length)),
            ("name", Value::text(&self.name)),
            (
                "piece length",
                Value::Integer(self.piece_length_bytes.into()),
            ),
            ("pieces", Value::Bytes(self.pieces.clone())),
        ])
    }

    fn from_value(value: &Value) -> Result<Self, TorrentError> {
        if value.get("files").is_some() {
            return Err(TorrentError::SeveralFiles);
        }
        let wrong = |field| move || TorrentError::Field { field };
        let integer = |key| value.get(key).and_then(Value::as_integer);
        let length = integer("length").and_then(|n| u64::try_from(n).ok());
        let piece_length = integer("piece length").and_then(|n| u32::try_from(n).ok());
        let name = value.get("name").and_then(Value::as_text);
        let pieces = value.get("pieces").and_then(Value::as_bytes);
        let info = Self {
            name: name.ok_or_else(wrong("name"))?.to_owned(),
            length_bytes: length.ok_or_else(wrong("length"))?,
            piece_length_bytes: piece_length.ok_or_else(wrong("piece length"))?,
            pieces: pieces.ok_or_else(wrong("pieces"))?.to_vec(),
        };
        info.validate()?;
        Ok(info)
    }
}

impl Torrent {
    /// The file's bytes.
    ///
    /// # Errors
    /// [`TorrentError::Field`] when [`Info::validate`] fails or there are more than
    /// [`MAX_URLS`] trackers or web seeds.
    pub fn encode(&self) -> Result<Vec<u8>, TorrentError> {
        self.info.validate()?;
        if self.trackers.len() > MAX_URLS {
            return Err(TorrentError::Field {
                field: "announce-list",
            });
        }
        if self.web_seeds.len() > MAX_URLS {
            return Err(TorrentError::Field { field: "url-list" });
        }
        let mut root = Value::dictionary([
            ("encoding", Value::text("UTF-8")),
            ("info", self.info.to_value()),
        ]);
        let Value::Dictionary(entries) = &mut root else {
            return Ok(Vec::new());
        };
        let mut set = |key: &str, value| entries.insert(key.as_bytes().to_vec(), value);
        if let Some(first) = self.trackers.first() {
            set("announce", Value::text(first));
            let tiers = self
                .trackers
                .iter()
                .map(|url| Value::List(vec![Value::text(url)]));
            set("announce-list", Value::List(tiers.collect()));
        }
        if !self.web_seeds.is_empty() {
            let urls = self.web_seeds.iter().map(|url| Value::text(url));
            set("url-list", Value::List(urls.collect()));
        }
        if let Some(created_by) = &self.created_by {
            set("created by", Value::text(created_by));
        }
        if let Some(created_at) = self.created_at_unix_secs {
            set("creation date", Value::Integer(created_at));
        }
        Ok(encode(&root))
    }

    /// Reads a single-file .torrent. Unknown keys outside `info` are dropped; unknown keys inside
    /// would change the info hash and are refused.
    ///
    /// # Errors
    /// [`TorrentError`], see its variants.
    pub fn decode(text: &[u8]) -> Result<Self, TorrentError> {
        let root = decode(text)?;
        let value = root
            .get("info")
            .ok_or(TorrentError::Field { field: "info" })?;
        let info = Info::from_value(value)?;
        if info.to_value() != *value {
            return Err(TorrentError::Field { field: "info" });
        }
        let text_at = |key| root.get(key).and_then(Value::as_text).map(str::to_owned);
        let mut trackers: Vec<String> = tiers(&root);
        if trackers.is_empty() {
            trackers.extend(text_at("announce"));
        }
        let torrent = Self {
            info,
            trackers,
            web_seeds: web_seeds(&root),
            created_by: text_at("created by"),
            created_at_unix_secs: root.get("creation date").and_then(Value::as_integer),
        };
        if torrent.trackers.len() > MAX_URLS || torrent.web_seeds.len() > MAX_URLS {
            return Err(TorrentError::Field { field: "url-list" });
        }
        Ok(torrent)
    }
}

/// URLs of `announce-list`, its tiers one after the other.
fn tiers(root: &Value) -> Vec<String> {
    let tiers = root
        .get("announce-list")
        .and_then(Value::as_list)
        .unwrap_or(&[]);
    let urls = tiers
        .iter()
        .filter_map(Value::as_list)
        .flatten()
        .filter_map(Value::as_text);
    urls.map(str::to_owned).collect()
}

/// URLs of `url-list`, which BEP 19 also allows to be a single string.
fn web_seeds(root: &Value) -> Vec<String> {
    let list = root.get("url-list");
    let single = list.and_then(Value::as_text);
    let many = list
        .and_then(Value::as_list)
        .unwrap_or(&[])
        .iter()
        .filter_map(Value::as_text);
    single
        .into_iter()
        .chain(many)
        .filter(|url| !url.is_empty())
        .map(str::to_owned)
        .collect()
}
