//! Edgetube's transcoder: a PeerTube runner that decodes a source once for its whole ladder.
//!
//! It speaks the runner protocol (`/api/v1/runners`), so it works for Edgetube and for PeerTube.
//! What only Edgetube asks for (a `payload.edgetube` object in the job) is answered with a
//! [`hls::RenditionReport`] and raw uploads to presigned addresses.
//!
//! [`media`] knows ffmpeg and nothing of servers; [`workbench`] makes all outputs of one source
//! with it; [`local`] does so for a file.

pub mod bench;
pub mod cli;
pub mod describe;
pub mod limits;
pub mod local;
pub mod media;
pub mod protocol;
pub mod runners;
pub mod terminal;
pub mod workbench;
pub mod worker;
pub mod workspace;
