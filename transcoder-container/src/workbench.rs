//! Makes every output that is wanted of one source, in one directory.

use crate::describe::{DescribeError, describe_hls, describe_web_video};
use crate::media::{
    AudioPlan, Encoding, FfmpegError, FfmpegRun, Ladder, NoStream, PictureOutput, ProbeError,
    Progress, Source, Storyboard, Tools, Usage, VideoOutput, input_args, merge_audio_args,
    picture_args, probe_picture, probe_source, remux_args, run_ffmpeg,
};
use hls::{FileName, RenditionReport};
use std::path::{Path, PathBuf};

/// Something to make of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// A rendition; `resolution` 0 is sound alone.
    Video {
        /// Layout.
        encoding: Encoding,
        /// Smaller side in pixels.
        resolution: u32,
        /// Frames a second.
        fps: u32,
        /// Whether the source's sound goes into it; a silent source has none to give.
        with_audio: bool,
        /// Name under which the MP4 is published; its playlist refers to it.
        published_name: FileName,
    },
    /// A sheet of small pictures.
    Storyboard(Storyboard),
    /// One representative frame, cut to exactly this size.
    Picture {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

impl Task {
    /// What `source` lacks for this task, if anything.
    #[must_use]
    pub const fn missing_stream(&self, source: &Source) -> Option<NoStream> {
        let (is_there, stream) = match self {
            Self::Video { resolution: 0, .. } => (source.audio.is_some(), "audio"),
            Self::Video { .. } | Self::Storyboard(_) => (source.video.is_some(), "video"),
            Self::Picture { .. } => (source.video.is_some() || source.cover.is_some(), "video"),
        };
        if is_there {
            None
        } else {
            Some(NoStream { stream })
        }
    }
}

/// What came of a [`Task`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Product {
    /// An MP4, its playlist if it is fragmented, and what it is.
    Video {
        /// The MP4.
        media: PathBuf,
        /// The playlist.
        playlist: Option<PathBuf>,
        /// What it is.
        report: Box<RenditionReport>,
    },
    /// A JPEG.
    Image {
        /// The picture.
        image: PathBuf,
    },
}

