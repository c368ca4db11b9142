//! Jobs of the instance's videos: which are made for a new source, and the admin's list of them.
//!
//! How far a video's transcoding is, lists of videos read by `store::transcoding_progress!()`.

mod list;
mod new_video;
mod storyboard;

pub use list::{QueueJob, QueueQuery, QueueState, list};
pub use new_video::{NewSource, after_new_video, statements_for_new_video};
