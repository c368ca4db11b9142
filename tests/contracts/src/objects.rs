//! What every object store must do, whatever is behind it. Each check wants a store of its own or an empty
//! one, and panics with what is wrong.

use ports::{Block, Body, ByteRange, ObjectInfo, ObjectStore, UploadedPart};

/// Smallest part that S3 takes but for the last, in bytes.
const PART_BYTES: usize = 5 * 1024 * 1024;
/// A key as ours are, with some characters that must be escaped in a URL.
const KEY: &str = "streaming-playlists/hls/4e-~_.(1) +&=%25é.mp4";
const OTHER_KEY: &str = "streaming-playlists/other.mp4";
const TYPE: &str = "video/mp4";

/// Runs all checks, one after the other.
///
/// # Panics
/// When the store breaks the contract.
pub async fn check(store: &impl ObjectStore) {
    what_is_not_there(store).await;
    put_and_read(store).await;
    ranges(store).await;
    replacing(store).await;
    multipart(store).await;
    multipart_in_any_order_and_twice(store).await;
    abandoned_multipart(store).await;
    deleting(store).await;
    listing(store).await;
}

fn blocks(parts: &[&[u8]]) -> Vec<Box<dyn Block>> {
    let boxed = |part: &&[u8]| -> Box<dyn Block> { Box::new(part.to_vec()) };
    parts.iter().map(boxed).collect()
}

fn size(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).expect("usize fits u64")
}

/// Bytes that differ from their neighbours and from those of another seed.
fn pattern(seed: u8, length: usize) -> Vec<u8> {
    let steps = (0..=250u8).cycle().map(|step| step ^ seed);
    steps.take(length).collect()
}

async fn put(store: &impl ObjectStore, key: &str, bytes: &[u8]) -> ObjectInfo {
    let body = Body::Bytes(bytes.to_vec());
    let stored = store.put(key, TYPE, body, size(bytes)).await;
    stored.expect("a put is stored")
}

async fn read(store: &impl ObjectStore, key: &str, range: Option<ByteRange>) -> Vec<u8> {
    let object = store.get(key, range).await.expect("storage answers");
    let object = object.expect("the object is there");
    let bytes = object.body.into_bytes(usize::MAX).await;
    bytes.expect("the body is whole")
}

async fn what_is_not_there(store: &impl ObjectStore) {
    assert_eq!(store.head(KEY).await, Ok(None), "head");
    let found = store.get(KEY, None).await.expect("no error");
    assert!(found.is_none(), "get");
    let range = ByteRange { first: 0, last: 0 };
    let found = store.get(KEY, Some(range)).await.expect("no error");
    assert!(found.is_none(), "get of a range");
    let keys = [KEY.to_owned()];
    assert_eq!(store.delete(&keys).await, Ok(()), "delete");
    assert_eq!(store.delete(&[]).await, Ok(()), "delete of nothing");
}

async fn put_and_read(store: &impl ObjectStore) {
    let bytes = pattern(1, 100_000);
    let stored = put(store, KEY, &bytes).await;
    assert_eq!(stored.object_key, KEY);
    assert_eq!(stored.size_bytes, size(&bytes));
    assert!(!stored.etag.is_empty() && !stored.etag.contains('"'));
    assert_eq!(store.head(KEY).await, Ok(Some(stored.clone())));
    let object = store.get(KEY, None).await.expect("storage answers");
    assert_eq!(object.expect("it is there").info, stored);
    assert_eq!(read(store, KEY, None).await, bytes);

    let (front, back) = bytes.split_at(31_000);
    let body = Body::Chain {
        parts: vec![Body::Bytes(front.to_vec()), Body::Bytes(back.to_vec())],
        len_bytes: size(&bytes),
    };
    let chained = store.put(OTHER_KEY, TYPE, body, size(&bytes)).await;
    assert_eq!(chained.expect("it is stored").size_bytes, size(&bytes));
    assert_eq!(read(store, OTHER_KEY, None).await, bytes);
    let parts = blocks(&[front, &[], back]);
    let stored = store.put_blocks(KEY, TYPE, &parts).await;
    assert_eq!(stored.expect("it is stored").size_bytes, size(&bytes));
    assert_eq!(read(store, KEY, None).await, bytes);

    let empty = store.put(OTHER_KEY, TYPE, Body::Empty, 0).await;
    assert_eq!(empty.expect("it is stored").size_bytes, 0);
    assert!(read(store, OTHER_KEY, None).await.is_empty());
}

async fn ranges(store: &impl ObjectStore) {
    let bytes = pattern(2, 10_000);
    let stored = put(store, KEY, &bytes).await;
    for (first, last) in [(0, 0), (0, 9_999), (1, 2), (4_096, 8_191), (9_999, 9_999)] {
        let range = ByteRange { first, last };
        let object = store.get(KEY, Some(range)).await.expect("storage answers");
        let object = object.expect("it is there");
        assert_eq!(object.info, stored, "of the whole object");
        let body = object
            .body
            .into_bytes(usize::MAX)
            .await
            .expect("it is whole");
        let index = |position: u64| usize::try_from(position).expect("it is small");
        assert_eq!(body, &bytes[index(first)..=index(last)], "{range:?}");
    }
    let outside = ByteRange {
        first: 10_000,
        last: 10_001,
    };
    assert!(store.get(KEY, Some(outside)).await.is_err(), "outside");
}

