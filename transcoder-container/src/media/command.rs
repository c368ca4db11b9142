//! The one ffmpeg command that makes a ladder.

use super::SOURCE_FORMATS;
use super::audio::AudioPlan;
use super::bitrate::video_bitrate_bps;
use super::graph::{Leaf, filter_graph};
use super::size::{OutputSize, output_rate, output_size};
use super::source::{Rate, Source, VideoStream};
use crate::limits::{KEY_FRAME_SECS, SEGMENT_SECS};

/// How a rendition is laid out in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Fragmented MP4 with a byte-range playlist.
    Hls,
    /// Progressive MP4, `moov` first.
    WebVideo,
}

/// One rendition of a [`Ladder`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoOutput {
    /// Layout.
    pub encoding: Encoding,
    /// Smaller side in pixels, 0 for sound alone.
    pub resolution: u32,
    /// Frames a second as the job names them.
    pub fps: u32,
    /// Whether the source's sound goes into this file.
    pub with_audio: bool,
    /// File name of the MP4, relative to the working directory.
    pub media_file: String,
    /// File name of the playlist; used for [`Encoding::Hls`] only.
    pub playlist_file: String,
}

/// A sheet of small pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storyboard {
    /// Width of one cell in pixels.
    pub cell_width: u32,
    /// Height of one cell in pixels.
    pub cell_height: u32,
    /// Cells side by side.
    pub columns: u32,
    /// Rows.
    pub rows: u32,
    /// Milliseconds between cells, at least 1.
    pub interval_ms: u32,
}

/// Everything that is made from one source in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// The source.
    pub source: Source,
    /// Its sound; `None` without any.
    pub audio: Option<AudioPlan>,
    /// Whether the sound comes from a second input file.
    pub has_separate_audio: bool,
    /// Renditions.
    pub videos: Vec<VideoOutput>,
    /// Storyboards with their file names.
    pub storyboards: Vec<(Storyboard, String)>,
}

/// A source without the stream that a job needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the source has no {stream} stream")]
pub struct NoStream {
    /// `video` or `audio`.
    pub stream: &'static str,
}

impl Ladder {
    /// The arguments of ffmpeg after its global ones, for inputs `source` and `separate_audio`.
    ///
    /// # Errors
    /// [`NoStream`] when a rendition wants a stream that the source lacks.
    pub fn args(&self, has_tone_mapping: bool, threads: u32) -> Result<Vec<String>, NoStream> {
        let mut args = Vec::new();
        if self.needs_picture() {
            let video = self
                .source
                .video
                .as_ref()
                .ok_or(NoStream { stream: "video" })?;
            let leaves: Vec<Leaf> = self.pictures().map(|o| self.leaf(video, o)).collect();
            let boards: Vec<Storyboard> = self.storyboards.iter().map(|(b, _)| *b).collect();
            let graph = filter_graph(video, has_tone_mapping, &leaves, &boards);
            args.extend(["-filter_complex".to_owned(), graph]);
            for (index, (output, leaf)) in self.pictures().zip(leaves).enumerate() {
                args.extend(["-map".to_owned(), format!("[v{index}]")]);
                args.extend(self.video_args(leaf, threads));
                args.extend(self.audio_args(output)?);
                args.extend(muxer_args(output));
            }
        }
        for output in self.videos.iter().filter(|output| output.resolution == 0) {
            if self.audio.is_none() {
                return Err(NoStream { stream: "audio" });
            }
            args.extend(self.audio_args(output)?);
            args.extend(muxer_args(output));
        }
        for (index, (_, file)) in self.storyboards.iter().enumerate() {
            args.extend(["-map".to_owned(), format!("[s{index}]")]);
            args.extend(picture_file_args(file));
        }
        Ok(args)
    }

    /// The most bytes that the outputs can take together.
    #[must_use]
    pub fn max_output_bytes(&self) -> u64 {
        // Without a duration nothing can be said; the disk is watched while ffmpeg writes.
        let duration_ms = self.source.duration_us.unwrap_or(0) / 1_000;
        let bits_per_second = self.videos.iter().map(|output| {
            let sound = if output.with_audio {
                self.audio.map_or(0, AudioPlan::bitrate_bps)
            } else {
                0
            };
            let picture = self.source.video.as_ref().filter(|_| output.resolution > 0);
            sound + picture.map_or(0, |video| self.max_bitrate_bps(self.leaf(video, output)))
        });
        let bits = u128::from(bits_per_second.sum::<u64>()) * u128::from(duration_ms) / 1_000;
        // A tenth on top for the container and for the encoder's buffer.
        u64::try_from(bits / 8 * 11 / 10).unwrap_or(u64::MAX)
    }

    fn needs_picture(&self) -> bool {
        !self.storyboards.is_empty() || self.pictures().next().is_some()
    }

    fn pictures(&self) -> impl Iterator<Item = &VideoOutput> {
        self.videos.iter().filter(|output| output.resolution > 0)
    }

    fn leaf(&self, video: &VideoStream, output: &VideoOutput) -> Leaf {
        Leaf {
            size: output_size(video.width, video.height, output.resolution),
            rate: output_rate(video, output.fps),
        }
    }

    fn max_bitrate_bps(&self, leaf: Leaf) -> u64 {
        video_bitrate_bps(leaf.size, leaf.rate.rounded(), self.source.bit_rate_bps)
    }

