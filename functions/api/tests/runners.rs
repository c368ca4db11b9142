//! The runner protocol over the whole stack: request in, answer out, real SQLite, storage and database
//! that fail.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

#[path = "runners/attempts.rs"]
mod attempts;
#[path = "runners/audio.rs"]
mod audio;
#[path = "runners/faults.rs"]
mod faults;
#[path = "runners/files.rs"]
mod files;
#[path = "runners/fixture.rs"]
mod fixture;
#[path = "runners/host.rs"]
mod host;
#[path = "runners/judge.rs"]
mod judge;
#[path = "runners/lists.rs"]
mod lists;
#[path = "runners/media.rs"]
mod media;
#[path = "runners/pictures.rs"]
mod pictures;
#[path = "runners/publishing.rs"]
mod publishing;
#[path = "runners/races.rs"]
mod races;
#[path = "runners/registration.rs"]
mod registration;
#[path = "runners/settling.rs"]
mod settling;
#[path = "runners/stock.rs"]
mod stock;
#[path = "runners/torrents.rs"]
mod torrents;
