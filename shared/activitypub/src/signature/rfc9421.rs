//! `Signature-Input` and `Signature` of RFC 9421, sections 2.3 and 4.

use super::base::signature_base;
use super::structured::{BareItem, InnerList, Member, parse_dictionary};
use super::{Algorithm, RequestView, SignatureError};
use crate::limits::{MAX_COVERED, MAX_SIGNATURE_BYTES, MAX_SIGNATURE_HEADER_BYTES, MAX_SIGNATURES};

const INPUT: &str = "Signature-Input";
const SIGNATURE: &str = "Signature";

/// One labelled signature, before anything of it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    pub label: String,
    /// Components and parameters, as they are signed.
    pub list: InnerList,
    pub key_id: String,
    pub algorithm: Algorithm,
    pub created_unix_secs: Option<i64>,
    pub expires_unix_secs: Option<i64>,
    pub signature: Vec<u8>,
}

/// All signatures of a message, in the order of `Signature-Input`. One that cannot be used is an
/// error in its place, so that another one still can (4.3).
pub(super) fn parse(
    input: &str,
    signature: &str,
) -> Result<Vec<Result<Parsed, SignatureError>>, SignatureError> {
    let inputs = dictionary(INPUT, input)?;
    let signatures = dictionary(SIGNATURE, signature)?;
    Ok(inputs
        .into_iter()
        .map(|(label, member)| {
            let bytes = signatures
                .iter()
                .find(|(other, _)| *other == label)
                .map(|(_, member)| member);
            parse_one(label, member, bytes)
        })
        .collect())
}

fn dictionary(header: &'static str, text: &str) -> Result<Vec<(String, Member)>, SignatureError> {
    if text.len() > MAX_SIGNATURE_HEADER_BYTES {
        return Err(SignatureError::HeaderTooLong { header });
    }
    let members = parse_dictionary(text).map_err(|_| SignatureError::Malformed { header })?;
    match members.len() {
        0 => Err(SignatureError::Malformed { header }),
        1..=MAX_SIGNATURES => Ok(members),
        _ => Err(SignatureError::TooManySignatures),
    }
}

fn parse_one(
    label: String,
    input: Member,
    signature: Option<&Member>,
) -> Result<Parsed, SignatureError> {
    let Member::InnerList(list) = input else {
        return Err(SignatureError::Malformed { header: INPUT });
    };
    if list.items.len() > MAX_COVERED {
        return Err(SignatureError::TooManyCovered);
    }
    let signature = match signature {
        Some(Member::Item(item)) => match &item.value {
            BareItem::Bytes(bytes) => bytes.clone(),
            _ => return Err(SignatureError::Malformed { header: SIGNATURE }),
        },
        Some(Member::InnerList(_)) => {
            return Err(SignatureError::Malformed { header: SIGNATURE });
        }
        None => {
            return Err(SignatureError::MissingParameter {
                parameter: "signature",
            });
        }
    };
    if signature.is_empty() || signature.len() > MAX_SIGNATURE_BYTES {
        return Err(SignatureError::SignatureLength);
    }
    Ok(Parsed {
        label,
        key_id: string(&list, "keyid")?
            .ok_or(SignatureError::MissingParameter { parameter: "keyid" })?,
        algorithm: algorithm(string(&list, "alg")?)?,
        created_unix_secs: seconds(&list, "created")?,
        expires_unix_secs: seconds(&list, "expires")?,
        list,
        signature,
    })
}

/// 3.3: by the names of the registry. Without `alg` the key decides, and the fediverse's keys are
/// RSA that sign by PKCS #1 v1.5.
fn algorithm(name: Option<String>) -> Result<Algorithm, SignatureError> {
    match name.as_deref() {
        None | Some("rsa-v1_5-sha256") => Ok(Algorithm::RsaV15Sha256),
        Some("rsa-pss-sha512") => Ok(Algorithm::RsaPssSha512),
        Some(other) => Err(SignatureError::UnsupportedAlgorithm {
            algorithm: other.to_owned(),
        }),
    }
}

fn string(list: &InnerList, parameter: &'static str) -> Result<Option<String>, SignatureError> {
    match param(list, parameter) {
        None => Ok(None),
        Some(BareItem::String(value)) => Ok(Some(value.clone())),
        Some(_) => Err(SignatureError::BadParameter { parameter }),
    }
}

fn seconds(list: &InnerList, parameter: &'static str) -> Result<Option<i64>, SignatureError> {
    match param(list, parameter) {
        None => Ok(None),
        Some(BareItem::Integer(value)) => Ok(Some(*value)),
        Some(_) => Err(SignatureError::BadParameter { parameter }),
    }
}

fn param<'a>(list: &'a InnerList, name: &str) -> Option<&'a BareItem> {
    list.params
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

impl Parsed {
    pub(super) fn covers(&self, name: &str) -> bool {
        self.list
            .items
            .iter()
            .any(|item| item.params.is_empty() && item.value == BareItem::String(name.to_owned()))
    }

    pub(super) fn base(&self, view: &RequestView<'_>) -> Result<String, SignatureError> {
        signature_base(&self.list, view)
    }
}
