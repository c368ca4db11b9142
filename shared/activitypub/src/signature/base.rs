//! Components and the signature base of RFC 9421, sections 2.1 to 2.5, for requests.

use form_urlencoded::parse as parse_query;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::structured::{BareItem, InnerList, Item};
use super::{RequestView, SignatureError};

/// What the URL standard leaves alone in `application/x-www-form-urlencoded` (RFC 9421, 2.2.8).
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

/// 2.5: a line for each component, then the parameters themselves.
pub(super) fn signature_base(
    list: &InnerList,
    view: &RequestView<'_>,
) -> Result<String, SignatureError> {
    let mut base = String::new();
    for (at, item) in list.items.iter().enumerate() {
        let identifier = item.encode();
        if list.items[..at].contains(item) {
            return Err(SignatureError::RepeatedComponent {
                component: identifier,
            });
        }
        let value = component_value(item, &identifier, view)?;
        base.push_str(&format!("{identifier}: {value}\n"));
    }
    base.push_str(&format!("\"@signature-params\": {}", list.encode()));
    Ok(base)
}

fn component_value(
    item: &Item,
    identifier: &str,
    view: &RequestView<'_>,
) -> Result<String, SignatureError> {
    let unsupported = || SignatureError::UnsupportedComponent {
        component: identifier.to_owned(),
    };
    let absent = || SignatureError::AbsentComponent {
        component: identifier.to_owned(),
    };
    let BareItem::String(name) = &item.value else {
        return Err(unsupported());
    };
    if name == "@query-param" {
        return query_param(item, view).ok_or_else(absent);
    }
    // `sf`, `key`, `bs`, `req` and `tr` change the value; the fediverse uses none of them.
    if !item.params.is_empty() {
        return Err(unsupported());
    }
    match name.as_str() {
        "@method" => Ok(view.method.to_owned()),
        "@target-uri" => Ok(format!(
            "{}://{}{}",
            view.scheme(),
            view.authority(),
            view.path_and_query
        )),
        "@authority" => Ok(view.authority()),
        "@scheme" => Ok(view.scheme()),
        "@request-target" => Ok(view.path_and_query.to_owned()),
        "@path" => Ok(view.path().to_owned()),
        // 2.2.7: an absent query is a question mark alone.
        "@query" => Ok(view.query().unwrap_or("?").to_owned()),
        _ if name.starts_with('@') => Err(unsupported()),
        // 2.1: names of fields are signed in lower case.
        _ if name.contains(|c: char| c.is_ascii_uppercase()) => Err(unsupported()),
        _ => view.header(name)?.ok_or_else(absent),
    }
}

/// 2.2.8; nothing when the name is not given, absent from the query or there twice.
fn query_param(item: &Item, view: &RequestView<'_>) -> Option<String> {
    let [(key, BareItem::String(name))] = item.params.as_slice() else {
        return None;
    };
    let query = view.query()?.strip_prefix('?')?;
    let mut values = parse_query(query.as_bytes())
        .filter(|(other, _)| utf8_percent_encode(other, QUERY_VALUE).to_string() == *name);
    let (_, value) = values.next().filter(|_| key == "name")?;
    values
        .next()
        .is_none()
        .then(|| utf8_percent_encode(&value, QUERY_VALUE).to_string())
}
