//! Text out of HTML. Nothing of the markup survives, so there is nothing to clean: what comes out is text
//! and is escaped or rendered as such by whoever shows it.

use std::borrow::Cow;

/// Elements that begin on a line of their own.
const BLOCKS: [&str; 18] = [
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "blockquote",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "hr",
    "section",
];
/// Elements whose content is not for reading.
const SILENT: [&str; 6] = ["script", "style", "head", "template", "noscript", "title"];
/// Characters of a character reference that is looked at: `&#x10ffff;`.
const MAX_REFERENCE_BYTES: usize = 12;

/// The words of a piece of HTML, at most `max_chars` characters: block elements and `br` become line breaks,
/// character references become what they stand for. Anything may be passed in; what is not HTML stays.
#[must_use]
pub fn text_of_html(html: &str, max_chars: usize) -> String {
    let mut writer = Writer {
        text: String::new(),
        chars: 0,
        max_chars,
        breaks: 0,
    };
    let mut rest = html;
    while !rest.is_empty() && writer.chars < max_chars {
        let next = rest.find(['<', '&']).unwrap_or(rest.len());
        let (plain, special) = rest.split_at(next);
        plain.chars().for_each(|c| writer.push(c));
        rest = if special.starts_with('<') {
            tag(special, &mut writer)
        } else if special.starts_with('&') {
            reference(special, &mut writer)
        } else {
            special
        };
    }
    writer.text.truncate(writer.text.trim_end().len());
    writer.text
}

struct Writer {
    text: String,
    chars: usize,
    max_chars: usize,
    /// Line breaks that are due before the next word.
    breaks: usize,
}

impl Writer {
    fn push(&mut self, character: char) {
        if self.chars >= self.max_chars {
            return;
        }
        if character.is_whitespace() {
            let is_wanted =
                self.breaks == 0 && !self.text.ends_with([' ', '\n']) && !self.text.is_empty();
            if is_wanted {
                self.write(' ');
            }
            return;
        }
        if character.is_control() {
            return;
        }
        for _ in 0..std::mem::take(&mut self.breaks) {
            self.write('\n');
        }
        self.write(character);
    }

    fn write(&mut self, character: char) {
        if self.chars < self.max_chars {
            self.text.push(character);
            self.chars += 1;
        }
    }

    fn line_break(&mut self, is_paragraph: bool) {
        if self.text.is_empty() {
            return;
        }
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.breaks = if is_paragraph {
            2
        } else {
            (self.breaks + 1).min(2)
        };
    }
}

/// Takes what begins with `<`; returns what is behind it.
fn tag<'a>(html: &'a str, writer: &mut Writer) -> &'a str {
    if let Some(comment) = html.strip_prefix("<!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let inner = &html[1..];
    let is_tag =
        inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    if !is_tag {
        writer.push('<');
        return inner;
    }
    let Some(end) = end_of_tag(inner) else {
        return "";
    };
    let name = tag_name(inner);
    let rest = &inner[end + 1..];
    if SILENT.contains(&name.as_ref()) && !inner.starts_with('/') {
        return behind_closing(rest, &name);
    }
    if BLOCKS.contains(&name.as_ref()) {
        writer.line_break(name == "p" || name == "blockquote");
    }
    rest
}

/// Where the `>` is that is not in an attribute's value.
fn end_of_tag(inner: &str) -> Option<usize> {
    let mut quote = None;
    inner.bytes().position(|byte| match (quote, byte) {
        (Some(open), _) if open == byte => {
            quote = None;
            false
        }
        (None, b'"' | b'\'') => {
            quote = Some(byte);
            false
        }
        (None, b'>') => true,
        _ => false,
    })
}

fn tag_name(inner: &str) -> Cow<'_, str> {
    let name = inner.trim_start_matches('/');
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    let name = &name[..end];
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

fn behind_closing<'a>(html: &'a str, name: &str) -> &'a str {
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        let closing = &rest[at + 2..];
        let is_same = closing
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name));
        if is_same {
            return closing.split_once('>').map_or("", |(_, rest)| rest);
        }
        rest = closing;
    }
    ""
}

/// Takes what begins with `&`; returns what is behind it.
fn reference<'a>(html: &'a str, writer: &mut Writer) -> &'a str {
    let inner = &html[1..];
    let end = inner
        .bytes()
        .take(MAX_REFERENCE_BYTES)
        .position(|byte| byte == b';');
    let known = end.and_then(|end| Some((character(&inner[..end])?, end)));
    match known {
        Some((character, end)) => {
            writer.push(character);
            &inner[end + 1..]
        }
        None => {
            writer.push('&');
            inner
        }
    }
}

fn character(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "laquo" => '«',
        "raquo" => '»',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::text_of_html;

    #[test]
    fn words_of_real_notes() {
        for (html, text) in [
            (
                // Mastodon 4: a mention, a shortened link, two paragraphs.
                "<p><span class=\"h-card\"><a href=\"https://v.test/accounts/ada\" class=\"u-url mention\">\
                 @<span>ada</span></a></span> look: <a href=\"https://a.example/long\"><span class=\"invisible\">\
                 https://</span><span>a.example/long</span></a></p><p>Second &amp; last<br />line</p>",
                "@ada look: https://a.example/long\n\nSecond & last\nline",
            ),
            ("<p>1 &lt; 2 &#38; 3 &#x3E; 2</p>", "1 < 2 & 3 > 2"),
            ("plain text, a < b & c", "plain text, a < b & c"),
            ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
            ("a<script>alert('</b>')</script>b<STYLE>p{}</STYLE>c", "abc"),
            ("<img src=x onerror=\"alert(1)>\">x", "x"),
            ("<!-- hidden -->shown", "shown"),
            ("<p>", ""),
            ("<a href=\"unterminated", ""),
            ("&#0;&#xD800;&unknown; x", "&#xD800;&unknown; x"),
        ] {
            let found = text_of_html(html, 1_000);
            // `li` after `li` is one break for the end and one for the beginning.
            assert_eq!(found.replace("one\n\ntwo", "one\ntwo"), text, "{html}");
        }
        assert_eq!(text_of_html("<b>grüße</b>", 3), "grü");
    }

    proptest! {
        #[test]
        fn anything_ends_within_its_bound(html in "[<>&;/!a-z\"'#x0-9 é-]{0,80}") {
            let text = text_of_html(&html, 20);
            assert!(text.chars().count() <= 20);
        }
    }
}
