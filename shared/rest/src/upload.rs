//! Creating and changing videos.

use serde::{Deserialize, Serialize};

/// Answer of every upload: `{ video: { id, uuid, shortUUID } }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoCreateResult {
    /// The new video.
    pub video: CreatedVideo,
}

/// Ids of a new video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedVideo {
    /// Row id on this instance.
    pub id: i64,
    /// UUID with dashes, lower case.
    pub uuid: String,
    /// The same in base 58.
    #[serde(rename = "shortUUID")]
    pub short_uuid: String,
}
