//! Descriptions: markdown in, a small and safe set of HTML out.
//!
//! CommonMark by `pulldown-cmark`, with what people expect of a video description: line breaks are
//! kept, bare URLs become links, and `12:34` seeks. Raw HTML is shown as text, pictures become
//! links, headings never outrank the page's own. Output is written here and not by the library, so
//! that no tag, attribute or scheme passes that is not named in this file.

mod links;

use core::fmt::Write as _;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeStream};

/// Tags deeper than this are left out, their text stays: ten thousand `>` are not a page.
const DEPTH_MAX: usize = 12;

/// HTML made of markdown, and whether all of it fitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Safe to put into a page as it is.
    pub html: String,
    /// The text went on, but `max_bytes` was reached. `html` is well-formed all the same.
    pub cut: bool,
}

/// Renders `markdown`, starting no further element once `max_bytes` of HTML are written.
///
/// The result can exceed `max_bytes` by the closing tags of open elements, at most [`DEPTH_MAX`].
#[must_use]
pub fn render(markdown: &str, max_bytes: usize) -> Rendered {
    render_with(markdown, max_bytes, true)
}

/// The same for feeds and other places without our player: moments such as `1:02:03` stay words, so that
/// no link is relative.
#[must_use]
pub fn render_elsewhere(markdown: &str, max_bytes: usize) -> String {
    render_with(markdown, max_bytes, false).html
}

/// A comment: of ours in markdown, of others in words. `seeks` tells whether moments may link.
pub(crate) fn render_comment(markdown: &str, max_bytes: usize, seeks: bool) -> Rendered {
    render_with(markdown, max_bytes, seeks)
}

/// Whether a URL may stand in a link.
pub(crate) fn is_link(url: &str) -> bool {
    links::is_allowed(url)
}

fn render_with(markdown: &str, max_bytes: usize, links_moments: bool) -> Rendered {
    let mut writer = Writer {
        links_moments,
        out: String::new(),
        open: Vec::new(),
        links_open: 0,
        max_bytes,
        cut: false,
    };
    // Merged, because a bare URL with an underscore arrives in pieces.
    let events = TextMergeStream::new(Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH));
    for event in events {
        if writer.cut {
            break;
        }
        writer.event(event);
    }
    while let Some(end) = writer.open.pop() {
        writer.out.push_str(end.unwrap_or_default());
    }
    Rendered {
        html: writer.out,
        cut: writer.cut,
    }
}

/// The words of `markdown` without its marks, at most `max_chars` characters, for `<meta>` tags.
#[must_use]
pub fn plain_text(markdown: &str, max_chars: usize) -> String {
    let mut text = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(end) if !is_inline(end) => text.push(' '),
            _ => {}
        }
        // Four bytes is the longest character.
        if text.len() > max_chars.saturating_mul(4) {
            break;
        }
    }
    crate::text::excerpt(&text, max_chars)
}

/// Whether the element stands within a sentence, so that no space belongs after it.
fn is_inline(end: TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
    )
}

struct Writer {
    out: String,
    /// Closing tag of each open element, outermost first; `None` where the opening was left out.
    open: Vec<Option<&'static str>>,
    links_open: usize,
    links_moments: bool,
    max_bytes: usize,
    cut: bool,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(end) => self.end(end),
            Event::Text(text) if self.links_open > 0 => self.text(&text),
            Event::Text(text) => self.linked_text(&text),
            Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(code) => {
                self.out.push_str("<code>");
                self.text(&code);
                self.out.push_str("</code>");
            }
            Event::SoftBreak | Event::HardBreak => self.out.push_str("<br>"),
            Event::Rule => self.out.push_str("<hr>"),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        if let Tag::Link { .. } | Tag::Image { .. } = tag {
            self.links_open += 1;
        }
        if self.out.len() >= self.max_bytes {
            self.cut = true;
            self.open.push(None);
            return;
        }
        if self.open.iter().flatten().count() >= DEPTH_MAX {
            self.open.push(None);
            return;
        }
        let close = match tag {
            Tag::Paragraph => self.element("<p>", "</p>"),
            Tag::Heading { level, .. } => match level {
                // The page has its own h1 and h2.
                HeadingLevel::H1 | HeadingLevel::H2 => self.element("<h3>", "</h3>"),
                _ => self.element("<h4>", "</h4>"),
            },
            Tag::BlockQuote(_) => self.element("<blockquote>", "</blockquote>"),
            Tag::CodeBlock(_) => self.element("<pre><code>", "</code></pre>"),
            Tag::List(None) => self.element("<ul>", "</ul>"),
            Tag::List(Some(first)) => {
                // Writing into a String cannot fail.
                let _ = write!(self.out, "<ol start=\"{first}\">");
                Some("</ol>")
            }
            Tag::Item => self.element("<li>", "</li>"),
            Tag::Emphasis => self.element("<em>", "</em>"),
            Tag::Strong => self.element("<strong>", "</strong>"),
            Tag::Strikethrough => self.element("<del>", "</del>"),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }
                if self.links_open == 1 && links::is_allowed(dest_url) =>
            {
                links::open(&mut self.out, dest_url);
                Some("</a>")
            }
            _ => None,
        };
        self.open.push(close);
    }

    fn element(&mut self, open: &str, close: &'static str) -> Option<&'static str> {
        self.out.push_str(open);
        Some(close)
    }

    fn end(&mut self, end: TagEnd) {
        if let TagEnd::Link | TagEnd::Image = end {
            self.links_open = self.links_open.saturating_sub(1);
        }
        if let Some(Some(close)) = self.open.pop() {
            self.out.push_str(close);
        }
    }

    fn text(&mut self, text: &str) {
        let room = self.max_bytes.saturating_sub(self.out.len());
        self.cut |= escape_into(&mut self.out, text, room);
    }

    fn linked_text(&mut self, text: &str) {
        for piece in links::pieces(text) {
            match piece {
                links::Piece::Words(words) => self.text(words),
                links::Piece::Url(url) => {
                    links::open(&mut self.out, url);
                    self.text(url);
                    self.out.push_str("</a>");
                }
                links::Piece::Moment { words, .. } if !self.links_moments => self.text(words),
                links::Piece::Moment { words, secs } => {
                    // Writing into a String cannot fail.
                    let _ = write!(self.out, "<a href=\"?start={secs}\" data-seek=\"{secs}\">");
                    self.text(words);
                    self.out.push_str("</a>");
                }
            }
            if self.cut {
                return;
            }
        }
    }
}

/// Appends `text` escaped for HTML text and double-quoted attributes, at most about `room` bytes;
/// says whether something was left out.
fn escape_into(out: &mut String, text: &str, room: usize) -> bool {
    let end = out.len().saturating_add(room);
    for c in text.chars() {
        if out.len() >= end {
            out.push('…');
            return true;
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    false
}

#[cfg(test)]
mod tests;
