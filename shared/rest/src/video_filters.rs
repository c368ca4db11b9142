//! The filters that every list of videos takes. Reached through [`crate::list`].

use crate::form::FieldReader;

/// What a list shows of videos that are not safe for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NsfwFilter {
    /// `nsfw=true`: only those.
    Only,
    /// `nsfw=false`: none of those.
    Hide,
    /// `nsfw=both`: all videos.
    Both,
}

/// The bits of `include`: what to list, or to tell of each item, beyond the usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Include(pub u32);

impl Include {
    /// Videos that are not published; needs to be a moderator, or the owner.
    pub const NOT_PUBLISHED_STATE: Self = Self(1);
    /// Blocked videos; needs to be a moderator.
    pub const BLACKLISTED: Self = Self(2);
    /// Videos of owners that the viewer muted.
    pub const BLOCKED_OWNER: Self = Self(4);
    /// Files and playlists of each item.
    pub const FILES: Self = Self(8);
    /// Captions of each item.
    pub const CAPTIONS: Self = Self(16);
    /// The original of each item.
    pub const SOURCE: Self = Self(32);
    /// Automatic tags of each item.
    pub const AUTOMATIC_TAGS: Self = Self(64);
    /// Tags of each item.
    pub const TAGS: Self = Self(128);

    /// Whether all bits of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Items of one filter list, `categoryOneOf` for instance.
pub const MAX_FILTER_ITEMS: usize = 100;
/// Characters of a search or of a tag in a filter.
pub const MAX_SEARCH_CHARS: usize = 200;

/// The filters of a query. `None` and empty lists do not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VideoFilters {
    /// What to show of videos that are not safe for work; the viewer's setting when absent.
    pub nsfw: Option<NsfwFilter>,
    /// Flags that a video must have one of.
    pub nsfw_flags_included: Option<u32>,
    /// Flags that a video must have none of.
    pub nsfw_flags_excluded: Option<u32>,
    /// Only lives, or none.
    pub is_live: Option<bool>,
    /// Lives that are planned, too.
    pub include_scheduled_live: Option<bool>,
    /// Only videos of this instance, or only others.
    pub is_local: Option<bool>,
    /// What to list or tell beyond the usual.
    pub include: Include,
    /// Only these privacies; needs to be a moderator, or the owner.
    pub privacy_one_of: Vec<u8>,
    /// Only these states; needs to be a moderator, or the owner.
    pub state_one_of: Vec<u8>,
    /// Only these categories.
    pub category_one_of: Vec<u16>,
    /// Only these licences.
    pub licence_one_of: Vec<u16>,
    /// Only these languages; `_unknown` stands for videos without one.
    pub language_one_of: Vec<String>,
    /// Videos with one of these tags, in any case.
    pub tags_one_of: Vec<String>,
    /// Videos with all of these tags, in any case.
    pub tags_all_of: Vec<String>,
    /// Videos with one of these automatic tags; needs to be a moderator.
    pub auto_tag_one_of: Vec<String>,
    /// Only videos with HLS files, or only others.
    pub has_hls_files: Option<bool>,
    /// Only videos with web videos, or only others.
    pub has_web_video_files: Option<bool>,
    /// Leave `total` out of the answer.
    pub skip_count: bool,
    /// Words in the title.
    pub search: Option<String>,
    /// Leave out what the viewer has watched.
    pub exclude_already_watched: Option<bool>,
    /// Only videos of this instance by its host.
    pub host: Option<String>,
}

/// The id that stands for videos without a language in `languageOneOf`.
pub const UNKNOWN_LANGUAGE: &str = "_unknown";

