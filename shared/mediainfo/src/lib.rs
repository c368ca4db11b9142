//! What an uploaded file is, judged by its bytes: container, duration, picture size, tracks.
//!
//! A few ranges of the file are enough, so that a function without ffmpeg can turn away what is no
//! video within milliseconds and knows the rendition ladder of what is. [`Probe`] says which range
//! it wants next; it knows no I/O. ISO base media (MP4, MOV, M4V, 3GP, M4A), Matroska and WebM, AVI,
//! Ogg, and the audio formats MP3, FLAC and WAV are read; nothing else is accepted.
//!
//! It does not decode: that a file passes says that its structure is whole, not that every frame
//! is. Start reading at [`Probe`].

mod bits;
mod ebml;
mod flac;
mod info;
mod isobmff;
mod matroska;
mod mp3;
mod ogg;
mod probe;
mod riff;
mod sniff;
mod window;

pub use info::{AudioTrack, Container, MediaInfo, VideoTrack};
pub use probe::{Probe, ProbeError};
pub use window::{ByteRange, MAX_READ_BYTES, MAX_READS, READ_AHEAD_BYTES};
