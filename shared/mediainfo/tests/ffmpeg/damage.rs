//! Cut and mutated files.

use std::path::{Path, PathBuf};

use mediainfo::ProbeError;
use proptest::prelude::*;

use crate::make::{PICTURE, SOUND, both, make, probe};

/// Files whose cut the container shows at any place.
fn whole_files(folder: &Path) -> Vec<PathBuf> {
    let theora = ["-c:v", "libtheora", "-c:a", "libvorbis"];
    [
        ("a.mp4", both(&[])),
        ("b.mp4", both(&["-movflags", "+faststart"])),
        ("c.mkv", both(&[])),
        ("d.avi", both(&[])),
        ("e.wav", SOUND.to_vec()),
        ("f.ogv", [&PICTURE[..], &SOUND, &theora].concat()),
    ]
    .map(|(name, arguments)| make(folder, name, &arguments))
    .into()
}

#[test]
fn cut_files_are_told_at_any_length() {
    let folder = tempfile::tempdir().unwrap();
    for path in whole_files(folder.path()) {
        let bytes = std::fs::read(&path).unwrap();
        assert!(probe(&bytes).0.is_ok());
        let near_the_end = (1..40).map(|missing| bytes.len() - missing);
        let everywhere = (16..bytes.len()).step_by(bytes.len() / 97 + 1);
        for length in near_the_end.chain(everywhere) {
            let outcome = probe(&bytes[..length]).0;
            assert!(
                matches!(outcome, Err(ProbeError::Truncated { .. })),
                "{} cut to {length}: {outcome:?}",
                path.display()
            );
        }
    }
}

#[test]
fn mutated_files_never_panic_nor_ask_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = whole_files(folder.path());
    let movflags = "+frag_keyframe+empty_moov";
    paths.push(make(
        folder.path(),
        "g.mp4",
        &both(&["-movflags", movflags]),
    ));
    paths.push(make(folder.path(), "h.mp3", &SOUND));
    paths.push(make(folder.path(), "i.flac", &SOUND));
    let files: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        cases: 3_000,
        ..ProptestConfig::default()
    });
    let changes = prop::collection::vec((any::<u32>(), any::<u8>(), any::<bool>()), 1..12);
    let which = 0..files.len();
    runner
        .run(
            &(which, changes, any::<u32>(), any::<bool>()),
            |(which, changes, cut, cuts)| {
                let mut bytes = files[which].clone();
                for (at, value, near_the_start) in changes {
                    let bound = if near_the_start {
                        bytes.len().min(600)
                    } else {
                        bytes.len()
                    };
                    let at = usize::try_from(at).unwrap() % bound;
                    // Most structure stands in the last kilobytes of a file with its index at the end.
                    let at = if near_the_start {
                        at
                    } else {
                        bytes.len() - 1 - at
                    };
                    bytes[at] = value;
                }
                if cuts {
                    bytes.truncate(usize::try_from(cut).unwrap() % (bytes.len() + 1));
                }
                let _ = probe(&bytes);
                Ok(())
            },
        )
        .unwrap();
}
