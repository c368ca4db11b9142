//! Single pictures: thumbnails, previews, and the still of an audio upload.

use super::PICTURE_FORMATS;
use super::audio::AudioPlan;
use super::bitrate::video_bitrate_bps;
use super::command::{input_args, open_args, picture_file_args, plain_args, x264_args};
use super::graph::normalise;
use super::size::{OutputSize, output_size};
use super::source::{Rate, Source, VideoStream};

/// One picture of exactly this size, cut to fill it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureOutput {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// File name of the JPEG.
    pub file: String,
}

/// Frames among which the most representative one is chosen (PeerTube's number).
const CANDIDATES: u32 = 50;

/// Arguments that make `outputs` from one frame around the middle of `source_file`, or from the
/// cover of an audio file. `from_start` looks at the beginning instead, for files whose duration
/// is a lie. `None` when there is no picture to take.
#[must_use]
pub fn picture_args(
    source: &Source,
    source_file: &str,
    outputs: &[PictureOutput],
    has_tone_mapping: bool,
    from_start: bool,
) -> Option<Vec<String>> {
    let mut args = Vec::new();
    let graph_head = if let Some(video) = &source.video {
        let middle_ms = source.duration_us.unwrap_or(0) / 2_000;
        if !from_start && middle_ms > 0 {
            args.extend([
                "-ss".to_owned(),
                format!("{}.{:03}", middle_ms / 1_000, middle_ms % 1_000),
            ]);
        }
        let size = whole_size(video);
        let normal = normalise(video, has_tone_mapping, size);
        format!("[0:{}]thumbnail={CANDIDATES},{normal}", video.index)
    } else {
        format!(
            "[0:{}]scale=iw*sar:ih,setsar=1,format=yuv420p",
            source.cover?
        )
    };
    args.extend(input_args(source_file));
    let count = outputs.len();
    let mut graph = format!("{graph_head},split={count}");
    for index in 0..count {
        graph.push_str(&format!("[s{index}]"));
    }
    for (index, PictureOutput { width, height, .. }) in outputs.iter().enumerate() {
        graph.push_str(&format!(
            ";[s{index}]scale={width}:{height}:force_original_aspect_ratio=increase:flags=lanczos,\
             crop={width}:{height}:exact=1,setsar=1,format=yuvj420p[p{index}]"
        ));
    }
    args.extend(["-filter_complex".to_owned(), graph]);
    for (index, output) in outputs.iter().enumerate() {
        args.extend(["-map".to_owned(), format!("[p{index}]")]);
        args.extend(picture_file_args(&output.file));
    }
    Some(args)
}

fn whole_size(video: &VideoStream) -> OutputSize {
    output_size(video.width, video.height, u32::MAX)
}

/// Arguments that show `picture_file` for as long as `audio_file` sounds, as a progressive MP4.
///
/// The picture keeps its aspect; its smaller side is at most `resolution`.
#[must_use]
pub fn merge_audio_args(
    picture: &VideoStream,
    audio: AudioPlan,
    duration_us: Option<u64>,
    files: [&str; 3],
    resolution: u32,
    fps: u32,
    threads: u32,
) -> Vec<String> {
    let [picture_file, audio_file, output_file] = files;
    let size = output_size(picture.width, picture.height, resolution);
    let rate = Rate::whole(fps.clamp(1, crate::limits::MAX_FPS));
    let mut args = open_args(picture_file, PICTURE_FORMATS);
    args.extend(input_args(audio_file));
    // One decoded frame is repeated: decoding the picture once a frame would cost more than the
    // encoder does.
    let graph = format!(
        "[0:{}]{},loop=loop=-1:size=1:start=0,fps={rate},setpts=N/({rate})/TB[v0]",
        picture.index,
        normalise(picture, false, size),
    );
    args.extend(["-filter_complex".to_owned(), graph]);
    args.extend(["-map", "[v0]"].map(str::to_owned));
    args.extend(x264_args(
        size,
        rate,
        video_bitrate_bps(size, rate.rounded(), None),
        threads,
    ));
    args.extend(["-tune", "stillimage"].map(str::to_owned));
    args.extend(["-map".to_owned(), format!("1:{}", audio.index())]);
    args.extend(audio.codec_args());
    args.extend(plain_args());
    args.push("-shortest".to_owned());
    if let Some(duration_us) = duration_us {
        // `-shortest` alone may run seconds past the end of the sound.
        args.extend([
            "-t".to_owned(),
            format!("{}.{:06}", duration_us / 1_000_000, duration_us % 1_000_000),
        ]);
    }
    args.extend(["-f", "mp4", "-movflags", "+faststart", output_file].map(str::to_owned));
    args
}