/// Why nothing came of a task.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The source cannot be read.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The source lacks what a task needs.
    #[error(transparent)]
    NoStream(#[from] NoStream),
    /// ffmpeg failed.
    #[error(transparent)]
    Ffmpeg(#[from] FfmpegError),
    /// What ffmpeg made is not what was ordered.
    #[error(transparent)]
    Describe(#[from] DescribeError),
    /// The outputs would not fit the disk.
    #[error("source and outputs may need {needed_bytes} bytes of disk, allowed are {max_bytes}")]
    Disk {
        /// What may be needed.
        needed_bytes: u64,
        /// What may be used.
        max_bytes: u64,
    },
    /// A thread that hashed an output died.
    #[error("hashing an output was interrupted")]
    Interrupted,
}

impl MakeError {
    /// Whether this machine is to blame and another one may do better.
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        match self {
            Self::Disk { .. } | Self::Interrupted => true,
            Self::Ffmpeg(error) => {
                matches!(error, FfmpegError::Run(_) | FfmpegError::DiskFull { .. })
            }
            Self::Describe(error) => matches!(error, DescribeError::Read(_)),
            Self::Probe(error) => matches!(error, ProbeError::Run(_)),
            Self::NoStream(_) => false,
        }
    }
}

/// Name of the downloaded source in a workbench's directory.
pub const SOURCE_FILE: &str = "source";

/// Name of the separate sound, or of the picture of an audio merge, there.
pub const SECOND_FILE: &str = "second";

/// A directory in which outputs are made of [`SOURCE_FILE`].
#[derive(Clone, Debug)]
pub struct Workbench {
    /// ffmpeg.
    pub tools: Tools,
    /// Where source and outputs lie; nothing else may be in it.
    pub directory: PathBuf,
    /// Bytes that source and outputs may take together.
    pub max_disk_bytes: u64,
    /// Whether [`SECOND_FILE`] holds the sound.
    pub has_separate_audio: bool,
}

/// Products by the index of their task, and what ffmpeg used.
pub type Made = (Vec<(usize, Product)>, Usage);

impl Workbench {
    /// Probes the source, and the separate sound if there is one.
    ///
    /// # Errors
    /// [`MakeError::Probe`].
    pub async fn probe(&self) -> Result<Source, MakeError> {
        let mut source = probe_source(&self.tools, &self.path(SOURCE_FILE)).await?;
        if self.has_separate_audio {
            source.audio = probe_source(&self.tools, &self.path(SECOND_FILE))
                .await?
                .audio;
        }
        Ok(source)
    }

    /// Makes every [`Task::Picture`] among `tasks` in one run.
    ///
    /// # Errors
    /// [`MakeError`]; without any picture in the source [`MakeError::NoStream`].
    pub async fn make_pictures(&self, source: &Source, tasks: &[Task]) -> Result<Made, MakeError> {
        let mut outputs = Vec::new();
        let mut products = Vec::new();
        for (index, task) in tasks.iter().enumerate() {
            if let Task::Picture { width, height } = *task {
                let file = format!("{index}.jpg");
                products.push((
                    index,
                    Product::Image {
                        image: self.path(&file),
                    },
                ));
                outputs.push(PictureOutput {
                    width,
                    height,
                    file,
                });
            }
        }
        let mut usage = Usage::default();
        if outputs.is_empty() {
            return Ok((products, usage));
        }
        // A duration may be a lie, and then nothing is found in the middle.
        for from_start in [false, true] {
            let has_tone_mapping = self.tools.has_tone_mapping;
            let args = picture_args(source, SOURCE_FILE, &outputs, has_tone_mapping, from_start)
                .ok_or(NoStream { stream: "video" })?;
            let ran = self.run(&args, |_| ()).await;
            let is_there = outputs.iter().all(|o| has_bytes(&self.path(&o.file)));
            match ran {
                Ok(used) if is_there => {
                    usage = used;
                    return Ok((products, usage));
                }
                Err(error) if from_start => return Err(error),
                _ => {}
            }
        }
        Err(NoStream {
            stream: "decodable video",
        }
        .into())
    }

    /// Makes every rendition and storyboard among `tasks`, decoding the source once.
    ///
    /// # Errors
    /// [`MakeError`], see its variants.
    pub async fn make_ladder(
        &self,
        source: &Source,
        tasks: &[Task],
        on_progress: impl FnMut(Progress),
    ) -> Result<Made, MakeError> {
        let (ladder, remuxes) = self.plan(source, tasks);
        if ladder.videos.is_empty() && ladder.storyboards.is_empty() {
            return Ok((Vec::new(), Usage::default()));
        }
        self.check_disk(&ladder)?;
        let mut args = input_args(SOURCE_FILE);
        if self.has_separate_audio {
            args.extend(input_args(SECOND_FILE));
        }
        args.extend(ladder.args(self.tools.has_tone_mapping, self.tools.threads)?);
        let usage = self.run(&args, on_progress).await?;
        for (from, output) in &remuxes {
            self.run(&remux_args(from, output), |_| ()).await?;
        }
        let products = self.describe(tasks).await?;
        Ok((products, usage))
    }

    /// Shows the picture [`SECOND_FILE`] to the sound of [`SOURCE_FILE`]; `task` says how.
    /// `on_percent` hears how far it is.
    ///
    /// # Errors
    /// [`MakeError`], see its variants.
    pub async fn merge_audio(
        &self,
        task: &Task,
        mut on_percent: impl FnMut(u8),
    ) -> Result<Product, MakeError> {
        let Task::Video {
            resolution, fps, ..
        } = *task
        else {
            return Err(NoStream { stream: "video" }.into());
        };
        let sound = probe_source(&self.tools, &self.path(SOURCE_FILE)).await?;
        let audio = sound.audio.as_ref().ok_or(NoStream { stream: "audio" })?;
        let still = probe_picture(&self.tools, &self.path(SECOND_FILE)).await?;
        let picture = still.video.as_ref().ok_or(NoStream { stream: "video" })?;
        let files = [SECOND_FILE, SOURCE_FILE, "0.mp4"];
        let plan = AudioPlan::for_stream(audio);
        let threads = self.tools.threads;
        let duration_us = sound.duration_us;
        let args = merge_audio_args(picture, plan, duration_us, files, resolution, fps, threads);
        self.run(&args, |progress| on_percent(progress.percent(duration_us)))
            .await?;
        let mut products = self.describe(std::slice::from_ref(task)).await?;
        let (_, product) = products.pop().ok_or(MakeError::Interrupted)?;
        Ok(product)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.directory.join(file)
    }

    async fn run(
        &self,
        args: &[String],
        on_progress: impl FnMut(Progress),
    ) -> Result<Usage, MakeError> {
        let run = FfmpegRun {
            directory: &self.directory,
            args,
            max_directory_bytes: self.max_disk_bytes,
        };
        Ok(run_ffmpeg(&self.tools, run, on_progress).await?)
    }

    /// The ladder to encode, and the web videos that are the streams of an HLS file in another
    /// container and need no encoding.
    fn plan(&self, source: &Source, tasks: &[Task]) -> (Ladder, Vec<(String, VideoOutput)>) {
        let mut ladder = Ladder {
            source: source.clone(),
            audio: source.audio.as_ref().map(AudioPlan::for_stream),
            has_separate_audio: self.has_separate_audio,
            videos: Vec::new(),
            storyboards: Vec::new(),
        };
        let mut web_videos = Vec::new();
        for (index, task) in tasks.iter().enumerate() {
            match task {
                Task::Video {
                    encoding,
                    resolution,
                    fps,
                    with_audio,
                    ..
                } => {
                    let output = VideoOutput {
                        encoding: *encoding,
                        resolution: *resolution,
                        fps: *fps,
                        with_audio: *with_audio,
                        media_file: format!("{index}.mp4"),
                        playlist_file: format!("{index}.m3u8"),
                    };
                    match encoding {
                        Encoding::Hls => ladder.videos.push(output),
                        Encoding::WebVideo => web_videos.push(output),
                    }
                }
                Task::Storyboard(board) => {
                    ladder.storyboards.push((*board, format!("{index}.jpg")));
                }
                Task::Picture { .. } => {}
            }
        }
        let mut remuxes = Vec::new();
        for output in web_videos {
            let twin = ladder.videos.iter().find(|other| {
                other.encoding == Encoding::Hls
                    && (other.resolution, other.fps, other.with_audio)
                        == (output.resolution, output.fps, output.with_audio)
            });
            match twin {
                Some(twin) => remuxes.push((twin.media_file.clone(), output)),
                None => ladder.videos.push(output),
            }
        }
        (ladder, remuxes)
    }

    fn check_disk(&self, ladder: &Ladder) -> Result<(), MakeError> {
        let source_bytes = std::fs::metadata(self.path(SOURCE_FILE)).map_or(0, |m| m.len());
        let needed_bytes = source_bytes.saturating_add(ladder.max_output_bytes());
        if needed_bytes > self.max_disk_bytes {
            return Err(MakeError::Disk {
                needed_bytes,
                max_bytes: self.max_disk_bytes,
            });
        }
        Ok(())
    }

    /// Reads every rendition back, all at once: hashing takes one core each.
    async fn describe(&self, tasks: &[Task]) -> Result<Vec<(usize, Product)>, MakeError> {
        let mut running = Vec::new();
        for (index, task) in tasks.iter().enumerate() {
            match task {
                Task::Video {
                    encoding,
                    published_name,
                    ..
                } => {
                    let media = self.path(&format!("{index}.mp4"));
                    let playlist =
                        (*encoding == Encoding::Hls).then(|| self.path(&format!("{index}.m3u8")));
                    let name = published_name.clone();
                    let describe = move || describe_video(media, playlist, &name);
                    running.push((index, tokio::task::spawn_blocking(describe)));
                }
                Task::Storyboard(_) => {
                    let image = self.path(&format!("{index}.jpg"));
                    let check = move || Ok(Product::Image { image });
                    running.push((index, tokio::task::spawn_blocking(check)));
                }
                Task::Picture { .. } => {}
            }
        }
        let mut products = Vec::new();
        for (index, product) in running {
            products.push((index, product.await.map_err(|_| MakeError::Interrupted)??));
        }
        Ok(products)
    }
}

fn describe_video(
    media: PathBuf,
    playlist: Option<PathBuf>,
    name: &FileName,
) -> Result<Product, DescribeError> {
    let report = match &playlist {
        Some(playlist) => describe_hls(&media, playlist, name)?,
        None => describe_web_video(&media)?,
    };
    Ok(Product::Video {
        media,
        playlist,
        report: Box::new(report),
    })
}

fn has_bytes(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0)
}
