//! Request bodies and queries, whatever their encoding.
//!
//! PeerTube's clients send the same fields as JSON, as `application/x-www-form-urlencoded` and as
//! `multipart/form-data`; arrays come as `tags[0]`, `tags[]` or repeated `tags`, objects as
//! `payload[progress]` or nested JSON, booleans as `true`, `"true"` or `1`. [`FormBody`] turns all
//! of that into one look-up by dotted path; [`FieldReader`] reads typed values from it and collects
//! what was wrong.

mod body;
mod json;
mod key;
mod reader;
#[cfg(test)]
mod tests;

pub use body::{Body, FormFile, parse_body};
pub use reader::{FieldReader, FieldRules};

use key::normal_path;

/// Largest JSON or urlencoded body, in bytes. The longest legal one is a video's attributes: a
/// description of 10,000 characters, percent-encoded at worst to 12 bytes each, and small change.
pub const MAX_FORM_BYTES: usize = 256 * 1024;
/// Fields of one body, array items counted one by one.
pub const MAX_FIELDS: usize = 1_000;
/// Bytes of one field's name, all brackets included.
pub const MAX_KEY_BYTES: usize = 200;
/// Nesting of objects and arrays.
pub const MAX_DEPTH: usize = 6;

/// Why a body is not a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// More than [`MAX_FORM_BYTES`], or than the files of a multipart body may have.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// More than [`MAX_FIELDS`].
    #[error("the body has more than {MAX_FIELDS} fields")]
    TooManyFields,
    /// More than [`MAX_KEY_BYTES`].
    #[error("a field's name is longer than {MAX_KEY_BYTES} bytes")]
    KeyTooLong,
    /// More than [`MAX_DEPTH`].
    #[error("the body is nested deeper than {MAX_DEPTH}")]
    TooDeep,
    /// Not JSON, or JSON that is no object.
    #[error("the body is not a JSON object")]
    NotJson,
    /// A text field or the whole body is not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// A type that is none of the three.
    #[error("content type must be JSON, urlencoded or multipart/form-data")]
    UnsupportedContentType,
    /// A broken multipart body.
    #[error(transparent)]
    Multipart(#[from] crate::multipart::MultipartError),
}

impl FormError {
    /// The answer for a client that sent such a body: 413, 415 or 400.
    #[must_use]
    pub fn to_problem(self) -> crate::Problem {
        let status = match self {
            Self::TooLarge(_) => 413,
            Self::UnsupportedContentType => 415,
            _ => 400,
        };
        crate::Problem::new(status, self.to_string())
    }
}

/// One value as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    /// JSON `null`.
    Null,
    /// Text, or a JSON number or boolean as text.
    Text(String),
}

/// The fields of a body or query, by dotted path: `scheduleUpdate[privacy]` and
/// `{"scheduleUpdate":{"privacy":…}}` are both `scheduleUpdate.privacy`, and the items of
/// `tags[0]`, `tags[]`, repeated `tags` and `{"tags":[…]}` are all `tags`, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormBody {
    fields: Vec<(String, Value)>,
    /// Paths that came as an empty JSON array: given, yet without a value.
    empty_lists: Vec<String>,
}

impl FormBody {
    /// Reads `a=1&b=2`, a body or the query part of a URL (without `?`).
    ///
    /// # Errors
    /// [`FormError`] when a bound is broken. Broken percent escapes and broken UTF-8 are kept as
    /// browsers do, with replacement characters.
    pub fn from_urlencoded(text: &[u8]) -> Result<Self, FormError> {
        if text.len() > MAX_FORM_BYTES {
            return Err(FormError::TooLarge(MAX_FORM_BYTES));
        }
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(text) {
            form.push_text(&name, value.into_owned())?;
        }
        Ok(form)
    }

    /// Reads a JSON object; an empty body is an empty object.
    ///
    /// # Errors
    /// [`FormError`] when it is no JSON object or a bound is broken.
    pub fn from_json(text: &[u8]) -> Result<Self, FormError> {
        json::parse(text)
    }

    /// Adds one text field under its wire name, `tags[0]` for instance.
    ///
    /// # Errors
    /// [`FormError`] when a bound is broken.
    pub fn push_text(&mut self, wire_name: &str, value: String) -> Result<(), FormError> {
        let path = normal_path(wire_name)?;
        self.push(path, Value::Text(value))
    }

    fn push(&mut self, path: String, value: Value) -> Result<(), FormError> {
        if self.fields.len() == MAX_FIELDS {
            return Err(FormError::TooManyFields);
        }
        self.fields.push((path, value));
        Ok(())
    }

    fn values<'a, 'p>(&'a self, path: &'p str) -> impl Iterator<Item = &'a Value> + use<'a, 'p> {
        self.fields
            .iter()
            .filter(move |(known, _)| known == path)
            .map(|(_, value)| value)
    }

    /// The last value of a field, as the common parsers take it; `None` when absent or null.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        match self.values(path).last()? {
            Value::Text(text) => Some(text),
            Value::Null => None,
        }
    }

    /// Every value of a field; empty when absent or null.
    #[must_use]
    pub fn texts(&self, path: &str) -> Vec<&str> {
        self.values(path)
            .filter_map(|value| match value {
                Value::Text(text) => Some(text.as_str()),
                Value::Null => None,
            })
            .collect()
    }

    /// Whether the field came at all, null and empty included.
    #[must_use]
    pub fn is_given(&self, path: &str) -> bool {
        self.values(path).next().is_some() || self.empty_lists.iter().any(|known| known == path)
    }

    /// Whether any field lies below `path`, as of an object.
    #[must_use]
    pub fn has_object(&self, path: &str) -> bool {
        self.fields.iter().any(|(known, _)| {
            known
                .strip_prefix(path)
                .is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// Paths of every field in the order they came, repeated ones too.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(path, _)| path.as_str())
    }
}
