//! Failures on demand.

/// How a write fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 503, and nothing is stored.
    Before,
    /// Stored, then 503: the nasty one.
    After,
}
