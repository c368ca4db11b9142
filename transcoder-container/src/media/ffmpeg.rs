//! Runs ffmpeg and watches it.

use super::{Progress, Tools};
use crate::limits::{MAX_STDERR_BYTES, STALL_TIMEOUT};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// One run of ffmpeg.
#[derive(Clone, Copy, Debug)]
pub struct FfmpegRun<'a> {
    /// Where relative names begin; also where its process id is left, so that a later run can end
    /// it if this program is killed.
    pub directory: &'a Path,
    /// Arguments after the global ones, inputs included.
    pub args: &'a [String],
    /// Bytes that `directory` may hold before ffmpeg is stopped.
    pub max_directory_bytes: u64,
}

/// What a finished run used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Largest resident memory seen (Linux; 0 elsewhere).
    pub peak_memory_bytes: u64,
}

/// Why ffmpeg did not finish.
#[derive(Debug, thiserror::Error)]
pub enum FfmpegError {
    /// It could not be started, or its output could not be read.
    #[error("cannot run ffmpeg: {0}")]
    Run(#[from] std::io::Error),
    /// It ended with an error.
    #[error("ffmpeg failed: {last_lines}")]
    Failed {
        /// Its last complaints.
        last_lines: String,
    },
    /// It said nothing for [`STALL_TIMEOUT`].
    #[error("ffmpeg made no progress for {} s", STALL_TIMEOUT.as_secs())]
    Stalled,
    /// The outputs outgrew the disk that may be used.
    #[error("the outputs need more than {max_directory_bytes} bytes of disk")]
    DiskFull {
        /// The bound.
        max_directory_bytes: u64,
    },
}

/// The file that holds the process id of an ffmpeg that works in `directory`.
pub(crate) fn pid_file(directory: &Path) -> PathBuf {
    directory.join("ffmpeg.pid")
}

/// How often ffmpeg reports, and the disk and its memory are looked at.
const REPORT_INTERVAL: Duration = Duration::from_millis(500);

/// Runs ffmpeg to its end, handing every report to `on_progress`. Dropping the future kills it.
///
/// # Errors
/// [`FfmpegError`], see its variants.
pub async fn run_ffmpeg(
    tools: &Tools,
    run: FfmpegRun<'_>,
    mut on_progress: impl FnMut(Progress),
) -> Result<Usage, FfmpegError> {
    let mut child = spawn(tools, run)?;
    let pid = child.id();
    let pid_file = pid_file(run.directory);
    if let Some(pid) = pid {
        tokio::fs::write(&pid_file, pid.to_string()).await?;
    }
    let stderr = child.stderr.take();
    let complaints = async {
        match stderr {
            Some(pipe) => last_bytes(pipe).await,
            None => Ok(Vec::new()),
        }
    };
    let watched = async {
        let usage = watch(&mut child, pid, run, &mut on_progress).await;
        if usage.is_err() {
            // Only its death closes the pipe that its complaints are read from.
            child.kill().await?;
        }
        usage
    };
    let (usage, complaints) = tokio::join!(watched, complaints);
    let usage = usage?;
    let status = child.wait().await?;
    tokio::fs::remove_file(&pid_file).await?;
    if status.success() {
        on_progress(Progress {
            out_time_us: 0,
            is_end: true,
        });
        return Ok(usage);
    }
    Err(FfmpegError::Failed {
        last_lines: last_lines(&complaints?, run.directory),
    })
}

fn spawn(tools: &Tools, run: FfmpegRun<'_>) -> Result<Child, std::io::Error> {
    let global = "-hide_banner -nostdin -y -loglevel warning -nostats -stats_period 0.5 \
                  -progress pipe:1";
    let mut command = Command::new(&tools.ffmpeg);
    command.args(global.split_whitespace());
    if tools.threads > 0 {
        command.args(["-threads", &tools.threads.to_string()]);
        command.args(["-filter_complex_threads", &tools.threads.to_string()]);
    }
    command
        .args(run.args)
        .current_dir(run.directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

/// Reads reports until ffmpeg closes its output.
async fn watch(
    child: &mut Child,
    pid: Option<u32>,
    run: FfmpegRun<'_>,
    on_progress: &mut impl FnMut(Progress),
) -> Result<Usage, FfmpegError> {
    let mut usage = Usage::default();
    let Some(stdout) = child.stdout.take() else {
        return Ok(usage);
    };
    let mut lines = BufReader::new(stdout).lines();
    let mut progress = Progress::default();
    let mut checked_at = tokio::time::Instant::now();
    loop {
        let Ok(line) = timeout(STALL_TIMEOUT, lines.next_line()).await else {
            return Err(FfmpegError::Stalled);
        };
        let Some(line) = line? else { return Ok(usage) };
        if !progress.read_line(&line) {
            continue;
        }
        if !progress.is_end {
            on_progress(progress);
        }
        usage.peak_memory_bytes = usage.peak_memory_bytes.max(peak_memory_bytes(pid).await);
        if checked_at.elapsed() >= REPORT_INTERVAL {
            checked_at = tokio::time::Instant::now();
            let max_directory_bytes = run.max_directory_bytes;
            if directory_bytes(run.directory).await? > max_directory_bytes {
                return Err(FfmpegError::DiskFull {
                    max_directory_bytes,
                });
            }
        }
    }
}

/// `VmHWM` of a process; 0 where /proc does not exist.
async fn peak_memory_bytes(pid: Option<u32>) -> u64 {
    let Some(pid) = pid else { return 0 };
    let status = tokio::fs::read_to_string(format!("/proc/{pid}/status")).await;
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1_024
}

/// Bytes of the files directly in `directory`.
async fn directory_bytes(directory: &Path) -> Result<u64, std::io::Error> {
    let mut entries = tokio::fs::read_dir(directory).await?;
    let mut bytes = 0_u64;
    while let Some(entry) = entries.next_entry().await? {
        // A file may vanish between listing and asking: ffmpeg renames playlists.
        bytes = bytes.saturating_add(entry.metadata().await.map_or(0, |m| m.len()));
    }
    Ok(bytes)
}

/// Reads to the end, keeps the last [`MAX_STDERR_BYTES`].
async fn last_bytes(mut pipe: impl AsyncRead + Unpin) -> Result<Vec<u8>, std::io::Error> {
    let mut kept = Vec::new();
    let mut buffer = [0_u8; 4_096];
    loop {
        let count = pipe.read(&mut buffer).await?;
        if count == 0 {
            return Ok(kept);
        }
        kept.extend(&buffer[..count]);
        if kept.len() > 2 * MAX_STDERR_BYTES {
            kept.drain(..kept.len() - MAX_STDERR_BYTES);
        }
    }
}

/// The last complaints as text, without the directory's path.
fn last_lines(complaints: &[u8], directory: &Path) -> String {
    let text = String::from_utf8_lossy(complaints).replace(&*directory.to_string_lossy(), "");
    let mut lines: Vec<&str> = text
        .lines()
        .rev()
        .filter(|l| !l.trim().is_empty())
        .take(8)
        .collect();
    lines.reverse();
    let text = lines.join("\n");
    if text.is_empty() {
        "no reason given".to_owned()
    } else {
        text
    }
}
