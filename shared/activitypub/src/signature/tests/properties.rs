//! Round trips and mutations.

use proptest::prelude::{any, prop, proptest};

use super::{CAVAGE_NOW, cavage_key, is_confirmed, post, sign};
use crate::AbsoluteUrl;
use crate::signature::{Needs, Outgoing, RequestView, Scheme, Unsigned, claim, verify_body};

const BODY: &[u8] = br#"{"type":"Follow"}"#;

fn signed(scheme: Scheme) -> Vec<(&'static str, String)> {
    let url = AbsoluteUrl::parse("https://example.com/inbox").unwrap();
    let unsigned = Unsigned::new(
        &Outgoing {
            method: "POST",
            url: &url,
            key_id: "https://us.example/a#main-key",
            now_unix_secs: CAVAGE_NOW,
            body: Some(BODY),
        },
        scheme,
    )
    .unwrap();
    let signature = sign(unsigned.message());
    unsigned.headers(&signature)
}

/// Whether the whole way from headers to the key holds.
fn is_accepted(headers: &[(&str, String)], body: &[u8]) -> bool {
    let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let view: RequestView<'_> = post("/inbox", &headers);
    let header = |name| view.header(name).ok().flatten();
    let digests = (header("digest"), header("content-digest"));
    let Ok(body) = verify_body(digests.0.as_deref(), digests.1.as_deref(), body) else {
        return false;
    };
    let needs = Needs {
        now_unix_secs: CAVAGE_NOW,
        body: Some(body),
    };
    claim(&view, needs).is_ok_and(|claim| is_confirmed(&claim, &cavage_key()))
}

#[test]
fn no_changed_byte_of_a_signed_value_passes() {
    for (scheme, signed_headers) in [
        (Scheme::Cavage, ["Date", "Digest"].as_slice()),
        (
            Scheme::Rfc9421,
            ["Content-Digest", "Signature-Input"].as_slice(),
        ),
    ] {
        let headers = signed(scheme);
        assert!(is_accepted(&headers, BODY));
        for (at, (name, value)) in headers.iter().enumerate() {
            if !signed_headers.contains(name) {
                continue;
            }
            for byte in 0..value.len() {
                let mut changed = value.clone().into_bytes();
                changed[byte] ^= 1;
                let mut headers = headers.clone();
                headers[at].1 = String::from_utf8(changed).unwrap();
                // The label is not signed, but then belongs to no signature.
                assert!(!is_accepted(&headers, BODY), "{name} byte {byte}");
            }
        }
        assert!(!is_accepted(&headers, br#"{"type":"follow"}"#));
    }
}

proptest! {
    #[test]
    fn mutated_headers_never_panic(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<bool>(),
        is_rfc in any::<bool>(),
    ) {
        let scheme = if is_rfc { Scheme::Rfc9421 } else { Scheme::Cavage };
        let mut headers = signed_cached(scheme);
        let value = &mut headers[which.index(3)].1;
        let mut bytes = value.clone().into_bytes();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        *value = String::from_utf8_lossy(&bytes).into_owned();
        is_accepted(&headers, BODY);
    }

    #[test]
    fn any_signature_header_is_read_or_refused(
        input in "(sig=\\(.{0,30}\\))?.{0,40}",
        signature in "(keyId=\"[a-z\"]{0,9}\",)?.{0,60}",
    ) {
        let needs = Needs { now_unix_secs: 0, body: None };
        let both = [("signature-input", input.as_str()), ("signature", signature.as_str())];
        let _ = claim(&post("/", &both), needs);
        let _ = claim(&post("/", &both[1..]), needs);
    }
}

fn signed_cached(scheme: Scheme) -> Vec<(&'static str, String)> {
    use std::sync::OnceLock;
    static CAVAGE: OnceLock<Vec<(&str, String)>> = OnceLock::new();
    static RFC: OnceLock<Vec<(&str, String)>> = OnceLock::new();
    match scheme {
        Scheme::Cavage => CAVAGE.get_or_init(|| signed(scheme)).clone(),
        Scheme::Rfc9421 => RFC.get_or_init(|| signed(scheme)).clone(),
    }
}
