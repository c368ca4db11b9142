//! The state machine over blocks.

use std::ops::Range;

use super::{
    MAX_PART_HEADER_BYTES, MAX_PARTS, MAX_PREAMBLE_BYTES, MultipartError, PartHeaders,
    headers::{is_boundary, parse_headers},
    search::{Delimiter, Found},
};

/// What a block holds, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    PartStart(PartHeaders),
    /// Bytes of the part: this range of the block just fed.
    Data(Range<usize>),
    /// Bytes of the part that came at the end of earlier blocks and were held back because they
    /// looked like a boundary; at most 73.
    Held(Vec<u8>),
    /// The part is complete.
    PartEnd,
    /// The body is complete; whatever follows is ignored.
    End,
}

#[derive(Clone, Debug)]
enum State {
    /// Before the first boundary; so many bytes went by.
    Preamble(usize),
    /// Behind a boundary, whose rest of line is here so far: blanks, `-`, CR.
    AfterBoundary(Vec<u8>),
    /// In a part's headers, which are here so far.
    Headers(Vec<u8>),
    /// In a part's content.
    Data,
    /// Behind the last boundary.
    Epilogue,
}

/// Finds the parts of a `multipart/form-data` body in blocks of any size, fed in order.
///
/// It holds a part's headers (at most [`MAX_PART_HEADER_BYTES`]) and how much of a boundary the
/// last block ended with, nothing else.
#[derive(Clone, Debug)]
pub struct MultipartScanner {
    delimiter: Delimiter,
    state: State,
    /// Bytes of the delimiter that the input so far ends with.
    matched: usize,
    /// Of `matched`, those that are not content if no boundary comes of them: the line end that a
    /// boundary shares with the headers, or that we imagine before the body.
    shared: usize,
    parts: usize,
}

/// The line end that a boundary begins with.
const LINE_END_BYTES: usize = 2;

impl MultipartScanner {
    /// A scanner at the start of a body.
    ///
    /// # Errors
    /// [`MultipartError::BadBoundary`] when RFC 2046, 5.1.1 forbids it.
    pub fn new(boundary: &str) -> Result<Self, MultipartError> {
        if !is_boundary(boundary) {
            return Err(MultipartError::BadBoundary);
        }
        Ok(Self {
            delimiter: Delimiter::new(boundary),
            state: State::Preamble(0),
            matched: LINE_END_BYTES,
            shared: LINE_END_BYTES,
            parts: 0,
        })
    }

    /// What the next block of the body holds.
    ///
    /// # Errors
    /// [`MultipartError`] when it is not multipart; the scanner is of no use afterwards.
    pub fn feed(&mut self, block: &[u8]) -> Result<Vec<Event>, MultipartError> {
        let mut events = Vec::new();
        let mut at = 0;
        while at < block.len() {
            at = match &mut self.state {
                State::Preamble(_) | State::Data => self.scan_content(block, at, &mut events)?,
                State::AfterBoundary(_) => self.scan_after_boundary(block, at, &mut events)?,
                State::Headers(_) => self.scan_headers(block, at, &mut events)?,
                State::Epilogue => block.len(),
            };
        }
        Ok(events)
    }

