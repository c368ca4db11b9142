//! The application's variables: the names of the other hosts in lower case, as Spin demands.

use std::collections::BTreeMap;

use ports::{Settings, VARIABLE_NAMES};
use spin_sdk::variables;

use crate::queue::Abilities;

/// Variable that only Spin has.
const INTERNAL_SECRET: &str = "internal_secret";

/// What `spin.toml` says to components that have no business with the instance's secret.
const NO_SECRET: &str = "none";
const WEBSOCKET_TRACKER: &str = "WEBSOCKET_TRACKER";
const INSTANCE_SECRET: &str = "INSTANCE_SECRET";

/// One variable; `None` when it is not declared or empty.
pub async fn text(name: &str) -> Option<String> {
    let value = variables::get(name).await.ok()?;
    (!value.is_empty()).then_some(value)
}

/// The variables of these names that have a value.
pub async fn named(names: &[&'static str]) -> BTreeMap<&'static str, String> {
    let mut values = BTreeMap::new();
    for name in names {
        if let Some(value) = text(&name.to_ascii_lowercase()).await {
            values.insert(*name, value);
        }
    }
    values
}

/// What there is to know of the configuration.
pub struct Configuration {
    /// What every host has.
    pub settings: Settings,
    /// What this component can work on.
    pub abilities: Abilities,
    /// What callers of `/internal` must know.
    pub internal_secret: Option<String>,
}

/// All that the settings know.
///
/// # Errors
/// As [`Settings::from_variables`].
pub async fn configuration() -> Result<Configuration, String> {
    let mut values = named(VARIABLE_NAMES).await;
    // Nothing of such a component needs one; what is made with this by mistake is good for nothing, and in
    // nobody else's hands.
    let has_secret = values
        .get(INSTANCE_SECRET)
        .is_some_and(|it| it != NO_SECRET);
    if !has_secret && let Some(secret) = values.get_mut(INSTANCE_SECRET) {
        *secret = random_text();
    }
    // There are no sockets here: browsers go elsewhere or nowhere.
    values
        .entry(WEBSOCKET_TRACKER)
        .or_insert_with(|| "none".to_owned());
    let settings = Settings::from_variables(&|name| values.get(name).cloned())?;
    let abilities = match (has_secret, settings.s3.is_some()) {
        (false, _) => Abilities::None,
        (true, false) => Abilities::Federation,
        (true, true) => Abilities::All,
    };
    Ok(Configuration {
        settings,
        abilities,
        internal_secret: text(INTERNAL_SECRET).await,
    })
}

fn random_text() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("WASI always has randomness");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