    fn video_args(&self, leaf: Leaf, threads: u32) -> Vec<String> {
        x264_args(leaf.size, leaf.rate, self.max_bitrate_bps(leaf), threads)
    }

    fn audio_args(&self, output: &VideoOutput) -> Result<Vec<String>, NoStream> {
        let Some(audio) = self.audio.filter(|_| output.with_audio) else {
            return Ok(Vec::new());
        };
        let input = u8::from(self.has_separate_audio);
        let mut args = vec!["-map".to_owned(), format!("{input}:{}", audio.index())];
        args.extend(audio.codec_args());
        Ok(args)
    }
}

/// The arguments that somebody writes by hand for `ladder`: the decoded picture split and each
/// copy scaled from the source's size. Encoders, sound and containers are as in [`Ladder::args`].
/// For comparison only: HDR and odd sources are not catered for.
///
/// # Errors
/// [`NoStream`] without video.
pub fn naive_ladder_args(ladder: &Ladder, threads: u32) -> Result<Vec<String>, NoStream> {
    let video = ladder
        .source
        .video
        .as_ref()
        .ok_or(NoStream { stream: "video" })?;
    let count = ladder.pictures().count();
    let mut graph = format!("[0:{}]split={count}", video.index);
    graph.extend((0..count).map(|index| format!("[i{index}]")));
    let mut outputs = Vec::new();
    for (index, output) in ladder.pictures().enumerate() {
        let leaf = ladder.leaf(video, output);
        let OutputSize { width, height } = leaf.size;
        graph.push_str(&format!(
            ";[i{index}]scale={width}:{height},fps={}[v{index}]",
            leaf.rate
        ));
        outputs.extend(["-map".to_owned(), format!("[v{index}]")]);
        outputs.extend(ladder.video_args(leaf, threads));
        outputs.extend(ladder.audio_args(output)?);
        outputs.extend(muxer_args(output));
    }
    let mut args = vec!["-filter_complex".to_owned(), graph];
    args.extend(outputs);
    Ok(args)
}

/// x264 at constant quality under a cap, with a key frame exactly every [`KEY_FRAME_SECS`] worth
/// of frames: counted in frames from 0 they fall on the same times in every rendition.
pub(super) fn x264_args(
    size: OutputSize,
    rate: Rate,
    max_bitrate_bps: u64,
    threads: u32,
) -> Vec<String> {
    debug_assert!(size.width.is_multiple_of(2) && size.height.is_multiple_of(2));
    let gop = rate.rounded() * KEY_FRAME_SECS;
    let args = format!(
        "-c:v libx264 -preset veryfast -profile:v high -pix_fmt yuv420p -crf 23 \
         -maxrate {max_bitrate_bps} -bufsize {} -g {gop} -keyint_min {gop} -sc_threshold 0 \
         -threads {threads}",
        max_bitrate_bps * 2
    );
    args.split_whitespace().map(str::to_owned).collect()
}

/// Container arguments and file names of `output`.
fn muxer_args(output: &VideoOutput) -> Vec<String> {
    let mut args = plain_args();
    match output.encoding {
        Encoding::Hls => {
            // Without `-avoid_negative_ts disabled` the muxer moves everything by the delay of
            // B-frames, which is another one at 30 than at 60 frames a second, and key frames
            // of the two would not line up.
            let hls = format!(
                "-avoid_negative_ts disabled -f hls -hls_time {SEGMENT_SECS} -hls_list_size 0 -hls_playlist_type vod \
                 -hls_segment_type fmp4 -hls_flags single_file -hls_segment_filename"
            );
            args.extend(hls.split_whitespace().map(str::to_owned));
            args.extend([output.media_file.clone(), output.playlist_file.clone()]);
        }
        Encoding::WebVideo => {
            args.extend(["-f", "mp4", "-movflags", "+faststart"].map(str::to_owned));
            args.push(output.media_file.clone());
        }
    }
    args
}

/// Nothing of the source but picture and sound goes along: no titles, places, chapters.
pub(super) fn plain_args() -> Vec<String> {
    let args = "-map_metadata -1 -map_chapters -1 -sn -dn -max_muxing_queue_size 4096";
    args.split_whitespace().map(str::to_owned).collect()
}

/// Writes one JPEG to `file`.
pub(super) fn picture_file_args(file: &str) -> Vec<String> {
    let args = "-map_metadata -1 -frames:v 1 -c:v mjpeg -q:v 3 -f image2 -update 1";
    args.split_whitespace()
        .map(str::to_owned)
        .chain([file.to_owned()])
        .collect()
}

/// Takes the streams of a finished HLS file over into a progressive one.
#[must_use]
pub fn remux_args(fragmented_file: &str, output: &VideoOutput) -> Vec<String> {
    let mut args = input_args(fragmented_file);
    args.extend(["-map", "0", "-c", "copy"].map(str::to_owned));
    args.extend(muxer_args(output));
    args
}

/// Opens `file` as a source: a media container, nothing that names other files.
#[must_use]
pub fn input_args(file: &str) -> Vec<String> {
    open_args(file, SOURCE_FORMATS)
}

pub(super) fn open_args(file: &str, formats: &str) -> Vec<String> {
    let args = [
        "-protocol_whitelist",
        "file",
        "-format_whitelist",
        formats,
        "-i",
        file,
    ];
    args.map(str::to_owned).to_vec()
}
