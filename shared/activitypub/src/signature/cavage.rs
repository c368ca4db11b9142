//! The `Signature` header of draft-cavage-http-signatures-12, sections 2 and 4.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{RequestView, SignatureError};
use crate::limits::{MAX_COVERED, MAX_SIGNATURE_BYTES, MAX_SIGNATURE_HEADER_BYTES};

const HEADER: &str = "Signature";

/// What the header says, before anything of it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    pub key_id: String,
    /// `hs2019`, or absent: the algorithm is the key's. Only then may times be parameters.
    pub is_by_key: bool,
    pub created_unix_secs: Option<i64>,
    pub expires_unix_secs: Option<i64>,
    /// In lower case, in the order of the signing string.
    pub covered: Vec<String>,
    pub signature: Vec<u8>,
}

/// Reads the parameters in any order, quoted or not; unknown ones are passed over (2.2).
pub(super) fn parse(text: &str) -> Result<Parsed, SignatureError> {
    if text.len() > MAX_SIGNATURE_HEADER_BYTES {
        return Err(SignatureError::HeaderTooLong { header: HEADER });
    }
    let parameters = parameters(text)?;
    let find = |name: &'static str| {
        let mut values = parameters.iter().filter(|(key, _)| *key == name);
        let first = values.next().map(|(_, value)| value.as_str());
        match values.next() {
            Some(_) => Err(SignatureError::BadParameter { parameter: name }),
            None => Ok(first),
        }
    };
    let required = |name: &'static str| {
        find(name)?
            .filter(|value| !value.is_empty())
            .ok_or(SignatureError::MissingParameter { parameter: name })
    };
    let seconds = |name: &'static str| match find(name)? {
        None => Ok(None),
        // A fraction is allowed for `expires` (2.1.5) and of no use to us.
        Some(value) => value
            .split('.')
            .next()
            .and_then(|whole| whole.parse().ok())
            .map(Some)
            .ok_or(SignatureError::BadParameter { parameter: name }),
    };
    Ok(Parsed {
        key_id: required("keyId")?.to_owned(),
        is_by_key: is_by_key(find("algorithm")?)?,
        created_unix_secs: seconds("created")?,
        expires_unix_secs: seconds("expires")?,
        covered: covered(find("headers")?)?,
        signature: signature(required("signature")?)?,
    })
}

fn is_by_key(algorithm: Option<&str>) -> Result<bool, SignatureError> {
    match algorithm {
        None => Ok(true),
        Some(name) if name.eq_ignore_ascii_case("hs2019") => Ok(true),
        Some(name) if name.eq_ignore_ascii_case("rsa-sha256") => Ok(false),
        Some(name) => Err(SignatureError::UnsupportedAlgorithm {
            algorithm: name.to_owned(),
        }),
    }
}

fn covered(headers: Option<&str>) -> Result<Vec<String>, SignatureError> {
    // 2.1.6: without the parameter `(created)`, in practice and in appendix C.1 `date`.
    let list = headers.unwrap_or("date");
    let covered: Vec<String> = list
        .split_ascii_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    if covered.is_empty() {
        return Err(SignatureError::BadParameter {
            parameter: "headers",
        });
    }
    if covered.len() > MAX_COVERED {
        return Err(SignatureError::TooManyCovered);
    }
    Ok(covered)
}

fn signature(text: &str) -> Result<Vec<u8>, SignatureError> {
    let bytes = STANDARD
        .decode(text)
        .map_err(|_| SignatureError::BadParameter {
            parameter: "signature",
        })?;
    if bytes.is_empty() || bytes.len() > MAX_SIGNATURE_BYTES {
        return Err(SignatureError::SignatureLength);
    }
    Ok(bytes)
}

/// `name="value",name=value`: the grammar of RFC 7235's auth-params.
fn parameters(text: &str) -> Result<Vec<(&str, String)>, SignatureError> {
    let malformed = || SignatureError::Malformed { header: HEADER };
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or_else(malformed)?;
        let name = name.trim();
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_name {
            return Err(malformed());
        }
        let after = after.trim_start();
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted).ok_or_else(malformed)?,
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        found.push((name, value));
        rest = after.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(rest) => rest.trim_start(),
            None if rest.is_empty() => rest,
            None => return Err(malformed()),
        };
    }
    Ok(found)
}

fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            _ => value.push(character),
        }
    }
    None
}

impl Parsed {
    pub(super) fn covers(&self, name: &str) -> bool {
        self.covered.iter().any(|covered| covered == name)
    }

    /// 2.3: one line for each thing covered.
    pub(super) fn signing_string(&self, view: &RequestView<'_>) -> Result<String, SignatureError> {
        let mut lines = Vec::with_capacity(self.covered.len());
        for (at, name) in self.covered.iter().enumerate() {
            // 2.1.6 does not forbid it; nothing sends it, and it only pads what is signed.
            if self.covered[..at].contains(name) {
                return Err(SignatureError::RepeatedComponent {
                    component: name.clone(),
                });
            }
            lines.push(format!("{name}: {}", self.value(name, view)?));
        }
        Ok(lines.join("\n"))
    }

    fn value(&self, name: &str, view: &RequestView<'_>) -> Result<String, SignatureError> {
        let absent = || SignatureError::AbsentComponent {
            component: name.to_owned(),
        };
        match name {
            "(request-target)" => Ok(request_target(view)),
            "(created)" => self.time("(created)", self.created_unix_secs),
            "(expires)" => self.time("(expires)", self.expires_unix_secs),
            _ => view.header(name)?.ok_or_else(absent),
        }
    }

    /// 2.3, steps 2 and 3: not for algorithms that are called by an old name.
    fn time(&self, component: &'static str, at: Option<i64>) -> Result<String, SignatureError> {
        match at {
            Some(at) if self.is_by_key => Ok(at.to_string()),
            Some(_) => Err(SignatureError::BadParameter {
                parameter: "algorithm",
            }),
            None => Err(SignatureError::AbsentComponent {
                component: component.to_owned(),
            }),
        }
    }
}

/// 2.3, step 1.
pub(super) fn request_target(view: &RequestView<'_>) -> String {
    format!(
        "{} {}",
        view.method.to_ascii_lowercase(),
        view.path_and_query
    )
}
