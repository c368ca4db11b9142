//! Files typed box by box, good and bad.

use crate::{
    Container, Probe, VideoTrack,
    info::{AudioTrack, MediaInfo},
    probe::ProbeError,
};

fn atom(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes(), kind.as_slice(), &content].concat()
}

const IDENTITY: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/// A phone held upright: 90 degrees clockwise.
const UPRIGHT: [u32; 9] = [0, 0x1_0000, 0, 0xFFFF_0000, 0, 0, 0, 0, 0x4000_0000];

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn tkhd(flags: u32, id: u32, matrix: &[u32; 9], width: u32, height: u32) -> Vec<u8> {
    let head = words(&[flags, 0, 0, id, 0, 0, 0, 0, 0, 0]);
    atom(
        b"tkhd",
        &[&head, &words(matrix), &words(&[width << 16, height << 16])],
    )
}

/// 10 seconds at 1,000 units per second.
fn mdia(handler: &[u8; 4], entry: &[u8], samples: u32) -> Vec<u8> {
    let stsd = atom(b"stsd", &[&words(&[0, 1]), entry]);
    let stsz = atom(b"stsz", &[&words(&[0, 1, samples])]);
    let stbl = atom(b"stbl", &[&stsd, &stsz]);
    let hdlr = atom(
        b"hdlr",
        &[&words(&[0, 0]), handler, &words(&[0, 0, 0]), b"\0"],
    );
    let mdhd = atom(b"mdhd", &[&words(&[0, 0, 0, 1_000, 10_000, 0])]);
    atom(b"mdia", &[&mdhd, &hdlr, &atom(b"minf", &[&stbl])])
}

fn picture_entry(kind: &[u8; 4]) -> Vec<u8> {
    atom(kind, &[&[0; 24], &[0x07, 0x80, 0x04, 0x38], &[0; 50]])
}

fn picture_track(flags: u32, matrix: &[u32; 9]) -> Vec<u8> {
    let entry = picture_entry(b"avc1");
    atom(
        b"trak",
        &[
            &tkhd(flags, 1, matrix, 1920, 1080),
            &mdia(b"vide", &entry, 250),
        ],
    )
}

fn sound_track() -> Vec<u8> {
    // ES descriptor with a long length, no options; decoder descriptor of object type 0x6B.
    let esds = [
        words(&[0]),
        vec![
            3, 0x80, 0x80, 0x80, 0x22, 0, 2, 0, 4, 0x80, 0x80, 0x80, 0x14, 0x6B, 0x15,
        ],
    ];
    let entry = atom(b"mp4a", &[&[0; 28], &atom(b"esds", &[&esds.concat()])]);
    atom(
        b"trak",
        &[&tkhd(1, 2, &IDENTITY, 0, 0), &mdia(b"soun", &entry, 400)],
    )
}

fn movie(tracks: &[Vec<u8>]) -> Vec<u8> {
    let mvhd = atom(b"mvhd", &[&words(&[0, 0, 0, 600, 6_000, 0])]);
    let tracks: Vec<&[u8]> = tracks.iter().map(Vec::as_slice).collect();
    atom(b"moov", &[&mvhd, &tracks.concat()])
}

fn file(movie: &[u8]) -> Vec<u8> {
    [
        &atom(b"ftyp", &[b"isom", &words(&[512])]),
        movie,
        &atom(b"mdat", &[&[0; 100]]),
    ]
    .concat()
}

fn probe(bytes: &[u8]) -> Result<MediaInfo, ProbeError> {
    let mut probe = Probe::new(u64::try_from(bytes.len()).unwrap());
    while let Some(range) = probe.needs() {
        let first = usize::try_from(range.first).unwrap();
        probe.feed(&bytes[first..first + usize::try_from(range.len).unwrap()]);
    }
    probe.finish()
}

#[test]
fn reads_picture_and_sound() {
    let bytes = file(&movie(&[picture_track(1, &IDENTITY), sound_track()]));
    let info = probe(&bytes).unwrap();
    let video = VideoTrack {
        width: 1920,
        height: 1080,
        rotation: 0,
        fps: Some(25.0),
        codec: Some("h264"),
    };
    assert_eq!(
        info,
        MediaInfo {
            container: Container::Mp4,
            duration_ms: Some(10_000),
            video: Some(video),
            audio: Some(AudioTrack { codec: Some("mp3") }),
        }
    );
    assert_eq!(info.resolution(), 1080);
}

#[test]
fn upright_phone_video_is_portrait() {
    let info = probe(&file(&movie(&[picture_track(1, &UPRIGHT)]))).unwrap();
    let video = info.video.unwrap();
    assert_eq!(
        (video.rotation, video.width, video.height),
        (90, 1080, 1920)
    );
    assert_eq!(info.resolution(), 1080);
}

