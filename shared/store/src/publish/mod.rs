//! Publishing what jobs have made: files, playlists, pictures, and the objects that they replace.
//!
//! An object is *owned* when a row names it, else it has a row in `unowned_object` that says when it
//! may be deleted. Publishing takes ownership in the same batch that makes the naming row.

mod file;
mod input;
mod objects;
mod picture;
mod rendition;

pub use file::{NewFile, drop_sound_files, replace_file};
pub use input::{Input, input, select_input, select_preview};
pub use objects::{disown_objects, own_object_if_named, own_objects, shorten_unowned};
pub use picture::{NewStoryboard, insert_thumbnail, replace_storyboard};
pub use rendition::{
    HlsFile, Publication, TorrentSubject, describe_video, publication, publish_video,
    replace_playlist, select_publication, select_torrent_subjects, set_torrent, torrent_subject,
};
