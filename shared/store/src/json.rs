//! JSON arrays as parameters: `IN (SELECT value FROM json_each(?1))` takes a list of any length.

/// A JSON array of these texts.
pub(crate) fn array<T: AsRef<str>>(texts: &[T]) -> String {
    let mut json = String::from("[");
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push('"');
        for character in text.as_ref().chars() {
            match character {
                '"' | '\\' => json.extend(['\\', character]),
                control if control.is_ascii_control() => {
                    json.push_str(&format!("\\u{:04x}", u32::from(control)));
                }
                other => json.push(other),
            }
        }
        json.push('"');
    }
    json.push(']');
    json
}

#[cfg(test)]
mod tests {
    #[test]
    fn quotes_what_json_needs_quoted() {
        assert_eq!(super::array::<&str>(&[]), "[]");
        assert_eq!(
            super::array(&["a", "b\"c\\d\n", "ä"]),
            "[\"a\",\"b\\\"c\\\\d\\u000a\",\"ä\"]"
        );
    }
}
