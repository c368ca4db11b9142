//! What sockets, peers and addresses are known by.

use core::fmt;
use core::hash::BuildHasher as _;
use core::net::IpAddr;

use crate::hashing::Hashing;

/// A client's name for itself in one swarm: 20 bytes of its own choice (BEP 3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub [u8; 20]);

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerId({})", self.0.escape_ascii())
    }
}

/// The host's number of a socket, unique among the open sockets of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(pub u32);

/// Stands for the address of a client. Hosts hash the address with a secret, IPv6 addresses by
/// their first 64 bits, so that no address is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressKey(pub u64);

impl AddressKey {
    /// The key of an address. IPv6 counts by network, of which a household has at least one. `seed` must be
    /// random and stay secret.
    #[must_use]
    pub fn of(address: IpAddr, seed: u64) -> Self {
        let number = match address.to_canonical() {
            IpAddr::V4(address) => u64::from(u32::from(address)),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments().map(u64::from);
                a << 48 | b << 32 | c << 16 | d
            }
        };
        Self(Hashing::with_seed(seed).hash_one(number))
    }
}

/// Milliseconds since the epoch as the whole seconds that this crate counts in; they fit 32 bits
/// until 2106.
pub(crate) fn secs(now_unix_ms: u64) -> u32 {
    u32::try_from(now_unix_ms / 1000).unwrap_or(u32::MAX)
}
