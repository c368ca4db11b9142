//! Steps with their elapsed time, and the child programs that do the work of a step.
//!
//! A step that finds its result already there says nothing, so a second run prints almost nothing.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};
use crate::places;

/// A line of life from a long step when the output is no terminal.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How often the elapsed time on a terminal moves.
const TICK: Duration = Duration::from_millis(500);
/// Lines of a failed child's output that are shown; the rest is in the log file.
const TAIL_LINES: usize = 40;
/// Back to the line's start, and nothing on it.
const CLEAR_LINE: &str = "\r\x1b[2K";
/// Columns of the live line.
const LIVE_WIDTH: usize = 78;

/// Whether a step has the terminal's last line to itself; others at the same time print whole lines.
static LINE_IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// One named piece of work.
#[derive(Debug)]
pub struct Step {
    name: String,
    started: Instant,
    live: bool,
}

impl Step {
    /// Announces the step.
    #[must_use]
    pub fn start(name: impl Into<String>) -> Self {
        let step = Self {
            name: name.into(),
            started: Instant::now(),
            live: io::stderr().is_terminal() && !LINE_IS_TAKEN.swap(true, Ordering::Relaxed),
        };
        if step.live {
            step.show("");
        } else {
            step.print_line("..", "");
        }
        step
    }

    /// Prints the closing line with the elapsed time and an optional remark.
    pub fn finish(self, remark: &str) {
        let separator = if remark.is_empty() { "" } else { ": " };
        let time = elapsed(self.started.elapsed());
        self.print_line("ok", &format!("{separator}{remark} ({time})"));
    }

    /// Runs a child to its end. Its output goes to a log file, its newest line to the terminal.
    ///
    /// # Errors
    /// If the program cannot be started or fails; the message carries the end of its output.
    pub fn run(&self, command: &mut Command) -> Outcome<()> {
        let mut ignore = |_: &str| {};
        self.run_watched(command, &mut ignore)
    }

    /// As [`Step::run`]; `watch` sees every line of output, standard error included.
    ///
    /// # Errors
    /// As [`Step::run`].
    pub fn run_watched(&self, command: &mut Command, watch: &mut dyn FnMut(&str)) -> Outcome<()> {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut log = Log::create(&self.name)?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("cannot start {program}: {error}")))?;
        let (sender, lines) = mpsc::channel();
        forward_lines(child.stdout.take(), sender.clone());
        forward_lines(child.stderr.take(), sender);
        let mut newest = String::new();
        let mut heartbeat = Instant::now();
        loop {
            match lines.recv_timeout(TICK) {
                Ok(line) => {
                    watch(&line);
                    log.append(&line);
                    newest = line;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.live {
                self.show(&newest);
            } else if heartbeat.elapsed() >= HEARTBEAT {
                heartbeat = Instant::now();
                let time = elapsed(self.started.elapsed());
                self.print_line("..", &format!(" {time}: {}", newest.trim()));
            }
        }
        let status = child
            .wait()
            .map_err(|error| Failure::new(format!("lost {program}: {error}")))?;
        self.clear();
        if status.success() {
            return Ok(());
        }
        eprintln!("{}", log.tail());
        Err(Failure::new(format!(
            "{}: {program} ended with {status}; whole output: {}",
            self.name,
            log.path.display()
        )))
    }

    fn show(&self, detail: &str) {
        let text = format!(
            "  .. {} {} {}",
            self.name,
            elapsed(self.started.elapsed()),
            detail.trim()
        );
        let line: String = text
            .chars()
            .filter(|c| !c.is_control())
            .take(LIVE_WIDTH)
            .collect();
        eprint!("{CLEAR_LINE}{line}");
        let _ = io::stderr().flush();
    }

    /// On a terminal in place of the live line, whosever that is: its step draws it again.
    fn print_line(&self, mark: &str, detail: &str) {
        let clear = if io::stderr().is_terminal() {
            CLEAR_LINE
        } else {
            ""
        };
        eprintln!("{clear}  {mark} {}{detail}", self.name);
    }

    fn clear(&self) {
        if self.live {
            eprint!("{CLEAR_LINE}");
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if self.live {
            LINE_IS_TAKEN.store(false, Ordering::Relaxed);
        }
    }
}

/// Output of the newest child of a step.
struct Log {
    path: PathBuf,
    file: fs::File,
    tail: VecDeque<String>,
}

impl Log {
    fn create(step: &str) -> Outcome<Self> {
        let dir = places::scratch().join("logs");
        fs::create_dir_all(&dir).map_err(|error| Failure::io("create", &dir, &error))?;
        let name: String = step
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let path = dir.join(format!("{name}.log"));
        let file = fs::File::create(&path).map_err(|error| Failure::io("create", &path, &error))?;
        Ok(Self {
            path,
            file,
            tail: VecDeque::new(),
        })
    }

    fn append(&mut self, line: &str) {
        // A full disk must not hide the child's own result.
        let _ = writeln!(self.file, "{line}");
        if self.tail.len() == TAIL_LINES {
            self.tail.pop_front();
        }
        self.tail.push_back(line.to_owned());
    }

    fn tail(&self) -> String {
        let lines: Vec<&str> = self.tail.iter().map(String::as_str).collect();
        lines.join("\n")
    }
}

fn forward_lines(stream: Option<impl Read + Send + 'static>, lines: mpsc::Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while let Ok(1..) = reader.read_until(b'\n', &mut line) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if lines.send(text).is_err() {
                return;
            }
        }
    });
}

/// "340 ms", "12.3 s" or "4 min 05 s".
#[must_use]
pub fn elapsed(time: Duration) -> String {
    let whole_secs = time.as_secs();
    match whole_secs {
        0 => format!("{} ms", time.as_millis()),
        1..60 => format!("{:.1} s", time.as_secs_f64()),
        _ => format!("{} min {:02} s", whole_secs / 60, whole_secs % 60),
    }
}

/// Standard output of a short command, without the trailing newline.
///
/// # Errors
/// If the program cannot be started or fails.
pub fn output_of(command: &mut Command) -> Outcome<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("cannot start {program}: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned());
    }
    Err(Failure::new(format!(
        "{program} ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim_end()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elapsed_time_reads_naturally() {
        assert_eq!(elapsed(Duration::from_millis(7)), "7 ms");
        assert_eq!(elapsed(Duration::from_millis(12_345)), "12.3 s");
        assert_eq!(elapsed(Duration::from_secs(245)), "4 min 05 s");
    }
}
