//! RFC 6381 codec names from sample entries.

use super::Fmp4Error;
use super::boxes::{Fields, FourCc, children};

/// What a sample entry (`stsd`, 8.5.2) says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SampleEntry {
    pub(super) codec: String,
    /// Coded width in pixels, 0 for audio.
    pub(super) width: u32,
    /// Coded height in pixels, 0 for audio.
    pub(super) height: u32,
}

/// Reads a visual sample entry (12.1.3).
pub(super) fn visual(fourcc: FourCc, content: &[u8]) -> Result<SampleEntry, Fmp4Error> {
    let mut fields = Fields::new(content);
    let size = (|| {
        fields.skip(24)?;
        let size = (fields.u16()?, fields.u16()?);
        fields.skip(50)?;
        Some(size)
    })();
    let (width, height) = size.ok_or(fourcc.malformed())?;
    let name = || fourcc.to_string();
    let configuration = match &fourcc.0 {
        b"avc1" | b"avc3" => avc(&name(), child(fields.rest(), b"avcC")?),
        b"hvc1" | b"hev1" => hevc(&name(), child(fields.rest(), b"hvcC")?),
        b"av01" => av1(child(fields.rest(), b"av1C")?),
        b"vp09" => vp9(child(fields.rest(), b"vpcC")?),
        _ => return Err(Fmp4Error::UnsupportedCodec { fourcc }),
    };
    let codec = configuration.ok_or(fourcc.malformed())?;
    Ok(SampleEntry {
        codec,
        width: width.into(),
        height: height.into(),
    })
}

/// Reads an audio sample entry (12.2.3).
pub(super) fn audio(fourcc: FourCc, content: &[u8]) -> Result<SampleEntry, Fmp4Error> {
    let mut fields = Fields::new(content);
    let start = (|| {
        fields.skip(8)?;
        let version = fields.u16()?;
        fields.skip(18)?;
        // QuickTime's versions 1 and 2 carry more fields before the child boxes.
        fields.skip(match version {
            1 => 16,
            2 => 36,
            _ => 0,
        })
    })();
    start.ok_or(fourcc.malformed())?;
    let codec = match &fourcc.0 {
        b"mp4a" => mpeg4_audio(child(fields.rest(), b"esds")?).ok_or(fourcc.malformed())?,
        b"Opus" => "opus".to_owned(),
        b"fLaC" => "flac".to_owned(),
        b"ac-3" | b"ec-3" => fourcc.to_string(),
        _ => return Err(Fmp4Error::UnsupportedCodec { fourcc }),
    };
    Ok(SampleEntry {
        codec,
        width: 0,
        height: 0,
    })
}

/// Content of the child box `wanted`.
fn child<'a>(content: &'a [u8], wanted: &[u8; 4]) -> Result<&'a [u8], Fmp4Error> {
    for found in children(content) {
        let (fourcc, content) = found?;
        if fourcc.0 == *wanted {
            return Ok(content);
        }
    }
    Err(FourCc(*wanted).malformed())
}

/// AVCDecoderConfigurationRecord (ISO 14496-15, 5.3.3.1): profile, constraints, level.
fn avc(name: &str, record: &[u8]) -> Option<String> {
    let mut fields = Fields::new(record);
    fields.skip(1)?;
    let [profile, constraints, level] = fields.array()?;
    Some(format!("{name}.{profile:02x}{constraints:02x}{level:02x}"))
}

/// HEVCDecoderConfigurationRecord (ISO 14496-15, 8.3.3.1 and annex E).
fn hevc(name: &str, record: &[u8]) -> Option<String> {
    let mut fields = Fields::new(record);
    fields.skip(1)?;
    let profile = fields.u8()?;
    let space = ["", "A", "B", "C"][usize::from(profile >> 6)];
    let tier = if profile & 0x20 == 0 { 'L' } else { 'H' };
    let compatibility = fields.u32()?.reverse_bits();
    let constraints: [u8; 6] = fields.array()?;
    let level = fields.u8()?;
    let mut text = format!(
        "{name}.{space}{}.{compatibility:X}.{tier}{level}",
        profile & 0x1f
    );
    let used = constraints
        .iter()
        .rposition(|&b| b != 0)
        .map_or(0, |last| last + 1);
    for byte in &constraints[..used] {
        text.push_str(&format!(".{byte:X}"));
    }
    Some(text)
}

