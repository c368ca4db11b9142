//! Fields and small files collected, large files passed through.

use std::ops::Range;

use super::{Event, MultipartScanner, PartHeaders};
use crate::form::{Body, FormBody, FormError, FormFile, MAX_FORM_BYTES};

/// Bytes of all files that are collected in memory: a thumbnail of at most 8 MiB, or a playlist.
pub const MAX_COLLECTED_BYTES: usize = 8 * 1024 * 1024;

/// What a block holds of the files that are passed through, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormEvent {
    /// A file begins.
    FileStart(PartHeaders),
    /// Bytes of the file: this range of the block just fed.
    FileData(Range<usize>),
    /// Bytes of the file from earlier blocks, at most 73.
    FileHeld(Vec<u8>),
    /// The file is complete.
    FileEnd,
}

#[derive(Clone, Debug)]
enum Part {
    Between,
    Text { name: String, bytes: Vec<u8> },
    File(FormFile),
    Streamed,
}

/// A [`MultipartScanner`] that collects text fields and small files; files of the named fields are
/// passed through to the caller as events.
#[derive(Clone, Debug)]
pub struct FormScanner {
    scanner: MultipartScanner,
    streamed: &'static [&'static str],
    part: Part,
    body: Body,
    text_bytes: usize,
    max_text_bytes: usize,
    file_bytes: usize,
}

impl FormScanner {
    /// A scanner at the start of a body; `streamed` names the fields whose files are passed through.
    ///
    /// # Errors
    /// [`FormError::Multipart`] for a boundary that RFC 2046 forbids.
    pub fn new(boundary: &str, streamed: &'static [&'static str]) -> Result<Self, FormError> {
        Ok(Self {
            scanner: MultipartScanner::new(boundary)?,
            streamed,
            part: Part::Between,
            body: Body::default(),
            text_bytes: 0,
            max_text_bytes: MAX_FORM_BYTES,
            file_bytes: 0,
        })
    }

    /// The same with another bound on the bytes of all text fields than [`MAX_FORM_BYTES`].
    #[must_use]
    pub const fn with_text_bytes(mut self, max_text_bytes: usize) -> Self {
        self.max_text_bytes = max_text_bytes;
        self
    }

    /// What the next block holds of streamed files.
    ///
    /// # Errors
    /// [`FormError`] when the body is not multipart, a text is not UTF-8, or texts or collected
    /// files are too large.
    pub fn feed(&mut self, block: &[u8]) -> Result<Vec<FormEvent>, FormError> {
        let mut passed = Vec::new();
        for event in self.scanner.feed(block)? {
            match event {
                Event::PartStart(headers) => self.start_part(headers, &mut passed),
                Event::Data(range) if matches!(self.part, Part::Streamed) => {
                    passed.push(FormEvent::FileData(range));
                }
                Event::Data(range) => self.collect(&block[range])?,
                Event::Held(bytes) if matches!(self.part, Part::Streamed) => {
                    passed.push(FormEvent::FileHeld(bytes));
                }
                Event::Held(bytes) => self.collect(&bytes)?,
                Event::PartEnd => self.end_part(&mut passed)?,
                Event::End => {}
            }
        }
        Ok(passed)
    }

    /// The text fields that are complete so far. Fields behind a streamed file are not here before
    /// it has passed.
    #[must_use]
    pub const fn form(&self) -> &FormBody {
        &self.body.form
    }

    /// Whether the last boundary was seen.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.scanner.is_complete()
    }

    /// Ends the body.
    ///
    /// # Errors
    /// [`FormError::Multipart`] when its last boundary is missing.
    pub fn finish(self) -> Result<Body, FormError> {
        self.scanner.finish()?;
        Ok(self.body)
    }

    fn start_part(&mut self, headers: PartHeaders, passed: &mut Vec<FormEvent>) {
        let PartHeaders {
            name,
            filename,
            content_type,
        } = headers;
        self.part = match filename {
            None => Part::Text {
                name,
                bytes: Vec::new(),
            },
            Some(filename) if self.streamed.contains(&name.as_str()) => {
                let filename = Some(filename);
                passed.push(FormEvent::FileStart(PartHeaders {
                    name,
                    filename,
                    content_type,
                }));
                Part::Streamed
            }
            Some(filename) => Part::File(FormFile {
                name,
                filename,
                content_type,
                bytes: Vec::new(),
            }),
        };
    }

    fn collect(&mut self, data: &[u8]) -> Result<(), FormError> {
        let (bytes, total, bound) = match &mut self.part {
            Part::Text { bytes, .. } => (bytes, &mut self.text_bytes, self.max_text_bytes),
            Part::File(file) => (&mut file.bytes, &mut self.file_bytes, MAX_COLLECTED_BYTES),
            Part::Between | Part::Streamed => return Ok(()),
        };
        *total += data.len();
        if *total > bound {
            return Err(FormError::TooLarge(bound));
        }
        bytes.extend_from_slice(data);
        Ok(())
    }

    fn end_part(&mut self, passed: &mut Vec<FormEvent>) -> Result<(), FormError> {
        match std::mem::replace(&mut self.part, Part::Between) {
            Part::Text { name, bytes } => {
                let text = String::from_utf8(bytes).map_err(|_| FormError::NotUtf8)?;
                self.body.form.push_text(&name, text)?;
            }
            // A browser sends an empty nameless file for a file input that was left alone.
            Part::File(file) if file.filename.is_empty() && file.bytes.is_empty() => {}
            Part::File(file) => self.body.files.push(file),
            Part::Streamed => passed.push(FormEvent::FileEnd),
            Part::Between => {}
        }
        Ok(())
    }
}
