//! Reads `wrangler.toml` and `wrangler.tracker.toml` and says the same in Miniflare's words.
//!
//! Local names of the Workers, the namespace and the bucket are ours or the binding names, so that a
//! deployer who writes their own names into these files keeps the local data.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::failure::{Failure, Outcome};
use crate::places;

/// Local name of the site Worker.
pub const SITE_WORKER: &str = "site";
/// Local name of the tracker Worker.
pub const TRACKER_WORKER: &str = "tracker";
/// Binding by which the local site reaches the tracker. In production a route leads there, and the site
/// is never asked.
const TRACKER_BINDING: &str = "TRACKER";
/// The file that describes the site.
const SITE_FILE: &str = "wrangler.toml";
/// The file that describes the tracker.
const TRACKER_FILE: &str = "wrangler.tracker.toml";
/// Local name of the Worker that serves static files.
pub const ASSETS_WORKER: &str = "assets";

/// The parts of a script's file that the local run uses.
#[derive(Debug, Clone, Deserialize)]
pub struct Description {
    name: String,
    compatibility_date: String,
    #[serde(default)]
    compatibility_flags: Vec<String>,
    assets: Option<Assets>,
    #[serde(default)]
    vars: BTreeMap<String, Value>,
    durable_objects: DurableObjects,
    #[serde(default)]
    migrations: Vec<Migration>,
    #[serde(default)]
    kv_namespaces: Vec<KvNamespace>,
    #[serde(default)]
    r2_buckets: Vec<R2Bucket>,
    #[serde(default)]
    queues: Queues,
    #[serde(default)]
    triggers: Triggers,
}

#[derive(Debug, Clone, Deserialize)]
struct Assets {
    directory: String,
    binding: String,
}

#[derive(Debug, Clone, Deserialize)]
struct DurableObjects {
    bindings: Vec<DurableObjectBinding>,
}

