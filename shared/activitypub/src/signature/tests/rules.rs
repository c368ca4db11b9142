//! What a signature has to cover, how old it may be, and the shapes that servers send.

use super::{CAVAGE_NOW, cavage_key, is_confirmed, post, sign};
use crate::AbsoluteUrl;
use crate::signature::{
    Claim, DigestHeaders, Needs, Outgoing, RequestView, Scheme, SignatureError, Unsigned, claim,
    sha256_digest,
};

const DIGEST: DigestHeaders = DigestHeaders {
    digest: true,
    content_digest: false,
};
const CONTENT_DIGEST: DigestHeaders = DigestHeaders {
    digest: false,
    content_digest: true,
};

const fn at(now_unix_secs: i64, body: Option<DigestHeaders>) -> Needs {
    Needs {
        now_unix_secs,
        body,
    }
}

/// A cavage header over `covered`, with a signature that no key made.
fn header(covered: &str, more: &str) -> String {
    format!(r#"keyId="https://a.example/u#main-key",headers="{covered}",signature="AAAA"{more}"#)
}

fn claim_of(signature: &str, needs: Needs) -> Result<Claim, SignatureError> {
    let headers = [
        ("date", "Sun, 05 Jan 2014 21:31:40 GMT"),
        (
            "digest",
            "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
        ),
        ("signature", signature),
    ];
    claim(&post("/inbox", &headers), needs)
}

#[test]
fn cavage_covers_target_host_time_and_digest() {
    let needs = at(CAVAGE_NOW, Some(DIGEST));
    assert!(claim_of(&header("digest date host (request-target)", ""), needs).is_ok());
    for (covered, component) in [
        ("host date digest", "(request-target)"),
        ("(request-target) date digest", "host"),
        ("(request-target) host date", "digest"),
        ("(request-target) host digest", "date"),
    ] {
        assert_eq!(
            claim_of(&header(covered, ""), needs),
            Err(SignatureError::NotCovered { component })
        );
    }
    let without_body = at(CAVAGE_NOW, None);
    assert!(claim_of(&header("(request-target) host date", ""), without_body).is_ok());
    // Signed, but not what the body was compared with.
    let other = at(CAVAGE_NOW, Some(CONTENT_DIGEST));
    assert_eq!(
        claim_of(&header("(request-target) host date digest", ""), other),
        Err(SignatureError::NotCovered {
            component: "digest"
        })
    );
}

#[test]
fn cavage_is_fresh() {
    let dated = header("(request-target) host date", "");
    for (age_secs, is_fresh) in [
        (0, true),
        (1800, true),
        (-1800, true),
        (1801, false),
        (-1801, false),
    ] {
        let outcome = claim_of(&dated, at(CAVAGE_NOW + age_secs, None));
        let expected = if is_fresh {
            None
        } else {
            Some(SignatureError::ClockSkew { age_secs })
        };
        assert_eq!(outcome.err(), expected);
    }
    let covered = "(request-target) (created) (expires) host";
    let created = |created: i64, expires: i64| {
        let times = format!(",algorithm=hs2019,created={created},expires=\"{expires}\"");
        claim_of(&header(covered, &times), at(CAVAGE_NOW, None))
    };
    let claim = created(CAVAGE_NOW, CAVAGE_NOW + 10).unwrap();
    let text = String::from_utf8(claim.message().to_vec()).unwrap();
    assert!(text.contains("(created): 1388957500\n(expires): 1388957510\nhost: example.com"));
    assert_eq!(
        created(CAVAGE_NOW - 1900, CAVAGE_NOW),
        Err(SignatureError::ClockSkew { age_secs: 1900 })
    );
    assert_eq!(
        created(CAVAGE_NOW, CAVAGE_NOW - 1),
        Err(SignatureError::Validity)
    );
    let expired = header("(request-target) host date", ",expires=1388950000");
    assert_eq!(
        claim_of(&expired, at(CAVAGE_NOW, None)),
        Err(SignatureError::Expired { since_secs: 7500 })
    );
}

#[test]
fn cavage_headers_that_cannot_be_used() {
    let needs = at(CAVAGE_NOW, None);
    let covered = "(request-target) host date";
    for (signature, error) in [
        (
            header(
                "(request-target) host (created)",
                ",created=1388957500,algorithm=rsa-sha256",
            ),
            SignatureError::BadParameter {
                parameter: "algorithm",
            },
        ),
        (
            header("(request-target) host date (created)", ""),
            SignatureError::AbsentComponent {
                component: "(created)".to_owned(),
            },
        ),
        (
            header("(request-target) host date x-none", ""),
            SignatureError::AbsentComponent {
                component: "x-none".to_owned(),
            },
        ),
        (
            header("(request-target) host date date", ""),
            SignatureError::RepeatedComponent {
                component: "date".to_owned(),
            },
        ),
        (
            header(covered, ",algorithm=\"hmac-sha256\""),
            SignatureError::UnsupportedAlgorithm {
                algorithm: "hmac-sha256".to_owned(),
            },
        ),
        (
            header(covered, ",keyId=\"https://b.example/\""),
            SignatureError::BadParameter { parameter: "keyId" },
        ),
        (
            header(covered, ",created=soon"),
            SignatureError::BadParameter {
                parameter: "created",
            },
        ),
        (
            header("", ""),
            SignatureError::BadParameter {
                parameter: "headers",
            },
        ),
        (
            "keyId=\"x\"".to_owned(),
            SignatureError::MissingParameter {
                parameter: "signature",
            },
        ),
        (
            "keyId=\"x\",signature=\"!\"".to_owned(),
            SignatureError::BadParameter {
                parameter: "signature",
            },
        ),
        (
            "garbage".to_owned(),
            SignatureError::Malformed {
                header: "Signature",
            },
        ),
        (
            "keyId=\"x".to_owned(),
            SignatureError::Malformed {
                header: "Signature",
            },
        ),
        (header(&"a ".repeat(33), ""), SignatureError::TooManyCovered),
        (
            header(&"a".repeat(9000), ""),
            SignatureError::HeaderTooLong {
                header: "Signature",
            },
        ),
    ] {
        assert_eq!(claim_of(&signature, needs), Err(error), "{signature}");
    }
    let unsigned = claim(&post("/inbox", &[]), needs);
    assert_eq!(unsigned, Err(SignatureError::Missing));
}

#[test]
fn header_values_cannot_add_lines() {
    let headers = [
        ("date", "x\nhost: evil"),
        ("signature", &*header("(request-target) host date", "")),
    ];
    assert_eq!(
        claim(&post("/inbox", &headers), at(0, None)),
        Err(SignatureError::LineBreak {
            header: "date".to_owned()
        })
    );
}

/// As Mastodon 4 (content-type signed, `#main-key`), PeerTube 6 (bare actor id) and Pleroma
/// (content-length, another order, lower-case names) write it; facts from their sources and traffic.
#[test]
fn shapes_of_mastodon_peertube_and_pleroma() {
    let body = br#"{"type":"Follow"}"#;
    let digest = sha256_digest(body);
    for (covered, key_id, algorithm) in [
        (
            "(request-target) host date digest content-type",
            "https://m.example/users/a#main-key",
            "rsa-sha256",
        ),
        (
            "(request-target) host date digest",
            "https://p.example/accounts/peertube",
            "rsa-sha256",
        ),
        (
            "(request-target) content-length date digest host",
            "https://pl.example/users/a#main-key",
            "rsa-sha256",
        ),
        (
            "(request-target) content-type date digest host",
            "https://l.example/u/a#main-key",
            "hs2019",
        ),
    ] {
        let plain = [
            ("Date", "Sun, 05 Jan 2014 21:31:40 GMT"),
            ("Digest", digest.as_str()),
            ("content-type", "application/activity+json"),
            ("content-length", "17"),
        ];
        let mut message = Vec::new();
        for name in covered.split(' ') {
            let value = match name {
                "(request-target)" => "post /inbox",
                "host" => "example.com",
                _ => {
                    plain
                        .iter()
                        .find(|(other, _)| other.eq_ignore_ascii_case(name))
                        .unwrap()
                        .1
                }
            };
            message.push(format!("{name}: {value}"));
        }
        use base64::Engine;
        let encoded =
            base64::engine::general_purpose::STANDARD.encode(sign(message.join("\n").as_bytes()));
        let signature = format!(
            r#"keyId="{key_id}",algorithm="{algorithm}",headers="{covered}",signature="{encoded}""#
        );
        let headers: Vec<(&str, &str)> = plain
            .into_iter()
            .chain([("Signature", signature.as_str())])
            .collect();
        let claim = claim(&post("/inbox", &headers), at(CAVAGE_NOW, Some(DIGEST))).unwrap();
        assert!(is_confirmed(&claim, &cavage_key()), "{covered}");
        assert_eq!(
            claim.key_url().unwrap().as_str(),
            key_id.split('#').next().unwrap()
        );
    }
}

#[test]
fn what_we_sign_is_accepted_by_both_schemes() {
    let url = AbsoluteUrl::parse("https://Example.com:443/inbox?x=1").unwrap();
    let body: &[u8] = br#"{"type":"Follow"}"#;
    for (scheme, method, body) in [
        (Scheme::Cavage, "POST", Some(body)),
        (Scheme::Cavage, "GET", None),
        (Scheme::Rfc9421, "POST", Some(body)),
        (Scheme::Rfc9421, "GET", None),
    ] {
        let outgoing = Outgoing {
            method,
            url: &url,
            key_id: "https://us.example/a#main-key",
            now_unix_secs: CAVAGE_NOW,
            body,
        };
        let unsigned = Unsigned::new(&outgoing, scheme).unwrap();
        let signature = sign(unsigned.message());
        let headers = unsigned.headers(&signature);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let view = RequestView {
            method,
            ..post("/inbox?x=1", &headers)
        };
        let compared = body.map(|body| {
            let digest = view.header("digest").unwrap();
            let content_digest = view.header("content-digest").unwrap();
            crate::signature::verify_body(digest.as_deref(), content_digest.as_deref(), body)
                .unwrap()
        });
        let claim = claim(&view, at(CAVAGE_NOW + 5, compared)).unwrap();
        assert_eq!(
            (claim.scheme(), claim.key_id()),
            (scheme, "https://us.example/a#main-key")
        );
        assert!(is_confirmed(&claim, &cavage_key()));
    }
    let outgoing = Outgoing {
        method: "GET",
        url: &url,
        key_id: "a\"b",
        now_unix_secs: 0,
        body: None,
    };
    assert!(Unsigned::new(&outgoing, Scheme::Cavage).is_err());
}

#[test]
fn our_headers_are_those_that_peertube_reads() {
    let url = AbsoluteUrl::parse("https://p.example/inbox").unwrap();
    let outgoing = Outgoing {
        method: "POST",
        url: &url,
        key_id: "https://us.example/a#main-key",
        now_unix_secs: CAVAGE_NOW,
        body: Some(br#"{"hello": "world"}"#),
    };
    let cavage = Unsigned::new(&outgoing, Scheme::Cavage)
        .unwrap()
        .headers(&[0, 0, 0]);
    assert_eq!(
        cavage,
        [
            ("Date", "Sun, 05 Jan 2014 21:31:40 GMT".to_owned()),
            ("Digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=".to_owned()),
            ("Signature", r#"keyId="https://us.example/a#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="AAAA""#.to_owned()),
        ]
    );
    let rfc = Unsigned::new(&outgoing, Scheme::Rfc9421)
        .unwrap()
        .headers(&[0, 0, 0]);
    assert_eq!(
        rfc,
        [
            ("Content-Digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:".to_owned()),
            ("Signature-Input", r#"sig1=("@method" "@target-uri" "@authority" "content-digest");created=1388957500;keyid="https://us.example/a#main-key";alg="rsa-v1_5-sha256""#.to_owned()),
            ("Signature", "sig1=:AAAA:".to_owned()),
        ]
    );
}

#[test]
fn rfc_9421_covers_method_target_digest_and_time() {
    let try_list = |list: &str, target: &str, body| {
        let input = format!("s={list};keyid=\"https://a.example/u\"");
        let headers = [
            ("content-digest", "sha-256=:AAAA:"),
            ("signature-input", &*input),
            ("signature", "s=:AAAA:"),
        ];
        claim(&post(target, &headers), at(1000, body)).map(|claim| claim.key_id().to_owned())
    };
    let full = "(\"@method\" \"@target-uri\" \"content-digest\");created=1000";
    assert!(try_list(full, "/inbox?a", Some(CONTENT_DIGEST)).is_ok());
    let parts = "(\"@method\" \"@authority\" \"@path\");created=1000";
    assert!(try_list(parts, "/inbox", None).is_ok());
    for (list, target, error) in [
        (
            parts,
            "/inbox?a",
            SignatureError::NotCovered {
                component: "@target-uri",
            },
        ),
        (
            "(\"@target-uri\");created=1000",
            "/inbox",
            SignatureError::NotCovered {
                component: "@method",
            },
        ),
        (
            "(\"@method\" \"@target-uri\")",
            "/inbox",
            SignatureError::NotCovered {
                component: "created",
            },
        ),
        (
            "(\"@method\" \"@target-uri\");created=9999",
            "/inbox",
            SignatureError::ClockSkew { age_secs: -8999 },
        ),
        (
            "(\"@method\" \"@target-uri\");created=1000;expires=999",
            "/inbox",
            SignatureError::Validity,
        ),
        (
            "(\"@method\" \"@target-uri\" \"@status\");created=1000",
            "/inbox",
            SignatureError::UnsupportedComponent {
                component: "\"@status\"".to_owned(),
            },
        ),
        (
            "(\"@method\" \"@target-uri\" \"date\";req);created=1000",
            "/inbox",
            SignatureError::UnsupportedComponent {
                component: "\"date\";req".to_owned(),
            },
        ),
        (
            "(\"@method\" \"@target-uri\" \"@method\");created=1000",
            "/inbox",
            SignatureError::RepeatedComponent {
                component: "\"@method\"".to_owned(),
            },
        ),
        (
            "(\"@method\" \"@target-uri\");created=1000;alg=\"ed25519\"",
            "/inbox",
            SignatureError::UnsupportedAlgorithm {
                algorithm: "ed25519".to_owned(),
            },
        ),
        (
            "(\"@method\" \"@target-uri\");created=\"1000\"",
            "/inbox",
            SignatureError::BadParameter {
                parameter: "created",
            },
        ),
        (
            "\"@method\"",
            "/inbox",
            SignatureError::Malformed {
                header: "Signature-Input",
            },
        ),
    ] {
        assert_eq!(try_list(list, target, None), Err(error), "{list}");
    }
    assert_eq!(
        try_list(parts, "/inbox", Some(CONTENT_DIGEST)),
        Err(SignatureError::NotCovered {
            component: "content-digest"
        })
    );
}

#[test]
fn of_several_signatures_one_that_is_enough_counts() {
    let input = "weak=(\"@method\");created=1000;keyid=\"w\", ed=(\"@method\" \"@target-uri\");created=1000;keyid=\"e\";alg=\"ed25519\", full=(\"@method\" \"@target-uri\");created=1000;keyid=\"f\"";
    let headers = [
        ("signature-input", input),
        ("signature", "weak=:AAAA:, ed=:AAAA:, full=:AAAA:"),
    ];
    let claim = claim(&post("/", &headers), at(1000, None)).unwrap();
    assert_eq!((claim.key_id(), claim.key_url()), ("f", None));
}