impl VideoFilters {
    /// Reads the filters; what is wrong is noted in `reader`.
    pub fn from_query(reader: &mut FieldReader<'_>) -> Self {
        let tag = |item: &str| {
            (1..=MAX_SEARCH_CHARS)
                .contains(&item.chars().count())
                .then(|| item.to_owned())
        };
        // As PeerTube, unknown languages are no error: they match nothing.
        let language = |item: &str| (1..=20).contains(&item.len()).then(|| item.to_owned());
        let number = |item: &str| item.parse().ok();
        Self {
            nsfw: reader.known("nsfw", |text| match text {
                "true" => Some(NsfwFilter::Only),
                "false" => Some(NsfwFilter::Hide),
                "both" => Some(NsfwFilter::Both),
                _ => None,
            }),
            nsfw_flags_included: reader.number("nsfwFlagsIncluded", 0..=u32::MAX),
            nsfw_flags_excluded: reader.number("nsfwFlagsExcluded", 0..=u32::MAX),
            is_live: reader.boolean("isLive"),
            include_scheduled_live: reader.boolean("includeScheduledLive"),
            is_local: reader.boolean("isLocal"),
            include: Include(reader.number("include", 0..=u32::MAX).unwrap_or(0)),
            privacy_one_of: reader.known_list("privacyOneOf", MAX_FILTER_ITEMS, |item| {
                item.parse().ok().filter(|id| (1..=5).contains(id))
            }),
            state_one_of: reader.known_list("stateOneOf", MAX_FILTER_ITEMS, |item| {
                item.parse().ok().filter(|id| (1..=12).contains(id))
            }),
            category_one_of: reader.known_list("categoryOneOf", MAX_FILTER_ITEMS, number),
            licence_one_of: reader.known_list("licenceOneOf", MAX_FILTER_ITEMS, number),
            language_one_of: reader.known_list("languageOneOf", MAX_FILTER_ITEMS, language),
            tags_one_of: reader.known_list("tagsOneOf", MAX_FILTER_ITEMS, tag),
            tags_all_of: reader.known_list("tagsAllOf", MAX_FILTER_ITEMS, tag),
            auto_tag_one_of: reader.known_list("autoTagOneOf", MAX_FILTER_ITEMS, tag),
            has_hls_files: reader
                .boolean("hasHLSFiles")
                .or_else(|| reader.boolean("hasHlsFiles")),
            has_web_video_files: reader.boolean("hasWebVideoFiles"),
            skip_count: reader.boolean("skipCount").unwrap_or(false),
            search: reader
                .text("search", 1..=MAX_SEARCH_CHARS)
                .map(str::to_owned),
            exclude_already_watched: reader.boolean("excludeAlreadyWatched"),
            host: reader.text("host", 1..=MAX_SEARCH_CHARS).map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::FormBody;

    fn filters(query: &str) -> Result<VideoFilters, Vec<String>> {
        let form = FormBody::from_urlencoded(query.as_bytes()).unwrap();
        let mut reader = FieldReader::query(&form);
        let filters = VideoFilters::from_query(&mut reader);
        let refused = reader.finish();
        refused
            .map(|()| filters)
            .map_err(|invalid| invalid.into_iter().map(|entry| entry.param).collect())
    }

    #[test]
    fn nothing_asked_filters_nothing() {
        assert_eq!(filters("start=0&count=5"), Ok(VideoFilters::default()));
    }

    #[test]
    fn every_filter_is_read() {
        let query = "nsfw=both&nsfwFlagsIncluded=1&nsfwFlagsExcluded=2&isLive=false\
            &includeScheduledLive=true&isLocal=true&include=9&privacyOneOf=1&privacyOneOf=2\
            &stateOneOf=2&categoryOneOf[]=15&categoryOneOf[]=2&licenceOneOf=7\
            &languageOneOf[0]=fr&languageOneOf[1]=_unknown&tagsOneOf=a&tagsAllOf=b&tagsAllOf=c\
            &autoTagOneOf=d&hasHLSFiles=true&hasWebVideoFiles=false&skipCount=true\
            &search=big+buck&excludeAlreadyWatched=false&host=a.test";
        let read = filters(query).unwrap();
        assert!(read.include.has(Include::FILES) && read.include.has(Include::NOT_PUBLISHED_STATE));
        assert!(!read.include.has(Include::TAGS));
        assert_eq!(
            read,
            VideoFilters {
                nsfw: Some(NsfwFilter::Both),
                nsfw_flags_included: Some(1),
                nsfw_flags_excluded: Some(2),
                is_live: Some(false),
                include_scheduled_live: Some(true),
                is_local: Some(true),
                include: Include(9),
                privacy_one_of: vec![1, 2],
                state_one_of: vec![2],
                category_one_of: vec![15, 2],
                licence_one_of: vec![7],
                language_one_of: vec!["fr".into(), "_unknown".into()],
                tags_one_of: vec!["a".into()],
                tags_all_of: vec!["b".into(), "c".into()],
                auto_tag_one_of: vec!["d".into()],
                has_hls_files: Some(true),
                has_web_video_files: Some(false),
                skip_count: true,
                search: Some("big buck".into()),
                exclude_already_watched: Some(false),
                host: Some("a.test".into()),
            }
        );
    }

    #[test]
    fn wrong_filters_are_named() {
        let tags = "tagsOneOf=a&".repeat(MAX_FILTER_ITEMS + 1);
        for (query, wrong) in [
            ("nsfw=maybe", "nsfw"),
            ("isLocal=2", "isLocal"),
            ("include=-1", "include"),
            ("privacyOneOf=6", "privacyOneOf"),
            ("stateOneOf=13", "stateOneOf"),
            ("categoryOneOf=music", "categoryOneOf"),
            ("languageOneOf=", "languageOneOf"),
            ("tagsAllOf=", "tagsAllOf"),
            (&tags, "tagsOneOf"),
            (&format!("search={}", "x".repeat(201)), "search"),
        ] {
            assert_eq!(filters(query), Err(vec![wrong.to_owned()]), "{query:.40}");
        }
    }
}
