use super::{RenditionReport, ReportError, ReportSegment, Sha256};
use crate::ByteRange;

pub(crate) fn sample() -> RenditionReport {
    let segment = |first, last, byte| ReportSegment {
        range: ByteRange::new(first, last).unwrap(),
        duration_ms: 4_000,
        sha256: Sha256([byte; 32]),
    };
    RenditionReport {
        size_bytes: 30_000,
        width: 640,
        height: 360,
        fps: 30,
        has_video: true,
        has_audio: true,
        codecs: "avc1.64001e,mp4a.40.2".to_owned(),
        duration_ms: 8_000,
        bandwidth_bps: 38_000,
        average_bandwidth_bps: 29_000,
        init_range: ByteRange::new(0, 999).unwrap(),
        segments: vec![segment(1_000, 19_999, 0x11), segment(20_000, 29_999, 0x22)],
        piece_length_bytes: 16 << 10,
        pieces: vec![7; 40],
    }
}

#[test]
fn wire_form_is_stable() {
    let json = sample().to_json();
    let (one, two) = ("11".repeat(32), "22".repeat(32));
    let pieces = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw==";
    assert_eq!(
        json,
        format!(
            "{{\"sizeBytes\":30000,\"width\":640,\"height\":360,\"fps\":30,\"hasVideo\":true,\
             \"hasAudio\":true,\"codecs\":\"avc1.64001e,mp4a.40.2\",\"durationMs\":8000,\
             \"bandwidthBps\":38000,\"averageBandwidthBps\":29000,\
             \"initRange\":{{\"first\":0,\"last\":999}},\"segments\":[\
             {{\"first\":1000,\"last\":19999,\"durationMs\":4000,\"sha256\":\"{one}\"}},\
             {{\"first\":20000,\"last\":29999,\"durationMs\":4000,\"sha256\":\"{two}\"}}],\
             \"pieceLengthBytes\":16384,\"pieces\":\"{pieces}\"}}"
        )
    );
    assert_eq!(
        RenditionReport::from_json(json.as_bytes()).unwrap(),
        sample()
    );
}

#[test]
fn refuses_what_cannot_be() {
    let check = |change: &dyn Fn(&mut RenditionReport), expected: &str| {
        let mut report = sample();
        change(&mut report);
        let error = RenditionReport::from_json(report.to_json().as_bytes()).unwrap_err();
        assert!(
            error.to_string().contains(expected),
            "{error} for {expected}"
        );
    };
    check(&|r| r.size_bytes = 29_999, "segment 1");
    check(&|r| r.size_bytes = u64::MAX, "sizeBytes");
    check(&|r| r.width = 0, "width");
    check(&|r| r.has_video = false, "width");
    check(&|r| r.fps = 100_000, "fps");
    check(&|r| r.codecs = "a\"b".to_owned(), "codecs");
    check(&|r| r.duration_ms = 0, "durationMs");
    check(&|r| r.bandwidth_bps = 1, "averageBandwidthBps");
    check(
        &|r| r.init_range = ByteRange::new(1, 999).unwrap(),
        "initRange",
    );
    check(
        &|r| r.segments[1].range = ByteRange::new(19_999, 20_000).unwrap(),
        "segment 1",
    );
    check(
        &|r| r.segments[0].range = ByteRange::new(0, 20).unwrap(),
        "segment 0",
    );
    check(&|r| r.piece_length_bytes = 20_000, "pieceLengthBytes");
    check(&|r| r.pieces.truncate(39), "39 bytes of piece hashes, 40");
}

#[test]
fn refuses_what_is_no_report() {
    for json in ["", "{}", "[]", "null"] {
        let error = RenditionReport::from_json(json.as_bytes()).unwrap_err();
        assert!(matches!(error, ReportError::Json(_)), "{json}: {error}");
    }
    let huge = vec![b' '; crate::limits::MAX_REPORT_BYTES + 1];
    let error = RenditionReport::from_json(&huge).unwrap_err();
    assert!(matches!(error, ReportError::TooLarge { .. }));
}

#[test]
fn segments_make_a_playlist() {
    let playlist = sample().media_playlist("a.mp4").unwrap();
    assert_eq!(playlist.duration_us(), 8_000_000);
    let mut progressive = sample();
    progressive.segments.clear();
    assert!(progressive.validate().is_ok());
    assert_eq!(progressive.media_playlist("a.mp4"), None);
}
