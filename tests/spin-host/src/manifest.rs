//! What `spin.toml` (manifest version 2) says, as far as an HTTP application of local components says
//! anything. A key that this host does not know is refused, as Spin refuses it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::outbound::AllowedHosts;
use crate::route::Router;
use crate::variables::{self, Template};
use crate::{Failure, failure};

/// The application: components and the routes that lead to them.
#[derive(Debug)]
pub struct Application {
    /// By their names.
    pub components: BTreeMap<String, Component>,
    /// Which component answers which path.
    pub router: Router,
}

/// One component and everything that it is granted.
#[derive(Debug)]
pub struct Component {
    /// The Wasm file.
    pub source: PathBuf,
    /// Labels of key-value stores.
    pub key_value_stores: BTreeSet<String>,
    /// Labels of databases.
    pub sqlite_databases: BTreeSet<String>,
    /// Values of its own variables.
    pub variables: BTreeMap<String, String>,
    /// Where it may send requests.
    pub allowed_hosts: AllowedHosts,
    /// Folders that it may read: on this machine, and as it sees them.
    pub folders: Vec<(PathBuf, String)>,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    spin_manifest_version: u32,
    #[serde(rename = "application")]
    _application: Details,
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
    trigger: BTreeMap<String, Vec<Trigger>>,
    component: BTreeMap<String, Declared>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Details {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "version", default)]
    _version: String,
    #[serde(rename = "description", default)]
    _description: String,
    #[serde(rename = "authors", default)]
    _authors: Vec<String>,
}

/// A variable of the application; without a default it is required.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Value where nobody sets another.
    pub default: Option<String>,
    #[serde(default)]
    required: bool,
    #[serde(rename = "secret", default)]
    _secret: bool,
    #[serde(rename = "description", default)]
    _description: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trigger {
    #[serde(rename = "id", default)]
    _id: String,
    component: String,
    route: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    source: PathBuf,
    #[serde(rename = "description", default)]
    _description: String,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    files: Vec<Mount>,
    #[serde(default)]
    allowed_outbound_hosts: Vec<String>,
    #[serde(default)]
    key_value_stores: BTreeSet<String>,
    #[serde(default)]
    sqlite_databases: BTreeSet<String>,
    #[serde(rename = "build", default)]
    _build: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mount {
    source: PathBuf,
    destination: String,
}

/// Reads a manifest; `given` are values of variables by their names.
///
/// # Errors
/// If it cannot be read, Spin would refuse it, or a required variable has no value.
pub fn read(path: &Path, given: &BTreeMap<String, String>) -> Result<Application, Failure> {
    let text = fs::read_to_string(path).map_err(|error| failure(path.display(), error))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    parse(&text, folder, given).map_err(|error| failure(path.display(), error))
}

fn parse(
    text: &str,
    folder: &Path,
    given: &BTreeMap<String, String>,
) -> Result<Application, Failure> {
    let file: File = toml::from_str(text).map_err(|error| failure("manifest", error))?;
    if file.spin_manifest_version != 2 {
        return Err(failure("spin_manifest_version", "only 2 is known here"));
    }
    for (name, variable) in &file.variables {
        variables::check_name(name)?;
        if variable.required == variable.default.is_some() {
            return Err(failure(name, "wants either a default or required = true"));
        }
    }
    let values = variables::values(&file.variables, given)?;
    let mut triggers = file.trigger;
    let routes = triggers.remove("http").unwrap_or_default();
    if let Some(kind) = triggers.keys().next() {
        return Err(failure(kind, "no such trigger is run here"));
    }
    let mut components = BTreeMap::new();
    for (name, declared) in file.component {
        let component = component(declared, folder, &values).map_err(|e| failure(&name, e))?;
        components.insert(name, component);
    }
    let routes = routes.into_iter().map(|trigger| {
        if components.contains_key(&trigger.component) {
            Ok((trigger.route, trigger.component))
        } else {
            Err(failure(trigger.component, "there is no such component"))
        }
    });
    let router = Router::new(routes.collect::<Result<_, _>>()?)?;
    Ok(Application { components, router })
}

fn component(
    declared: Declared,
    folder: &Path,
    values: &BTreeMap<String, String>,
) -> Result<Component, Failure> {
    let resolve = |text: &String| Template::parse(text)?.resolve(values);
    let mut own = BTreeMap::new();
    for (name, template) in &declared.variables {
        variables::check_name(name)?;
        own.insert(name.clone(), resolve(template)?);
    }
    let hosts: Result<Vec<String>, Failure> = declared
        .allowed_outbound_hosts
        .iter()
        .map(resolve)
        .collect();
    let folders = declared.files.into_iter().map(|mount| {
        let source = folder.join(mount.source);
        if source.is_dir() {
            Ok((source, mount.destination))
        } else {
            Err(failure(source.display(), "is no folder"))
        }
    });
    Ok(Component {
        source: folder.join(declared.source),
        key_value_stores: declared.key_value_stores,
        sqlite_databases: declared.sqlite_databases,
        variables: own,
        allowed_hosts: AllowedHosts::parse(&hosts?)?,
        folders: folders.collect::<Result<_, _>>()?,
        environment: declared.environment,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        spin_manifest_version = 2
        [application]
        name = "small"
        [variables]
        origin = { required = true }
        greeting = { default = "hello" }
        [[trigger.http]]
        route = "/..."
        component = "one"
        [component.one]
        source = "one.wasm"
        key_value_stores = ["default"]
        allowed_outbound_hosts = ["{{ origin }}"]
        [component.one.variables]
        public_origin = "{{ origin }}"
        text = "{{ greeting }}, world"
    "#;

    fn given(origin: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("origin".to_owned(), origin.to_owned())])
    }

    #[test]
    fn a_component_gets_what_is_declared_and_nothing_else() {
        let application = parse(SMALL, Path::new("/app"), &given("https://tube.example")).unwrap();
        let one = &application.components["one"];
        assert_eq!(one.source, Path::new("/app/one.wasm"));
        assert_eq!(one.variables["public_origin"], "https://tube.example");
        assert_eq!(one.variables["text"], "hello, world");
        assert!(one.sqlite_databases.is_empty());
        assert!(one.allowed_hosts.allows("https", "tube.example", 443));
        assert!(!one.allowed_hosts.allows("https", "other.example", 443));
    }

    #[test]
    fn refuses_what_spin_would_refuse() {
        let origin = given("https://tube.example");
        let refused = |text: &str| parse(text, Path::new("/app"), &origin).is_err();
        assert!(parse(SMALL, Path::new("/app"), &BTreeMap::new()).is_err());
        assert!(refused(&SMALL.replace("key_value_stores", "kv_stores")));
        assert!(refused(
            &SMALL.replace("component = \"one\"", "component = \"two\"")
        ));
        assert!(refused(&SMALL.replace("{{ greeting }}", "{{ greetings }}")));
        assert!(refused(&SMALL.replace("trigger.http", "trigger.redis")));
        assert!(refused(&SMALL.replace("greeting = {", "Greeting = {")));
    }
}
