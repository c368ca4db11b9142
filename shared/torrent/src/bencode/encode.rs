//! Value to text.

use super::Value;

/// The canonical text of `value`: keys sorted, numbers without leading zeros.
#[must_use]
pub fn encode(value: &Value) -> Vec<u8> {
    let mut text = Vec::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Integer(number) => text.extend(format!("i{number}e").as_bytes()),
        Value::Bytes(bytes) => write_bytes(bytes, text),
        Value::List(items) => {
            text.push(b'l');
            for item in items {
                write(item, text);
            }
            text.push(b'e');
        }
        Value::Dictionary(entries) => {
            text.push(b'd');
            for (key, value) in entries {
                write_bytes(key, text);
                write(value, text);
            }
            text.push(b'e');
        }
    }
}

fn write_bytes(bytes: &[u8], text: &mut Vec<u8>) {
    text.extend(format!("{}:", bytes.len()).as_bytes());
    text.extend(bytes);
}
