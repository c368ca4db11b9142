//! Search for a delimiter by skipping.

/// Finds `CR LF -- boundary` in blocks.
///
/// Horspool's algorithm: the byte under the delimiter's last place says how far to skip, so most
/// bytes of a file are never looked at. It stays linear on hostile input, because CR stands only at
/// the delimiter's start and is compared before the rest: having matched k bytes after a CR, the
/// next k windows fail at once. In Wasm without SIMD this beats `memmem`, which reads every byte.
#[derive(Clone, Debug)]
pub(super) struct Delimiter {
    bytes: Vec<u8>,
    /// How far to move when this byte is under the last place.
    skip: Box<[u8; 256]>,
}

/// Where a delimiter is in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// All of it, from this offset.
    Whole(usize),
    /// Its beginning, from this offset to the end of the block.
    Start(usize),
    /// Nowhere.
    Nowhere,
}

impl Delimiter {
    /// `boundary` must not hold a CR and have at most [`super::MAX_BOUNDARY_BYTES`].
    pub(super) fn new(boundary: &str) -> Self {
        let bytes = [b"\r\n--", boundary.as_bytes()].concat();
        let length = u8::try_from(bytes.len()).expect("boundaries are bounded to 70 bytes");
        let mut skip = Box::new([length; 256]);
        for (distance, byte) in (1..length).zip(bytes.iter().rev().skip(1)) {
            let entry = &mut skip[usize::from(*byte)];
            *entry = (*entry).min(distance);
        }
        Self { bytes, skip }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// First place of the delimiter in `block`, or of its beginning at the very end.
    pub(super) fn find(&self, block: &[u8]) -> Found {
        let length = self.bytes.len();
        let last = self.bytes[length - 1];
        let mut end = length;
        while let Some(&under_last) = block.get(end - 1) {
            let window = &block[end - length..end];
            if under_last == last && window[0] == b'\r' && window == self.bytes {
                return Found::Whole(end - length);
            }
            end += usize::from(self.skip[usize::from(under_last)]);
        }
        // Only the last CR can begin a delimiter that goes on in the next block: any later byte of
        // the delimiter is no CR.
        let tail_from = block.len().saturating_sub(length - 1);
        match block[tail_from..].iter().rposition(|byte| *byte == b'\r') {
            Some(at) if self.bytes.starts_with(&block[tail_from + at..]) => {
                Found::Start(tail_from + at)
            }
            _ => Found::Nowhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What `find` must answer, the slow way.
    fn oracle(needle: &[u8], block: &[u8]) -> Found {
        if let Some(at) = memchr::memmem::find(block, needle) {
            return Found::Whole(at);
        }
        let starts = |at: &usize| needle.starts_with(&block[*at..]);
        (0..block.len())
            .find(starts)
            .map_or(Found::Nowhere, Found::Start)
    }

    proptest! {
        #[test]
        fn agrees_with_memmem(
            boundary in "[ab-]{1,8}",
            block in proptest::collection::vec(prop::sample::select(b"\r\n-ab".to_vec()), 0..200),
        ) {
            let delimiter = Delimiter::new(&boundary);
            prop_assert_eq!(delimiter.find(&block), oracle(delimiter.bytes(), &block));
        }

        #[test]
        fn finds_it_anywhere(boundary in "[a-z0-9-]{1,70}", before: Vec<u8>, after: Vec<u8>) {
            let delimiter = Delimiter::new(&boundary);
            let block = [&before, delimiter.bytes(), &after].concat();
            prop_assert_eq!(delimiter.find(&block), oracle(delimiter.bytes(), &block));
        }
    }

    #[test]
    fn longest_boundary_is_searched_for() {
        let boundary = "b".repeat(super::super::MAX_BOUNDARY_BYTES);
        let delimiter = Delimiter::new(&boundary);
        assert_eq!(delimiter.bytes().len(), 74);
        let block = [b"xx".as_slice(), delimiter.bytes()].concat();
        assert_eq!(delimiter.find(&block), Found::Whole(2));
        assert_eq!(delimiter.find(&block[..block.len() - 1]), Found::Start(2));
    }
}
