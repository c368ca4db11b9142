//! Matroska (RFC 9559) and `WebM`.

use crate::{
    bits::{frame_rate, round},
    ebml::Element,
    info::{AudioTrack, Container, MediaInfo, VideoTrack},
    probe::ProbeError,
    window::{Stop, Window},
};

/// Element ids, with the names of RFC 9559.
mod id {
    pub(super) const DOC_TYPE: u32 = 0x4282;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const SEEK_HEAD: u32 = 0x114D_9B74;
    pub(super) const SEEK: u32 = 0x4DBB;
    pub(super) const SEEK_ID: u32 = 0x53AB;
    pub(super) const SEEK_POSITION: u32 = 0x53AC;
    pub(super) const INFO: u32 = 0x1549_A966;
    pub(super) const TIMESTAMP_SCALE: u32 = 0x002A_D7B1;
    pub(super) const DURATION: u32 = 0x4489;
    pub(super) const TRACKS: u32 = 0x1654_AE6B;
    pub(super) const TRACK_ENTRY: u32 = 0xAE;
    pub(super) const TRACK_TYPE: u32 = 0x83;
    pub(super) const CODEC_ID: u32 = 0x86;
    pub(super) const DEFAULT_DURATION: u32 = 0x0023_E383;
    pub(super) const VIDEO: u32 = 0xE0;
    pub(super) const PIXEL_WIDTH: u32 = 0xB0;
    pub(super) const PIXEL_HEIGHT: u32 = 0xBA;
    pub(super) const PROJECTION: u32 = 0x7670;
    pub(super) const PROJECTION_POSE_ROLL: u32 = 0x7675;
    pub(super) const CONTENT_ENCODINGS: u32 = 0x6D80;
    pub(super) const CONTENT_ENCODING: u32 = 0x6240;
    pub(super) const CONTENT_ENCODING_TYPE: u32 = 0x5033;
    pub(super) const CLUSTER: u32 = 0x1F43_B675;
}

/// Elements of the segment that are looked at one by one before the first cluster.
const MAX_HEAD_ELEMENTS: usize = 64;
/// Longest codec id and document type that are compared.
const MAX_NAME_BYTES: u32 = 64;
/// Nanoseconds of one unit of time when `TimestampScale` is absent.
const DEFAULT_TIMESTAMP_SCALE: u64 = 1_000_000;

pub(crate) fn read(window: &mut Window) -> Result<MediaInfo, Stop> {
    let total = window.total();
    let header = Element::read(window, 0, total)?;
    let doc_type = match header.child(window, id::DOC_TYPE)? {
        Some(element) => element.content(window, MAX_NAME_BYTES)?.to_vec(),
        None => Vec::new(),
    };
    let container = match doc_type.as_slice().trim_ascii_end().strip_suffix(b"\0") {
        Some(name) => container_of(name),
        None => container_of(&doc_type),
    };
    let container = container.ok_or(ProbeError::NotMedia)?;
    let segment = find_segment(window, header.end)?;
    let (info, tracks) = find_head(window, segment)?;
    let tracks = tracks.ok_or(ProbeError::Truncated { at: total })?;
    let mut media = MediaInfo {
        container,
        duration_ms: None,
        video: None,
        audio: None,
    };
    if let Some(info) = info {
        media.duration_ms = read_duration(window, info)?;
    }
    for entry in tracks.children(window)? {
        if entry.id == id::TRACK_ENTRY {
            read_track(window, entry, &mut media)?;
        }
    }
    Ok(media)
}

fn container_of(doc_type: &[u8]) -> Option<Container> {
    match doc_type {
        b"webm" => Some(Container::WebM),
        b"matroska" => Some(Container::Matroska),
        _ => None,
    }
}

fn find_segment(window: &mut Window, first: u64) -> Result<Element, Stop> {
    let total = window.total();
    let mut at = first;
    while at < total {
        let element = Element::read(window, at, total)?;
        if element.id == id::SEGMENT {
            return Ok(element);
        }
        at = element.end;
    }
    Err(ProbeError::Truncated { at: total }.into())
}

/// `Info` and `Tracks`: before the first cluster, or where the seek head says.
fn find_head(
    window: &mut Window,
    segment: Element,
) -> Result<(Option<Element>, Option<Element>), Stop> {
    let (mut info, mut tracks) = (None, None);
    let mut sought = Vec::new();
    let mut at = segment.body;
    for _ in 0..MAX_HEAD_ELEMENTS {
        if at >= segment.end || (info.is_some() && tracks.is_some()) {
            break;
        }
        let element = Element::read(window, at, segment.end)?;
        match element.id {
            id::INFO => info = info.or(Some(element)),
            id::TRACKS => tracks = tracks.or(Some(element)),
            id::SEEK_HEAD => sought.extend(read_seek_head(window, element)?),
            id::CLUSTER => break,
            _ => {}
        }
        at = element.end;
    }
    for (wanted, position) in sought {
        let found = match wanted {
            id::INFO => &mut info,
            id::TRACKS => &mut tracks,
            _ => continue,
        };
        let at = segment.body.saturating_add(position);
        if found.is_none() && at < segment.end {
            let element = Element::read(window, at, segment.end)?;
            *found = Some(element).filter(|element| element.id == wanted);
        }
    }
    Ok((info, tracks))
}

/// Ids and positions, counted from the segment's content, of a seek head.
fn read_seek_head(window: &mut Window, head: Element) -> Result<Vec<(u32, u64)>, Stop> {
    let mut sought = Vec::new();
    for seek in head.children(window)? {
        if seek.id != id::SEEK {
            continue;
        }
        let wanted = seek.child(window, id::SEEK_ID)?;
        let position = seek.child(window, id::SEEK_POSITION)?;
        if let (Some(wanted), Some(position)) = (wanted, position)
            && let Ok(wanted) = u32::try_from(wanted.unsigned(window)?)
        {
            sought.push((wanted, position.unsigned(window)?));
        }
    }
    Ok(sought)
}

