//! The ffmpeg and ffprobe that are used.

use std::path::PathBuf;
use tokio::process::Command;

/// ffmpeg and ffprobe, and what they can do.
#[derive(Clone, Debug)]
pub struct Tools {
    /// Path or name of ffmpeg.
    pub ffmpeg: PathBuf,
    /// Path or name of ffprobe.
    pub ffprobe: PathBuf,
    /// Whether HDR can be mapped to SDR properly (`zscale` and `tonemap`).
    pub has_tone_mapping: bool,
    /// Threads for each decoder and encoder, 0 to let ffmpeg choose.
    pub threads: u32,
}

/// Why ffmpeg cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ToolsError {
    /// It is not installed.
    #[error("cannot run {program:?}: {cause}; install ffmpeg (Debian: apt-get install ffmpeg)")]
    Missing {
        /// What was tried.
        program: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// It was built without a part that is needed.
    #[error("ffmpeg has no {part}")]
    Incapable {
        /// The missing encoder or muxer.
        part: &'static str,
    },
}

impl Tools {
    /// Looks at the ffmpeg found under these names.
    ///
    /// # Errors
    /// [`ToolsError`] when one is missing or cannot encode H.264 and AAC.
    pub async fn detect(
        ffmpeg: PathBuf,
        ffprobe: PathBuf,
        threads: u32,
    ) -> Result<Self, ToolsError> {
        let encoders = output(&ffmpeg, "-encoders").await?;
        for (name, part) in [(" libx264 ", "libx264 encoder"), (" aac ", "aac encoder")] {
            if !encoders.contains(name) {
                return Err(ToolsError::Incapable { part });
            }
        }
        output(&ffprobe, "-version").await?;
        let filters = output(&ffmpeg, "-filters").await?;
        let has_tone_mapping = filters.contains(" zscale ") && filters.contains(" tonemap ");
        Ok(Self {
            ffmpeg,
            ffprobe,
            has_tone_mapping,
            threads,
        })
    }
}

async fn output(program: &PathBuf, flag: &str) -> Result<String, ToolsError> {
    let run = Command::new(program)
        .args(["-hide_banner", flag])
        .kill_on_drop(true)
        .output();
    let output = run.await.map_err(|cause| ToolsError::Missing {
        program: program.clone(),
        cause,
    })?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
