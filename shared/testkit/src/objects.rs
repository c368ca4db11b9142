//! Object storage in memory, with R2's rules and the ways it fails.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use ports::{
    Block, Body, ByteRange, Object, ObjectInfo, ObjectPage, ObjectStore, PortError, UploadedPart,
};

/// How the next write behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultMode {
    /// Fails and stores nothing.
    FailBefore,
    /// Stores, then answers a failure: the nasty one.
    FailAfter,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Stored>,
    multiparts: BTreeMap<String, (String, BTreeMap<u16, Vec<u8>>)>,
    next_id: u64,
    /// Counts `head` and `get`.
    reads: u32,
    /// Counts every write-class call; the fault hits the one whose turn it is.
    writes: u32,
    fault: Option<(u32, FaultMode)>,
}

struct Stored {
    bytes: Vec<u8>,
    /// A new one for each write.
    etag: String,
}

impl State {
    fn store(&mut self, object_key: &str, bytes: Vec<u8>) -> ObjectInfo {
        self.next_id += 1;
        let etag = format!("etag-{}", self.next_id);
        let stored = Stored { bytes, etag };
        let info = info(object_key, &stored);
        self.objects.insert(object_key.to_owned(), stored);
        info
    }
}

/// A bucket. Clones share it.
#[derive(Clone, Default)]
pub struct TestObjects {
    state: Rc<RefCell<State>>,
}

/// R2's smallest part except the last, in bytes.
const MIN_PART_BYTES: usize = 5 * 1024 * 1024;

impl TestObjects {
    /// Makes the `nth` write from now (0 is the next) fail once.
    pub fn fail_write(&self, nth: u32, mode: FaultMode) {
        let mut state = self.state.borrow_mut();
        let turn = state.writes + nth;
        state.fault = Some((turn, mode));
    }

    /// How many writes were tried.
    #[must_use]
    pub fn writes(&self) -> u32 {
        self.state.borrow().writes
    }

    /// How many times an object was looked at or read.
    #[must_use]
    pub fn reads(&self) -> u32 {
        self.state.borrow().reads
    }

    /// Keys of all finished objects.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.state.borrow().objects.keys().cloned().collect()
    }

    /// Unfinished multipart uploads.
    #[must_use]
    pub fn open_multiparts(&self) -> usize {
        self.state.borrow().multiparts.len()
    }

    /// The bytes of an object.
    #[must_use]
    pub fn bytes(&self, object_key: &str) -> Option<Vec<u8>> {
        let state = self.state.borrow();
        let stored = state.objects.get(object_key)?;
        Some(stored.bytes.clone())
    }

    fn write<T>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, PortError>,
    ) -> Result<T, PortError> {
        let mut state = self.state.borrow_mut();
        let turn = state.writes;
        state.writes += 1;
        let fault = match state.fault {
            Some((hit, mode)) if hit == turn => Some(mode),
            _ => None,
        };
        if fault.is_some() {
            state.fault = None;
        }
        let failure = PortError::unavailable("object storage", "injected fault");
        match fault {
            Some(FaultMode::FailBefore) => Err(failure),
            Some(FaultMode::FailAfter) => change(&mut state).and(Err(failure)),
            None => change(&mut state),
        }
    }
}

