//! What runs an instance.

use std::env;

/// The hosts that the project is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The Workers, in workerd.
    Workerd,
    /// The component of `spin.toml`, on the test host for Spin.
    Spin,
}

impl Host {
    /// The one that `EDGETUBE_HOST` names, so that the same tests run on each; workerd unless it names one.
    #[must_use]
    pub fn under_test() -> Self {
        match env::var("EDGETUBE_HOST").as_deref() {
            Err(_) | Ok("workerd") => Self::Workerd,
            Ok("spin") => Self::Spin,
            Ok(other) => panic!("EDGETUBE_HOST is workerd or spin, not {other}"),
        }
    }

    /// As `xtask serve --on` calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Workerd => "workerd",
            Self::Spin => "spin",
        }
    }
}
