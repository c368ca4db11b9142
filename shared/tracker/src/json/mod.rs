//! As much JSON as the tracker needs: where values start and end, and strings of bytes.
//!
//! A message is scanned once and nothing of it is copied. What is relayed to other peers has passed
//! the whole grammar, so that nobody can make them receive text that is not JSON.

mod latin1;
mod scan;

pub(crate) use latin1::{code_points, read_20, write_bytes};
pub(crate) use scan::{Scanner, SyntaxError};
