//! Transcodes one local file: the same work as for a server, without one.

use crate::cli::LocalOptions;
use crate::media::{Encoding, Source, Storyboard, Tools, ToolsError};
use crate::terminal::Terminal;
use crate::workbench::{MakeError, Product, SOURCE_FILE, Task, Workbench};
use crate::workspace::RemoveOnDrop;
use domain::ladder::{LadderSettings, SourceVideo, plan};
use hls::{
    FileName, FileNameError, MasterPlaylistError, MasterVariant, SegmentHashes,
    write_master_playlist,
};
use std::path::{Path, PathBuf};

/// Why a local file was not transcoded.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// ffmpeg cannot be used.
    #[error(transparent)]
    Tools(#[from] ToolsError),
    /// The outputs could not be made.
    #[error(transparent)]
    Make(#[from] MakeError),
    /// Files could not be read or written.
    #[error("{path:?}: {cause}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// No master playlist comes of these renditions.
    #[error(transparent)]
    Master(#[from] MasterPlaylistError),
    /// A name of an output.
    #[error(transparent)]
    Name(#[from] FileNameError),
}

/// Makes what `options` ask for and writes it to their folder: `{resolution}-fragmented.mp4` and
/// `.m3u8`, `{resolution}.json` (the report), `{resolution}.mp4`, `master.m3u8`,
/// `segments-sha256.json`, `storyboard.jpg`, `picture-{width}x{height}.jpg`.
///
/// # Errors
/// [`LocalError`], see its variants. The folder holds no half-made output then.
pub async fn transcode_file(options: &LocalOptions, terminal: &Terminal) -> Result<(), LocalError> {
    let common = &options.common;
    let tools = Tools::detect(
        common.ffmpeg.clone(),
        common.ffprobe.clone(),
        common.threads,
    )
    .await?;
    let source_path = canonical(&options.source)?;
    std::fs::create_dir_all(&options.out_dir).map_err(at(&options.out_dir))?;
    let directory = canonical(&options.out_dir)?.join(format!(".work-{}", std::process::id()));
    std::fs::create_dir_all(&directory).map_err(at(&directory))?;
    let _cleaner = RemoveOnDrop(directory.clone());
    let link = directory.join(SOURCE_FILE);
    std::os::unix::fs::symlink(&source_path, &link).map_err(at(&link))?;
    let max_disk_bytes = common.max_disk_bytes;
    let bench = Workbench {
        tools,
        directory,
        max_disk_bytes,
        has_separate_audio: false,
    };
    let source = bench.probe().await?;
    let outputs = outputs(options, &source)?;
    let tasks: Vec<Task> = outputs.iter().map(|(task, _)| task.clone()).collect();
    let (mut products, _) = bench.make_pictures(&source, &tasks).await?;
    let on_progress = |progress: crate::media::Progress| {
        terminal.progress("transcoding", progress.percent(source.duration_us));
    };
    let (made, usage) = bench.make_ladder(&source, &tasks, on_progress).await?;
    terminal.say(&format!(
        "transcoded; ffmpeg used {} MB",
        usage.peak_memory_bytes >> 20
    ));
    products.extend(made);
    for (index, product) in &products {
        place(product, &options.out_dir, &outputs[*index].1)?;
    }
    write_documents(&options.out_dir, &outputs, &products)
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> LocalError {
    move |cause| LocalError::File {
        path: path.to_owned(),
        cause,
    }
}

fn canonical(path: &Path) -> Result<PathBuf, LocalError> {
    std::fs::canonicalize(path).map_err(at(path))
}

/// Tasks and the stem of their files.
fn outputs(options: &LocalOptions, source: &Source) -> Result<Vec<(Task, String)>, LocalError> {
    let mut tasks = Vec::new();
    let resolution = source
        .video
        .as_ref()
        .map_or(0, |video| video.width.min(video.height));
    let settings = LadderSettings {
        resolutions: options.resolutions.clone(),
        keeps_original_resolution: options.keeps_original && resolution > 0,
    };
    let described = SourceVideo {
        resolution,
        fps: source
            .video
            .as_ref()
            .map_or(0, |video| video.rate.rounded()),
        has_audio: source.audio.is_some(),
    };
    let renditions = if resolution == 0 {
        vec![(0, 0)]
    } else {
        plan(&settings, described)
            .into_iter()
            .map(|r| (r.resolution, r.fps))
            .collect()
    };
    for (resolution, fps) in renditions {
        let splits = options.splits_audio && resolution > 0;
        let stem = format!("{resolution}-fragmented");
        let task = video(Encoding::Hls, resolution, fps, !splits, &stem)?;
        tasks.push((task, stem));
        if options.with_web_videos {
            let stem = resolution.to_string();
            tasks.push((
                video(Encoding::WebVideo, resolution, fps, true, &stem)?,
                stem,
            ));
        }
    }
    if options.with_storyboard && source.video.is_some() {
        let duration_ms = source.duration_us.unwrap_or(0) / 1_000;
        let interval_ms = u32::try_from(duration_ms.div_ceil(100))
            .unwrap_or(u32::MAX)
            .max(1_000);
        let board = Storyboard {
            cell_width: 192,
            cell_height: 108,
            columns: 10,
            rows: 10,
            interval_ms,
        };
        tasks.push((Task::Storyboard(board), "storyboard".to_owned()));
    }
    for &(width, height) in &options.pictures {
        tasks.push((
            Task::Picture { width, height },
            format!("picture-{width}x{height}"),
        ));
    }
    Ok(tasks)
}

fn video(
    encoding: Encoding,
    resolution: u32,
    fps: u32,
    with_audio: bool,
    stem: &str,
) -> Result<Task, LocalError> {
    let published_name = FileName::parse(&format!("{stem}.mp4"))?;
    Ok(Task::Video {
        encoding,
        resolution,
        fps,
        with_audio,
        published_name,
    })
}

fn place(product: &Product, out_dir: &Path, stem: &str) -> Result<(), LocalError> {
    let rename = |from: &Path, extension: &str| {
        let to = out_dir.join(format!("{stem}.{extension}"));
        std::fs::rename(from, &to).map_err(at(&to))
    };
    match product {
        Product::Image { image } => rename(image, "jpg"),
        Product::Video {
            media,
            playlist,
            report,
        } => {
            rename(media, "mp4")?;
            if let Some(playlist) = playlist {
                rename(playlist, "m3u8")?;
            }
            let path = out_dir.join(format!("{stem}.json"));
            std::fs::write(&path, report.to_json()).map_err(at(&path))
        }
    }
}

/// Master playlist and hash document of the HLS renditions.
fn write_documents(
    out_dir: &Path,
    outputs: &[(Task, String)],
    products: &[(usize, Product)],
) -> Result<(), LocalError> {
    let (mut variants, mut hashes) = (Vec::new(), SegmentHashes::new());
    for (index, product) in products {
        let Product::Video {
            playlist: Some(_),
            report,
            ..
        } = product
        else {
            continue;
        };
        let stem = &outputs[*index].1;
        hashes.insert(FileName::parse(&format!("{stem}.mp4"))?, report);
        variants.push(MasterVariant {
            playlist_file: FileName::parse(&format!("{stem}.m3u8"))?,
            bandwidth_bps: report.bandwidth_bps,
            average_bandwidth_bps: report.average_bandwidth_bps,
            width: report.width,
            height: report.height,
            fps: report.fps,
            codecs: report.codecs.clone(),
            has_video: report.has_video,
            has_audio: report.has_audio,
        });
    }
    let write = |name: &str, text: String| {
        let path = out_dir.join(name);
        std::fs::write(&path, text).map_err(at(&path))
    };
    write("segments-sha256.json", hashes.to_json())?;
    write("master.m3u8", write_master_playlist(&variants)?)
}
