//! Every bound of this crate.

/// Bytes of a .torrent file that is read; PeerTube takes 200 KB.
pub const MAX_TORRENT_BYTES: usize = 1 << 20;

/// Nested lists and dictionaries of a bencoded value; metainfo needs four.
pub const MAX_DEPTH: usize = 16;

/// Values in one bencoded text, keys not counted.
pub const MAX_VALUES: usize = 10_000;

/// Bytes of `info.name`: 255 is what file systems take; downloaders add suffixes of their own.
pub const MAX_NAME_BYTES: usize = 200;

/// Pieces of one torrent: 40,000 of 20 bytes are 800 KB, under [`MAX_TORRENT_BYTES`].
pub const MAX_PIECES: u64 = 40_000;

/// Tracker and web seed URLs of one torrent.
pub const MAX_URLS: usize = 64;