fn read_duration(window: &mut Window, info: Element) -> Result<Option<u64>, Stop> {
    let mut scale = DEFAULT_TIMESTAMP_SCALE;
    let mut duration = 0.0;
    for element in info.children(window)? {
        match element.id {
            id::TIMESTAMP_SCALE => scale = element.unsigned(window)?,
            id::DURATION => duration = element.float(window)?,
            _ => {}
        }
    }
    let scale = f64::from(u32::try_from(scale).unwrap_or(u32::MAX));
    Ok(round(duration * scale / 1_000_000.0).filter(|ms| *ms > 0))
}

fn read_track(window: &mut Window, entry: Element, media: &mut MediaInfo) -> Result<(), Stop> {
    let (mut kind, mut frame_ns, mut codec) = (0, 0, None);
    let mut picture = None;
    for element in entry.children(window)? {
        match element.id {
            id::TRACK_TYPE => kind = element.unsigned(window)?,
            id::DEFAULT_DURATION => frame_ns = element.unsigned(window)?,
            id::CODEC_ID => codec = codec_of(element.content(window, MAX_NAME_BYTES)?),
            id::VIDEO => picture = Some(read_picture(window, element)?),
            id::CONTENT_ENCODINGS => refuse_encryption(window, element)?,
            _ => {}
        }
    }
    match (kind, picture) {
        (1, Some((width, height, rotation))) if media.video.is_none() => {
            let (width, height) = if rotation % 180 == 90 {
                (height, width)
            } else {
                (width, height)
            };
            let fps = frame_rate(1_000_000_000, frame_ns);
            media.video = Some(VideoTrack {
                width,
                height,
                rotation,
                fps,
                codec,
            });
        }
        (2, _) if media.audio.is_none() => media.audio = Some(AudioTrack { codec }),
        _ => {}
    }
    Ok(())
}

/// Width, height and clockwise rotation.
fn read_picture(window: &mut Window, video: Element) -> Result<(u32, u32, u16), Stop> {
    let (mut width, mut height, mut rotation) = (0, 0, 0);
    for element in video.children(window)? {
        match element.id {
            id::PIXEL_WIDTH => width = element.unsigned(window)?,
            id::PIXEL_HEIGHT => height = element.unsigned(window)?,
            id::PROJECTION => {
                if let Some(roll) = element.child(window, id::PROJECTION_POSE_ROLL)? {
                    rotation = clockwise(roll.float(window)?);
                }
            }
            _ => {}
        }
    }
    let side = |pixels| u32::try_from(pixels).unwrap_or(0);
    Ok((side(width), side(height), rotation))
}

/// A roll is counter-clockwise, -180 to 180 degrees.
fn clockwise(roll: f64) -> u16 {
    if (45.0..135.0).contains(&roll) {
        270
    } else if (-135.0..-45.0).contains(&roll) {
        90
    } else if roll.abs() >= 135.0 && roll.abs() <= 180.0 {
        180
    } else {
        0
    }
}

fn refuse_encryption(window: &mut Window, encodings: Element) -> Result<(), Stop> {
    for encoding in encodings.children(window)? {
        if encoding.id != id::CONTENT_ENCODING {
            continue;
        }
        if let Some(kind) = encoding.child(window, id::CONTENT_ENCODING_TYPE)?
            && kind.unsigned(window)? == 1
        {
            return Err(ProbeError::Encrypted.into());
        }
    }
    Ok(())
}

/// ffmpeg's name of a codec id.
fn codec_of(codec_id: &[u8]) -> Option<&'static str> {
    const CODECS: [(&[u8], &str); 22] = [
        (b"V_MPEG4/ISO/AVC", "h264"),
        (b"V_MPEGH/ISO/HEVC", "hevc"),
        (b"V_AV1", "av1"),
        (b"V_VP9", "vp9"),
        (b"V_VP8", "vp8"),
        (b"V_MPEG4/ISO", "mpeg4"),
        (b"V_MPEG1", "mpeg1video"),
        (b"V_MPEG2", "mpeg2video"),
        (b"V_THEORA", "theora"),
        (b"V_MJPEG", "mjpeg"),
        (b"V_PRORES", "prores"),
        (b"V_FFV1", "ffv1"),
        (b"A_AAC", "aac"),
        (b"A_OPUS", "opus"),
        (b"A_VORBIS", "vorbis"),
        (b"A_FLAC", "flac"),
        (b"A_MPEG/L3", "mp3"),
        (b"A_AC3", "ac3"),
        (b"A_EAC3", "eac3"),
        (b"A_DTS", "dts"),
        (b"A_ALAC", "alac"),
        (b"A_PCM", "pcm"),
    ];
    CODECS
        .iter()
        .find(|(prefix, _)| codec_id.starts_with(prefix))
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rolls_turn_the_other_way() {
        for (roll, rotation) in [
            (0.0, 0),
            (90.0, 270),
            (-90.0, 90),
            (180.0, 180),
            (-180.0, 180),
        ] {
            assert_eq!(clockwise(roll), rotation);
        }
        assert_eq!(clockwise(f64::NAN), 0);
    }

    #[test]
    fn codecs_by_prefix() {
        assert_eq!(codec_of(b"V_MPEG4/ISO/AVC"), Some("h264"));
        assert_eq!(codec_of(b"V_MPEG4/ISO/ASP"), Some("mpeg4"));
        assert_eq!(codec_of(b"A_PCM/INT/LIT"), Some("pcm"));
        assert_eq!(codec_of(b"S_TEXT/UTF8"), None);
    }
}
