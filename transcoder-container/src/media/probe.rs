//! Asks ffprobe what a file is.

use super::source::{AudioStream, Dynamic, Rate, Source, VideoStream};
use super::{PICTURE_FORMATS, SOURCE_FORMATS, Tools};
use crate::limits::{MAX_PROBE_BYTES, MAX_VIDEO_SIDE, PROBE_TIMEOUT};
use serde::Deserialize;
use std::path::Path;
use std::process::Stdio;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

/// Why a file is not a source.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// ffprobe could not be run.
    #[error("cannot run ffprobe: {0}")]
    Run(#[from] std::io::Error),
    /// ffprobe took longer than [`PROBE_TIMEOUT`].
    #[error("ffprobe took too long")]
    Timeout,
    /// Not a media file, or cut off before its description.
    #[error("not a readable video or audio file: {complaint}")]
    Unreadable {
        /// ffprobe's last line.
        complaint: String,
    },
    /// Nothing to see or hear in it.
    #[error("the file has no video and no audio stream")]
    NoMedia,
    /// A picture beyond what H.264 can hold.
    #[error("the picture of {width}x{height} is too large")]
    TooLarge {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
}

/// Reads the description of `path`, which ffprobe opens as a plain file in one of `formats`.
async fn probe(tools: &Tools, path: &Path, formats: &str) -> Result<Source, ProbeError> {
    let mut child = Command::new(&tools.ffprobe)
        .args([
            "-v",
            "error",
            "-protocol_whitelist",
            "file,pipe",
            "-format_whitelist",
            formats,
        ])
        .args(["-print_format", "json", "-show_format", "-show_streams"])
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let read = async {
        let out = child.stdout.take();
        let err = child.stderr.take();
        let (from_out, from_err) = tokio::join!(
            async {
                match out {
                    Some(pipe) => pipe.take(MAX_PROBE_BYTES).read_to_end(&mut stdout).await,
                    None => Ok(0),
                }
            },
            async {
                match err {
                    Some(pipe) => pipe.take(MAX_PROBE_BYTES).read_to_end(&mut stderr).await,
                    None => Ok(0),
                }
            }
        );
        from_out?;
        from_err?;
        child.wait().await
    };
    let status = tokio::time::timeout(PROBE_TIMEOUT, read)
        .await
        .map_err(|_| ProbeError::Timeout)??;
    if !status.success() {
        return Err(ProbeError::Unreadable {
            complaint: complaint(&stderr, path),
        });
    }
    let answer: Answer =
        serde_json::from_slice(&stdout).map_err(|error| ProbeError::Unreadable {
            complaint: error.to_string(),
        })?;
    answer.into_source()
}

/// Probes a source file: video or sound in a media container.
///
/// # Errors
/// [`ProbeError`], see its variants.
pub async fn probe_source(tools: &Tools, path: &Path) -> Result<Source, ProbeError> {
    probe(tools, path, SOURCE_FORMATS).await
}

/// Probes a still picture.
///
/// # Errors
/// As [`probe_source`].
pub async fn probe_picture(tools: &Tools, path: &Path) -> Result<Source, ProbeError> {
    probe(tools, path, PICTURE_FORMATS).await
}

/// ffprobe's last line, without the path, which is nobody's business.
fn complaint(stderr: &[u8], path: &Path) -> String {
    let text = String::from_utf8_lossy(stderr);
    let last = text
        .lines()
        .map(str::trim)
        .rfind(|line| !line.is_empty())
        .unwrap_or("no reason given");
    let path = path.to_string_lossy();
    last.replace(&*path, "source").chars().take(300).collect()
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
struct Format {
    duration: Option<String>,
    bit_rate: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stream {
    index: u32,
    codec_type: String,
    codec_name: String,
    profile: String,
    width: u32,
    height: u32,
    pix_fmt: String,
    sample_aspect_ratio: String,
    avg_frame_rate: String,
    r_frame_rate: String,
    color_range: String,
    color_transfer: String,
    channels: u32,
    sample_rate: String,
    bit_rate: Option<String>,
    duration: Option<String>,
    disposition: Disposition,
    side_data_list: Vec<SideData>,
    tags: Tags,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Disposition {
    default: u8,
    attached_pic: u8,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<serde_json::Number>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tags {
    rotate: Option<String>,
}

impl Answer {
    fn into_source(self) -> Result<Source, ProbeError> {
        let is_cover = |s: &&Stream| s.codec_type == "video" && s.disposition.attached_pic != 0;
        let is_video = |s: &&Stream| s.codec_type == "video" && !is_cover(s) && s.width > 0;
        let is_audio = |s: &&Stream| s.codec_type == "audio" && s.channels > 0;
        let video = self.streams.iter().find(is_video);
        let mut audios = self.streams.iter().filter(is_audio);
        let first_audio = audios.next();
        let default_audio = first_audio
            .into_iter()
            .chain(audios)
            .find(|s| s.disposition.default != 0)
            .or(first_audio);
        let durations = self.streams.iter().filter_map(|s| s.duration.as_deref());
        let longest_us = durations.filter_map(micros).max();
        let source = Source {
            duration_us: self
                .format
                .duration
                .as_deref()
                .and_then(micros)
                .or(longest_us),
            bit_rate_bps: self.format.bit_rate.as_deref().and_then(|b| b.parse().ok()),
            video: video.map(Stream::to_video).transpose()?,
            audio: default_audio.map(Stream::to_audio),
            cover: self.streams.iter().find(is_cover).map(|s| s.index),
        };
        if source.has_media() || source.cover.is_some() {
            Ok(source)
        } else {
            Err(ProbeError::NoMedia)
        }
    }
}

impl Stream {
    fn to_video(&self) -> Result<VideoStream, ProbeError> {
        let (sar_width, sar_height) = ratio(&self.sample_aspect_ratio, ':').unwrap_or((1, 1));
        let stretched = u64::from(self.width) * u64::from(sar_width) * 2 + u64::from(sar_height);
        let wide = u32::try_from(stretched / (2 * u64::from(sar_height))).unwrap_or(u32::MAX);
        let (wide, high) = (wide.max(1), self.height.max(1));
        let is_turned = self.is_turned();
        let (width, height) = if is_turned {
            (high, wide)
        } else {
            (wide, high)
        };
        if width.max(height) > MAX_VIDEO_SIDE {
            return Err(ProbeError::TooLarge { width, height });
        }
        let dynamic = match self.color_transfer.as_str() {
            "smpte2084" => Dynamic::Pq,
            "arib-std-b67" => Dynamic::Hlg,
            _ => Dynamic::Standard,
        };
        let rates = [&self.avg_frame_rate, &self.r_frame_rate];
        let rate = rates.iter().find_map(|text| frame_rate(text));
        Ok(VideoStream {
            index: self.index,
            width,
            height,
            rate: rate.unwrap_or(Rate::whole(25)),
            is_full_range: self.color_range == "pc" || self.pix_fmt.starts_with("yuvj"),
            dynamic,
        })
    }

    fn to_audio(&self) -> AudioStream {
        AudioStream {
            index: self.index,
            codec: self.codec_name.clone(),
            profile: self.profile.clone(),
            channels: self.channels,
            sample_rate: self.sample_rate.parse().unwrap_or(0),
            bit_rate_bps: self.bit_rate.as_deref().and_then(|b| b.parse().ok()),
        }
    }

    /// Whole degrees, 0 to 359.
    fn rotation(&self) -> i64 {
        let side_data = self
            .side_data_list
            .iter()
            .find_map(|data| data.rotation.as_ref());
        let from_side_data = side_data.and_then(|number| {
            let text = number.to_string();
            text.split('.')
                .next()
                .and_then(|whole| whole.parse::<i64>().ok())
        });
        let from_tag = || {
            self.tags
                .rotate
                .as_deref()
                .and_then(|t| t.parse::<i64>().ok())
        };
        from_side_data
            .or_else(from_tag)
            .unwrap_or(0)
            .rem_euclid(360)
    }

    fn is_turned(&self) -> bool {
        // ffmpeg turns pictures within a degree of a quarter turn.
        matches!(self.rotation(), 89..=91 | 269..=271)
    }
}

/// Two positive numbers around `separator`.
fn ratio(text: &str, separator: char) -> Option<(u32, u32)> {
    let (left, right) = text.split_once(separator)?;
    let (left, right) = (left.parse().ok()?, right.parse().ok()?);
    (left > 0 && right > 0).then_some((left, right))
}

/// A frame rate that can be true: up to 1,000 a second.
fn frame_rate(text: &str) -> Option<Rate> {
    let (numerator, denominator) = ratio(text, '/')?;
    let rate = Rate {
        numerator,
        denominator,
    };
    (rate.rounded() <= 1_000).then_some(rate)
}

/// Decimal seconds to microseconds; `None` when not positive.
fn micros(seconds: &str) -> Option<u64> {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let mut digits: String = fraction.chars().take(6).collect();
    while digits.len() < 6 {
        digits.push('0');
    }
    let micros = whole.parse::<u64>().ok()?.checked_mul(1_000_000)? + digits.parse::<u64>().ok()?;
    (micros > 0).then_some(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(json: &str) -> Result<Source, ProbeError> {
        serde_json::from_str::<Answer>(json).unwrap().into_source()
    }

    #[test]
    fn turns_stretches_and_skips_covers() {
        let found = source(
            r#"{"streams":[
            {"index":0,"codec_type":"video","codec_name":"mjpeg","width":500,"height":500,
             "disposition":{"attached_pic":1}},
            {"index":1,"codec_type":"video","codec_name":"h264","width":720,"height":576,
             "pix_fmt":"yuv420p","sample_aspect_ratio":"16:15","avg_frame_rate":"25/1",
             "side_data_list":[{"side_data_type":"Display Matrix","rotation":-90}]},
            {"index":2,"codec_type":"audio","codec_name":"mp3","channels":2,"sample_rate":"44100"},
            {"index":3,"codec_type":"audio","codec_name":"aac","profile":"LC","channels":2,
             "sample_rate":"48000","bit_rate":"128000","disposition":{"default":1}}],
            "format":{"duration":"12.345678","bit_rate":"900000"}}"#,
        )
        .unwrap();
        let video = found.video.unwrap();
        assert_eq!((video.index, video.width, video.height), (1, 576, 768));
        assert!(!video.is_full_range);
        assert_eq!(
            (found.duration_us, found.cover),
            (Some(12_345_678), Some(0))
        );
        assert_eq!(found.audio.unwrap().index, 3);
    }

    #[test]
    fn says_what_is_no_source() {
        assert!(matches!(source("{}"), Err(ProbeError::NoMedia)));
        let huge = r#"{"streams":[{"codec_type":"video","width":20000,"height":10}]}"#;
        assert!(matches!(
            source(huge),
            Err(ProbeError::TooLarge { width: 20_000, .. })
        ));
        assert_eq!(micros("N/A"), None);
        assert_eq!(micros("0.000000"), None);
        assert_eq!(frame_rate("90000/1"), None);
        assert_eq!(frame_rate("0/0"), None);
    }
}
