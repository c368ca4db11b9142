//! The transcoder as a program: on local sources, judged by ffprobe, and against a server that
//! plays PeerTube and Edgetube, faults included. Needs ffmpeg and ffprobe.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers, too"
)]
#![expect(
    clippy::expect_used,
    reason = "a test fails by panicking, its helpers, too"
)]

mod faults;
mod jobs;
mod judge;
mod local;
mod server;
mod sources;
