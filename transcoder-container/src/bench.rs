//! How this program compares with plain ffmpeg, measured in one run.

use crate::cli::BenchOptions;
use crate::media::{
    AudioPlan, Encoding, FfmpegRun, Ladder, Progress, Tools, ToolsError, Usage, VideoOutput,
    input_args, naive_ladder_args, run_ffmpeg,
};
use crate::terminal::Terminal;
use crate::workbench::{MakeError, SOURCE_FILE, Task, Workbench};
use crate::workspace::RemoveOnDrop;
use domain::ladder::{LadderSettings, SourceVideo, plan};
use hls::{FileName, FileNameError};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use std::path::Path;
use std::time::Instant;

/// Bound of our wall time over that of one hand-written command that makes the same renditions.
pub const MAX_WALL_RATIO: f64 = 1.05;

/// Bound of our CPU time over that of running ffmpeg once per rendition.
pub const MAX_CPU_RATIO: f64 = 0.8;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// ffmpeg cannot be used.
    #[error(transparent)]
    Tools(#[from] ToolsError),
    /// A run failed.
    #[error(transparent)]
    Make(#[from] MakeError),
    /// Files could not be read or written.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// A name of an output.
    #[error(transparent)]
    Name(#[from] FileNameError),
    /// The source has no video.
    #[error("the source has no video stream")]
    NoVideo,
    /// The operating system does not tell CPU times.
    #[error("cannot read CPU times: {0}")]
    Usage(#[from] nix::errno::Errno),
}

/// What one way of transcoding cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    wall_ms: u64,
    /// User and system time of ffmpeg, ffprobe and this program, which hashes.
    cpu_ms: u64,
    peak_memory_bytes: u64,
}

impl Cost {
    const WORST: Self = Self {
        wall_ms: u64::MAX,
        cpu_ms: u64::MAX,
        peak_memory_bytes: 0,
    };

    /// Less time of either kind, more memory.
    fn better(self, other: Self) -> Self {
        Self {
            wall_ms: self.wall_ms.min(other.wall_ms),
            cpu_ms: self.cpu_ms.min(other.cpu_ms),
            peak_memory_bytes: self.peak_memory_bytes.max(other.peak_memory_bytes),
        }
    }
}

/// Transcodes `options.source` three ways and prints times, ratios and peak memory as one JSON
/// object on standard output, for people on standard error.
///
/// # Errors
/// [`BenchError`], see its variants.
pub async fn bench(options: &BenchOptions, terminal: &Terminal) -> Result<(), BenchError> {
    let common = &options.common;
    let tools = Tools::detect(
        common.ffmpeg.clone(),
        common.ffprobe.clone(),
        common.threads,
    )
    .await?;
    let name = format!("edgetube-bench-{}", std::process::id());
    let directory = RemoveOnDrop(std::env::temp_dir().join(name));
    std::fs::create_dir(&directory.0)?;
    let source_path = std::fs::canonicalize(&options.source)?;
    std::os::unix::fs::symlink(source_path, directory.0.join(SOURCE_FILE))?;
    let bench = Workbench {
        tools,
        directory: directory.0.clone(),
        max_disk_bytes: common.max_disk_bytes,
        has_separate_audio: false,
    };
    let whole = plain_ladder(&bench, options).await?;
    let mut ours = Cost::WORST;
    let mut by_hand = Cost::WORST;
    // In turn, and the best of each: whatever else runs on the machine hits both alike.
    for _ in 0..options.rounds {
        ours = ours.better(measure(make(&bench, options)).await?);
        by_hand = by_hand.better(measure(plain(&bench, vec![whole.clone()])).await?);
    }
    print(terminal, "edgetube-transcoder, hashes included", ours);
    print(terminal, "one ffmpeg written by hand", by_hand);
    let single = |video: &VideoOutput| Ladder {
        videos: vec![video.clone()],
        ..whole.clone()
    };
    let singles = whole.videos.iter().map(single).collect();
    let one_by_one = measure(plain(&bench, singles)).await?;
    print(terminal, "one ffmpeg per rendition", one_by_one);
    let wall_ratio = ratio(ours.wall_ms, by_hand.wall_ms);
    let cpu_ratio = ratio(ours.cpu_ms, one_by_one.cpu_ms);
    terminal.say(&format!(
        "wall time over one ffmpeg: {wall_ratio:.3} (bound {MAX_WALL_RATIO})"
    ));
    terminal.say(&format!(
        "CPU time over one per rendition: {cpu_ratio:.3} (bound {MAX_CPU_RATIO})"
    ));
    println!(
        "{}",
        serde_json::json!({
            "wallRatio": wall_ratio, "maxWallRatio": MAX_WALL_RATIO,
            "cpuRatio": cpu_ratio, "maxCpuRatio": MAX_CPU_RATIO,
            "wallMs": ours.wall_ms, "cpuMs": ours.cpu_ms,
            "peakMemoryBytes": ours.peak_memory_bytes,
            "byHandWallMs": by_hand.wall_ms, "byHandCpuMs": by_hand.cpu_ms,
            "byHandPeakMemoryBytes": by_hand.peak_memory_bytes,
            "onePerRenditionWallMs": one_by_one.wall_ms, "onePerRenditionCpuMs": one_by_one.cpu_ms,
        })
    );
    Ok(())
}

/// Runs `work`, which answers the memory that it saw, and measures it.
async fn measure(
    work: impl Future<Output = Result<Usage, BenchError>>,
) -> Result<Cost, BenchError> {
    let (cpu_before, started) = (cpu_ms()?, Instant::now());
    let usage = work.await?;
    Ok(Cost {
        wall_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        cpu_ms: cpu_ms()? - cpu_before,
        peak_memory_bytes: usage.peak_memory_bytes,
    })
}

/// CPU time of this process and of all its children that ended, in milliseconds.
fn cpu_ms() -> Result<u64, BenchError> {
    let mut total_ms = 0;
    for who in [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN] {
        let usage = getrusage(who)?;
        total_ms += (usage.user_time() + usage.system_time()).num_milliseconds();
    }
    Ok(u64::try_from(total_ms).unwrap_or(0))
}

async fn make(bench: &Workbench, options: &BenchOptions) -> Result<Usage, BenchError> {
    let source = bench.probe().await?;
    let mut tasks = Vec::new();
    for (resolution, fps) in renditions(&source, options)? {
        let published_name = FileName::parse(&format!("{resolution}-fragmented.mp4"))?;
        let encoding = Encoding::Hls;
        tasks.push(Task::Video {
            encoding,
            resolution,
            fps,
            with_audio: true,
            published_name,
        });
    }
    let (_, usage) = bench.make_ladder(&source, &tasks, |_: Progress| ()).await?;
    Ok(usage)
}

/// The same renditions as [`make`], to be made without its filter graph.
async fn plain_ladder(bench: &Workbench, options: &BenchOptions) -> Result<Ladder, BenchError> {
    let source = bench.probe().await?;
    let videos = renditions(&source, options)?
        .into_iter()
        .map(|(resolution, fps)| VideoOutput {
            encoding: Encoding::Hls,
            resolution,
            fps,
            with_audio: true,
            media_file: format!("plain-{resolution}.mp4"),
            playlist_file: format!("plain-{resolution}.m3u8"),
        });
    Ok(Ladder {
        audio: source.audio.as_ref().map(AudioPlan::for_stream),
        has_separate_audio: false,
        videos: videos.collect(),
        storyboards: Vec::new(),
        source,
    })
}

async fn plain(bench: &Workbench, ladders: Vec<Ladder>) -> Result<Usage, BenchError> {
    let mut usage = Usage::default();
    for ladder in ladders {
        let mut args = input_args(SOURCE_FILE);
        args.extend(naive_ladder_args(&ladder, bench.tools.threads).map_err(MakeError::from)?);
        let directory: &Path = &bench.directory;
        let max_directory_bytes = bench.max_disk_bytes;
        let run = FfmpegRun {
            directory,
            args: &args,
            max_directory_bytes,
        };
        let used = run_ffmpeg(&bench.tools, run, |_| ())
            .await
            .map_err(MakeError::from)?;
        usage.peak_memory_bytes = usage.peak_memory_bytes.max(used.peak_memory_bytes);
    }
    Ok(usage)
}

fn renditions(
    source: &crate::media::Source,
    options: &BenchOptions,
) -> Result<Vec<(u32, u32)>, BenchError> {
    let video = source.video.as_ref().ok_or(BenchError::NoVideo)?;
    let settings = LadderSettings {
        resolutions: options.resolutions.clone(),
        keeps_original_resolution: false,
    };
    let described = SourceVideo {
        resolution: video.width.min(video.height),
        fps: video.rate.rounded(),
        has_audio: source.audio.is_some(),
    };
    Ok(plan(&settings, described)
        .into_iter()
        .map(|r| (r.resolution, r.fps))
        .collect())
}

fn print(terminal: &Terminal, name: &str, cost: Cost) {
    terminal.say(&format!(
        "{name}: {} ms, {} ms CPU, {} MB at most",
        cost.wall_ms,
        cost.cpu_ms,
        cost.peak_memory_bytes >> 20
    ));
}

fn ratio(ours: u64, theirs: u64) -> f64 {
    let number = |ms: u64| f64::from(u32::try_from(ms).unwrap_or(u32::MAX));
    number(ours) / number(theirs.max(1))
}
