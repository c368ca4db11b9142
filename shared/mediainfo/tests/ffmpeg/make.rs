//! Making files and probing them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use mediainfo::{ByteRange, MAX_READS, MediaInfo, Probe, ProbeError};

/// Probes bytes in memory; answers the outcome and the number of reads.
pub(crate) fn probe(bytes: &[u8]) -> (Result<MediaInfo, ProbeError>, usize) {
    let mut probe = Probe::new(u64::try_from(bytes.len()).unwrap());
    let mut reads = 0;
    while let Some(ByteRange { first, len }) = probe.needs() {
        reads += 1;
        assert!(reads <= MAX_READS, "a probe must not ask for ever");
        let first = usize::try_from(first).unwrap();
        probe.feed(&bytes[first..first + usize::try_from(len).unwrap()]);
    }
    (probe.finish(), reads)
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} must be installed: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    output.stdout
}

/// Makes a file in a folder of its own.
pub(crate) fn make(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let path = folder.join(name);
    let all = [
        &["-v", "error", "-y", "-nostdin"],
        arguments,
        &[path.to_str().unwrap()],
    ]
    .concat();
    run("ffmpeg", &all);
    path
}

pub(crate) const PICTURE: [&str; 4] = [
    "-f",
    "lavfi",
    "-i",
    "testsrc=size=320x180:rate=30000/1001:duration=3",
];
pub(crate) const SOUND: [&str; 4] = ["-f", "lavfi", "-i", "sine=frequency=440:duration=3"];
pub(crate) const H264: [&str; 8] = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p",
    "-g",
    "15",
];
pub(crate) const AAC: [&str; 2] = ["-c:a", "aac"];

pub(crate) fn both(extra: &[&'static str]) -> Vec<&'static str> {
    [&PICTURE, &SOUND, &H264[..], &AAC[..], &["-shortest"], extra].concat()
}
