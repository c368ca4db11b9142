//! Videos, channels, accounts and configuration over the in-memory host.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod actors;
mod changes;
mod config;
mod details;
mod fixture;
mod follows;
mod lists;
mod me;
mod mirrors;
mod oembed;
mod pages;
mod remote;
mod remote_fixture;
mod search;
mod viewers;
mod views;
