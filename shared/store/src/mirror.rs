//! Copies of videos' streams: `migrations/0009_mirror.sql`.

mod choice;
mod copying;
mod list;
mod others;
mod ours;

pub use choice::{
    CandidateRow, allow_host, claim_stalled, is_copying, prolong, read_candidate, select_changed,
    select_next, select_oldest,
};
pub use copying::{
    CopyRow, FileRow, NewFile, claim, fail, finish, note_part, plan, read_copy, read_file, release,
    select_files, select_is_wanted, set_multipart, stumble,
};
pub use list::{Target, count, select_page};
pub use others::{
    NewMirror, drop_by_url, forget_ended, keep, pass_on, remember_undone, select_is_followed,
};
pub use ours::{
    NewCopy, NewStream, OriginalRow, copy, read_original, remove, remove_of_host, restart,
    select_document, select_folder, select_original, select_unfinished, select_unfinished_of_host,
};
