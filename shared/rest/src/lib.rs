//! Bodies of the PeerTube REST API: what goes over the wire, and nothing else.
//!
//! Shapes are those of PeerTube 8.2 (`/api/v1`), so that its clients, apps, runners and search
//! index work unchanged. Every type is a plain struct with public fields; serde attributes carry
//! the wire names. The crate knows no clock, no storage, no rules of the instance: callers
//! convert domain types into these and back.
//!
//! Start reading at [`video`] for answers, at [`form`] for how request bodies are read, and at
//! [`problem`] for errors.

pub mod actor;
pub mod config;
pub mod date;
pub mod follow;
pub mod form;
pub mod ids;
mod languages;
pub mod list;
mod media;
pub mod multipart;
pub mod oembed;
pub mod playlist;
pub mod problem;
pub mod runner;
mod runner_forms;
mod runner_payload;
mod session;
pub mod social;
mod sort;
pub mod stats;
pub mod upload;
pub mod user;
pub mod video;
mod video_filters;
pub mod vocabulary;

pub use date::IsoDate;
pub use list::ResultList;
pub use problem::Problem;
pub use video::Label;
