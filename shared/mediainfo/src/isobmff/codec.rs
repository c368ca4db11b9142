//! Codecs by the four characters of their sample entries.

use super::atom::FourCc;

/// Bytes of a sample entry that are looked at.
pub(super) const MAX_ENTRY_BYTES: u64 = 512;

/// ffmpeg's name of a picture codec.
pub(super) const fn picture_codec(kind: FourCc) -> Option<&'static str> {
    Some(match &kind {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" => "h264",
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => "hevc",
        b"vvc1" | b"vvi1" => "vvc",
        b"av01" => "av1",
        b"vp08" => "vp8",
        b"vp09" => "vp9",
        b"mp4v" => "mpeg4",
        b"s263" | b"h263" => "h263",
        b"jpeg" | b"mjpa" | b"mjpb" => "mjpeg",
        b"png " => "png",
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "prores",
        b"AVdn" | b"AVdh" => "dnxhd",
        b"dvc " | b"dvcp" | b"dvpp" | b"dvh5" | b"dvh6" => "dvvideo",
        b"SVQ3" => "svq3",
        b"SVQ1" => "svq1",
        _ => return None,
    })
}

/// ffmpeg's name of a sound codec; `entry` is the content of its sample entry.
pub(super) fn sound_codec(kind: FourCc, entry: &[u8]) -> Option<&'static str> {
    Some(match &kind {
        b"mp4a" => mpeg4_sound(entry),
        b"Opus" => "opus",
        b"fLaC" => "flac",
        b"ac-3" => "ac3",
        b"ec-3" => "eac3",
        b"alac" => "alac",
        b".mp3" | b"ms\0U" => "mp3",
        b"samr" => "amr_nb",
        b"sawb" => "amr_wb",
        b"sowt" => "pcm_s16le",
        b"twos" => "pcm_s16be",
        b"in24" => "pcm_s24be",
        b"lpcm" | b"ipcm" | b"fpcm" | b"raw " => "pcm",
        b"ulaw" => "pcm_mulaw",
        b"alaw" => "pcm_alaw",
        _ => return None,
    })
}

/// Codec of an `mp4a` entry by the object type in its `esds` (ISO 14496-1, 7.2.6.6); AAC unless it
/// says MPEG-1 or MPEG-2 layers.
fn mpeg4_sound(entry: &[u8]) -> &'static str {
    match object_type(entry) {
        Some(0x69 | 0x6B) => "mp3",
        Some(0xA5) => "ac3",
        Some(0xA6) => "eac3",
        Some(0xAD) => "opus",
        _ => "aac",
    }
}

fn object_type(entry: &[u8]) -> Option<u8> {
    let at = entry.windows(4).position(|window| window == b"esds")?;
    // Version and flags, then an ES descriptor: tag 3, length, id, flags without their options.
    let descriptor = entry.get(at + 8..)?;
    let es = content(descriptor, 3)?;
    let flags = *es.get(2)?;
    if flags & 0xE0 != 0 {
        return None;
    }
    content(es.get(3..)?, 4)?.first().copied()
}

/// Content of a descriptor with that tag; its length takes 1 to 4 bytes of 7 bits.
fn content(descriptor: &[u8], tag: u8) -> Option<&[u8]> {
    let (first, rest) = descriptor.split_first()?;
    if *first != tag {
        return None;
    }
    let length_bytes = rest.iter().take(4).position(|byte| byte & 0x80 == 0)? + 1;
    rest.get(length_bytes..)
}
