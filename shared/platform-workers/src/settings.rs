//! Configuration from variables and secrets, read once per isolate.

use ports::Settings;
use worker::Env;

/// Parses the environment.
pub fn parse(env: &Env) -> Result<Settings, String> {
    Settings::from_variables(&|name| env.var(name).ok().map(|value| value.to_string()))
}
