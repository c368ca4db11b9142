//! PeerTube's runner protocol, the server's side: runners register, take jobs, report, deliver.
//!
//! A job goes pending → processing (accept: a job token, new names for its outputs) → completed, with a
//! stop at completing when the runner sent no report and the queue derives it. Every step is one batch
//! that demands the state it starts from, so that of two calls at once one wins and a repeated call
//! changes nothing. What is made of the results is [`crate::publish`].

mod admin;
mod answers;
mod attempt;
mod cron;
mod inputs;
mod outputs;
mod part_writer;
mod payload;
mod registration;
mod secrets;
mod success;
mod uploads;
pub mod wake;

pub use admin::{JobQuery, cancel_job, delete_job, list_jobs};
pub use attempt::{JobTokens, MAX_AVAILABLE_JOBS, abort, accept, error, request_jobs, update};
pub use cron::tick;
pub use inputs::{InputKind, JobInput, open_input};
pub use outputs::Output;
pub use part_writer::PartWriter;
pub use registration::{
    Registration, delete_registration_token, delete_runner, generate_registration_token,
    list_registration_tokens, list_runners, register, unregister,
};
pub use store::runner::{JobSort, Page};
pub use success::{prepare_output, succeed};
pub use uploads::{OutputTarget, UploadSignature, open_upload};

pub(crate) use answers::not_processing;
pub(crate) use attempt::{failing, only_job};
pub(crate) use outputs::{PrivatePayload, ReadJob, filename, hls_key};

use domain::time::HOUR_MS;
use ports::{DatabaseError, Platform, Rows};
use store::runner::Settling;

/// Published objects that nothing names any more stay this long for viewers who play them.
pub(crate) const REPLACED_MS: i64 = HOUR_MS;

/// How a video is settled on this instance.
pub(crate) fn settling<P: Platform>(platform: &P, video_id: i64) -> Settling {
    let settings = platform.settings();
    Settling {
        video_id,
        web_videos: settings.web_videos,
        keeps_original_file: settings.keeps_original_file,
        delete_after: platform.now().plus_ms(REPLACED_MS),
        now: platform.now(),
    }
}

/// The count that the first statement of a list returned.
fn first_number(results: &[Rows]) -> Result<u64, DatabaseError> {
    match results.first().and_then(|rows| rows.first()) {
        Some(row) => row.unsigned(0),
        None => Err(DatabaseError::Bug {
            cause: "a count returned no row".to_owned(),
        }),
    }
}
