//! End-to-end tests: the built Worker in workerd or the component on the test host for Spin, the built
//! transcoder, and judges from outside (ffprobe, aria2c, Chromium). Nothing of ours is mocked.
//!
//! This library starts the programs and speaks to them as any client would; it shares no code with
//! them. The tests are in `tests/it`. Its functions panic with a message that says what is wrong:
//! a test has nothing better to do with an error.
//!
//! What it wants from the machine, by variable or else by name on `PATH`:
//!
//! | variable | default | what |
//! |---|---|---|
//! | `EDGETUBE_HOST` | `workerd` | what runs the instances of a test that does not say: `workerd` or `spin` |
//! | `EDGETUBE_XTASK` | `target/debug/xtask` | runs the instances (`xtask serve`) |
//! | `EDGETUBE_TRANSCODER` | `target/{debug,release}/edgetube-transcoder` | the transcoder |
//! | `EDGETUBE_SPIN_HOST` | `target/debug/spin-host` | the test host for Spin, for measurements |
//! | `EDGETUBE_NODE` | `node_modules/.bin/node`, `node` | runs the browser scripts |
//! | `EDGETUBE_CHROMIUM` | `chromium` | the browser |
//! | `EDGETUBE_SAMPLES` | xtask's cache | file or folder that holds `bigbuckbunny.mp4` |
//! | `EDGETUBE_SCREENSHOTS` | none | folder for screenshots of all pages |
//! | `EDGETUBE_KEEP` | none | if set, state folders and logs stay |
//!
//! ffmpeg, ffprobe and aria2c are taken from `PATH`. A missing one fails the test that wants it.

pub mod bencode;
pub mod client;
pub mod clock;
pub mod database;
pub mod fedify;
pub mod fediverse;
pub mod ffprobe;
pub mod form;
pub mod hash;
pub mod host;
pub mod instance;
pub mod jpeg;
pub mod media_checks;
pub mod packages;
pub mod playlist;
pub mod programs;
pub mod published;
pub mod random;
pub mod raw_http;
pub mod resumable;
pub mod runner_socket;
pub mod samples;
pub mod scratch;
pub mod stored;
pub mod stranger;
pub mod tracker;
pub mod transcoder;
pub mod video;
pub mod wait;

pub use client::{Answer, Client};
pub use host::Host;
pub use instance::Instance;
pub use transcoder::Transcoder;