#[test]
fn disabled_picture_beside_sound_is_a_chapter_image() {
    let with_sound = probe(&file(&movie(&[picture_track(0, &IDENTITY), sound_track()])));
    assert!(!with_sound.unwrap().has_video());
    let alone = probe(&file(&movie(&[picture_track(0, &IDENTITY)])));
    assert!(alone.unwrap().has_video());
}

#[test]
fn index_may_stand_anywhere_and_sizes_may_be_long_or_open() {
    let movie = movie(&[picture_track(1, &IDENTITY)]);
    let ftyp = atom(b"ftyp", &[b"mp42"]);
    let long = [
        &[0, 0, 0, 1],
        b"mdat".as_slice(),
        &116_u64.to_be_bytes(),
        &[0; 100],
    ]
    .concat();
    assert!(probe(&[&ftyp, &long, movie.as_slice()].concat()).is_ok());
    let open = [&[0, 0, 0, 0], b"mdat".as_slice(), &[0; 100]].concat();
    assert!(probe(&[&ftyp, movie.as_slice(), &open].concat()).is_ok());
    // QuickTime without a brand.
    let wide = atom(b"wide", &[]);
    let info = probe(&[&wide, movie.as_slice(), &long].concat()).unwrap();
    assert_eq!(info.container, Container::QuickTime);
}

#[test]
fn cut_off_damaged_and_foreign_files() {
    let movie_box = movie(&[picture_track(1, &IDENTITY)]);
    let good = file(&movie_box);
    for length in 8..good.len() {
        let outcome = probe(&good[..length]);
        let at = u64::try_from(length).unwrap();
        assert_eq!(
            outcome,
            Err(ProbeError::Truncated { at }),
            "cut to {length}"
        );
    }
    let ftyp = atom(b"ftyp", &[b"isom"]);
    let no_index = [ftyp.as_slice(), &atom(b"mdat", &[&[0; 64]])].concat();
    let at = u64::try_from(no_index.len()).unwrap();
    assert_eq!(probe(&no_index), Err(ProbeError::Truncated { at }));
    let picture = [atom(b"ftyp", &[b"heic"]), atom(b"meta", &[&[0; 64]])].concat();
    assert_eq!(probe(&picture), Err(ProbeError::NotMedia));
    assert_eq!(probe(&file(&movie(&[]))), Err(ProbeError::NoTracks));
    // A box inside the movie that is longer than the movie.
    let mut damaged = file(&movie_box);
    damaged[16 + 8 + 2] = 0xFF;
    assert!(matches!(
        probe(&damaged),
        Err(ProbeError::Truncated { .. } | ProbeError::Damaged { .. })
    ));
    let entry = picture_entry(b"encv");
    let track = atom(
        b"trak",
        &[&tkhd(1, 1, &IDENTITY, 0, 0), &mdia(b"vide", &entry, 1)],
    );
    assert_eq!(probe(&file(&movie(&[track]))), Err(ProbeError::Encrypted));
}

#[test]
fn fragments_without_index_are_added_up() {
    let entry = picture_entry(b"avc1");
    let stsd = atom(b"stsd", &[&words(&[0, 1]), &entry]);
    let hdlr = atom(b"hdlr", &[&words(&[0, 0]), b"vide", &words(&[0, 0, 0])]);
    let mdhd = atom(b"mdhd", &[&words(&[0, 0, 0, 1_000, 0, 0])]);
    let minf = atom(b"minf", &[&atom(b"stbl", &[&stsd])]);
    let trak = atom(
        b"trak",
        &[
            &tkhd(1, 1, &IDENTITY, 0, 0),
            &atom(b"mdia", &[&mdhd, &hdlr, &minf]),
        ],
    );
    let mvhd = atom(b"mvhd", &[&words(&[0, 0, 0, 1_000, 0, 0])]);
    let mvex = atom(b"mvex", &[&atom(b"trex", &[&words(&[0, 1, 1, 40, 0, 0])])]);
    let moov = atom(b"moov", &[&mvhd, &trak, &mvex]);
    let fragment = |start: u32, samples: u32| {
        let traf = atom(
            b"traf",
            &[
                &atom(b"tfhd", &[&words(&[0, 1])]),
                &atom(b"tfdt", &[&words(&[0, start])]),
                &atom(b"trun", &[&words(&[0, samples])]),
            ],
        );
        [atom(b"moof", &[&traf]), atom(b"mdat", &[&[0; 20]])].concat()
    };
    let bytes = [
        atom(b"ftyp", &[b"iso5"]),
        moov,
        fragment(0, 50),
        fragment(2_000, 25),
    ]
    .concat();
    let info = probe(&bytes).unwrap();
    assert_eq!(info.duration_ms, Some(3_000));
    assert_eq!(info.video.unwrap().fps, Some(25.0));
}
