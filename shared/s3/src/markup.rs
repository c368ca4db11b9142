//! The little XML that S3 speaks: elements without attributes, whose text has the five entities of XML.

/// The insides of the elements called `name`, in their order. Elements of one name do not contain each other.
pub(crate) fn elements<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&start)?;
        let (inside, after) = after.split_once(&end)?;
        rest = after;
        Some(inside)
    })
}

/// The text of the first element called `name`.
pub(crate) fn text(xml: &str, name: &str) -> Option<String> {
    elements(xml, name).next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        made.push_str(before);
        let Some((name, after)) = entity.split_once(';') else {
            rest = entity;
            break;
        };
        made.extend(character(name));
        rest = after;
    }
    made.push_str(rest);
    made
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        numbered => {
            let digits = numbered.strip_prefix('#')?;
            let number = match digits.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}

/// Appends `<name>text</name>`.
pub(crate) fn push(xml: &mut String, name: &str, text: &str) {
    xml.extend(["<", name, ">"]);
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '\r' => xml.push_str("&#13;"),
            other => xml.push(other),
        }
    }
    xml.extend(["</", name, ">"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let odd = "a&b <c>\r\"d\" &amp;";
        let mut xml = String::new();
        push(&mut xml, "Key", odd);
        push(&mut xml, "Key", "second");
        assert_eq!(text(&xml, "Key").as_deref(), Some(odd));
        assert_eq!(elements(&xml, "Key").nth(1), Some("second"));
        assert_eq!(text(&xml, "Other"), None);
    }

    #[test]
    fn understands_entities_and_survives_broken_ones() {
        let read = |inside: &str| text(&format!("<E>{inside}</E>"), "E").unwrap();
        assert_eq!(read("&quot;1&#34;&#x22;&apos;"), "\"1\"\"'");
        assert_eq!(read("a&nbsp;b&c"), "abc");
        assert_eq!(text("<E>never closed", "E"), None);
    }
}
