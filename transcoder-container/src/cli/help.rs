//! What `--help` prints.

/// The help text.
pub const HELP: &str = "\
Transcodes videos for Edgetube and PeerTube servers, over PeerTube's runner protocol.

Usage:
  edgetube-transcoder --server URL --registration-token TOKEN [--once | --watch]
  edgetube-transcoder --server URL --runner-token TOKEN [--once | --watch]
  edgetube-transcoder transcode FILE --out DIR [--resolutions 1080,720]
  edgetube-transcoder bench --source FILE [--resolutions 1080,720,480,360]

Working for servers:
  --server URL              Origin of a server; may be repeated          [EDGETUBE_SERVER, commas]
  --registration-token TOK  Register here; the runner token that comes
                            back is kept in the work directory           [EDGETUBE_REGISTRATION_TOKEN]
  --runner-token TOK        Use this runner token                        [EDGETUBE_RUNNER_TOKEN]
  --once                    Do all jobs there are, then exit
  --watch                   Go on asking for jobs (default)
  --name NAME               Name to register under                       [EDGETUBE_RUNNER_NAME]
  --ephemeral               Unregister at the end, remember nothing
  --work-dir DIR            Sources and outputs while a job is done      [EDGETUBE_WORK_DIR]
                            (default: edgetube-transcoder in the system's temporary directory)

Transcoding a local file:
  --out DIR                 Where the outputs go
  --resolutions LIST        Smaller sides in pixels, 0 for sound alone
  --original                Also the source's own resolution
  --web-videos              Also progressive MP4 files
  --split-audio             Picture and sound in files of their own
  --storyboard              Also a sheet of small pictures
  --picture WxH             Also one representative picture; may be repeated

Comparing with plain ffmpeg (prints JSON with ratios and peak memory):
  --source FILE             What to transcode
  --rounds N                Measure so often, count the best (default 1)

Everywhere:
  --threads N               Threads of each decoder and encoder,
                            0 lets ffmpeg choose (default)               [EDGETUBE_THREADS]
  --max-disk SIZE           Most disk to use: 500M, 50G (default 50G)    [EDGETUBE_MAX_DISK]
  --ffmpeg PATH             ffmpeg to run                                [EDGETUBE_FFMPEG]
  --ffprobe PATH            ffprobe to run                               [EDGETUBE_FFPROBE]
  -h, --help                This text
  -V, --version             The version

Disk: one source and its renditions at a time, never more than --max-disk; a job that could need
more is handed back. The ladder 1080, 720, 480, 360 at 30 frames a second takes at most 6 GB an hour.
Memory: this program stays under 64 MB. ffmpeg needs about 0.55 GB for a ladder from 1080p and
about 1.8 GB from 2160p with two threads; more threads need more.

SIGTERM and SIGINT stop ffmpeg, give the jobs back to their server and exit with 0. Jobs of a
transcoder that was killed are given to others by the server, and what it left on disk is removed
by the next one that uses the same work directory.
";
