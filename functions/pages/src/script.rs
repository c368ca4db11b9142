//! What may stand inside `<script>` elements of our pages.

use serde::Serialize;

/// Runs before first paint: applies the chosen theme and marks a signed-in browser, so that
/// neither colours nor navigation jump. The pages stay the same for everybody.
pub const EARLY_SCRIPT: &str = r#"(function(d){d.js="";try{var s=localStorage,t=s.getItem("edgetube.theme");if(t)d.theme=t;if(s.getItem("edgetube.session"))d.session=""}catch(e){}})(document.documentElement.dataset)"#;

/// SHA-256 of [`EARLY_SCRIPT`] in base64, for the content security policy.
pub const EARLY_SCRIPT_SHA256: &str = "VyrOdBJtq0eT7iM5Vh9Nj0egdOesDEZdEFrqQ/jm8Hc=";

/// JSON for a `<script>` data block: `<`, `>`, `&` and the two line separators of JavaScript are
/// written as escapes, so that no text can end the element or start a comment.
///
/// # Panics
/// Never for the types of this crate: their maps have string keys and their serialisation is
/// derived.
#[must_use]
pub fn json_block<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_string(value).expect("derived serialisation of plain structs");
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn policy_names_the_hash_of_the_script() {
        assert_eq!(
            STANDARD.encode(Sha256::digest(EARLY_SCRIPT)),
            EARLY_SCRIPT_SHA256
        );
    }

    #[test]
    fn keeps_hostile_text_inside_the_element() {
        let hostile = "</script><!--<script>&\u{2028}";
        let block = json_block(&hostile);
        assert!(!block.contains(['<', '>', '&', '\u{2028}']), "{block}");
        assert_eq!(serde_json::from_str::<String>(&block).unwrap(), hostile);
    }
}
