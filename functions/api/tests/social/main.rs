//! What people say about videos, over the whole API.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../videos/fixture.rs"]
#[expect(
    dead_code,
    reason = "shared with the tests of videos, which use the rest"
)]
mod fixture;

mod abuses;
mod access;
mod blocks;
mod comments;
mod holding;
mod playlists;
mod ratings;
mod stage;
