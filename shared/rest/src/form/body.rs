//! A whole body in memory, in any of the three encodings.

use super::{FormBody, FormError};
use crate::multipart::{FormScanner, boundary_of};

/// A small file that came in a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormFile {
    /// Name of its field.
    pub name: String,
    /// Name of the file as the client gave it, not to be trusted.
    pub filename: String,
    /// Content type as the client gave it, empty when it gave none; not to be trusted.
    pub content_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The fields and small files of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Text fields.
    pub form: FormBody,
    /// Files, only in multipart bodies.
    pub files: Vec<FormFile>,
}

impl Body {
    /// The file of that field.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&FormFile> {
        self.files.iter().find(|file| file.name == name)
    }
}

/// Reads a whole body by its content type. An empty body is an empty form, whatever its type.
///
/// # Errors
/// [`FormError`] for other content types, broken bodies and broken bounds.
pub fn parse_body(content_type: &str, bytes: &[u8]) -> Result<Body, FormError> {
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let form = match essence.as_str() {
        _ if bytes.is_empty() => FormBody::default(),
        "application/x-www-form-urlencoded" => FormBody::from_urlencoded(bytes)?,
        "multipart/form-data" => {
            let boundary = boundary_of(content_type)?;
            let mut scanner = FormScanner::new(&boundary, &[])?;
            scanner.feed(bytes)?;
            return scanner.finish();
        }
        _ if essence == "application/json" || essence.ends_with("+json") => {
            FormBody::from_json(bytes)?
        }
        _ => return Err(FormError::UnsupportedContentType),
    };
    Ok(Body {
        form,
        files: Vec::new(),
    })
}
