//! What clients should not send, and the error that each gets.

mod access;
mod fields;
mod files;
mod names;

use std::fs;
use std::sync::OnceLock;

use serde_json::Value;

use e2e::video::{self, privacy};
use e2e::{Answer, Client, Instance};

/// One instance for everything here; it must be healthy to the end.
pub(super) fn instance() -> &'static Instance {
    static INSTANCE: OnceLock<Instance> = OnceLock::new();
    INSTANCE.get_or_init(Instance::start)
}

pub(super) fn admin() -> &'static Client {
    static ADMIN: OnceLock<Client> = OnceLock::new();
    ADMIN.get_or_init(|| instance().admin())
}

/// Uploads these bytes as an MP4.
pub(super) fn upload_bytes(client: &Client, file_name: &str, content: &[u8]) -> Answer {
    let form = video::form(client, "Bad input", &[("privacy", privacy::PRIVATE)]).content(
        "videofile",
        file_name,
        "video/mp4",
        content,
    );
    video::upload_form(client, form)
}

/// Nothing broke: the instance answers, and its log knows of no crash.
pub(super) fn assert_healthy(instance: &Instance) {
    let _ = instance.visitor().get("/api/v1/config").expect_status(200);
    let _ = instance.visitor().get("/").expect_status(200);
    let log = fs::read_to_string(instance.log()).unwrap_or_default();
    for word in ["panicked", "Uncaught", "unreachable", "RuntimeError"] {
        assert!(!log.contains(word), "{log}");
    }
}

/// The field that a 400 complains about.
pub(super) fn assert_invalid(problem: &Value, field: &str) {
    let entry = &problem["invalid-params"][field];
    assert_eq!(entry["param"], field, "{problem}");
    assert!(
        entry["msg"].is_string() && entry["location"].is_string(),
        "{problem}"
    );
}
