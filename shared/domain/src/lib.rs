//! The rules of a video instance: ids, privacy, states of videos and jobs, the rendition ladder.
//!
//! Pure: no I/O, no clock, no randomness, no serde. Times come in as [`UnixMillis`], random bytes as
//! arrays. Start reading at [`ladder`] and [`video`].

pub mod calendar;
pub mod ladder;
pub mod limits;
pub mod order;
pub mod quota;
pub mod runner_job;
pub mod time;
pub mod user;
pub mod video;

pub use time::UnixMillis;
pub use video::{Privacy, VideoState};
