use proptest::prelude::*;

use super::*;

const BOUNDARY_TYPE: &str = "multipart/form-data; boundary=xx";

fn multipart(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut body = String::new();
    for (name, value) in fields {
        body +=
            &format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    (body + "--xx--\r\n").into_bytes()
}

/// The same video in every encoding that clients use.
fn same_video() -> Vec<FormBody> {
    let fields = |tags: [&'static str; 2]| {
        [
            ("name", "A & B"),
            ("nsfw", "true"),
            ("category", "15"),
            (tags[0], "one"),
            (tags[1], "two"),
            ("scheduleUpdate[privacy]", "1"),
        ]
    };
    let urlencoded = |tags| {
        let text = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields(tags))
            .finish();
        parse_body(
            "application/x-www-form-urlencoded; charset=utf-8",
            text.as_bytes(),
        )
    };
    let json = br#"{"name":"A & B","nsfw":true,"category":15,"tags":["one","two"],
        "scheduleUpdate":{"privacy":1}}"#;
    vec![
        parse_body("application/json; charset=utf-8", json)
            .unwrap()
            .form,
        urlencoded(["tags[0]", "tags[1]"]).unwrap().form,
        urlencoded(["tags[]", "tags[]"]).unwrap().form,
        urlencoded(["tags", "tags"]).unwrap().form,
        parse_body(BOUNDARY_TYPE, &multipart(&fields(["tags[]", "tags[]"])))
            .unwrap()
            .form,
        parse_body(BOUNDARY_TYPE, &multipart(&fields(["tags[0]", "tags[1]"])))
            .unwrap()
            .form,
    ]
}

#[test]
fn every_encoding_reads_the_same() {
    for form in same_video() {
        let mut reader = FieldReader::body(&form);
        assert_eq!(reader.required_text("name", 3..=120), Some("A & B"));
        assert_eq!(reader.boolean("nsfw"), Some(true));
        assert_eq!(reader.number("category", 1..=18_u16), Some(15));
        let rules = FieldRules {
            items: 0..=5,
            chars: 2..=30,
        };
        assert_eq!(
            reader.list("tags", &rules),
            Some(vec!["one".into(), "two".into()])
        );
        assert!(form.has_object("scheduleUpdate"));
        assert_eq!(reader.number("scheduleUpdate.privacy", 1..=5_u8), Some(1));
        assert_eq!(reader.finish(), Ok(()));
    }
}