/// AV1CodecConfigurationRecord (AV1-ISOBMFF, 2.3.3).
fn av1(record: &[u8]) -> Option<String> {
    let mut fields = Fields::new(record);
    let [_, profile_level, depth] = fields.array()?;
    let tier = if depth & 0x80 == 0 { 'M' } else { 'H' };
    let bits = match (depth & 0x40 != 0, depth & 0x20 != 0) {
        (true, true) => 12,
        (true, false) => 10,
        (false, _) => 8,
    };
    Some(format!(
        "av01.{}.{:02}{tier}.{bits:02}",
        profile_level >> 5,
        profile_level & 0x1f
    ))
}

/// VPCodecConfigurationRecord (VP9-ISOBMFF, 2.2).
fn vp9(record: &[u8]) -> Option<String> {
    let mut fields = Fields::new(record);
    fields.version_and_flags()?;
    let [profile, level, depth] = fields.array()?;
    Some(format!("vp09.{profile:02}.{level:02}.{:02}", depth >> 4))
}

/// ES_Descriptor (ISO 14496-1, 7.2.6.5) down to the audio object type.
fn mpeg4_audio(esds: &[u8]) -> Option<String> {
    let mut fields = Fields::new(esds);
    fields.version_and_flags()?;
    let mut es = Fields::new(descriptor(&mut fields, 3)?);
    es.skip(2)?;
    let flags = es.u8()?;
    if flags & 0x80 != 0 {
        es.skip(2)?;
    }
    if flags & 0x40 != 0 {
        let url_bytes = es.u8()?;
        es.skip(url_bytes.into())?;
    }
    if flags & 0x20 != 0 {
        es.skip(2)?;
    }
    let mut decoder = Fields::new(descriptor(&mut es, 4)?);
    let object_type = decoder.u8()?;
    if object_type != 0x40 {
        return Some(format!("mp4a.{object_type:02X}"));
    }
    decoder.skip(12)?;
    let specific = descriptor(&mut decoder, 5)?;
    let (first, second) = (*specific.first()?, specific.get(1).copied().unwrap_or(0));
    // Five bits, or 31 and six more (ISO 14496-3, 1.6.2.1).
    let audio_object_type = match first >> 3 {
        31 => 32 + ((first & 7) << 3 | second >> 5),
        short => short,
    };
    Some(format!("mp4a.40.{audio_object_type}"))
}

/// Content of the next descriptor, which must have `tag` (ISO 14496-1, 8.3.3).
fn descriptor<'a>(fields: &mut Fields<'a>, tag: u8) -> Option<&'a [u8]> {
    if fields.u8()? != tag {
        return None;
    }
    let mut length = 0_usize;
    for _ in 0..4 {
        let byte = fields.u8()?;
        length = length << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return fields.bytes(length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_video_codecs_as_rfc_6381_does() {
        assert_eq!(avc("avc1", &[1, 0x64, 0x00, 0x1f]).unwrap(), "avc1.64001f");
        // The example of ISO 14496-15 annex E.3: main profile, level 3.1.
        let main = [1, 0x01, 0x60, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 93];
        assert_eq!(hevc("hvc1", &main).unwrap(), "hvc1.1.6.L93.B0");
        assert_eq!(av1(&[0x81, 0x04, 0x4c]).unwrap(), "av01.0.04M.10");
        assert_eq!(vp9(&[1, 0, 0, 0, 0, 31, 0x82]).unwrap(), "vp09.00.31.08");
        assert_eq!(avc("avc1", &[1, 0x64]), None);
    }

    #[test]
    fn finds_the_audio_object_type() {
        // As ffmpeg writes it: four-byte lengths, AAC LC at 48 kHz.
        let esds = hex::decode(
            "00000000 03808080 22 0002 00 04808080 14 40 15 000000 0001f400 0001f400 \
             05808080 02 1190 06808080 01 02"
                .replace(' ', ""),
        )
        .unwrap();
        assert_eq!(mpeg4_audio(&esds).unwrap(), "mp4a.40.2");
        for cut in 0..35 {
            assert!(mpeg4_audio(&esds[..cut]).is_none(), "{cut}");
        }
        let mp3 = hex::decode("00000000030f000000040d6b150000000001f4000001f4").unwrap();
        assert_eq!(mpeg4_audio(&mp3), None, "its length says 15, 14 are there");
        let mp3 = hex::decode("000000000312000000040d6b150000000001f4000001f400060102").unwrap();
        assert_eq!(mpeg4_audio(&mp3).unwrap(), "mp4a.6B");
    }
}
