//! Configuration from variables and secrets, read once per isolate.

use ports::Settings;
use worker::Env;

/// Parses the environment.
pub fn parse(env: &Env) -> Result<Settings, String> {
    let variable = |name: &str| env.var(name).ok().map(|value| value.to_string());
    let settings = Settings::from_variables(&variable)?;
    if let Some(s3) = &settings.s3 {
        s3::check_endpoint(s3).map_err(|error| format!("S3_ENDPOINT: {error}"))?;
    }
    Ok(settings)
}