#[test]
fn updates_tell_absent_null_and_set_apart() {
    let form = FormBody::from_json(br#"{"a":null,"b":"null","c":"","d":"text","e":[]}"#).unwrap();
    let mut reader = FieldReader::body(&form);
    assert_eq!(reader.change_text("a", 1..=9), Some(None));
    assert_eq!(reader.change_text("b", 1..=9), Some(None));
    assert_eq!(reader.change_text("c", 1..=9), Some(None));
    assert_eq!(reader.change_text("d", 1..=9), Some(Some("text")));
    assert_eq!(reader.change_text("x", 1..=9), None);
    assert_eq!(reader.change_date("a"), Some(None));
    assert_eq!(reader.change_known("x", |_| Some(1)), None);
    let rules = FieldRules {
        items: 0..=5,
        chars: 1..=9,
    };
    assert_eq!(reader.list("e", &rules), Some(vec![]));
    assert_eq!(reader.list("a", &rules), Some(vec![]));
    assert_eq!(reader.list("x", &rules), None);
    // "null" is a legal title.
    assert_eq!(reader.required_text("b", 3..=9), Some("null"));
    assert!(reader.finish().is_ok());
}

#[test]
fn every_wrong_field_is_named_once_with_its_value() {
    let form = FormBody::from_urlencoded(
        b"name=ab&n=12x&flag=perhaps&when=yesterday&cat=99&tags=a&tags=bb&ids=1&ids=x&big=9",
    )
    .unwrap();
    let mut reader = FieldReader::query(&form);
    assert_eq!(reader.required_text("name", 3..=120), None);
    assert_eq!(reader.required_text("missing", 3..=120), None);
    assert_eq!(reader.number("n", 0..=100_u32), None);
    assert_eq!(reader.number("big", 0..=5_u8), None);
    assert_eq!(reader.boolean("flag"), None);
    assert_eq!(reader.date("when"), None);
    assert_eq!(reader.known("cat", |_| None::<u8>), None);
    assert_eq!(
        reader.list(
            "tags",
            &FieldRules {
                items: 0..=5,
                chars: 2..=30
            }
        ),
        None
    );
    reader.known_list("ids", 10, |id| id.parse::<u8>().ok());
    let invalid = reader.finish().unwrap_err();
    let named: Vec<_> = invalid.iter().map(|entry| entry.param.as_str()).collect();
    assert_eq!(
        named,
        [
            "name", "missing", "n", "big", "flag", "when", "cat", "tags", "ids"
        ]
    );
    assert_eq!(invalid[0].msg, "must have 3 to 120 characters");
    assert_eq!(invalid[0].value, Some("ab".into()));
    assert_eq!(invalid[1].value, None);
    assert_eq!(invalid[7].value, Some("a".into()));
    assert!(
        invalid
            .iter()
            .all(|entry| entry.location == crate::problem::ParamLocation::Query)
    );
}

#[test]
fn bodies_of_no_form_are_refused_with_their_status() {
    let deep = format!("{}1{}", r#"{"a":"#.repeat(7), "}".repeat(7));
    let many: String = (0..=MAX_FIELDS).map(|n| format!("a{n}=1&")).collect();
    let huge = vec![b' '; MAX_FORM_BYTES + 1];
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    for (content_type, bytes, error, status) in [
        (json, b"[1]".as_slice(), FormError::NotJson, 400),
        (json, b"{", FormError::NotJson, 400),
        (json, b"{\"a\":\"\xff\"}", FormError::NotJson, 400),
        (json, deep.as_bytes(), FormError::TooDeep, 400),
        (json, &huge, FormError::TooLarge(MAX_FORM_BYTES), 413),
        (form, &huge, FormError::TooLarge(MAX_FORM_BYTES), 413),
        (form, many.as_bytes(), FormError::TooManyFields, 400),
        ("text/plain", b"a=1", FormError::UnsupportedContentType, 415),
        ("", b"a=1", FormError::UnsupportedContentType, 415),
    ] {
        assert_eq!(parse_body(content_type, bytes), Err(error));
        assert_eq!(error.to_problem().status, status);
    }
    assert_eq!(parse_body("text/plain", b""), Ok(Body::default()));
    assert_eq!(parse_body("application/json", b"  "), Ok(Body::default()));
}

#[test]
fn deepest_allowed_nesting_is_read() {
    let form = FormBody::from_json(br#"{"a":{"b":{"c":{"d":{"e":{"f":1}}}}}}"#).unwrap();
    assert_eq!(form.text("a.b.c.d.e.f"), Some("1"));
    let form = FormBody::from_json(br#"{"chapters":[{"title":"x","timecode":3}]}"#).unwrap();
    assert_eq!(form.text("chapters.0.title"), Some("x"));
}

proptest! {
    #[test]
    fn no_body_panics(bytes: Vec<u8>) {
        let _ = FormBody::from_json(&bytes);
        let _ = FormBody::from_urlencoded(&bytes);
        let _ = parse_body(BOUNDARY_TYPE, &bytes);
    }

    #[test]
    fn any_text_survives_every_encoding(value in "[^\r\n]{0,40}") {
        let text = form_urlencoded::Serializer::new(String::new())
            .append_pair("a[b]", &value)
            .finish();
        let json = serde_json::to_vec(&serde_json::json!({ "a": { "b": value } })).unwrap();
        for form in [
            FormBody::from_urlencoded(text.as_bytes()).unwrap(),
            FormBody::from_json(&json).unwrap(),
            parse_body(BOUNDARY_TYPE, &multipart(&[("a[b]", &value)])).unwrap().form,
        ] {
            prop_assert_eq!(form.text("a.b"), Some(value.as_str()));
        }
    }
}
