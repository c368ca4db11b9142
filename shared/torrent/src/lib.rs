//! BitTorrent version 1 metainfo (BEP 3) for single files with web seeds (BEP 19) and several
//! trackers (BEP 12), and magnet links (BEP 9), as PeerTube makes them.
//!
//! A pure crate: SHA-1 digests of pieces come in from whoever reads the file; only the info
//! dictionary, a few kilobytes, is hashed here. It knows no trackers' protocol and no peers.
//!
//! Start at [`Torrent`]; [`PieceBuilder`] collects the digests, [`piece_length_bytes`] chooses the
//! piece length, [`info_name`] the name inside, [`Magnet`] writes the link.

pub mod bencode;
mod info_hash;
pub mod limits;
mod magnet;
mod metainfo;
mod name;
mod piece_length;
mod pieces;
mod swarm_ids;

pub use info_hash::{InfoHash, InfoHashError};
pub use magnet::Magnet;
pub use metainfo::{Info, Torrent, TorrentError};
pub use name::info_name;
pub use piece_length::piece_length_bytes;
pub use pieces::{Piece, PieceBuilder, PieceError};
pub use swarm_ids::{
    Generation, Streams, SwarmName, generations_by_place, info_hashes_by_video, swarm_info_hashes,
    swarm_names,
};
