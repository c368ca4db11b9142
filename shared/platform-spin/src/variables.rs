//! The application's variables: the names of the other hosts in lower case, as Spin demands.

use std::collections::BTreeMap;

use ports::{Settings, VARIABLE_NAMES};
use spin_sdk::variables;

/// Variables that only Spin has.
pub const INTERNAL_SECRET: &str = "internal_secret";

/// One variable; `None` when it is not declared or empty.
pub async fn text(name: &str) -> Option<String> {
    let value = variables::get(name).await.ok()?;
    (!value.is_empty()).then_some(value)
}

/// All that the settings know.
///
/// # Errors
/// As [`Settings::from_variables`].
pub async fn settings() -> Result<Settings, String> {
    let mut values = BTreeMap::new();
    for name in VARIABLE_NAMES {
        if let Some(value) = text(&name.to_ascii_lowercase()).await {
            values.insert(*name, value);
        }
    }
    Settings::from_variables(&|name| values.get(name).cloned())
}
