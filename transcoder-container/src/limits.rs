//! Every bound of the transcoder, with its reason.

use std::time::Duration;

/// Bytes of `ffprobe`'s answer that are read.
pub const MAX_PROBE_BYTES: u64 = 4 << 20;

/// How long `ffprobe` may take: it reads headers only, but may have to search a broken file.
pub const PROBE_TIMEOUT: Duration = Duration::from_secs(120);

/// How long `ffmpeg` may go without reporting progress before it is taken for hung. Finding one
/// key frame in a slow 8K source takes seconds; moving `moov` to the front of 50 GB takes minutes.
pub const STALL_TIMEOUT: Duration = Duration::from_secs(600);

/// Bytes of `ffmpeg`'s complaints that are kept: its last lines say what went wrong.
pub const MAX_STDERR_BYTES: usize = 16 << 10;

/// Characters of an error message sent to a server (PeerTube takes 5,000).
pub const MAX_MESSAGE_CHARS: usize = 2_000;

/// Bytes of any JSON answer of a server.
pub const MAX_ANSWER_BYTES: usize = 4 << 20;

/// Jobs done together because they share a source. Two kinds (HLS and web video) of PeerTube's
/// nine resolutions, pictures of six sizes and a storyboard are 25.
pub const MAX_GROUP_JOBS: usize = 32;

/// Rounds of asking for more jobs of the same source: PeerTube lists ten at a time.
pub const MAX_GATHER_ROUNDS: usize = 4;

/// How often this process tries a job that fails before it leaves it to others.
pub const MAX_JOB_ATTEMPTS: u32 = 5;

/// Width and height of a storyboard or picture.
pub const MAX_PICTURE_SIDE: u32 = 8_192;

/// Cells of a storyboard; PeerTube makes at most 11 x 11.
pub const MAX_STORYBOARD_CELLS: u32 = 1_024;

/// Largest side of a video stream (H.264, level 6.2).
pub const MAX_VIDEO_SIDE: u32 = 16_384;

/// Highest frame rate of any rendition, PeerTube's cap.
pub const MAX_FPS: u32 = 60;

/// Seconds of one HLS segment, PeerTube's value.
pub const SEGMENT_SECS: u32 = 4;

/// Seconds between key frames, PeerTube's value; divides [`SEGMENT_SECS`].
pub const KEY_FRAME_SECS: u32 = 2;

/// Bytes of one read while hashing and uploading.
pub const READ_BYTES: usize = 256 << 10;

/// Time for a connection to be made.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// Time without a byte from the server before a request is given up; PeerTube's success call may
/// work for a minute before it answers.
pub const READ_TIMEOUT: Duration = Duration::from_secs(180);

/// Tries of a call that costs nothing to repeat later, the first included: 15 s in all.
pub const MAX_CALL_TRIES: u32 = 6;

/// Tries of sending a source or a result, behind which minutes of work stand: three minutes in
/// all, enough for a server to be restarted.
pub const MAX_TRANSFER_TRIES: u32 = 12;

/// First pause between tries; each next one is twice as long, up to [`MAX_BACKOFF`].
pub const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Longest pause that we choose ourselves.
pub const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// Longest pause that a `Retry-After` can ask for.
pub const MAX_PAUSE: Duration = Duration::from_secs(60);

/// Least time between two progress reports of a job; longer when there are many jobs, because
/// PeerTube allows an address 50 calls in ten seconds.
pub const MIN_UPDATE_INTERVAL: Duration = Duration::from_secs(3);

/// Most time between two progress reports, which are also the heartbeat: PeerTube takes a job
/// back after two minutes of silence.
pub const MAX_UPDATE_INTERVAL: Duration = Duration::from_secs(30);

/// Shortest and longest pause between asking for jobs.
pub const POLL_INTERVAL: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));

/// Time that giving jobs back may take after SIGTERM; container hosts kill after 10 s.
pub const GOODBYE_TIMEOUT: Duration = Duration::from_secs(6);

/// Bytes of disk used at most unless told otherwise.
pub const DEFAULT_MAX_DISK_BYTES: u64 = 50 << 30;
