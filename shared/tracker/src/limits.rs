//! Every bound of this crate.

/// Bytes of one WebSocket message: 20 offers of 6 KB each. Clients send five offers, 4 to 7 KB in
/// all; whoever sends more than this is not a client.
pub const MAX_FRAME_BYTES: usize = 131_072;

/// Offers in one announce. `bittorrent-tracker` sends 5, `wt-tracker` takes 20.
pub const MAX_OFFERS: usize = 20;

/// Offers of one announce that are relayed, each to another peer. The rest is dropped, as it is
/// when the swarm has fewer peers.
pub const MAX_RELAYED_OFFERS: usize = 10;

/// Nested arrays and objects in a message; an offer needs three.
pub const MAX_DEPTH: usize = 16;

/// Bytes of an `offer_id` as it stands in the message: 20 code points of six bytes (`\u00xx`) are
/// 120, and two quotes.
pub const MAX_OFFER_ID_BYTES: usize = 128;

/// Memberships (infohash and peer id) of one socket. A page's sockets are shared by all its
/// torrents; 128 of 87 characters each are 11 KB of the 16,384 bytes that an attachment may have.
pub const MAX_MEMBERSHIPS_PER_SOCKET: usize = 128;

/// WebSocket peers of one swarm; a Durable Object holds at most 32,768 sockets.
pub const MAX_PEERS_PER_SWARM: u32 = 20_000;

/// Memberships of one object, over all its swarms: about 320 bytes each make 19 MB of its 128 MB.
pub const MAX_MEMBERSHIPS: u32 = 60_000;

/// Swarms of one object. A video has one per rendition and generation of infohashes; the object of
/// the whole instance has more.
pub const MAX_SWARMS: usize = 10_000;

/// Offers of which one peer may still answer. Older ones give way to newer ones.
pub const MAX_EXPECTED_ANSWERS: usize = 32;

/// Seconds during which an offer may be answered. Clients forget theirs after 50 s.
pub const ANSWER_WITHIN_SECS: u32 = 60;

/// Infohashes that one scrape names or, when it names none, that are told.
pub const MAX_SCRAPED: usize = 64;

/// Bytes of an encoded attachment, the platform's bound.
pub const MAX_ATTACHMENT_BYTES: usize = 16_384;

/// Peers in one HTTP answer (`numwant`), and how many when the client does not say.
pub const MAX_NUMWANT: u32 = 82;
/// See [`MAX_NUMWANT`].
pub const DEFAULT_NUMWANT: u32 = 50;

/// Bytes of the query of an HTTP announce or scrape: 64 infohashes, each byte escaped, are 4.5 KB.
pub const MAX_QUERY_BYTES: usize = 8_192;

/// HTTP peers of one swarm. 48 bytes each make 192 KB, well under the 1 MB of one value in a
/// key-value store.
pub const MAX_HTTP_PEERS: usize = 4_000;

/// Addresses with a rate limit at one time: 48 bytes each make half a megabyte.
pub const MAX_LIMITED_ADDRESSES: usize = 10_000;

/// Shards of one swarm: 64 of 4,000 peers.
pub const MAX_SHARDS: usize = 64;

/// Seconds between two announces by HTTP. Peers are forgotten after two of them.
pub const HTTP_INTERVAL_SECS: u32 = 600;

/// HTTP peers of one swarm in a key-value store, of those who announced in the same two intervals: as many
/// small values are read for each announce to a swarm of that size.
pub const MAX_KEPT_PEERS: u32 = 2_048;