#[derive(Debug, Clone, Deserialize)]
struct DurableObjectBinding {
    name: String,
    class_name: String,
    /// Script that has the class; its own if it says none.
    script_name: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Migration {
    #[serde(default)]
    new_sqlite_classes: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct KvNamespace {
    binding: String,
}

#[derive(Debug, Clone, Deserialize)]
struct R2Bucket {
    binding: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Queues {
    #[serde(default)]
    producers: Vec<QueueProducer>,
    #[serde(default)]
    consumers: Vec<QueueConsumer>,
}

#[derive(Debug, Clone, Deserialize)]
struct QueueProducer {
    binding: String,
    queue: String,
}

#[derive(Debug, Clone, Deserialize)]
struct QueueConsumer {
    queue: String,
    max_batch_size: Option<u32>,
    max_batch_timeout: Option<u32>,
    max_retries: Option<u32>,
    retry_delay: Option<u32>,
    dead_letter_queue: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Triggers {
    #[serde(default)]
    crons: Vec<String>,
}

/// Both scripts.
#[derive(Debug, Clone)]
pub struct Scripts {
    /// `wrangler.toml`.
    pub site: Description,
    /// `wrangler.tracker.toml`.
    pub tracker: Description,
}

/// Reads the repository's files.
///
/// # Errors
/// If one cannot be read or lacks something that its Worker needs.
pub fn read() -> Outcome<Scripts> {
    let text = |name| {
        let path = places::root().join(name);
        fs::read_to_string(&path).map_err(|error| Failure::io("read", &path, &error))
    };
    Ok(Scripts {
        site: parse(SITE_FILE, &text(SITE_FILE)?)?,
        tracker: parse(TRACKER_FILE, &text(TRACKER_FILE)?)?,
    })
}

fn parse(name: &str, text: &str) -> Outcome<Description> {
    toml::from_str(text)
        .map_err(|error| Failure::new(format!("{name} does not describe a Worker: {error}")))
}

impl Scripts {
    /// Miniflare's `config` of the site Worker, without its modules. `vars` override those of the
    /// file; an empty one removes it.
    ///
    /// # Errors
    /// If a Durable Object's class has no SQLite migration.
    pub fn site_worker(&self, vars: &BTreeMap<String, String>) -> Outcome<Value> {
        let mut worker = self.worker(&self.site, SITE_WORKER, vars)?;
        worker["env"][TRACKER_BINDING] = json!({ "type": "worker", "worker": TRACKER_WORKER });
        Ok(worker)
    }

    /// The same of the tracker Worker.
    ///
    /// # Errors
    /// If a Durable Object's class has no SQLite migration, or is of a script that is none of these.
    pub fn tracker_worker(&self, vars: &BTreeMap<String, String>) -> Outcome<Value> {
        self.worker(&self.tracker, TRACKER_WORKER, vars)
    }

    fn worker(
        &self,
        script: &Description,
        local_name: &str,
        vars: &BTreeMap<String, String>,
    ) -> Outcome<Value> {
        let mut env = script.bindings(vars);
        for object in &script.durable_objects.bindings {
            let owner = match &object.script_name {
                None => local_name,
                Some(name) if *name == self.site.name => SITE_WORKER,
                Some(name) if *name == self.tracker.name => TRACKER_WORKER,
                Some(name) => {
                    return Err(Failure::new(format!(
                        "{} is of the script {name}, which is not run here",
                        object.class_name
                    )));
                }
            };
            let binding = json!({
                "type": "durable-object",
                "worker": owner,
                "exportName": object.class_name,
            });
            env.insert(object.name.clone(), binding);
        }
        Ok(json!({
            "name": local_name,
            "compatibilityDate": script.compatibility_date,
            "compatibilityFlags": script.compatibility_flags,
            "env": env,
            "exports": script.exports()?,
            "triggers": script.triggers(),
        }))
    }
}

/// Names of buckets in the local run.
fn local_name(binding: &str) -> String {
    binding.to_lowercase()
}

impl Description {
    /// Folder of static files, relative to the repository.
    #[must_use]
    pub fn assets_directory(&self) -> Option<&str> {
        self.assets.as_ref().map(|assets| assets.directory.as_str())
    }

    /// Binding of the first bucket, which is the one that holds media.
    #[must_use]
    pub fn bucket_binding(&self) -> Option<&str> {
        self.r2_buckets
            .first()
            .map(|bucket| bucket.binding.as_str())
    }

    /// Name of that bucket in the local run.
    #[must_use]
    pub fn local_bucket(&self) -> Option<String> {
        self.bucket_binding().map(local_name)
    }

    fn bindings(&self, vars: &BTreeMap<String, String>) -> Map<String, Value> {
        let mut env = Map::new();
        for (name, value) in &self.vars {
            let binding = match value {
                Value::String(text) => json!({ "type": "text", "value": text }),
                other => json!({ "type": "json", "value": other }),
            };
            env.insert(name.clone(), binding);
        }
        for (name, value) in vars {
            if value.is_empty() {
                env.remove(name);
            } else {
                env.insert(name.clone(), json!({ "type": "text", "value": value }));
            }
        }
        if let Some(Assets { binding, .. }) = &self.assets {
            let assets = json!({ "type": "worker", "worker": ASSETS_WORKER });
            env.insert(binding.clone(), assets);
        }
        for KvNamespace { binding } in &self.kv_namespaces {
            env.insert(binding.clone(), json!({ "type": "kv", "id": binding }));
        }
        for R2Bucket { binding } in &self.r2_buckets {
            let name = local_name(binding);
            env.insert(binding.clone(), json!({ "type": "r2", "name": name }));
        }
        for producer in &self.queues.producers {
            let binding = json!({ "type": "queue", "name": producer.queue });
            env.insert(producer.binding.clone(), binding);
        }
        env
    }

    fn exports(&self) -> Outcome<Map<String, Value>> {
        let mut exports = Map::new();
        let own = self.durable_objects.bindings.iter();
        for object in own.filter(|object| object.script_name.is_none()) {
            let class = &object.class_name;
            let has_sqlite = self
                .migrations
                .iter()
                .any(|migration| migration.new_sqlite_classes.contains(class));
            if !has_sqlite {
                return Err(Failure::new(format!(
                    "script {} has no migration with {class} in new_sqlite_classes",
                    self.name
                )));
            }
            let export = json!({ "type": "durable-object", "storage": "sqlite" });
            exports.insert(class.clone(), export);
        }
        Ok(exports)
    }

    fn triggers(&self) -> Vec<Value> {
        let queues = self.queues.consumers.iter().map(|consumer| {
            let mut trigger = Map::new();
            trigger.insert("type".to_owned(), json!("queue"));
            trigger.insert("name".to_owned(), json!(consumer.queue));
            let optional = [
                ("maxBatchSize", consumer.max_batch_size.map(Value::from)),
                (
                    "maxBatchTimeout",
                    consumer.max_batch_timeout.map(Value::from),
                ),
                ("maxRetries", consumer.max_retries.map(Value::from)),
                ("retryDelay", consumer.retry_delay.map(Value::from)),
                (
                    "deadLetterQueue",
                    consumer.dead_letter_queue.clone().map(Value::from),
                ),
            ];
            for (name, value) in optional {
                if let Some(value) = value {
                    trigger.insert(name.to_owned(), value);
                }
            }
            Value::Object(trigger)
        });
        let crons = self
            .triggers
            .crons
            .iter()
            .map(|schedule| json!({ "type": "scheduled", "schedule": schedule }));
        queues.chain(crons).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repositorys_file_describes_every_binding() {
        let worker = read().unwrap().site_worker(&BTreeMap::new()).unwrap();
        let env = &worker["env"];
        for (name, kind) in [
            ("INSTANCE", "durable-object"),
            ("CACHE_KV", "kv"),
            ("MEDIA", "r2"),
            ("TASKS", "queue"),
            ("DELIVERIES", "queue"),
            ("RETRIES", "queue"),
            ("ASSETS", "worker"),
            ("TRACKER", "worker"),
            ("PUBLIC_ORIGIN", "text"),
        ] {
            assert_eq!(env[name]["type"], kind, "{name}");
        }
        assert_eq!(worker["exports"]["InstanceObject"]["storage"], "sqlite");
        let queues = ["edgetube-tasks", "edgetube-deliveries", "edgetube-retries"];
        for (trigger, queue) in queues.into_iter().enumerate() {
            assert_eq!(worker["triggers"][trigger]["name"], queue);
        }
        assert_eq!(worker["triggers"][queues.len()]["schedule"], "* * * * *");
    }

    #[test]
    fn the_tracker_shares_the_sites_objects_and_counts() {
        let scripts = read().unwrap();
        let tracker = scripts.tracker_worker(&BTreeMap::new()).unwrap();
        let site = scripts.site_worker(&BTreeMap::new()).unwrap();
        assert_eq!(tracker["env"]["INSTANCE"], site["env"]["INSTANCE"]);
        assert_eq!(tracker["env"]["CACHE_KV"], site["env"]["CACHE_KV"]);
        assert_eq!(tracker["env"]["SWARM"]["worker"], TRACKER_WORKER);
        let exports = tracker["exports"].as_object().unwrap();
        assert_eq!(exports.keys().collect::<Vec<_>>(), ["SwarmObject"]);
    }

    #[test]
    fn given_variables_override_those_of_the_file() {
        let vars = BTreeMap::from([
            ("PUBLIC_ORIGIN".to_owned(), "http://localhost:1".to_owned()),
            ("INSTANCE_NAME".to_owned(), String::new()),
        ]);
        let worker = read().unwrap().site_worker(&vars).unwrap();
        assert_eq!(
            worker["env"]["PUBLIC_ORIGIN"]["value"],
            "http://localhost:1"
        );
        assert_eq!(worker["env"]["INSTANCE_NAME"], Value::Null);
    }

    #[test]
    fn a_class_without_migration_is_refused() {
        let mut scripts = read().unwrap();
        scripts.site.migrations.clear();
        assert!(scripts.site_worker(&BTreeMap::new()).is_err());
        assert!(scripts.tracker_worker(&BTreeMap::new()).is_ok());
    }
}