    /// Whether the last boundary was seen.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        matches!(self.state, State::Epilogue)
    }

    /// Ends the body.
    ///
    /// # Errors
    /// [`MultipartError::Truncated`] when its last boundary is missing.
    pub fn finish(&self) -> Result<(), MultipartError> {
        if self.is_complete() {
            Ok(())
        } else {
            Err(MultipartError::Truncated)
        }
    }

    /// Looks for the delimiter, first for the rest of one that is begun. Returns where to go on.
    fn scan_content(
        &mut self,
        block: &[u8],
        at: usize,
        events: &mut Vec<Event>,
    ) -> Result<usize, MultipartError> {
        let rest = &block[at..];
        if self.matched > 0 {
            let wanted = &self.delimiter.bytes()[self.matched..];
            let length = wanted.len().min(rest.len());
            if rest[..length] == wanted[..length] {
                self.matched += length;
                if length == wanted.len() {
                    self.close_part(events);
                }
                return Ok(at + length);
            }
            // No later byte of the delimiter is a CR, so no other delimiter begins in what is held.
            let held = self.delimiter.bytes()[self.shared..self.matched].to_vec();
            self.emit_held(held, events)?;
        }
        let (end, next) = match self.delimiter.find(rest) {
            Found::Whole(start) => (start, start + self.delimiter.bytes().len()),
            Found::Start(start) => (start, rest.len()),
            Found::Nowhere => (rest.len(), rest.len()),
        };
        self.emit(at..at + end, events)?;
        if next - end == self.delimiter.bytes().len() {
            self.close_part(events);
        } else {
            (self.matched, self.shared) = (next - end, 0);
        }
        Ok(at + next)
    }

    fn emit(&mut self, range: Range<usize>, events: &mut Vec<Event>) -> Result<(), MultipartError> {
        if let State::Preamble(length) = &mut self.state {
            *length += range.len();
            if *length > MAX_PREAMBLE_BYTES {
                return Err(MultipartError::NoFirstBoundary);
            }
        } else if !range.is_empty() {
            events.push(Event::Data(range));
        }
        Ok(())
    }

    fn emit_held(&mut self, held: Vec<u8>, events: &mut Vec<Event>) -> Result<(), MultipartError> {
        (self.matched, self.shared) = (0, 0);
        if matches!(self.state, State::Preamble(_)) {
            return self.emit(0..held.len(), events);
        }
        if !held.is_empty() {
            events.push(Event::Held(held));
        }
        Ok(())
    }

    fn close_part(&mut self, events: &mut Vec<Event>) {
        (self.matched, self.shared) = (0, 0);
        if matches!(self.state, State::Data) {
            events.push(Event::PartEnd);
        }
        self.state = State::AfterBoundary(Vec::new());
    }

    /// Reads the rest of a boundary's line: `--`, or blanks and a line end.
    fn scan_after_boundary(
        &mut self,
        block: &[u8],
        at: usize,
        events: &mut Vec<Event>,
    ) -> Result<usize, MultipartError> {
        let State::AfterBoundary(line) = &mut self.state else {
            return Ok(at);
        };
        let byte = block[at];
        match (line.last(), byte) {
            (Some(b'-'), b'-') => {
                events.push(Event::End);
                self.state = State::Epilogue;
            }
            (Some(b'\r'), b'\n') => {
                self.parts += 1;
                if self.parts > MAX_PARTS {
                    return Err(MultipartError::TooManyParts);
                }
                self.state = State::Headers(Vec::new());
            }
            (None, b'-') | (None | Some(b' ' | b'\t'), b'\r' | b' ' | b'\t')
                if line.len() < MAX_PART_HEADER_BYTES =>
            {
                line.push(byte);
            }
            _ => return Err(MultipartError::TextAfterBoundary),
        }
        Ok(at + 1)
    }

    /// Collects headers up to the blank line.
    fn scan_headers(
        &mut self,
        block: &[u8],
        at: usize,
        events: &mut Vec<Event>,
    ) -> Result<usize, MultipartError> {
        let State::Headers(lines) = &mut self.state else {
            return Ok(at);
        };
        let before = lines.len();
        let room = (MAX_PART_HEADER_BYTES - before).min(block.len() - at);
        lines.extend_from_slice(&block[at..at + room]);
        // A blank line at the very start means no headers at all.
        let searched_from = before.saturating_sub(3);
        let end = if lines.starts_with(b"\r\n") {
            Some((0, LINE_END_BYTES))
        } else {
            lines[searched_from..]
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
                .map(|found| (searched_from + found, searched_from + found + 4))
        };
        let Some((headers_end, content_start)) = end else {
            if lines.len() == MAX_PART_HEADER_BYTES {
                return Err(MultipartError::HeadersTooLong);
            }
            return Ok(at + room);
        };
        events.push(Event::PartStart(parse_headers(&lines[..headers_end])?));
        self.state = State::Data;
        // An empty part's boundary may share the blank line's end (RFC 2046, 5.1.1, body-part).
        (self.matched, self.shared) = (LINE_END_BYTES, LINE_END_BYTES);
        Ok(at + content_start - before)
    }
}
