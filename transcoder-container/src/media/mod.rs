//! ffmpeg: what a source is, which command makes the renditions, and running it.

mod audio;
mod bitrate;
mod command;
mod ffmpeg;
mod graph;
mod picture;
mod probe;
mod progress;
mod size;
mod source;
mod tools;

pub use audio::AudioPlan;
pub use bitrate::{max_video_bitrate_bps, video_bitrate_bps};
pub use command::{
    Encoding, Ladder, NoStream, Storyboard, VideoOutput, input_args, naive_ladder_args, remux_args,
};
pub(crate) use ffmpeg::pid_file;
pub use ffmpeg::{FfmpegError, FfmpegRun, Usage, run_ffmpeg};
pub use picture::{PictureOutput, merge_audio_args, picture_args};
pub use probe::{ProbeError, probe_picture, probe_source};
pub use progress::Progress;
pub use size::{OutputSize, output_rate, output_size};
pub use source::{AudioStream, Dynamic, Rate, Source, VideoStream};
pub use tools::{Tools, ToolsError};

/// Demuxers that may open a source: containers only. Without such a list a "video" that is really
/// a playlist or a concatenation script makes ffmpeg open other files and addresses.
pub(crate) const SOURCE_FORMATS: &str = "mov,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,\
    wav,w64,mp3,flac,aac,ac3,eac3,aiff,au,caf,dts,amr,opus,mxf,gxf,dv,nut,ivf,h264,hevc,obu,m4v,\
    rm,wtv,wv,ape,tta,3gp,vob";

/// Demuxers that may open the preview picture of an audio upload.
pub(crate) const PICTURE_FORMATS: &str = "jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,gif,tiff_pipe";
