//! The suite. Each module is one part of what must hold of a whole instance.

mod bad_input;
mod browser;
mod contracts;
mod deliveries;
mod discovery;
mod federation;
mod fedify;
mod inbox_attacks;
mod large_upload;
mod main_job;
mod media_http;
mod misconfigured;
mod other_sources;
mod p2p;
mod resume;
mod runner_socket;
mod s3;
mod stock_runner;
mod talk;
mod tracker;
mod tracker_http;
mod tracker_life;
mod tracker_shards;
mod transcoder_faults;
mod webseed;
mod webtorrent;
