//! Jobs of the instance's videos: which are made for a new source, and the admin's list of them.

mod new_video;

pub use new_video::{NewSource, after_new_video, statements_for_new_video};
