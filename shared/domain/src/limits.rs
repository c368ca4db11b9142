//! Bounds of what users may send. PeerTube's own numbers where clients know them.

/// Longest username or channel handle, in characters (PeerTube: 1–50).
pub const HANDLE_MAX_CHARS: usize = 50;
/// Longest password in bytes; argon2 takes more, but hashing time must not depend on a stranger.
pub const PASSWORD_MAX_BYTES: usize = 72;
/// Largest upload in bytes (PeerTube accepts 50 GB for one upload).
pub const UPLOAD_MAX_BYTES: u64 = 50 * 1024 * 1024 * 1024;
/// Longest file name kept from a client, in bytes; longer ones are cut at a character boundary.
pub const FILENAME_MAX_BYTES: usize = 255;
/// Size of every object-storage part but the last. R2 wants equal parts of at least 5 MiB and at most
/// 10,000 of them: 8 MiB x 10,000 = 78 GiB, above [`UPLOAD_MAX_BYTES`].
pub const PART_BYTES: u64 = 8 * 1024 * 1024;
/// An unfinished upload is dropped after this long without a chunk (PeerTube: 1 h).
pub const UPLOAD_IDLE_MS: i64 = crate::time::HOUR_MS;
/// Unfinished uploads one user may hold.
pub const UPLOADS_PER_USER: u32 = 20;
/// Access tokens live one day, refresh tokens four weeks (PeerTube's defaults).
pub const ACCESS_TOKEN_MS: i64 = crate::time::DAY_MS;
/// See [`ACCESS_TOKEN_MS`].
pub const REFRESH_TOKEN_MS: i64 = 28 * crate::time::DAY_MS;
/// Token pairs kept per user; the oldest goes when one more is made.
pub const TOKENS_PER_USER: u32 = 100;
/// How long a video file token opens private media (PeerTube: 8 h).
pub const VIDEO_FILE_TOKEN_MS: i64 = 8 * crate::time::HOUR_MS;
/// A runner job with no word from its runner for this long goes back to pending (PeerTube: 2 min).
pub const RUNNER_STALL_MS: i64 = 2 * crate::time::MINUTE_MS;
/// Failures after which a runner job is given up (PeerTube: 5).
pub const RUNNER_JOB_MAX_FAILURES: u32 = 5;
