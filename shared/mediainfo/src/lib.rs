//! mediainfo