async fn replacing(store: &impl ObjectStore) {
    let before = put(store, KEY, b"one").await;
    let after = put(store, KEY, b"two").await;
    assert_ne!(before.etag, after.etag, "a validator outlived its bytes");
    assert_eq!(read(store, KEY, None).await, b"two");
}

async fn start(store: &impl ObjectStore, key: &str) -> String {
    let id = store.start_multipart(key, TYPE).await;
    id.expect("a multipart upload starts")
}

async fn part(store: &impl ObjectStore, id: &str, number: u16, bytes: &[u8]) -> UploadedPart {
    let (front, back) = bytes.split_at(bytes.len() / 3);
    let parts = blocks(&[front, back]);
    let part = store.put_part(KEY, id, number, &parts).await;
    let part = part.expect("a part is stored");
    assert_eq!(part.number, number);
    part
}

async fn multipart(store: &impl ObjectStore) {
    let (first, last) = (pattern(3, PART_BYTES), pattern(4, 1_000));
    let before = put(store, KEY, b"before").await;
    let id = start(store, KEY).await;
    let parts = [
        part(store, &id, 1, &first).await,
        part(store, &id, 2, &last).await,
    ];
    let head = store.head(KEY).await.expect("storage answers");
    assert_eq!(head, Some(before), "parts show before they are complete");
    let made = store.complete_multipart(KEY, &id, &parts).await;
    let made = made.expect("it is completed");
    let whole = [first, last].concat();
    assert_eq!(made.size_bytes, size(&whole));
    assert_eq!(store.head(KEY).await, Ok(Some(made)));
    assert_eq!(read(store, KEY, None).await, whole);
    let again = store.complete_multipart(KEY, &id, &parts).await;
    assert!(again.is_err(), "completed twice");
    assert_eq!(read(store, KEY, None).await, whole, "after that");
}

/// Numbers only have to rise.
async fn multipart_in_any_order_and_twice(store: &impl ObjectStore) {
    let (first, last) = (pattern(5, PART_BYTES), pattern(6, 2_000));
    let id = start(store, KEY).await;
    let parts = {
        let last = part(store, &id, 7, &last).await;
        let _ = part(store, &id, 2, &pattern(7, PART_BYTES)).await;
        let _ = part(store, &id, 3, b"not wanted").await;
        [part(store, &id, 2, &first).await, last]
    };
    let made = store.complete_multipart(KEY, &id, &parts).await;
    assert!(made.is_ok(), "{made:?}");
    assert_eq!(read(store, KEY, None).await, [first, last].concat());
}

async fn abandoned_multipart(store: &impl ObjectStore) {
    let before = put(store, KEY, b"before").await;
    let id = start(store, KEY).await;
    let parts = [part(store, &id, 1, b"late").await];
    assert_eq!(store.abort_multipart(KEY, &id).await, Ok(()));
    assert_eq!(store.abort_multipart(KEY, &id).await, Ok(()), "twice");
    let late = store.complete_multipart(KEY, &id, &parts).await;
    assert!(late.is_err(), "completed after its end");
    let late = store.put_part(KEY, &id, 2, &blocks(&[b"later"])).await;
    assert!(late.is_err(), "a part after the end");
    assert_eq!(store.head(KEY).await, Ok(Some(before)));
}

async fn deleting(store: &impl ObjectStore) {
    let keys: Vec<String> = ["a", "b & <c>", "d/e"]
        .map(|name| format!("deleted/{name}"))
        .to_vec();
    for key in &keys {
        put(store, key, b"bytes").await;
    }
    put(store, KEY, b"stays").await;
    assert_eq!(store.delete(&keys[..1]).await, Ok(()), "one");
    assert_eq!(store.head(&keys[0]).await, Ok(None));
    assert_eq!(store.delete(&keys).await, Ok(()), "several, one gone");
    for key in &keys {
        assert_eq!(store.head(key).await, Ok(None), "{key}");
    }
    assert_eq!(read(store, KEY, None).await, b"stays");
}

/// More than the 1,000 of one page are not made here: that costs seconds on a real server.
async fn listing(store: &impl ObjectStore) {
    let keys = ["list/a.mp4", "list/b & <c>.mp4", "list/d/e.mp4"];
    for (index, key) in keys.iter().enumerate() {
        put(store, key, &pattern(8, index + 1)).await;
    }
    put(store, "listless", b"").await;
    let page = store.list("list/", None).await.expect("storage answers");
    let found: Vec<(&str, u64)> = page
        .objects
        .iter()
        .map(|object| (object.object_key.as_str(), object.size_bytes))
        .collect();
    assert_eq!(found, [(keys[0], 1), (keys[1], 2), (keys[2], 3)]);
    assert_eq!(page.cursor, None);
    let none = store.list("nothing/", None).await.expect("storage answers");
    assert_eq!(none.objects, []);
}
