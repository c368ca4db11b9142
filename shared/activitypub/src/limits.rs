//! Bounds of what comes from other servers. All are inclusive.

/// Bytes of a body that an inbox or a fetch takes. PeerTube stops at 500 kB; a `Create` of a video
/// with fifteen renditions is 60 kB.
pub const MAX_BODY_BYTES: usize = 512 * 1024;
/// Containers within each other. A `Create` of a PeerTube video nests seven deep.
pub const MAX_JSON_DEPTH: usize = 32;
/// Items of one array, or members of one object.
pub const MAX_JSON_ITEMS: usize = 2_000;
/// Values in the whole document, however spread.
pub const MAX_JSON_VALUES: usize = 20_000;
/// Bytes of one string as it stands in the document, escapes included. Lemmy's longest posts are
/// 50,000 characters.
pub const MAX_JSON_STRING_BYTES: usize = 256 * 1024;
/// Bytes of one id. PeerTube refuses longer ones too.
pub const MAX_URL_BYTES: usize = 2_000;
/// Bytes of one file of a video, 1 TiB: no encoder makes one, and sums of such sizes are whole numbers in SQL and JSON.
pub const MAX_FILE_BYTES: u64 = 1 << 40;
/// Addressees in `to` and in `cc`, each; more are cut off, not refused: Mastodon lists everybody
/// whom a note mentions.
pub const MAX_ADDRESSEES: usize = 500;
/// Objects of one `Flag`.
pub const MAX_FLAGGED: usize = 100;
/// Parts of a video in one `WatchAction`: PeerTube sends as many.
pub const MAX_WATCH_SECTIONS: usize = 100;
/// Characters of the name of a part of a country.
pub const MAX_REGION_CHARS: usize = 100;
/// Activities within each other: `Announce` of an `Undo` of a `Like` is three.
pub const MAX_ACTIVITY_NESTING: usize = 3;

/// Bytes of a `Signature` or `Signature-Input` header.
pub const MAX_SIGNATURE_HEADER_BYTES: usize = 8 * 1024;
/// Headers or components that one signature covers.
pub const MAX_COVERED: usize = 32;
/// Signatures in one message (RFC 9421, 4.3).
pub const MAX_SIGNATURES: usize = 8;
/// Bytes of a signature: RSA-4096 makes 512.
pub const MAX_SIGNATURE_BYTES: usize = 1_024;
/// Bytes of a `Digest` or `Content-Digest` header.
pub const MAX_DIGEST_HEADER_BYTES: usize = 1_024;
/// Bytes of a public key in PEM: RSA-4096 makes 800.
pub const MAX_PUBLIC_KEY_BYTES: usize = 4_096;

/// How far a sender's clock may be from ours in either direction, in seconds: PeerTube's 30 minutes.
pub const MAX_CLOCK_SKEW_SECS: i64 = 30 * 60;
