//! Fixed vocabularies with PeerTube's ids and English labels.

use std::{borrow::Cow, collections::BTreeMap};

use crate::Label;
pub use crate::languages::{VIDEO_LANGUAGES, language_label};

/// What a category, licence or language that is not set is called.
pub const UNKNOWN_LABEL: &str = "Unknown";

/// Categories of videos, id 1 first.
pub const VIDEO_CATEGORIES: &[(u16, &str)] = &[
    (1, "Music"),
    (2, "Films"),
    (3, "Vehicles"),
    (4, "Art"),
    (5, "Sports"),
    (6, "Travels"),
    (7, "Gaming"),
    (8, "People"),
    (9, "Comedy"),
    (10, "Entertainment"),
    (11, "News & Politics"),
    (12, "How To"),
    (13, "Education"),
    (14, "Activism"),
    (15, "Science & Technology"),
    (16, "Animals"),
    (17, "Kids"),
    (18, "Food"),
];

/// Licences of videos: Creative Commons 1–6, public domain 7–8, all rights reserved 9.
pub const VIDEO_LICENCES: &[(u16, &str)] = &[
    (1, "Attribution"),
    (2, "Attribution - Share Alike"),
    (3, "Attribution - No Derivatives"),
    (4, "Attribution - Non Commercial"),
    (5, "Attribution - Non Commercial - Share Alike"),
    (6, "Attribution - Non Commercial - No Derivatives"),
    (7, "Public Domain Dedication"),
    (8, "Free of known copyright restrictions"),
    (9, "All Rights Reserved"),
];

/// Who may see a video.
pub const VIDEO_PRIVACIES: &[(u16, &str)] = &[
    (1, "Public"),
    (2, "Unlisted"),
    (3, "Private"),
    (4, "Internal"),
    (5, "Password protected"),
];

/// Where a video is on its way to viewers.
pub const VIDEO_STATES: &[(u16, &str)] = &[
    (1, "Published"),
    (2, "To transcode"),
    (3, "To import"),
    (4, "Waiting for livestream"),
    (5, "Livestream ended"),
    (6, "To move to an external storage"),
    (7, "Transcoding failed"),
    (8, "External storage move failed"),
    (9, "To edit"),
    (10, "To move to file system"),
    (11, "Move to file system failed"),
    (12, "Import failed"),
];

/// Who may comment.
pub const COMMENTS_POLICIES: &[(u16, &str)] =
    &[(1, "Enabled"), (2, "Disabled"), (3, "Requires approval")];

/// Who may embed.
pub const EMBED_PRIVACY_POLICIES: &[(u16, &str)] = &[
    (1, "All allowed"),
    (2, "Allowlist"),
    (3, "Remote restrictions"),
];

/// Visibility of a user's list of videos.
pub const PLAYLIST_PRIVACIES: &[(u16, &str)] = &[(1, "Public"), (2, "Unlisted"), (3, "Private")];

/// English name of `id` in one of the numeric tables.
#[must_use]
pub fn label_of(table: &[(u16, &'static str)], id: u16) -> Option<&'static str> {
    table
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(_, label)| *label)
}

/// What a video sends for a category or licence: unknown ids keep their number.
#[must_use]
pub fn optional_label(table: &[(u16, &'static str)], id: Option<u16>) -> Label<Option<u16>> {
    let label = id
        .and_then(|id| label_of(table, id))
        .unwrap_or(UNKNOWN_LABEL);
    Label::new(id, label)
}

/// What a video sends for a language.
#[must_use]
pub fn language(id: Option<&str>) -> Label<Option<String>> {
    let label = id.and_then(language_label).unwrap_or(UNKNOWN_LABEL);
    Label::new(id.map(str::to_owned), label)
}

/// What a video sends for a privacy, state or policy; unknown ids are labelled so.
#[must_use]
pub fn numbered_label(table: &[(u16, &'static str)], id: u8) -> Label<u8> {
    Label::new(id, label_of(table, u16::from(id)).unwrap_or(UNKNOWN_LABEL))
}

/// `Audio only`, or `720p` for the smaller side in pixels.
#[must_use]
pub fn resolution(resolution: u16) -> Label<u16> {
    let label: Cow<'static, str> = match resolution {
        0 => "Audio only".into(),
        side => format!("{side}p").into(),
    };
    Label::new(resolution, label)
}

/// Answer of `GET /videos/categories`, `/licences` and `/privacies`: ids as keys.
#[must_use]
pub fn numbered_map(table: &[(u16, &'static str)]) -> BTreeMap<u16, &'static str> {
    let mut map = BTreeMap::new();
    // Collecting would bring a sort of its own.
    map.extend(table.iter().copied());
    map
}

/// Answer of `GET /videos/languages`: ids as keys.
#[must_use]
pub fn language_map() -> BTreeMap<&'static str, &'static str> {
    let mut map = BTreeMap::new();
    map.extend(VIDEO_LANGUAGES.iter().copied());
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_tables_count_from_one_without_gaps() {
        for (table, length) in [
            (VIDEO_CATEGORIES, 18),
            (VIDEO_LICENCES, 9),
            (VIDEO_PRIVACIES, 5),
            (VIDEO_STATES, 12),
            (COMMENTS_POLICIES, 3),
            (EMBED_PRIVACY_POLICIES, 3),
            (PLAYLIST_PRIVACIES, 3),
        ] {
            let ids: Vec<u16> = table.iter().map(|(id, _)| *id).collect();
            assert_eq!(ids, (1..=length).collect::<Vec<u16>>());
        }
    }

    #[test]
    fn what_is_not_set_is_null_and_unknown() {
        let category = serde_json::to_value(optional_label(VIDEO_CATEGORIES, None)).unwrap();
        assert_eq!(
            category,
            serde_json::json!({ "id": null, "label": "Unknown" })
        );
        let category = serde_json::to_value(optional_label(VIDEO_CATEGORIES, Some(15))).unwrap();
        assert_eq!(
            category,
            serde_json::json!({ "id": 15, "label": "Science & Technology" })
        );
        assert_eq!(language(Some("fr")).label, "French");
        assert_eq!(language(None).id, None);
    }

    #[test]
    fn maps_have_ids_as_keys() {
        let json = serde_json::to_value(numbered_map(VIDEO_PRIVACIES)).unwrap();
        assert_eq!(json["5"], "Password protected");
        assert_eq!(
            serde_json::to_value(language_map()).unwrap()["pt-PT"],
            "Portuguese (Portugal)"
        );
    }

    #[test]
    fn resolutions_are_named_by_their_smaller_side() {
        assert_eq!(resolution(0).label, "Audio only");
        assert_eq!(resolution(1080).label, "1080p");
    }
}
