//! What a socket carries along, from which everything is rebuilt.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use torrent::{InfoHash, SwarmName};

use super::membership::FEW_MEMBERSHIPS;
use super::{Config, Joined, Socket, Tracker};
use crate::ids::secs;
use crate::limits::{MAX_ATTACHMENT_BYTES, MAX_MEMBERSHIPS_PER_SOCKET};
use crate::swarm::Swarm;
use crate::{AddressKey, PeerId, SocketId};

const VERSION: u8 = 2;
/// Version, socket, address.
const HEAD_BYTES: usize = 1 + 4 + 8;
/// Infohash, that of the swarm, peer id, complete or not, time.
const MEMBERSHIP_BYTES: usize = 20 + 20 + 20 + 1 + 4;

/// Memberships to believe the times of. Between this and [`FEW_MEMBERSHIPS`] some attachments may
/// be older than the last announce.
const TRUST_TIMES_BELOW: u32 = 32;

/// One peer of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Under which it announces, and its swarm.
    pub name: SwarmName,
    /// Its name there.
    pub peer_id: PeerId,
    /// It has everything.
    pub is_complete: bool,
    /// When it is gone if it stays silent, in seconds since the epoch.
    pub expires_secs: u32,
}

/// State of one socket, in Base64 text: 18 characters and 87 for each membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The socket's number: the platform gives it none that lasts.
    pub socket: SocketId,
    /// For rate limits.
    pub address: AddressKey,
    /// At most [`MAX_MEMBERSHIPS_PER_SOCKET`].
    pub memberships: Vec<Membership>,
}

/// The text is no attachment of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentError {
    /// More than [`MAX_ATTACHMENT_BYTES`].
    #[error("attachment has {bytes} bytes, at most {MAX_ATTACHMENT_BYTES} are allowed")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// Not Base64, or cut off.
    #[error("attachment is damaged")]
    Damaged,
    /// Written by another version of this crate.
    #[error("attachment has version {version}")]
    Version {
        /// Which.
        version: u8,
    },
    /// More memberships than a socket may have.
    #[error("attachment has more than {MAX_MEMBERSHIPS_PER_SOCKET} memberships")]
    TooMany,
}

impl Attachment {
    /// As text. A socket's memberships are bounded, so it is never too long.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(HEAD_BYTES + self.memberships.len() * MEMBERSHIP_BYTES);
        bytes.push(VERSION);
        bytes.extend(self.socket.0.to_be_bytes());
        bytes.extend(self.address.0.to_be_bytes());
        for membership in self.memberships.iter().take(MAX_MEMBERSHIPS_PER_SOCKET) {
            bytes.extend(membership.name.info_hash.0);
            bytes.extend(membership.name.swarm.0);
            bytes.extend(membership.peer_id.0);
            bytes.push(u8::from(membership.is_complete));
            bytes.extend(membership.expires_secs.to_be_bytes());
        }
        BASE64.encode(bytes)
    }

    /// From text.
    ///
    /// # Errors
    /// [`AttachmentError`]; the host then closes the socket.
    pub fn decode(text: &str) -> Result<Self, AttachmentError> {
        if text.len() > MAX_ATTACHMENT_BYTES {
            return Err(AttachmentError::TooLarge { bytes: text.len() });
        }
        let bytes = BASE64.decode(text).map_err(|_| AttachmentError::Damaged)?;
        let (head, rest) = bytes
            .split_first_chunk::<HEAD_BYTES>()
            .ok_or(AttachmentError::Damaged)?;
        let [version, s0, s1, s2, s3, address @ ..] = *head;
        if version != VERSION {
            return Err(AttachmentError::Version { version });
        }
        let (memberships, cut_off) = rest.as_chunks::<MEMBERSHIP_BYTES>();
        if !cut_off.is_empty() {
            return Err(AttachmentError::Damaged);
        }
        if memberships.len() > MAX_MEMBERSHIPS_PER_SOCKET {
            return Err(AttachmentError::TooMany);
        }
        Ok(Self {
            socket: SocketId(u32::from_be_bytes([s0, s1, s2, s3])),
            address: AddressKey(u64::from_be_bytes(address)),
            memberships: memberships.iter().map(Membership::from_bytes).collect(),
        })
    }
}

