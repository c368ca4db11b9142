//! Videos on their way in: one multipart form, or chunks of a resumable upload.
//!
//! The file goes straight into object storage, in parts of `PART_BYTES`, through blocks that stay in
//! the host's memory. What is safe is in the database, so that a request may die anywhere, in a Worker
//! that is restarted or not, and be repeated; nothing is visible before one last transaction makes the
//! video, its jobs and all that belongs to it. Every object that no row names is noted before it is
//! written, and cron deletes what is still noted when its time is over.
//!
//! What it costs (a batch is one hop to the database; signing in is one more per call; rows are those
//! of tables, without index entries, and without those of tags, pictures, jobs and triggers):
//!
//! | call | batches | rows written | object writes | object reads |
//! |---|---|---|---|---|
//! | first call of a resumable upload | 2 | 1 | 1 per picture | 0 |
//! | chunk that ends within a part | 2 | 4, +1 if a tail waits | 1 | 1 if a tail waits |
//! | chunk that is known already, question | 1 | 0 | 0 | 0 |
//! | per whole part (8 MiB) | 1 | 2 | 1 | 0 |
//! | first whole part | +1 | +1 | +1 | 0 |
//! | last chunk, at most one part | 3 | 7 | 1 | 1 if a tail waits |
//! | last chunk, more than one part | 4 | 7 | 2 | a few ranges |
//! | form of at most one part | 3 | 5 | 1, and 1 per picture | 0 |
//! | cron, with nothing to do | 2 | 0 | 0 | 0 |
//! | cron, with work | 4 | 1 per upload or object | 2 per upload, 1 for all objects | 0 |
//!
//! A client that is free to choose sends chunks of a multiple of 8 MiB: they leave no tails.
//!
//! Start reading at [`receive()`].

mod allowance;
mod blocks;
mod checksum;
mod decide;
mod details;
mod discard;
mod file_name;
mod finish;
mod form;
mod media;
mod open;
mod parts;
mod picture;
mod publish;
mod receive;

use domain::time::DAY_MS;

pub use checksum::Checksum;
pub use discard::{cancel, collect_abandoned, delete_unowned_objects};
pub use file_name::shown_file_name;
pub use form::FormUpload;
pub use open::{NewResumable, OpenUpload, open};
pub use picture::Picture;
pub use publish::NewVideoIds;
pub use receive::{Chunk, Progress, progress, receive};

/// How long an object may be without an owner while its request runs: far longer than any request
/// lives, so that cron never takes what somebody is about to name.
const INTENT_MS: i64 = DAY_MS;
