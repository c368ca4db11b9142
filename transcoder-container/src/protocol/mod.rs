//! PeerTube's runner protocol, `/api/v1/runners`: one POST per call, tokens in the body.

mod call_error;
mod client;
mod retry;
mod transfer;
mod wire;

pub use call_error::{CallError, Problem};
pub use client::{Client, SuccessFile};
pub use retry::{Patience, retry};
pub use transfer::TransferError;
pub use wire::{
    AcceptedJob, AvailableJob, CustomUpload, DirectUpload, EdgetubePayload, Extent, JobInput,
    JobOutput, JobPayload, JobType, Sprites,
};
