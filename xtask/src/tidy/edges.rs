//! Dependency directions: functions -> app -> store, ports -> pure crates. Only the Worker's crates
//! may name its platform, and a pure crate knows no clock, no randomness, no I/O and no async.

use crate::cargo_metadata::Package;

/// A layer may depend on the layers that it lists, and on nothing else of the workspace.
struct Layer {
    name: &'static str,
    crates: &'static [&'static str],
    may_use: &'static [&'static str],
    /// Crates from outside that would let something in that the layer must not know.
    banned: &'static [&'static str],
}

/// Platform of the Workers.
const PLATFORM: &[&str] = &[
    "worker",
    "worker-macros",
    "wasm-bindgen",
    "wasm-bindgen-futures",
    "js-sys",
    "web-sys",
];
/// Everything that is not a function of its arguments, and what is too large for the edge.
const IMPURE: &[&str] = &[
    "async-trait",
    "chrono",
    "futures",
    "futures-util",
    "getrandom",
    "log",
    "pollster",
    "rand",
    "regex",
    "reqwest",
    "rusqlite",
    "tokio",
    "tracing",
    "ureq",
];
/// Too large or impossible at the edge.
const HEAVY: &[&str] = &["chrono", "regex", "reqwest", "rusqlite", "tokio", "ureq"];

const LAYERS: &[Layer] = &[
    Layer {
        name: "domain",
        crates: &["domain"],
        may_use: &[],
        banned: IMPURE,
    },
    Layer {
        name: "pure",
        crates: &[
            "activitypub",
            "hls",
            "mediainfo",
            "rest",
            "socket-io",
            "torrent",
            "tracker",
        ],
        may_use: &["domain", "pure"],
        banned: IMPURE,
    },
    Layer {
        name: "ports",
        crates: &["ports"],
        may_use: &["domain", "pure"],
        banned: HEAVY,
    },
    Layer {
        // Object storage over any host's HTTP, and the URLs that are given to others.
        name: "s3",
        crates: &["s3"],
        may_use: &["domain", "pure", "ports"],
        banned: HEAVY,
    },
    Layer {
        name: "store",
        crates: &["store"],
        may_use: &["domain", "pure", "ports"],
        banned: HEAVY,
    },
    Layer {
        name: "app",
        crates: &["app"],
        may_use: &["domain", "pure", "ports", "s3", "store"],
        banned: HEAVY,
    },
    Layer {
        name: "functions",
        crates: &[
            "activitypub-server",
            "api",
            "feeds",
            "media",
            "pages",
            "webfinger",
        ],
        may_use: &["domain", "pure", "ports", "app"],
        banned: HEAVY,
    },
    Layer {
        // One concern, the same on both platforms: there is no use case between it and the tracker.
        name: "tracker function",
        crates: &["tracker-server"],
        may_use: &["domain", "pure", "ports", "store"],
        banned: HEAVY,
    },
    Layer {
        name: "site",
        crates: &["site"],
        may_use: &["domain", "pure", "ports", "app", "functions"],
        banned: HEAVY,
    },
    Layer {
        name: "platform",
        crates: &["platform-workers"],
        // The Durable Object applies the store's migrations before it answers anything.
        may_use: &["domain", "pure", "ports", "s3", "store"],
        banned: HEAVY,
    },
    Layer {
        name: "Spin's platform",
        crates: &["platform-spin"],
        may_use: &["domain", "pure", "ports", "store", "software ports", "s3"],
        banned: HEAVY,
    },
    Layer {
        name: "Spin's entries",
        crates: &["spin-api", "spin-site"],
        may_use: &["Spin's platform", "Spin's functions"],
        banned: HEAVY,
    },
    Layer {
        name: "Spin's functions",
        crates: &["spin-functions"],
        may_use: &[
            "pure",
            "ports",
            "Spin's platform",
            "site",
            "tracker function",
        ],
        banned: HEAVY,
    },
    Layer {
        name: "entry",
        crates: &["workers-site"],
        may_use: &["ports", "platform", "site"],
        banned: HEAVY,
    },
    Layer {
        name: "tracker entry",
        crates: &["workers-tracker"],
        may_use: &["domain", "pure", "ports", "platform", "tracker function"],
        banned: HEAVY,
    },
    Layer {
        // Ports that need no host.
        name: "software ports",
        crates: &["soft-crypto"],
        may_use: &["ports"],
        banned: HEAVY,
    },
    Layer {
        // Measured in Wasm, so it is built for it.
        name: "measured ports",
        crates: &["wasm-crypto"],
        may_use: &["ports", "software ports"],
        banned: HEAVY,
    },
    Layer {
        // Run wherever the ports are, in Wasm as well.
        name: "contracts",
        crates: &["contracts"],
        may_use: &["ports"],
        banned: HEAVY,
    },
    Layer {
        name: "contracts on Spin",
        crates: &["spin-contracts"],
        may_use: &["ports", "Spin's platform", "contracts"],
        banned: HEAVY,
    },
    Layer {
        name: "tracker that crashes",
        crates: &["crashing-tracker"],
        may_use: &["tracker entry"],
        banned: HEAVY,
    },
    Layer {
        name: "contracts on Workers",
        crates: &["workers-contracts"],
        may_use: &["ports", "platform", "contracts"],
        banned: HEAVY,
    },
    Layer {
        name: "testkit",
        crates: &["testkit"],
        may_use: &["domain", "pure", "ports", "store", "software ports"],
        banned: &[],
    },
    Layer {
        name: "native",
        crates: &["transcoder-container", "xtask"],
        may_use: &["domain", "pure"],
        banned: &[],
    },
    Layer {
        name: "tests",
        crates: &["e2e", "interop", "load", "s3-server", "spin-host", "swarm"],
        may_use: &["domain", "pure", "native", "testkit", "tests"],
        banned: &[],
    },
];
/// Layers that may name the Workers platform.
const ON_PLATFORM: &[&str] = &[
    "platform",
    "entry",
    "tracker entry",
    "contracts on Workers",
    "tracker that crashes",
];
/// Platform of Spin, and who may name it.
const SPIN: &[&str] = &["spin-sdk", "wasip3", "wit-bindgen"];
const ON_SPIN: &[&str] = &[
    "Spin's platform",
    "Spin's functions",
    "Spin's entries",
    "contracts on Spin",
];
/// Domain types are not wire types: whoever sends them converts them.
const DOMAIN_BANNED: &[&str] = &["serde", "serde_json"];