impl Membership {
    fn from_bytes(bytes: &[u8; MEMBERSHIP_BYTES]) -> Self {
        let [ids @ .., is_complete, e0, e1, e2, e3] = *bytes;
        let ids: [u8; 60] = ids;
        let id = |at: usize| {
            let mut id = [0; 20];
            id.copy_from_slice(&ids[20 * at..20 * at + 20]);
            id
        };
        Self {
            name: SwarmName {
                info_hash: InfoHash(id(0)),
                swarm: InfoHash(id(1)),
            },
            peer_id: PeerId(id(2)),
            is_complete: is_complete != 0,
            expires_secs: u32::from_be_bytes([e0, e1, e2, e3]),
        }
    }
}

impl Tracker {
    /// What a socket is to carry; `None` if it is not open.
    #[must_use]
    pub fn attachment(&self, socket: SocketId) -> Option<Attachment> {
        let open = self.sockets.get(&socket)?;
        let memberships = open.memberships.iter().filter_map(|joined| {
            let info_hash = joined.info_hash;
            let swarm = self.served.swarm_of(&info_hash)?;
            let peer = self.swarms.get(&swarm)?.peer(&joined.peer_id)?;
            Some(Membership {
                name: SwarmName { info_hash, swarm },
                peer_id: joined.peer_id,
                is_complete: peer.is_complete,
                expires_secs: peer.expires_secs,
            })
        });
        Some(Attachment {
            socket,
            address: open.address,
            memberships: memberships.collect(),
        })
    }

    /// All that was known, after the object has woken up. Nothing is served yet but the infohashes that somebody
    /// announces under; see [`Tracker::serve`].
    ///
    /// Few peers expire when they would have. Of many, the attachments' times are old, as they are
    /// not written with every announce: these peers have two intervals from now on.
    #[must_use]
    pub fn rebuild(
        config: Config,
        hash_seed: u64,
        now_unix_ms: u64,
        attachments: impl IntoIterator<Item = Attachment>,
    ) -> Self {
        let mut tracker = Self::new(config, hash_seed);
        let now_secs = secs(now_unix_ms);
        for attachment in attachments {
            tracker.restore(&attachment, now_secs);
        }
        if tracker.memberships >= TRUST_TIMES_BELOW {
            let silence_secs = config.interval.silence_secs(config.interval.steady_secs);
            let until_secs = now_secs.saturating_add(silence_secs);
            for swarm in tracker.swarms.values_mut() {
                swarm.expire_at_least(until_secs);
            }
        } else {
            tracker.sweep(now_unix_ms);
        }
        tracker
    }

    fn restore(&mut self, attachment: &Attachment, now_secs: u32) {
        let mut memberships = Vec::with_capacity(attachment.memberships.len());
        for membership in &attachment.memberships {
            let hashing = &self.hashing;
            let name = self.served.restore(membership.name);
            let info_hash = membership.name.info_hash;
            let swarm = self
                .swarms
                .entry(name)
                .or_insert_with(|| Swarm::new(hashing.clone(), now_secs));
            if swarm.peer(&membership.peer_id).is_some() {
                continue;
            }
            swarm.hear(
                membership.peer_id,
                (attachment.socket, info_hash),
                membership.is_complete,
                now_secs,
                membership.expires_secs,
            );
            memberships.push(Joined {
                info_hash,
                peer_id: membership.peer_id,
            });
            self.memberships += 1;
        }
        let socket = Socket {
            address: attachment.address,
            memberships,
        };
        self.sockets.insert(attachment.socket, socket);
    }
}

const _: () = assert!(TRUST_TIMES_BELOW < FEW_MEMBERSHIPS);
const _: () = assert!(
    (HEAD_BYTES + MAX_MEMBERSHIPS_PER_SOCKET * MEMBERSHIP_BYTES) * 4 / 3 + 4
        <= MAX_ATTACHMENT_BYTES
);
