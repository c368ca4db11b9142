//! Blocks of any size put together to parts of [`PART_BYTES`], without copying them.

use domain::limits::PART_BYTES;
use ports::Block;

/// A run of blocks that is one part, or the beginning of one.
pub(super) type Blocks = Vec<Box<dyn Block>>;

/// Bytes that are not yet a whole part. They start at a multiple of [`PART_BYTES`].
#[derive(Default)]
pub(super) struct Pending {
    blocks: Blocks,
    len_bytes: u64,
}

/// A block's length as sizes are counted.
pub(super) fn len_of(block: &dyn Block) -> u64 {
    u64::try_from(block.len()).expect("usize has at most 64 bits")
}

/// A size that is at most one part, as memory is indexed.
pub(super) fn index(bytes: u64) -> usize {
    debug_assert!(bytes <= PART_BYTES, "only parts are held in memory");
    usize::try_from(bytes).expect("8 MiB fit 32 bits")
}

/// The first `bytes` bytes of a run, or all if it is shorter.
pub(super) fn head_of(blocks: &[Box<dyn Block>], bytes: usize) -> Vec<u8> {
    let mut head = Vec::with_capacity(bytes);
    for block in blocks {
        let wanted = block.len().min(bytes - head.len());
        head.extend(block.to_vec(0..wanted));
        if head.len() == bytes {
            break;
        }
    }
    head
}

impl Pending {
    /// How many bytes wait.
    pub(super) const fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    /// What waits.
    pub(super) fn blocks(&self) -> &[Box<dyn Block>] {
        &self.blocks
    }

    /// How many bytes the part still misses, at least 1.
    pub(super) const fn missing_bytes(&self) -> u64 {
        PART_BYTES - self.len_bytes
    }

    /// Adds a block of at most [`PART_BYTES`]; gives the part that this completes.
    pub(super) fn push(&mut self, block: Box<dyn Block>) -> Option<Blocks> {
        let added = len_of(block.as_ref());
        debug_assert!(added <= PART_BYTES, "nobody reads more at once");
        if self.len_bytes + added < PART_BYTES {
            if added > 0 {
                self.blocks.push(block);
            }
            self.len_bytes += added;
            return None;
        }
        let missing = index(self.missing_bytes());
        let rest = added - self.missing_bytes();
        let mut part = std::mem::take(&mut self.blocks);
        if rest == 0 {
            part.push(block);
        } else {
            part.push(block.slice(0..missing));
            self.blocks.push(block.slice(missing..block.len()));
        }
        self.len_bytes = rest;
        Some(part)
    }

    /// Takes what waits.
    pub(super) fn take(&mut self) -> Blocks {
        self.len_bytes = 0;
        std::mem::take(&mut self.blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(blocks: &[Box<dyn Block>]) -> Vec<u8> {
        blocks
            .iter()
            .flat_map(|block| block.to_vec(0..block.len()))
            .collect()
    }

    #[test]
    fn parts_are_whole_and_nothing_is_lost() {
        let part = index(PART_BYTES);
        let file: Vec<u8> = (0..2 * part + 5)
            .map(|at| at.to_le_bytes()[0] ^ at.to_le_bytes()[1])
            .collect();
        let mut pending = Pending::default();
        let mut stored = Vec::new();
        for block in file.chunks(part - 3) {
            if let Some(blocks) = pending.push(Box::new(block.to_vec())) {
                let bytes = joined(&blocks);
                assert_eq!(bytes.len(), part);
                stored.extend(bytes);
            }
        }
        assert_eq!(pending.len_bytes(), 5);
        assert_eq!(head_of(pending.blocks(), 3), file[2 * part..2 * part + 3]);
        stored.extend(joined(&pending.take()));
        assert!(stored == file);
    }
}