/// Says for every forbidden edge which one it is.
#[must_use]
pub fn check(packages: &[Package]) -> Vec<String> {
    packages.iter().flat_map(breaches_of).collect()
}

fn breaches_of(package: &Package) -> Vec<String> {
    let Some(layer) = layer_of(&package.name) else {
        return vec![format!(
            "crate {} has no layer: add it to xtask/src/tidy/edges.rs",
            package.name
        )];
    };
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.is_linked())
        .filter_map(|dependency| {
            let name = dependency.name.as_str();
            let reason = forbidden(&package.name, layer, name)?;
            Some(format!(
                "crate {} must not depend on {name}: {reason}",
                package.name
            ))
        })
        .collect()
}

fn forbidden(package: &str, layer: &Layer, dependency: &str) -> Option<String> {
    if PLATFORM.contains(&dependency) && !ON_PLATFORM.contains(&layer.name) {
        return Some("only the Worker's own crates know its platform".to_owned());
    }
    if SPIN.contains(&dependency) && !ON_SPIN.contains(&layer.name) {
        return Some("only Spin's own crates know its platform".to_owned());
    }
    if layer.banned.contains(&dependency) {
        return Some(format!("banned in layer {}", layer.name));
    }
    if package == "domain" && DOMAIN_BANNED.contains(&dependency) {
        return Some("domain types are not wire types".to_owned());
    }
    let target = layer_of(dependency)?;
    (!layer.may_use.contains(&target.name))
        .then(|| format!("layer {} does not see layer {}", layer.name, target.name))
}

fn layer_of(package: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.crates.contains(&package))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::cargo_metadata::Dependency;

    fn package(name: &str, dependency: &str, kind: Option<&str>) -> Package {
        Package {
            name: name.to_owned(),
            manifest_path: PathBuf::new(),
            dependencies: vec![Dependency {
                name: dependency.to_owned(),
                kind: kind.map(str::to_owned),
            }],
        }
    }

    fn is_allowed(name: &str, dependency: &str) -> bool {
        check(&[package(name, dependency, None)]).is_empty()
    }

    #[test]
    fn arrows_go_down_only() {
        for (from, to) in [
            ("api", "app"),
            ("app", "store"),
            ("store", "ports"),
            ("ports", "domain"),
            ("rest", "domain"),
            ("workers-site", "platform-workers"),
            ("transcoder-container", "hls"),
        ] {
            assert!(is_allowed(from, to), "{from} -> {to}");
            assert!(!is_allowed(to, from), "{to} -> {from}");
        }
    }

    #[test]
    fn the_platform_is_known_to_its_own_crates_alone() {
        assert!(is_allowed("platform-workers", "worker"));
        assert!(is_allowed("workers-site", "worker"));
        assert!(!is_allowed("api", "worker"));
        assert!(!is_allowed("domain", "js-sys"));
        assert!(is_allowed("spin-site", "spin-sdk"));
        assert!(!is_allowed("site", "spin-sdk"));
        assert!(!is_allowed("workers-site", "spin-sdk"));
    }

    #[test]
    fn pure_crates_stay_pure() {
        assert!(!is_allowed("hls", "tokio"));
        assert!(!is_allowed("domain", "serde"));
        assert!(is_allowed("rest", "serde"));
    }

    #[test]
    fn dev_dependencies_are_free_and_unknown_crates_are_not() {
        assert!(check(&[package("app", "testkit", Some("dev"))]).is_empty());
        assert_eq!(check(&[package("app", "testkit", None)]).len(), 1);
        assert_eq!(check(&[package("new-crate", "serde", None)]).len(), 1);
    }
}
