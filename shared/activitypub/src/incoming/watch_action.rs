use serde_json::Value;

use super::value::{date_member, each, text_member, types, url_member};
use super::{IncomingError, Members};
use crate::AbsoluteUrl;
use crate::limits::{MAX_REGION_CHARS, MAX_WATCH_SECTIONS};

/// What somebody elsewhere has watched of a video. Whether it is so nobody can know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteWatchAction {
    /// Its id.
    pub id: AbsoluteUrl,
    /// The video.
    pub object: AbsoluteUrl,
    /// When it began, in milliseconds since 1970.
    pub started_unix_ms: i64,
    /// When it ended, not before.
    pub ended_unix_ms: i64,
    /// Parts of the video, in seconds from its start: 1 to [`MAX_WATCH_SECTIONS`], none of which ends before it
    /// begins. They may lie beyond its end.
    pub sections: Vec<(u32, u32)>,
    /// ISO 3166-1, two capitals.
    pub country: Option<String>,
    /// Name of a part of the country.
    pub region: Option<String>,
}

impl RemoteWatchAction {
    /// Reads one that is completed.
    ///
    /// # Errors
    /// [`IncomingError::Member`] names what is missing or beyond a bound.
    pub fn from_members(raw: &Members) -> Result<Self, IncomingError> {
        let missing = |member| IncomingError::Member { member };
        if !types(raw).any(|kind| kind == "WatchAction") {
            return Err(missing("type"));
        }
        if text_member(raw, "actionStatus") != Some("CompletedActionStatus") {
            return Err(missing("actionStatus"));
        }
        let started_unix_ms = date_member(raw, "startTime").ok_or(missing("startTime"))?;
        let ended_unix_ms = date_member(raw, "endTime").filter(|ended| *ended >= started_unix_ms);
        let place = raw.get("location").and_then(Value::as_object);
        let of_place = |name| place.and_then(|place| text_member(place, name));
        let is_code = |text: &&str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        let is_short = |text: &&str| !text.is_empty() && text.chars().count() <= MAX_REGION_CHARS;
        Ok(Self {
            id: url_member(raw, "id").ok_or(missing("id"))?,
            object: url_member(raw, "object").ok_or(missing("object"))?,
            started_unix_ms,
            ended_unix_ms: ended_unix_ms.ok_or(missing("endTime"))?,
            sections: sections(raw).ok_or(missing("watchSections"))?,
            country: of_place("addressCountry")
                .filter(is_code)
                .map(str::to_owned),
            region: of_place("addressRegion")
                .filter(is_short)
                .map(str::to_owned),
        })
    }
}

fn sections(raw: &Members) -> Option<Vec<(u32, u32)>> {
    let list = raw.get("watchSections");
    if !(1..=MAX_WATCH_SECTIONS).contains(&each(list).count()) {
        return None;
    }
    let section = |value: &Value| {
        let secs = |name| u32::try_from(value.get(name)?.as_u64()?).ok();
        let (start, end) = (secs("startTimestamp")?, secs("endTimestamp")?);
        (start <= end).then_some((start, end))
    };
    each(list).map(section).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(change: impl FnOnce(&mut Value)) -> Result<RemoteWatchAction, IncomingError> {
        // As PeerTube 6.3 sends it.
        let mut action = json!({
            "id": "https://far.test/videos/local-viewer/09e15e95-fa44-4d84-b9a5-6e2b176ce16c",
            "type": "WatchAction", "duration": "PT6S", "startTime": "2026-11-22T23:02:02.394Z",
            "endTime": "2026-11-22T23:02:03.727Z", "object": "https://video.test/videos/watch/1",
            "uuid": "09e15e95-fa44-4d84-b9a5-6e2b176ce16c", "actionStatus": "CompletedActionStatus",
            "watchSections": [{"startTimestamp": 0, "endTimestamp": 6}],
            "location": {"addressCountry": "FR", "addressRegion": "Bretagne"},
        });
        change(&mut action);
        RemoteWatchAction::from_members(action.as_object().unwrap())
    }

    #[test]
    fn peertubes_is_read() {
        let action = read(|_| {}).unwrap();
        assert_eq!(action.sections, [(0, 6)]);
        assert_eq!(action.ended_unix_ms - action.started_unix_ms, 1_333);
        assert_eq!(action.country.as_deref(), Some("FR"));
        assert_eq!(action.region.as_deref(), Some("Bretagne"));
    }

    #[test]
    fn what_cannot_be_so_is_refused() {
        let section = json!({"startTimestamp": 1, "endTimestamp": 2});
        for (member, value) in [
            ("type", json!("Video")),
            ("actionStatus", json!("ActiveActionStatus")),
            ("startTime", json!(5)),
            ("endTime", json!("2026-11-22T23:02:02.393Z")),
            ("object", Value::Null),
            ("watchSections", json!([])),
            ("watchSections", json!("x")),
            (
                "watchSections",
                json!([{"startTimestamp": 2, "endTimestamp": 1}]),
            ),
            (
                "watchSections",
                json!([{"startTimestamp": -1, "endTimestamp": 1}]),
            ),
            (
                "watchSections",
                json!([{"startTimestamp": 1, "endTimestamp": 1e12}]),
            ),
            (
                "watchSections",
                json!(vec![section; MAX_WATCH_SECTIONS + 1]),
            ),
        ] {
            let read = read(|action| action[member] = value.clone());
            assert_eq!(read, Err(IncomingError::Member { member }), "{value}");
        }
    }

    #[test]
    fn a_place_that_is_none_is_left_out() {
        let long = "x".repeat(MAX_REGION_CHARS + 1);
        for (country, region) in [(json!("France"), json!(long)), (json!("fr"), json!(1))] {
            let place = json!({"addressCountry": country, "addressRegion": region});
            let action = read(|action| action["location"] = place).unwrap();
            assert_eq!((action.country, action.region), (None, None));
        }
    }
}
