//! One swarm's HTTP peers as one value of a key-value store.

use core::net::{Ipv6Addr, SocketAddr};

use super::peers::{Entry, HttpPeers, Progress};
use crate::PeerId;
use crate::limits::MAX_HTTP_PEERS;

const VERSION: u8 = 1;
/// Address (IPv4 as mapped IPv6), port, peer id, time, progress.
const ENTRY_BYTES: usize = 16 + 2 + 20 + 8 + 1;

/// The bytes are no stored swarm of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// Empty, cut off, or with a progress that there is not.
    #[error("stored swarm is damaged")]
    Damaged,
    /// Written by another version of this crate.
    #[error("stored swarm has version {version}")]
    Version {
        /// Which.
        version: u8,
    },
    /// More than [`MAX_HTTP_PEERS`].
    #[error("stored swarm has more than {MAX_HTTP_PEERS} peers")]
    TooMany,
}

impl HttpPeers {
    /// As bytes: 1 and 47 for each peer.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1 + self.entries.len() * ENTRY_BYTES);
        bytes.push(VERSION);
        for (address, entry) in &self.entries {
            encode_entry(address, entry, &mut bytes);
        }
        bytes
    }

    /// As [`Self::encode`], of one peer; `None` if it is not there.
    #[must_use]
    pub fn encode_one(&self, address: &SocketAddr) -> Option<Vec<u8>> {
        let entry = self.entries.get(address)?;
        let mut bytes = vec![VERSION];
        encode_entry(address, entry, &mut bytes);
        Some(bytes)
    }

    /// From bytes; who was silent for too long is left out.
    ///
    /// # Errors
    /// [`StoredError`].
    pub fn decode(bytes: &[u8], hash_seed: u64, now_unix_ms: u64) -> Result<Self, StoredError> {
        let mut peers = Self::new(hash_seed);
        for entry in decode_entries(bytes)? {
            let (address, entry) = entry?;
            peers.entries.insert(address, entry);
        }
        peers.sweep(now_unix_ms);
        Ok(peers)
    }
}

/// The entries of stored bytes, one after the other.
pub(super) fn decode_entries(
    bytes: &[u8],
) -> Result<impl Iterator<Item = Result<(SocketAddr, Entry), StoredError>>, StoredError> {
    let (&version, rest) = bytes.split_first().ok_or(StoredError::Damaged)?;
    if version != VERSION {
        return Err(StoredError::Version { version });
    }
    let (entries, cut_off) = rest.as_chunks::<ENTRY_BYTES>();
    if !cut_off.is_empty() {
        return Err(StoredError::Damaged);
    }
    if entries.len() > MAX_HTTP_PEERS {
        return Err(StoredError::TooMany);
    }
    Ok(entries.iter().map(decode_entry))
}

fn encode_entry(address: &SocketAddr, entry: &Entry, bytes: &mut Vec<u8>) {
    let ip = match address.ip() {
        core::net::IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        core::net::IpAddr::V6(ip) => ip,
    };
    bytes.extend(ip.octets());
    bytes.extend(address.port().to_be_bytes());
    bytes.extend(entry.peer_id.0);
    bytes.extend(entry.heard_unix_ms.to_be_bytes());
    bytes.push(match entry.progress {
        Progress::Incomplete => 0,
        Progress::Complete => 1,
        Progress::Stopped => 2,
    });
}

fn decode_entry(bytes: &[u8; ENTRY_BYTES]) -> Result<(SocketAddr, Entry), StoredError> {
    let (ip, rest) = bytes
        .split_first_chunk::<16>()
        .ok_or(StoredError::Damaged)?;
    let (port, rest) = rest.split_first_chunk::<2>().ok_or(StoredError::Damaged)?;
    let (peer_id, rest) = rest.split_first_chunk::<20>().ok_or(StoredError::Damaged)?;
    let (heard, rest) = rest.split_first_chunk::<8>().ok_or(StoredError::Damaged)?;
    let progress = match rest {
        [0] => Progress::Incomplete,
        [1] => Progress::Complete,
        [2] => Progress::Stopped,
        _ => return Err(StoredError::Damaged),
    };
    let ip = Ipv6Addr::from(*ip).to_canonical();
    let entry = Entry {
        heard_unix_ms: u64::from_be_bytes(*heard),
        progress,
        peer_id: PeerId(*peer_id),
    };
    Ok((SocketAddr::new(ip, u16::from_be_bytes(*port)), entry))
}