fn joined(blocks: &[Box<dyn Block>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for block in blocks {
        // Not byte by byte: tests without optimisation move tens of megabytes.
        bytes.append(&mut block.to_vec(0..block.len()));
    }
    bytes
}

fn info(object_key: &str, stored: &Stored) -> ObjectInfo {
    ObjectInfo {
        object_key: object_key.to_owned(),
        size_bytes: u64::try_from(stored.bytes.len()).expect("usize fits u64"),
        etag: stored.etag.clone(),
    }
}

impl ObjectStore for TestObjects {
    async fn head(&self, object_key: &str) -> Result<Option<ObjectInfo>, PortError> {
        let mut state = self.state.borrow_mut();
        state.reads += 1;
        Ok(state
            .objects
            .get(object_key)
            .map(|stored| info(object_key, stored)))
    }

    async fn get(
        &self,
        object_key: &str,
        range: Option<ByteRange>,
    ) -> Result<Option<Object>, PortError> {
        let mut state = self.state.borrow_mut();
        state.reads += 1;
        let Some(stored) = state.objects.get(object_key) else {
            return Ok(None);
        };
        let body = match range {
            None => stored.bytes.clone(),
            Some(range) => {
                let first = usize::try_from(range.first).expect("test objects are small");
                let last = usize::try_from(range.last).expect("test objects are small");
                stored
                    .bytes
                    .get(first..=last)
                    .ok_or_else(|| PortError::bug("object storage", "range outside the object"))?
                    .to_vec()
            }
        };
        Ok(Some(Object {
            info: info(object_key, stored),
            body: Body::Bytes(body),
        }))
    }

    async fn put(
        &self,
        object_key: &str,
        _content_type: &str,
        body: Body,
        len_bytes: u64,
    ) -> Result<ObjectInfo, PortError> {
        let bytes = body
            .into_bytes(usize::MAX)
            .await
            .map_err(|error| PortError::unavailable("object storage", error))?;
        if u64::try_from(bytes.len()).expect("usize fits u64") != len_bytes {
            return Err(PortError::unavailable(
                "object storage",
                "body shorter or longer than announced",
            ));
        }
        self.write(|state| Ok(state.store(object_key, bytes)))
    }

    async fn put_blocks(
        &self,
        object_key: &str,
        _content_type: &str,
        blocks: &[Box<dyn Block>],
    ) -> Result<ObjectInfo, PortError> {
        let bytes = joined(blocks);
        self.write(|state| Ok(state.store(object_key, bytes)))
    }

    async fn delete(&self, object_keys: &[String]) -> Result<(), PortError> {
        self.write(|state| {
            for object_key in object_keys {
                state.objects.remove(object_key);
            }
            Ok(())
        })
    }

    async fn list(&self, prefix: &str, _cursor: Option<&str>) -> Result<ObjectPage, PortError> {
        let state = self.state.borrow();
        Ok(ObjectPage {
            objects: state
                .objects
                .iter()
                .filter(|(object_key, _)| object_key.starts_with(prefix))
                .map(|(object_key, stored)| info(object_key, stored))
                .collect(),
            cursor: None,
        })
    }

    async fn start_multipart(
        &self,
        object_key: &str,
        _content_type: &str,
    ) -> Result<String, PortError> {
        self.write(|state| {
            state.next_id += 1;
            let id = format!("multipart-{}", state.next_id);
            state
                .multiparts
                .insert(id.clone(), (object_key.to_owned(), BTreeMap::new()));
            Ok(id)
        })
    }

    async fn put_part(
        &self,
        object_key: &str,
        multipart_id: &str,
        number: u16,
        blocks: &[Box<dyn Block>],
    ) -> Result<UploadedPart, PortError> {
        let bytes = joined(blocks);
        self.write(|state| {
            let (stored_key, parts) = state
                .multiparts
                .get_mut(multipart_id)
                .ok_or_else(|| PortError::bug("object storage", "no such upload"))?;
            assert_eq!(stored_key, object_key, "a part for another object");
            parts.insert(number, bytes);
            Ok(UploadedPart {
                number,
                etag: format!("part-{number}"),
            })
        })
    }

    async fn complete_multipart(
        &self,
        object_key: &str,
        multipart_id: &str,
        parts: &[UploadedPart],
    ) -> Result<ObjectInfo, PortError> {
        self.write(|state| {
            let (_, stored) = state
                .multiparts
                .get(multipart_id)
                .ok_or_else(|| PortError::bug("object storage", "no such upload"))?;
            let mut bytes = Vec::new();
            let mut sizes = Vec::new();
            for part in parts {
                let part_bytes = stored
                    .get(&part.number)
                    .ok_or_else(|| PortError::bug("object storage", "no such part"))?;
                sizes.push(part_bytes.len());
                bytes.extend_from_slice(part_bytes);
            }
            // R2: all parts but the last are equal and at least 5 MiB; the last is not larger.
            if let Some((last, others)) = sizes.split_last()
                && let Some(first) = others.first()
                && (*first < MIN_PART_BYTES
                    || others.iter().any(|size| size != first)
                    || last > first)
            {
                return Err(PortError::bug("object storage", "parts of unequal size"));
            }
            state.multiparts.remove(multipart_id);
            Ok(state.store(object_key, bytes))
        })
    }

    async fn abort_multipart(
        &self,
        _object_key: &str,
        multipart_id: &str,
    ) -> Result<(), PortError> {
        self.write(|state| {
            state.multiparts.remove(multipart_id);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_on;

    #[test]
    fn keeps_the_contract() {
        block_on(contracts::objects::check(&TestObjects::default()));
    }
}
