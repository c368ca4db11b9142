use proptest::prelude::*;

use super::*;
use crate::form::FormError;

/// A part as it was put together from events.
type Part = (String, Option<String>, Vec<u8>);

/// Feeds `body` cut at `cuts` and puts the parts together again.
fn scan(boundary: &str, body: &[u8], cuts: &[usize]) -> Result<Vec<Part>, MultipartError> {
    let mut scanner = MultipartScanner::new(boundary)?;
    let mut parts: Vec<Part> = Vec::new();
    let (mut open, mut ended, mut from) = (false, false, 0);
    for &cut in cuts.iter().chain([&body.len()]) {
        let block = &body[from..cut];
        for event in scanner.feed(block)? {
            assert!(!ended, "nothing may follow the end");
            match event {
                Event::PartStart(headers) => {
                    assert!(!open);
                    open = true;
                    parts.push((headers.name, headers.filename, Vec::new()));
                }
                Event::Data(range) => {
                    assert!(open && !range.is_empty());
                    parts.last_mut().unwrap().2.extend_from_slice(&block[range]);
                }
                Event::Held(bytes) => {
                    assert!(open && !bytes.is_empty() && bytes.len() <= 73);
                    parts.last_mut().unwrap().2.extend_from_slice(&bytes);
                }
                Event::PartEnd => {
                    assert!(open);
                    open = false;
                }
                Event::End => ended = true,
            }
        }
        from = cut;
    }
    scanner.finish()?;
    assert!(ended && !open);
    Ok(parts)
}

fn encode(boundary: &str, parts: &[Part]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, filename, content) in parts {
        let filename = filename
            .as_ref()
            .map(|name| format!("; filename=\"{name}\""));
        body.extend_from_slice(
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{}\r\n\r\n",
                filename.unwrap_or_default()
            )
            .as_bytes(),
        );
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

/// Contents that look like boundaries but are none.
fn tricky_parts() -> Vec<Part> {
    vec![
        ("name".into(), None, b"A film".to_vec()),
        ("empty".into(), None, Vec::new()),
        (
            "videofile".into(),
            Some("a.mp4".into()),
            b"\r\r\n\r\n-\r\n--\r\n--ab\r\n--abX--abc--\r\n\r\r\n--ab\r".to_vec(),
        ),
        ("last".into(), None, b"--abc".to_vec()),
    ]
}

#[test]
fn every_split_position_gives_the_same_parts() {
    // The last part begins with the boundary's text, but without "--" of its own before it.
    let mut parts = tricky_parts();
    parts[3].2 = b"-abc".to_vec();
    let body = encode("abc", &parts);
    for first in 0..=body.len() {
        assert_eq!(
            scan("abc", &body, &[first]).as_ref(),
            Ok(&parts),
            "cut at {first}"
        );
    }
    for first in (0..=body.len()).step_by(3) {
        for second in first..=body.len() {
            assert_eq!(scan("abc", &body, &[first, second]).as_ref(), Ok(&parts));
        }
    }
    let every_byte: Vec<usize> = (0..body.len()).collect();
    assert_eq!(scan("abc", &body, &every_byte), Ok(parts));
}

#[test]
fn whole_file_block_is_one_range() {
    let mut scanner = MultipartScanner::new("b").unwrap();
    let start = b"--b\r\nContent-Disposition: form-data; name=\"v\"; filename=\"f\"\r\n\r\n";
    assert_eq!(scanner.feed(start).unwrap().len(), 1);
    assert_eq!(scanner.feed(&[7; 4096]).unwrap(), [Event::Data(0..4096)]);
    assert_eq!(scanner.feed(b"xy\r\n--").unwrap(), [Event::Data(0..2)]);
    let events = scanner.feed(b"nob").unwrap();
    assert_eq!(events, [Event::Held(b"\r\n--".to_vec()), Event::Data(0..3)]);
    assert_eq!(
        scanner.feed(b"\r\n--b--").unwrap(),
        [Event::PartEnd, Event::End]
    );
    assert!(scanner.is_complete());
}

#[test]
fn preamble_epilogue_padding_and_shared_line_ends_are_taken() {
    let body = b"ignored\r\n--b  \r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\
        --b\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\n1\r\n--b--\r\nignored --b";
    for cut in 0..=body.len() {
        assert_eq!(
            scan("b", body, &[cut]),
            Ok(vec![
                ("a".into(), None, vec![]),
                ("c".into(), None, b"1".to_vec())
            ])
        );
    }
    assert_eq!(scan("b", b"--b--", &[]), Ok(vec![]));
}

