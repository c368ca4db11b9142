use serde::{Serialize, Serializer};

/// The head of an ordered collection (ActivityStreams 2.0, 5): how many, and where they start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collection<'a> {
    /// Absolute URL without a query.
    pub id: &'a str,
    /// On all pages.
    pub total_items: u64,
}

/// One page of it. PeerTube holds ten items to a page and fifty of an outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CollectionPage<'a, T> {
    /// Absolute URL of the collection.
    pub collection_id: &'a str,
    /// On all pages; None where counting them for every page would cost too much.
    pub total_items: Option<u64>,
    /// 1 is the first.
    pub page: u32,
    /// Whether there are more behind it.
    pub has_next: bool,
    /// In their order: ids, or documents without context.
    pub items: &'a [T],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    id: &'a str,
    r#type: &'static str,
    total_items: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a, T> {
    id: String,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    part_of: &'a str,
    ordered_items: &'a [T],
    #[serde(skip_serializing_if = "Option::is_none")]
    total_items: Option<u64>,
}

fn page_id(collection_id: &str, page: u32) -> String {
    format!("{collection_id}?page={page}")
}

impl Serialize for Collection<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Head {
            id: self.id,
            r#type: "OrderedCollection",
            total_items: self.total_items,
            first: (self.total_items > 0).then(|| page_id(self.id, 1)),
        }
        .serialize(serializer)
    }
}

impl<T: Serialize> Serialize for CollectionPage<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let at = |page| page_id(self.collection_id, page);
        Page {
            id: at(self.page),
            r#type: "OrderedCollectionPage",
            prev: (self.page > 1).then(|| at(self.page - 1)),
            next: self.has_next.then(|| at(self.page.saturating_add(1))),
            part_of: self.collection_id,
            ordered_items: self.items,
            total_items: self.total_items,
        }
        .serialize(serializer)
    }
}
