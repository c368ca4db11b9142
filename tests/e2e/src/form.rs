//! `multipart/form-data` (RFC 7578) that is streamed, so that a form may be larger than memory.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

const BOUNDARY: &str = "----edgetube-end-to-end-7MA4YWxkTrZu0gW";

/// A form in the making.
pub struct Form<'a> {
    parts: Vec<(u64, Box<dyn Read + 'a>)>,
}

impl Default for Form<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> Form<'a> {
    /// An empty form.
    #[must_use]
    pub fn new() -> Self {
        Self { parts: Vec::new() }
    }

    /// Adds a text field.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        self.bytes(format!("{head}{value}\r\n").into_bytes())
    }

    /// Adds text fields.
    #[must_use]
    pub fn texts(self, fields: &[(&str, &str)]) -> Self {
        fields
            .iter()
            .fold(self, |form, (name, value)| form.text(name, value))
    }

    /// Adds a file from memory.
    #[must_use]
    pub fn content(self, name: &str, file_name: &str, content_type: &str, content: &[u8]) -> Self {
        self.bytes(file_head(name, file_name, content_type))
            .bytes(content.to_owned())
            .bytes(b"\r\n".to_vec())
    }

    /// Adds a file from disk.
    #[must_use]
    pub fn file(self, name: &str, file_name: &str, content_type: &str, path: &Path) -> Self {
        let file = File::open(path)
            .unwrap_or_else(|error| panic!("cannot open {}: {error}", path.display()));
        let length = file
            .metadata()
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
            .len();
        self.stream(name, file_name, content_type, length, file)
    }

    /// Adds a file that is read from anywhere.
    #[must_use]
    pub fn stream(
        self,
        name: &str,
        file_name: &str,
        content_type: &str,
        length: u64,
        content: impl Read + 'a,
    ) -> Self {
        let mut form = self.bytes(file_head(name, file_name, content_type));
        form.parts.push((length, Box::new(content)));
        form.bytes(b"\r\n".to_vec())
    }

    fn bytes(mut self, bytes: Vec<u8>) -> Self {
        let length = u64::try_from(bytes.len()).expect("a length in memory fits 64 bits");
        self.parts.push((length, Box::new(Cursor::new(bytes))));
        self
    }

    /// Value of `Content-Type`.
    #[must_use]
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={BOUNDARY}")
    }

    /// Bytes of the whole body.
    #[must_use]
    pub fn length(&self) -> u64 {
        let end = u64::try_from(end().len()).expect("a length in memory fits 64 bits");
        self.parts.iter().map(|(length, _)| length).sum::<u64>() + end
    }

    /// The whole body.
    #[must_use]
    pub fn into_reader(self) -> Box<dyn Read + 'a> {
        let end: Box<dyn Read + 'a> = Box::new(Cursor::new(end().into_bytes()));
        self.parts
            .into_iter()
            .rev()
            .fold(end, |rest, (_, part)| Box::new(part.chain(rest)))
    }
}

fn end() -> String {
    format!("--{BOUNDARY}--\r\n")
}

fn file_head(name: &str, file_name: &str, content_type: &str) -> Vec<u8> {
    // As browsers write it (WHATWG HTML, multipart form data): only these three are escaped.
    let file_name = file_name
        .replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; \
         filename=\"{file_name}\"\r\nContent-Type: {content_type}\r\n\r\n"
    )
    .into_bytes()
}