#[test]
fn broken_bodies_are_refused_with_their_reason() {
    let part = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx";
    let many = format!("{}--b--", format!("{part}\r\n").repeat(MAX_PARTS + 1));
    let long_header = format!("--b\r\nX: {}\r\n\r\n", "y".repeat(MAX_PART_HEADER_BYTES));
    for (body, error) in [
        ("", MultipartError::Truncated),
        ("--", MultipartError::Truncated),
        ("--b", MultipartError::Truncated),
        ("--b\r\n", MultipartError::Truncated),
        (part, MultipartError::Truncated),
        ("--bc\r\n", MultipartError::TextAfterBoundary),
        ("--b-\r\n", MultipartError::TextAfterBoundary),
        ("--b\n", MultipartError::TextAfterBoundary),
        ("--b\r\n\r\nx\r\n--b--", MultipartError::NoPartName),
        (
            &"p".repeat(MAX_PREAMBLE_BYTES + 1),
            MultipartError::NoFirstBoundary,
        ),
        (&many, MultipartError::TooManyParts),
        (&long_header, MultipartError::HeadersTooLong),
    ] {
        for cut in [0, body.len() / 2] {
            assert_eq!(scan("b", body.as_bytes(), &[cut]), Err(error), "{body:.40}");
        }
    }
    assert_eq!(
        MultipartScanner::new("a\rb").err(),
        Some(MultipartError::BadBoundary)
    );
}

#[test]
fn form_scanner_collects_small_parts_and_passes_streamed_ones() {
    let parts: Vec<Part> = vec![
        ("name".into(), None, b"A film".to_vec()),
        ("thumbnailfile".into(), Some("t.jpg".into()), vec![1, 2, 3]),
        ("previewfile".into(), Some(String::new()), vec![]),
        (
            "videofile".into(),
            Some("v.mp4".into()),
            b"film\r\n--no".to_vec(),
        ),
        ("tags[]".into(), None, b"x".to_vec()),
    ];
    let body = encode("b", &parts);
    for cut in 0..=body.len() {
        let mut scanner = FormScanner::new("b", &["videofile"]).unwrap();
        let mut file = Vec::new();
        for block in [&body[..cut], &body[cut..]] {
            for event in scanner.feed(block).unwrap() {
                match event {
                    FormEvent::FileStart(headers) => assert_eq!(headers.name, "videofile"),
                    FormEvent::FileData(range) => file.extend_from_slice(&block[range]),
                    FormEvent::FileHeld(bytes) => file.extend_from_slice(&bytes),
                    FormEvent::FileEnd => assert_eq!(scanner.form().text("name"), Some("A film")),
                }
            }
        }
        assert_eq!(file, parts[3].2);
        let collected = scanner.finish().unwrap();
        assert_eq!(collected.form.text("tags"), Some("x"));
        assert_eq!(collected.file("thumbnailfile").unwrap().bytes, [1, 2, 3]);
        assert_eq!(
            collected.files.len(),
            1,
            "an empty nameless file is no file"
        );
    }
}

#[test]
fn form_scanner_bounds_what_it_collects() {
    let head = |extra: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"a\"{extra}\r\n\r\n").into_bytes()
    };
    for (extra, bound) in [
        ("", crate::form::MAX_FORM_BYTES),
        ("; filename=\"f\"", MAX_COLLECTED_BYTES),
    ] {
        let mut scanner = FormScanner::new("b", &[]).unwrap();
        scanner.feed(&head(extra)).unwrap();
        assert!(scanner.feed(&vec![b'x'; bound]).is_ok());
        assert_eq!(scanner.feed(b"x"), Err(FormError::TooLarge(bound)));
    }
    let mut scanner = FormScanner::new("b", &[]).unwrap();
    scanner.feed(&head("")).unwrap();
    assert_eq!(scanner.feed(b"\xff\r\n--b"), Err(FormError::NotUtf8));
}

proptest! {
    #[test]
    fn parts_survive_any_cuts(
        boundary in "[a-b]{1,3}",
        contents in prop::collection::vec(
            prop::collection::vec(prop::sample::select(b"\r\n-abx".to_vec()), 0..60), 0..4),
        cuts in prop::collection::vec(0..4000_usize, 0..12),
    ) {
        let needle = format!("\r\n--{boundary}");
        let parts: Vec<Part> = contents
            .into_iter()
            .filter(|content| {
                let framed = [b"\r\n", content.as_slice()].concat();
                memchr::memmem::find(&framed, needle.as_bytes()).is_none()
            })
            .map(|content| ("f".to_owned(), Some("n".to_owned()), content))
            .collect();
        let body = encode(&boundary, &parts);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (body.len() + 1)).collect();
        cuts.sort_unstable();
        prop_assert_eq!(scan(&boundary, &body, &cuts), Ok(parts));
    }

    #[test]
    fn no_bytes_panic(
        bytes in prop::collection::vec(prop::sample::select(b"\r\n-b:;=\"x\xff".to_vec()), 0..300),
        cut in 0..300_usize,
    ) {
        let body = [b"--b\r\nContent-Disposition: form-data; name=a".as_slice(), &bytes].concat();
        let _ = scan("b", &body, &[cut.min(body.len())]);
        let _ = scan("b", &bytes, &[cut.min(bytes.len())]);
    }
}
