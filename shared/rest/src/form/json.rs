//! JSON bodies, flattened.

use super::{FormBody, FormError, MAX_DEPTH, MAX_FORM_BYTES, MAX_KEY_BYTES, Value};

pub(super) fn parse(text: &[u8]) -> Result<FormBody, FormError> {
    if text.len() > MAX_FORM_BYTES {
        return Err(FormError::TooLarge(MAX_FORM_BYTES));
    }
    let mut form = FormBody::default();
    if text.trim_ascii().is_empty() {
        return Ok(form);
    }
    match serde_json::from_slice(text) {
        Ok(serde_json::Value::Object(object)) => flatten_object(&mut form, "", object, 1)?,
        _ => return Err(FormError::NotJson),
    }
    Ok(form)
}

type Object = serde_json::Map<String, serde_json::Value>;

fn flatten_object(
    form: &mut FormBody,
    parent: &str,
    object: Object,
    depth: usize,
) -> Result<(), FormError> {
    for (name, value) in object {
        let path = if parent.is_empty() {
            name
        } else {
            format!("{parent}.{name}")
        };
        if path.len() > MAX_KEY_BYTES {
            return Err(FormError::KeyTooLong);
        }
        flatten(form, path, value, depth)?;
    }
    Ok(())
}

fn flatten(
    form: &mut FormBody,
    path: String,
    value: serde_json::Value,
    depth: usize,
) -> Result<(), FormError> {
    use serde_json::Value as Json;

    if depth > MAX_DEPTH {
        return Err(FormError::TooDeep);
    }
    let text = match value {
        Json::Null => return form.push(path, Value::Null),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => text,
        Json::Object(object) => return flatten_object(form, &path, object, depth + 1),
        Json::Array(items) => return flatten_array(form, path, items, depth + 1),
    };
    form.push(path, Value::Text(text))
}

fn flatten_array(
    form: &mut FormBody,
    path: String,
    items: Vec<serde_json::Value>,
    depth: usize,
) -> Result<(), FormError> {
    if items.is_empty() {
        form.empty_lists.push(path);
        return Ok(());
    }
    for (index, item) in items.into_iter().enumerate() {
        let item_path = match item {
            serde_json::Value::Object(_) | serde_json::Value::Array(_) => format!("{path}.{index}"),
            _ => path.clone(),
        };
        flatten(form, item_path, item, depth)?;
    }
    Ok(())
}
