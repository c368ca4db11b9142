//! torrent
