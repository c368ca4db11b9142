use super::{MediaPlaylist, MediaPlaylistError, MediaSegment};
use crate::{ByteRange, FileName};
use proptest::prelude::*;

/// As ffmpeg 5.1 writes it.
const FFMPEG: &str = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n\
    #EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n\
    #EXT-X-MAP:URI=\"a-fragmented.mp4\",BYTERANGE=\"1353@0\"\n\
    #EXTINF:4.000000,\n#EXT-X-BYTERANGE:819157@1353\na-fragmented.mp4\n\
    #EXTINF:1.280000,\n#EXT-X-BYTERANGE:254397@820510\na-fragmented.mp4\n#EXT-X-ENDLIST\n";

fn parsed(text: &str) -> Result<MediaPlaylist, MediaPlaylistError> {
    MediaPlaylist::parse(text)
}

#[test]
fn reads_what_ffmpeg_writes_and_renames_every_uri() {
    let playlist = parsed(FFMPEG).unwrap();
    assert_eq!(playlist.uri, "a-fragmented.mp4");
    assert_eq!(playlist.init_range, ByteRange::new(0, 1_352).unwrap());
    assert_eq!(playlist.duration_us(), 5_280_000);
    assert_eq!(
        playlist.segments[1].range,
        ByteRange::new(820_510, 1_074_906).unwrap()
    );
    let ours = playlist.write(&FileName::parse("5f-720-fragmented.mp4").unwrap());
    assert_eq!(
        ours,
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-MAP:URI=\"5f-720-fragmented.mp4\",BYTERANGE=\"1353@0\"\n\
         #EXTINF:4.000000,\n#EXT-X-BYTERANGE:819157@1353\n5f-720-fragmented.mp4\n\
         #EXTINF:1.280000,\n#EXT-X-BYTERANGE:254397@820510\n5f-720-fragmented.mp4\n\
         #EXT-X-ENDLIST\n"
    );
}

#[test]
fn a_range_without_offset_continues_the_one_before() {
    let text = FFMPEG
        .replace("254397@820510", "254397")
        .replace("819157@1353", "819157");
    assert_eq!(parsed(&text).unwrap(), parsed(FFMPEG).unwrap());
}

#[test]
fn takes_crlf_and_the_map_with_a_directory() {
    let text = FFMPEG
        .replace("URI=\"a-", "URI=\"/tmp/x/a-")
        .replace('\n', "\r\n");
    assert_eq!(parsed(&text).unwrap(), parsed(FFMPEG).unwrap());
}

#[test]
fn names_the_rule_that_a_text_breaks() {
    use MediaPlaylistError as E;
    let check = |from: &str, to: &str, expected: &dyn Fn(&E) -> bool| {
        let error = parsed(&FFMPEG.replace(from, to)).unwrap_err();
        assert!(expected(&error), "{from:?} -> {to:?}: {error:?}");
    };
    check("#EXTM3U\n", "", &|e| matches!(e, E::NoHeader));
    check("#EXT-X-ENDLIST\n", "", &|e| matches!(e, E::NotEnded));
    check("4.000000", "-4", &|e| {
        matches!(e, E::Malformed { tag: "EXTINF", .. })
    });
    check("4.000000", "0", &|e| {
        matches!(e, E::Malformed { tag: "EXTINF", .. })
    });
    check("4.000000", "9999", &|e| {
        matches!(e, E::Malformed { tag: "EXTINF", .. })
    });
    check("819157@1353", "0@1353", &|e| {
        matches!(e, E::Range { line: 9, .. })
    });
    check("819157@1353", "819157@1352", &|e| {
        matches!(e, E::Overlap { line: 9 })
    });
    check("819157@1353", "+5@1353", &|e| {
        matches!(e, E::Malformed { .. })
    });
    check("819157@1353", "99999999999999999999@1", &|e| {
        matches!(e, E::Malformed { .. })
    });
    check(
        "\na-fragmented.mp4\n#EXT-X-ENDLIST",
        "\nb.mp4\n#EXT-X-ENDLIST",
        &|e| matches!(e, E::SecondFile { line: 12 }),
    );
    check("#EXTINF:1.280000,\n", "", &|e| {
        matches!(e, E::MissingTag { tag: "EXTINF", .. })
    });
    check(",BYTERANGE=\"1353@0\"", "", &|e| {
        matches!(
            e,
            E::Malformed {
                tag: "EXT-X-MAP",
                ..
            }
        )
    });
    check("#EXTINF:1", "#EXT-X-KEY:METHOD=AES-128\n#EXTINF:1", &|e| {
        matches!(
            e,
            E::Unsupported {
                tag: "#EXT-X-KEY",
                line: 10
            }
        )
    });
    check("#EXTINF:1", "#EXT-X-DISCONTINUITY\n#EXTINF:1", &|e| {
        matches!(e, E::Unsupported { .. })
    });
    assert_eq!(parsed("#EXTM3U\n#EXT-X-ENDLIST\n"), Err(E::NoSegment));
}

proptest! {
    #[test]
    fn parse_undoes_write(
        init in 1_u64..100_000,
        parts in prop::collection::vec((1_u64..1 << 40, 1_u64..600_000_000, 0_u64..9), 1..50),
    ) {
        let mut end = init;
        let mut segments = Vec::new();
        for (length, duration_us, gap) in parts {
            let range = ByteRange::from_length(end + gap, length).unwrap();
            end = range.end();
            segments.push(MediaSegment { range, duration_us });
        }
        let playlist = MediaPlaylist {
            uri: "x-1080-fragmented.mp4".to_owned(),
            init_range: ByteRange::from_length(0, init).unwrap(),
            segments,
        };
        let text = playlist.write(&FileName::parse(&playlist.uri).unwrap());
        prop_assert_eq!(parsed(&text).unwrap(), playlist);
    }

    #[test]
    fn no_text_makes_it_panic(noise in ".{0,200}", cut in 0_usize..300) {
        let _ = parsed(&noise);
        let _ = parsed(&format!("{}{noise}", &FFMPEG[..cut.min(FFMPEG.len())]));
    }
}
