//! draft-cavage-12 appendix C, RFC 9421 section 4.3 and appendix B.2.

use super::{CAVAGE_HEADERS, cavage_key, is_confirmed, is_signed, post, rfc_key, rfc_pss_key};
use crate::signature::{
    Algorithm, Needs, RequestView, Scheme, cavage, claim, rfc9421, verify_body,
};

#[test]
fn appendix_c_of_draft_cavage() {
    let target = "(request-target): post /foo?param=value&pet=dog\nhost: example.com\n";
    let date = "date: Sun, 05 Jan 2014 21:31:40 GMT";
    let rest = "content-type: application/json\ndigest: SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=\ncontent-length: 18";
    for (header, signing_string) in [
        (
            r#"keyId="Test",algorithm="rsa-sha256",signature="SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM=""#,
            date.to_owned(),
        ),
        (
            r#"keyId="Test",algorithm="rsa-sha256",headers="(request-target) host date", signature="qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=""#,
            format!("{target}{date}"),
        ),
        (
            r#"keyId="Test",algorithm="rsa-sha256",headers="(request-target) host date content-type digest content-length",signature="vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=""#,
            format!("{target}{date}\n{rest}"),
        ),
    ] {
        let parsed = cavage::parse(header).unwrap();
        assert_eq!(parsed.key_id, "Test");
        let view = post("/foo?param=value&pet=dog", &CAVAGE_HEADERS);
        assert_eq!(parsed.signing_string(&view).unwrap(), signing_string);
        assert!(is_signed(
            &cavage_key(),
            Algorithm::RsaV15Sha256,
            signing_string.as_bytes(),
            &parsed.signature
        ));
        let other = post("/foo?param=value&pet=cat", &CAVAGE_HEADERS);
        assert_eq!(
            parsed.signing_string(&other).unwrap() == signing_string,
            !parsed.covers("(request-target)")
        );
    }
}

/// `test-request` of RFC 9421 appendix B.2.
const RFC_HEADERS: [(&str, &str); 5] = [
    ("Host", "example.com"),
    ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
    ("Content-Type", "application/json"),
    (
        "Content-Digest",
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
    ),
    ("Content-Length", "18"),
];
const CONTENT_DIGEST_LINE: &str = "\"content-digest\": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

fn check_base(input: &str, signature: &str, expected: &str) -> rfc9421::Parsed {
    let parsed = rfc9421::parse(input, signature).unwrap().remove(0).unwrap();
    let view = post("/foo?param=Value&Pet=dog", &RFC_HEADERS);
    assert_eq!(parsed.base(&view).unwrap(), expected);
    assert!(input.starts_with(&parsed.label));
    parsed
}

fn check_pss(input: &str, signature: &str, expected: &str) {
    let parsed = check_base(input, signature, expected);
    assert_eq!(parsed.key_id, "test-key-rsa-pss");
    assert!(is_signed(
        &rfc_pss_key(),
        Algorithm::RsaPssSha512,
        expected.as_bytes(),
        &parsed.signature
    ));
}

#[test]
fn b_2_1_minimal_signature_using_rsa_pss_sha512() {
    check_pss(
        r#"sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#,
        "sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:",
        r#""@signature-params": ();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#,
    );
}

#[test]
fn b_2_2_selective_covered_components() {
    let list = r#"("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example""#;
    check_pss(
        &format!("sig-b22={list}"),
        "sig-b22=:LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==:",
        &format!(
            "\"@authority\": example.com\n{CONTENT_DIGEST_LINE}\n\"@query-param\";name=\"Pet\": dog\n\"@signature-params\": {list}"
        ),
    );
}

#[test]
fn b_2_3_full_coverage() {
    let list = r#"("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss""#;
    check_pss(
        &format!("sig-b23={list}"),
        "sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:",
        &format!(
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@query\": ?param=Value&Pet=dog\n\"@authority\": example.com\n\"content-type\": application/json\n{CONTENT_DIGEST_LINE}\n\"content-length\": 18\n\"@signature-params\": {list}"
        ),
    );
}

#[test]
fn bases_of_b_2_5_and_b_2_6() {
    let list =
        r#"("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#;
    check_base(
        &format!("sig-b25={list}"),
        "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
        &format!(
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@authority\": example.com\n\"content-type\": application/json\n\"@signature-params\": {list}"
        ),
    );
    let list = r#"("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
    check_base(
        &format!("sig-b26={list}"),
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
        &format!(
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@authority\": example.com\n\"content-type\": application/json\n\"content-length\": 18\n\"@signature-params\": {list}"
        ),
    );
}

/// Section 4.3: `proxy_sig`, made with `rsa-v1_5-sha256`, through the whole of [`claim`].
#[test]
fn the_proxy_of_section_4_3() {
    let headers = [
        ("host", "origin.host.internal.example"),
        ("date", "Tue, 20 Apr 2021 02:07:56 GMT"),
        ("content-type", "application/json"),
        ("content-length", "18"),
        ("forwarded", "for=192.0.2.123;host=example.com;proto=https"),
        RFC_HEADERS[3],
        (
            "signature-input",
            r#"proxy_sig=("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540"#,
        ),
        (
            "signature",
            "proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==:",
        ),
    ];
    let view = RequestView {
        method: "POST",
        origin: "https://origin.host.internal.example",
        // Without the query: its `@path` alone does not cover one, which `rules.rs` refuses.
        path_and_query: "/foo",
        headers: &headers,
    };
    let body = verify_body(None, Some(RFC_HEADERS[3].1), br#"{"hello": "world"}"#).unwrap();
    let needs = Needs {
        now_unix_secs: 1_618_884_500,
        body: Some(body),
    };
    let claim = claim(&view, needs).unwrap();
    assert_eq!(
        (claim.scheme(), claim.key_id()),
        (Scheme::Rfc9421, "test-key-rsa")
    );
    assert!(is_confirmed(&claim, &rfc_key()));
    assert!(!is_confirmed(&claim, &rfc_pss_key()));
}
