//! Bytes of requests, responses and objects that need not pass through Wasm memory.

use std::any::Any;
use std::ops::Range;

use futures_util::future::LocalBoxFuture;
use thiserror::Error;

use crate::PortError;

/// A run of bytes in the host's memory or ours. Copying out is explicit.
pub trait Block {
    /// Length in bytes.
    fn len(&self) -> usize;
    /// Whether there are no bytes.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// A copy of `range`, which must lie within the block.
    fn to_vec(&self, range: Range<usize>) -> Vec<u8>;
    /// A view of `range` without copying where the host can.
    fn slice(&self, range: Range<usize>) -> Box<dyn Block>;
    /// For the adapter that made it.
    fn as_any(&self) -> &dyn Any;
}

impl Block for Vec<u8> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn to_vec(&self, range: Range<usize>) -> Vec<u8> {
        self[range].to_vec()
    }

    fn slice(&self, range: Range<usize>) -> Box<dyn Block> {
        Box::new(self[range].to_vec())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Bytes that arrive over time.
pub trait BlockStream {
    /// The next block: exactly `bytes` long unless the stream ends first, `None` at the end.
    fn read(
        &mut self,
        bytes: usize,
    ) -> LocalBoxFuture<'_, Result<Option<Box<dyn Block>>, PortError>>;
    /// For the adapter that made it, which may know a way around reading.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// The body of a message or an object.
pub enum Body {
    /// No bytes.
    Empty,
    /// Bytes in our memory.
    Bytes(Vec<u8>),
    /// Blocks one after the other, wherever they are.
    Blocks(Vec<Box<dyn Block>>),
    /// Bytes that the host streams.
    Stream(Box<dyn BlockStream>),
    /// Several bodies one after the other; `len_bytes` is their exact sum.
    Chain {
        /// In order.
        parts: Vec<Body>,
        /// Exact length of all parts together.
        len_bytes: u64,
    },
}

/// Why a body could not be read whole.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BodyError {
    /// It is longer than the reader accepts.
    #[error("the body is longer than {limit_bytes} bytes")]
    TooLarge {
        /// The reader's bound.
        limit_bytes: usize,
    },
    /// The stream broke.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// How much is read at once when a stream is gathered into memory.
const GATHER_BYTES: usize = 64 * 1024;

impl Body {
    /// The whole body in memory, at most `limit_bytes`.
    ///
    /// # Errors
    /// [`BodyError::TooLarge`] as soon as the bound is passed; [`BodyError::Port`] when the stream breaks.
    pub async fn into_bytes(self, limit_bytes: usize) -> Result<Vec<u8>, BodyError> {
        let mut stream = match self {
            Self::Empty => return Ok(Vec::new()),
            Self::Bytes(bytes) if bytes.len() > limit_bytes => {
                return Err(BodyError::TooLarge { limit_bytes });
            }
            Self::Bytes(bytes) => return Ok(bytes),
            Self::Blocks(blocks) => {
                if total_bytes(&blocks) > limit_bytes {
                    return Err(BodyError::TooLarge { limit_bytes });
                }
                return Ok(joined(&blocks));
            }
            Self::Stream(stream) => stream,
            Self::Chain { parts, .. } => {
                let mut all = Vec::new();
                for part in parts {
                    let rest = limit_bytes - all.len();
                    all.extend(Box::pin(part.into_bytes(rest)).await?);
                }
                return Ok(all);
            }
        };
        let mut all = Vec::new();
        while let Some(block) = stream.read(GATHER_BYTES).await? {
            if all.len() + block.len() > limit_bytes {
                return Err(BodyError::TooLarge { limit_bytes });
            }
            all.extend(block.to_vec(0..block.len()));
        }
        Ok(all)
    }

    /// The body as a stream of blocks.
    #[must_use]
    pub fn into_stream(self) -> Box<dyn BlockStream> {
        match self {
            Self::Empty => Box::new(MemoryStream::new(Vec::new())),
            Self::Bytes(bytes) => Box::new(MemoryStream::new(bytes)),
            Self::Blocks(blocks) => Box::new(MemoryStream::new(joined(&blocks))),
            Self::Stream(stream) => stream,
            Self::Chain { parts, .. } => Box::new(ChainStream {
                parts: parts.into_iter().map(Self::into_stream).collect(),
            }),
        }
    }
}

fn total_bytes(blocks: &[Box<dyn Block>]) -> usize {
    blocks.iter().map(|block| block.len()).sum()
}

fn joined(blocks: &[Box<dyn Block>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(total_bytes(blocks));
    for block in blocks {
        bytes.append(&mut block.to_vec(0..block.len()));
    }
    bytes
}

struct MemoryStream {
    bytes: Vec<u8>,
    position: usize,
}

impl MemoryStream {
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, position: 0 }
    }
}

impl BlockStream for MemoryStream {
    fn read(
        &mut self,
        bytes: usize,
    ) -> LocalBoxFuture<'_, Result<Option<Box<dyn Block>>, PortError>> {
        let end = self.bytes.len().min(self.position.saturating_add(bytes));
        let block = self.bytes[self.position..end].to_vec();
        self.position = end;
        let answer: Option<Box<dyn Block>> = if block.is_empty() {
            None
        } else {
            Some(Box::new(block))
        };
        Box::pin(std::future::ready(Ok(answer)))
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

struct ChainStream {
    parts: std::collections::VecDeque<Box<dyn BlockStream>>,
}

impl BlockStream for ChainStream {
    fn read(
        &mut self,
        bytes: usize,
    ) -> LocalBoxFuture<'_, Result<Option<Box<dyn Block>>, PortError>> {
        Box::pin(async move {
            let mut gathered: Vec<u8> = Vec::new();
            while gathered.len() < bytes {
                let Some(part) = self.parts.front_mut() else {
                    break;
                };
                match part.read(bytes - gathered.len()).await? {
                    Some(block) => gathered.extend(block.to_vec(0..block.len())),
                    None => {
                        self.parts.pop_front();
                    }
                }
            }
            let answer: Option<Box<dyn Block>> = if gathered.is_empty() {
                None
            } else {
                Some(Box::new(gathered))
            };
            Ok(answer)
        })
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
