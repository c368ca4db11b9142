use super::{Depth, Fmp4Error, Fmp4Index, Fmp4Indexer, TrackKind};
use crate::{ByteRange, DraftError, MediaPlaylist, RenditionDraft, Sha256};
use proptest::prelude::*;

const AV: &[u8] = include_bytes!("../../tests/vectors/av-fragmented.mp4");
const AV_M3U8: &str = include_str!("../../tests/vectors/av.m3u8");
const AUDIO: &[u8] = include_bytes!("../../tests/vectors/audio-fragmented.mp4");
const AUDIO_M3U8: &str = include_str!("../../tests/vectors/audio.m3u8");
const PROGRESSIVE: &[u8] = include_bytes!("../../tests/vectors/progressive.mp4");

/// Feeds `file` and counts the reads.
fn index(file: &[u8], depth: Depth) -> Result<(Fmp4Index, usize), Fmp4Error> {
    let mut indexer = Fmp4Indexer::new(u64::try_from(file.len()).unwrap(), depth)?;
    let mut reads = 0;
    while let Some(range) = indexer.needs() {
        let first = usize::try_from(range.first()).unwrap();
        let end = usize::try_from(range.end()).unwrap();
        indexer.feed(&file[first..end])?;
        reads += 1;
        assert!(reads < 10_000, "indexer does not move on");
    }
    Ok((indexer.finish()?, reads))
}

#[test]
fn learns_tracks_and_fragments_of_a_rendition() {
    let (found, _) = index(AV, Depth::Fragments).unwrap();
    assert_eq!(found.codecs(), "avc1.64000a,mp4a.40.2");
    assert_eq!(found.init_range, ByteRange::new(0, 1_352).unwrap());
    let video = found.track(TrackKind::Video).unwrap();
    assert_eq!((video.width, video.height, video.rate()), (96, 54, 10));
    assert_eq!(video.sample_count, 90);
    assert_eq!(found.track(TrackKind::Audio).unwrap().sample_count, 195);
    let ranges: Vec<String> = found
        .fragments
        .iter()
        .map(|f| f.range.to_string())
        .collect();
    assert_eq!(ranges, ["1353-10604", "10605-19361", "19362-22447"]);
    let starts: Vec<u64> = found.fragments.iter().map(|f| f.decode_time_us).collect();
    assert_eq!(starts, [0, 4_000_000, 8_000_000]);
    assert!(found.fragments.iter().all(|f| f.starts_with_sync_sample));
}

#[test]
fn header_depth_reads_once() {
    let (found, reads) = index(AV, Depth::Header).unwrap();
    assert_eq!((found.fragments.len(), reads), (1, 1));
    assert_eq!(found.track(TrackKind::Video).unwrap().rate(), 10);
}

#[test]
fn draft_joins_file_and_playlist() {
    let (found, _) = index(AV, Depth::Fragments).unwrap();
    let playlist = MediaPlaylist::parse(AV_M3U8).unwrap();
    let draft = RenditionDraft::new(&found, Some(&playlist)).unwrap();
    let ranges: Vec<ByteRange> = draft.segments().iter().map(|s| s.range).collect();
    assert_eq!(
        ranges,
        playlist
            .segments
            .iter()
            .map(|s| s.range)
            .collect::<Vec<_>>()
    );
    let report = draft
        .into_report(&[Sha256([9; 32]); 3], 16 << 10, vec![1; 40])
        .unwrap();
    assert_eq!((report.duration_ms, report.segments.len()), (9_000, 3));
    let tail_bps = ((8_757_u64 + 3_086) * 8).div_ceil(5);
    assert_eq!(
        report.bandwidth_bps, tail_bps,
        "the 1 s tail counts with what is before it"
    );
}

