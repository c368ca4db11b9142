use serde::Serialize;

use super::Addressing;
use crate::date::{write_duration, write_iso8601};

/// What somebody has watched of a video (schema.org's `WatchAction`, with PeerTube's sections); who, it does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchAction<'a> {
    /// Absolute URL.
    pub id: &'a str,
    /// The last part of it.
    pub uuid: &'a str,
    /// Who hears of it.
    pub addressing: &'a Addressing,
    /// Id of the video.
    pub object: &'a str,
    /// When it began, in milliseconds since 1970.
    pub started_unix_ms: i64,
    /// When it ended, in milliseconds since 1970.
    pub ended_unix_ms: i64,
    /// Parts of the video, in seconds from its start. The sum of their lengths is the action's `duration`.
    pub sections: &'a [(u32, u32)],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(flatten)]
    addressing: &'a Addressing,
    id: &'a str,
    r#type: &'static str,
    duration: String,
    start_time: String,
    end_time: String,
    object: &'a str,
    uuid: &'a str,
    action_status: &'static str,
    watch_sections: Vec<Section>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Section {
    start_timestamp: u32,
    end_timestamp: u32,
}

impl Serialize for WatchAction<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let length = |(start, end): &(u32, u32)| u64::from(end.saturating_sub(*start));
        // PeerTube keeps none that is empty.
        let sections = self.sections.iter().filter(|(start, end)| start < end);
        Wire {
            addressing: self.addressing,
            id: self.id,
            r#type: "WatchAction",
            duration: write_duration(self.sections.iter().map(length).sum()),
            start_time: write_iso8601(self.started_unix_ms),
            end_time: write_iso8601(self.ended_unix_ms),
            object: self.object,
            uuid: self.uuid,
            action_status: "CompletedActionStatus",
            watch_sections: sections
                .map(|&(start_timestamp, end_timestamp)| Section {
                    start_timestamp,
                    end_timestamp,
                })
                .collect(),
        }
        .serialize(serializer)
    }
}
