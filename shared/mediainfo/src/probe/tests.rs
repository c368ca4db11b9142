use proptest::prelude::*;

use super::*;
use crate::{Container, READ_AHEAD_BYTES};

fn probe(bytes: &[u8]) -> Result<MediaInfo, ProbeError> {
    let mut probe = Probe::new(u64::try_from(bytes.len()).unwrap());
    let mut reads = 0;
    while let Some(range) = probe.needs() {
        reads += 1;
        assert!(reads <= MAX_READS && range.len > 0 && range.len <= READ_AHEAD_BYTES);
        let first = usize::try_from(range.first).unwrap();
        probe.feed(&bytes[first..first + usize::try_from(range.len).unwrap()]);
    }
    probe.finish()
}

#[test]
fn what_is_no_media_is_told_at_once() {
    assert_eq!(Probe::new(0).needs(), None);
    assert_eq!(Probe::new(0).finish(), Err(ProbeError::Empty));
    for bytes in [
        b"x".as_slice(),
        b"Hello, world! This is a text and no film.",
        b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR",
        b"\xFF\xD8\xFF\xE0\0\x10JFIF\0",
        b"PK\x03\x04aaaaaaaaaaaa",
        b"RIFF\x10\0\0\0WEBPVP8 aaaa",
        b"\x7FELFaaaaaaaaaaaaaaaa",
        b"<html><body></body></html>",
        b"\xFF\xF1\x50\x80\x02\x1F\xFC",
        &[0; 4_096],
        &[0xFF; 4_096],
    ] {
        assert_eq!(probe(bytes), Err(ProbeError::NotMedia), "{bytes:.8?}");
    }
    assert_eq!(Probe::new(u64::MAX).finish(), Err(ProbeError::TooComplex));
}

#[test]
fn small_files_of_the_simple_formats() {
    // WAVE: 8 kHz, 1 channel, 8 bits, half a second.
    let mut wav = b"RIFF\xC4\x0F\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x40\x1F\0\0\x01\0\
        \x08\0data\xA0\x0F\0\0"
        .to_vec();
    wav.extend([0x80; 4_000]);
    let info = probe(&wav).unwrap();
    assert_eq!(
        (info.container, info.duration_ms),
        (Container::Wav, Some(500))
    );
    let at = 4_043;
    assert_eq!(probe(&wav[..4_043]), Err(ProbeError::Truncated { at }));

    // FLAC: 44.1 kHz, 88,200 samples.
    let flac = b"fLaC\x80\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x0A\xC4\x42\xF0\0\x01\x58\x88\
        aaaaaaaaaaaaaaaa";
    let info = probe(flac).unwrap();
    assert_eq!(
        (info.container, info.duration_ms),
        (Container::Flac, Some(2_000))
    );

    // MP3: ten frames of 128 kbit/s and 44.1 kHz, behind an empty tag.
    let mut mp3 = b"ID3\x04\0\0\0\0\0\0".to_vec();
    for _ in 0..10 {
        mp3.extend(b"\xFF\xFB\x90\x44");
        mp3.extend([0; 413]);
    }
    let info = probe(&mp3).unwrap();
    assert_eq!(
        (info.container, info.duration_ms),
        (Container::Mp3, Some(261))
    );

    // Ogg: one Opus stream, 312 samples of lead-in, ends at 48,312.
    let page = |flags: u8, granule: u64, body: &[u8]| {
        let mut page = b"OggS\0".to_vec();
        page.push(flags);
        page.extend(granule.to_le_bytes());
        page.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        page.push(u8::try_from(body.len()).unwrap());
        page.extend(body);
        page
    };
    let head = b"OpusHead\x01\x02\x38\x01\x80\xBB\0\0\0\0\0";
    let ogg = [page(2, 0, head), page(4, 48_312, b"packet")].concat();
    let info = probe(&ogg).unwrap();
    assert_eq!(
        (info.container, info.duration_ms),
        (Container::Ogg, Some(1_000))
    );
}

#[test]
fn smallest_webm() {
    let webm = b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm\
        \x18\x53\x80\x67\xFF\
        \x15\x49\xA9\x66\x8E\x2A\xD7\xB1\x83\x0F\x42\x40\x44\x89\x84\x45\x1C\x40\x00\
        \x16\x54\xAE\x6B\x9B\xAE\x99\x83\x81\x01\x86\x85V_VP8\x23\xE3\x83\x83\x98\x96\x80\
        \xE0\x86\xB0\x81\x40\xBA\x81\x30";
    let info = probe(webm).unwrap();
    assert_eq!(
        (info.container, info.duration_ms),
        (Container::WebM, Some(2_500))
    );
    let video = info.video.unwrap();
    assert_eq!(
        (video.width, video.height, video.fps),
        (64, 48, Some(100.0))
    );
    assert_eq!(video.codec, Some("vp8"));
    assert_eq!(info.audio, None);
}

#[test]
fn wrong_blocks_and_early_ends_are_errors() {
    let mut probe = Probe::new(100);
    probe.feed(&[0; 99]);
    assert_eq!(
        probe.finish(),
        Err(ProbeError::WrongBlock {
            fed: 99,
            wanted: 100
        })
    );
    assert_eq!(Probe::new(100).finish(), Err(ProbeError::TooComplex));
}

/// Starts that lead into every parser.
const STARTS: [&[u8]; 10] = [
    b"",
    b"\0\0\0\x10ftypisom\0\0\0\0",
    b"\0\0\0\x08moov",
    b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm\x18\x53\x80\x67\xFF",
    b"OggS\0\x02",
    b"RIFF\xFF\0\0\0WAVE",
    b"RIFF\xFF\0\0\0AVI LIST\xF0\0\0\0hdrl",
    b"ID3\x04\0\0\0\0\0\0",
    b"fLaC\0\0\0\x22",
    b"\xFF\xFB\x90\x44",
];

proptest! {
    #[test]
    fn no_bytes_panic(which in 0..STARTS.len(), rest: Vec<u8>) {
        let _ = probe(&[STARTS[which], &rest].concat());
    }

    #[test]
    fn no_size_and_no_block_panics(total: u64, blocks in prop::collection::vec(any::<u8>(), 0..99)) {
        let mut probe = Probe::new(total);
        for value in blocks {
            let Some(range) = probe.needs() else { break };
            prop_assert!(range.first + u64::from(range.len) <= total);
            probe.feed(&vec![value; usize::try_from(range.len).unwrap()]);
        }
        let _ = probe.finish();
    }
}