#[test]
fn audio_alone_and_progressive_files() {
    let (found, _) = index(AUDIO, Depth::Fragments).unwrap();
    let playlist = MediaPlaylist::parse(AUDIO_M3U8).unwrap();
    let draft = RenditionDraft::new(&found, Some(&playlist)).unwrap();
    let report = draft
        .into_report(&[Sha256([0; 32]); 3], 16 << 10, vec![0; 20])
        .unwrap();
    assert_eq!(
        (report.width, report.has_video, report.has_audio),
        (0, false, true)
    );
    assert_eq!(report.codecs, "mp4a.40.2");

    let (found, _) = index(PROGRESSIVE, Depth::Fragments).unwrap();
    assert!(!found.is_fragmented);
    let draft = RenditionDraft::new(&found, None).unwrap();
    let report = draft.into_report(&[], 16 << 10, vec![0; 20]).unwrap();
    assert_eq!((report.fps, report.duration_ms), (10, 2_000));
    assert!(!report.has_audio && report.segments.is_empty());
}

#[test]
fn refuses_playlists_of_another_file() {
    let (found, _) = index(AV, Depth::Fragments).unwrap();
    let check = |from: &str, to: &str, expected: &dyn Fn(&DraftError) -> bool| {
        let playlist = MediaPlaylist::parse(&AV_M3U8.replace(from, to)).unwrap();
        let error = RenditionDraft::new(&found, Some(&playlist)).unwrap_err();
        assert!(expected(&error), "{error:?}");
    };
    check("1353@0", "1352@0", &|e| {
        matches!(e, DraftError::InitRange { .. })
    });
    check("9252@1353", "9251@1353", &|e| {
        matches!(e, DraftError::CutsFragment { index: 0 })
    });
    check("8757@10605", "8756@10606", &|e| {
        matches!(e, DraftError::CutsFragment { index: 1 })
    });
    check("3086@19362", "3087@19362", &|e| {
        matches!(e, DraftError::OutsideFile { index: 2, .. })
    });
    assert!(matches!(
        RenditionDraft::new(&found, None),
        Err(DraftError::Playlist)
    ));
}

#[test]
fn names_what_is_wrong_with_a_file() {
    let cut = |length: usize| index(&AV[..length], Depth::Fragments).unwrap_err();
    assert!(matches!(cut(1_353), Fmp4Error::NoFragment));
    assert!(matches!(cut(28), Fmp4Error::Moov { found: 0 }));
    assert!(matches!(cut(10_604), Fmp4Error::Truncated { .. }));
    assert!(matches!(
        Fmp4Indexer::new(0, Depth::Header),
        Err(Fmp4Error::FileSize { .. })
    ));
    let twice = [&AV[..1_353], &AV[28..]].concat();
    assert!(matches!(
        index(&twice, Depth::Fragments),
        Err(Fmp4Error::Moov { found: 2 })
    ));
    assert!(matches!(
        index(b"not an MP4 file at all", Depth::Header),
        Err(Fmp4Error::Truncated { .. })
    ));
    let mut other = AV.to_vec();
    let entry = other.windows(4).position(|w| w == b"avc1").unwrap();
    let entry = entry
        + other[entry + 1..]
            .windows(4)
            .position(|w| w == b"avc1")
            .map_or(0, |p| p + 1);
    other[entry..entry + 4].copy_from_slice(b"mp4v");
    let found = index(&other, Depth::Header);
    assert!(
        matches!(found, Err(Fmp4Error::UnsupportedCodec { .. })),
        "{found:?}"
    );
    let mut indexer = Fmp4Indexer::new(100, Depth::Header).unwrap();
    let error = indexer.feed(&[0; 99]).unwrap_err();
    assert_eq!(
        error,
        Fmp4Error::WrongFeed {
            expected: 100,
            actual: 99
        }
    );
}

#[test]
fn every_cut_of_a_file_ends() {
    for length in 1..AV.len() {
        // A cut exactly between fragments is a shorter file; everything else is an error.
        let whole = [10_605, 19_362].contains(&length);
        assert_eq!(
            index(&AV[..length], Depth::Fragments).is_ok(),
            whole,
            "{length}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        changes in prop::collection::vec((0_usize..4_000, any::<u8>()), 1..8),
        noise in prop::collection::vec(any::<u8>(), 1..300),
    ) {
        let mut file = AV.to_vec();
        for (position, byte) in changes {
            file[position] = byte;
        }
        let _ = index(&file, Depth::Fragments);
        let _ = index(&noise, Depth::Fragments);
    }
}
