//! Lists: the answer's envelope, and the page and order that a query asks for.

use serde::{Deserialize, Serialize};

use crate::{form::FieldReader, sort};
pub use crate::{
    sort::{
        AccountSort, ChannelSort, DateSort, FollowSort, JobSort, PlaylistSort, RedundancySort,
        RunnerJobSort, RunnerSort, Sort, SortKey, SubscriptionSort, ThreadSort, UserSort,
        VideoSort,
    },
    video_filters::{Include, NsfwFilter, UNKNOWN_LANGUAGE, VideoFilters},
};

/// Answer of every list route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultList<T> {
    /// Items that match, on all pages; absent with `skipCount=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// This page.
    pub data: Vec<T>,
}

impl<T> ResultList<T> {
    /// A page of `total` items.
    #[must_use]
    pub const fn new(total: u64, data: Vec<T>) -> Self {
        Self {
            total: Some(total),
            data,
        }
    }
}

/// Items of a page when `count` is absent.
pub const DEFAULT_COUNT: u32 = 15;
/// Items of a page at most.
pub const MAX_COUNT: u32 = 100;
/// Furthest offset. PeerTube has no bound; a database has to walk all rows before it.
pub const MAX_START: u32 = 1_000_000;

/// `start`, `count` and `sort` of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<K> {
    /// Items to leave out, 0..=[`MAX_START`].
    pub start: u32,
    /// Items to answer, 0..=[`MAX_COUNT`].
    pub count: u32,
    /// Their order.
    pub sort: Sort<K>,
}

impl<K: SortKey> Page<K> {
    /// Reads the three parameters; what is absent takes its default, what is wrong is noted in
    /// `reader` and takes its default too.
    pub fn from_query(reader: &mut FieldReader<'_>) -> Self {
        Self {
            start: reader.number("start", 0..=MAX_START).unwrap_or(0),
            count: reader
                .number("count", 0..=MAX_COUNT)
                .unwrap_or(DEFAULT_COUNT),
            sort: reader.known("sort", sort::parse).unwrap_or(K::DEFAULT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::FormBody;

    fn page(query: &str) -> Result<Page<VideoSort>, Vec<String>> {
        let form = FormBody::from_urlencoded(query.as_bytes()).unwrap();
        let mut reader = FieldReader::query(&form);
        let page = Page::from_query(&mut reader);
        let refused = reader.finish();
        refused
            .map(|()| page)
            .map_err(|invalid| invalid.into_iter().map(|entry| entry.param).collect())
    }

    #[test]
    fn defaults_and_bounds() {
        let default = Page {
            start: 0,
            count: 15,
            sort: VideoSort::DEFAULT,
        };
        assert_eq!(page(""), Ok(default));
        assert_eq!(page("start=&count=&sort="), Ok(default));
        let sort = Sort {
            by: VideoSort::Views,
            descending: false,
        };
        assert_eq!(
            page("start=1000000&count=100&sort=views"),
            Ok(Page {
                start: 1_000_000,
                count: 100,
                sort
            })
        );
        assert_eq!(page("count=0").unwrap().count, 0);
        for (query, wrong) in [
            ("start=-1", "start"),
            ("start=1000001", "start"),
            ("start=1e3", "start"),
            ("count=101", "count"),
            ("count=99999999999999999999", "count"),
            ("sort=id", "sort"),
            ("sort=--views", "sort"),
        ] {
            assert_eq!(page(query), Err(vec![wrong.to_owned()]), "{query}");
        }
    }

    #[test]
    fn total_is_left_out_when_not_counted() {
        let list = ResultList {
            total: None,
            data: vec![1],
        };
        assert_eq!(serde_json::to_string(&list).unwrap(), r#"{"data":[1]}"#);
        let list = ResultList::new(2, vec![1]);
        assert_eq!(
            serde_json::to_string(&list).unwrap(),
            r#"{"total":2,"data":[1]}"#
        );
    }
}
