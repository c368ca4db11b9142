//! Uploads in progress, the objects nobody owns yet, and the rows that a finished upload becomes.

mod new_video;
mod progress;
mod sweep;
mod unowned;

pub use new_video::{
    Allowance, NewPicture, NewSourceFile, NewVideo, allowance, insert_passwords, insert_picture,
    insert_source, insert_tags, insert_video, insert_web_file, select_allowance,
    select_channel_user,
};
pub use progress::{
    ChunkClaim, NewUpload, UploadPart, UploadRow, advance, claim_chunk, insert_part, insert_upload,
    intend_tail, select_fingerprint, select_parts, select_upload, set_form, set_metadata,
    set_multipart, set_video, upload_part, upload_row,
};
pub use sweep::{delete_upload, drop_idle, drop_upload, select_dropped};
pub use unowned::{delete_unowned, disown, intend, own, select_due, unowned_key};
