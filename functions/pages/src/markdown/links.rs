//! Links inside descriptions: which are allowed, and which stand bare in the text.

/// Longest link target that is kept, in bytes; browsers and servers agree on about this much.
const URL_MAX_BYTES: usize = 2000;

/// A stretch of text between markdown marks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Words(&'a str),
    Url(&'a str),
    Moment { words: &'a str, secs: u32 },
}

/// Whether a link target keeps its link: `http`, `https` and `mailto`, absolute, and no control
/// characters (browsers drop tabs and newlines from schemes).
pub(super) fn is_allowed(url: &str) -> bool {
    let scheme_matches = |scheme: &str| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    url.len() <= URL_MAX_BYTES
        && ["http://", "https://", "mailto:"]
            .into_iter()
            .any(scheme_matches)
        && !url.contains(|c: char| c.is_control() || c.is_whitespace())
}

/// Writes the opening tag of an outgoing link. `ugc` tells search engines whose link it is.
pub(super) fn open(out: &mut String, url: &str) {
    out.push_str("<a href=\"");
    super::escape_into(out, url, usize::MAX);
    out.push_str("\" rel=\"noopener nofollow ugc\">");
}

/// Splits text into words, bare URLs and moments such as `1:02:03`.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut words_from = 0;
    let mut at = 0;
    for token in text.split_inclusive(char::is_whitespace) {
        let (start, trimmed) = strip_brackets(token);
        if let Some(piece) = classify(trimmed) {
            if words_from < at + start {
                pieces.push(Piece::Words(&text[words_from..at + start]));
            }
            words_from = at + start + trimmed.len();
            pieces.push(piece);
        }
        at += token.len();
    }
    if words_from < text.len() {
        pieces.push(Piece::Words(&text[words_from..]));
    }
    pieces
}

/// Drops brackets, quotes and sentence marks around a token; answers what is left and its offset.
fn strip_brackets(token: &str) -> (usize, &str) {
    let token = token.trim_end();
    let from_start = token.trim_start_matches(['(', '[', '{', '"', '\'', '«', '“']);
    let start = token.len() - from_start.len();
    let mut trimmed = from_start;
    loop {
        let shorter =
            trimmed.trim_end_matches(['.', ',', ';', ':', '!', '?', ']', '}', '"', '\'', '»', '”']);
        // A closing bracket belongs to the URL when the URL opened it, as Wikipedia's do.
        let shorter = match shorter.strip_suffix(')') {
            Some(inner) if !inner.contains('(') => inner,
            _ => shorter,
        };
        if shorter.len() == trimmed.len() {
            return (start, trimmed);
        }
        trimmed = shorter;
    }
}

fn classify(token: &str) -> Option<Piece<'_>> {
    let host = token
        .strip_prefix("https://")
        .or_else(|| token.strip_prefix("http://"));
    if host.is_some_and(|host| host.starts_with(char::is_alphanumeric)) && is_allowed(token) {
        return Some(Piece::Url(token));
    }
    moment(token).map(|secs| Piece::Moment { words: token, secs })
}

/// Seconds of `m:ss`, `mm:ss` or `h:mm:ss`, minutes and seconds below 60.
fn moment(token: &str) -> Option<u32> {
    let mut secs = 0;
    let mut parts = 0;
    for (at, part) in token.split(':').enumerate() {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        let length_fits = if at == 0 {
            (1..=2).contains(&part.len())
        } else {
            part.len() == 2
        };
        let value = part.parse::<u32>().ok().filter(|value| *value < 60)?;
        if !digits || !length_fits {
            return None;
        }
        secs = secs * 60 + value;
        parts += 1;
    }
    (parts == 2 || parts == 3).then_some(secs)
}
