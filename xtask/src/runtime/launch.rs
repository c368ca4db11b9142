//! What `local-runtime/main.mjs` is told: one line of JSON on its standard input, so that no secret
//! shows in the list of processes.

use std::collections::BTreeMap;
use std::env;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use super::description::{self, ASSETS_WORKER, Description};
use super::secret;
use super::state::{AdminPassword, Secrets, State};
use crate::arguments::InstanceOptions;
use crate::build::worker::{self, Script};
use crate::failure::{Failure, Outcome};
use crate::places;

/// Names that are taken from the environment, where set: a store that speaks S3.
const FROM_ENVIRONMENT: [&str; 6] = [
    "MEDIA_STORE",
    "S3_ENDPOINT",
    "S3_BUCKET",
    "S3_REGION",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
];
const CONTROL_SECRET_BYTES: usize = 16;
const S3_SECRET_BYTES: usize = 32;
const S3_ACCESS_KEY_ID: &str = "edgetube-local";
/// Where Miniflare answers for local buckets as R2 does at `https://ACCOUNT.r2.cloudflarestorage.com`.
const S3_PATH: &str = "/cdn-cgi/local/r2/s3";

/// The whole message.
#[derive(Debug, Serialize)]
pub struct Launch {
    worker: Value,
    /// Module name to file; the first is the main module.
    modules: BTreeMap<String, PathBuf>,
    tracker: Tracker,
    assets: Assets,
    host: IpAddr,
    /// Of the site's Worker beside the objects, unless there are edges.
    port: u16,
    /// Of each edge.
    edges: Vec<u16>,
    /// Whether to call the scheduled handler every minute.
    cron: bool,
    persist: PathBuf,
    temporary: PathBuf,
    pid_file: PathBuf,
    /// Path component that guards the control server.
    control_secret: String,
    bucket_binding: String,
    bucket_s3: BucketS3,
}

/// The bucket by the S3 API, at Miniflare's own socket.
#[derive(Debug, Serialize)]
struct BucketS3 {
    port: u16,
    access_key_id: &'static str,
    secret_access_key: String,
}

#[derive(Debug, Serialize)]
struct Tracker {
    worker: Value,
    modules: BTreeMap<String, PathBuf>,
}

#[derive(Debug, Serialize)]
struct Assets {
    worker: &'static str,
    directory: PathBuf,
}

/// What the caller may tell the user about an instance.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Scheme and host that viewers use.
    pub origin: String,
    /// Where the instance listens, for programs on this machine.
    pub local_url: String,
    /// Where each edge listens; nothing without them.
    pub edges: Vec<String>,
    /// The administrator's user name.
    pub admin_username: String,
    /// The administrator's password.
    pub admin_password: AdminPassword,
    /// Lets a transcoder register itself.
    pub runner_registration_token: String,
}

/// Plans an instance: takes a port, makes secrets, reads `wrangler.toml`.
///
/// # Errors
/// If the port is taken, the Worker is not built, or the state folder cannot be used.
pub fn plan(options: &InstanceOptions, state: &State, cron: bool) -> Outcome<(Launch, Plan)> {
    let port = take_port(options.host, options.port)?;
    let scripts = description::read()?;
    let secrets = state.secrets()?;
    let admin_password = state.admin_password(options.admin_password.as_deref())?;
    let url = |port| format!("http://{}", SocketAddr::new(reachable(options.host), port));
    let local_url = url(port);
    let edges = edge_ports(options, port)?;
    let origin = options.origin.clone().unwrap_or_else(|| local_url.clone());
    let bucket_s3 = BucketS3 {
        port: take_port(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)?,
        access_key_id: S3_ACCESS_KEY_ID,
        secret_access_key: secret::hex(S3_SECRET_BYTES)?,
    };
    let mut vars = variables(options, &origin, &secrets, &admin_password);
    add_own_s3(&mut vars, &scripts.site, &bucket_s3)?;
    let worker = scripts.site_worker(&vars)?;
    let admin_username = worker["env"]["ADMIN_USERNAME"]["value"]
        .as_str()
        .unwrap_or("root")
        .to_owned();
    let launch = Launch {
        worker,
        modules: modules(site_script())?,
        tracker: Tracker {
            worker: scripts.tracker_worker(&tracker_variables(options))?,
            modules: modules(tracker_script())?,
        },
        assets: Assets {
            worker: ASSETS_WORKER,
            directory: assets(&scripts.site)?,
        },
        host: options.host,
        port,
        edges,
        cron,
        persist: state.data(),
        temporary: state.temporary(),
        pid_file: state.workerd_pid_file(),
        control_secret: secret::hex(CONTROL_SECRET_BYTES)?,
        bucket_binding: bucket(&scripts.site)?,
        bucket_s3,
    };
    let plan = Plan {
        origin,
        local_url,
        edges: launch.edges.iter().copied().map(url).collect(),
        admin_username,
        admin_password,
        runner_registration_token: secrets.runner_registration_token,
    };
    Ok((launch, plan))
}

/// The first edge is where the instance is looked for, the others are elsewhere.
fn edge_ports(options: &InstanceOptions, first: u16) -> Outcome<Vec<u16>> {
    let ports = (0..options.edges).map(|edge| match edge {
        0 => Ok(first),
        _ => take_port(options.host, 0),
    });
    ports.collect()
}

fn assets(description: &Description) -> Outcome<PathBuf> {
    description
        .assets_directory()
        .map(|directory| places::root().join(directory))
        .ok_or_else(|| Failure::new("wrangler.toml names no folder of assets"))
}

fn bucket(description: &Description) -> Outcome<String> {
    description
        .bucket_binding()
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("wrangler.toml binds no bucket"))
}

/// An instance that listens everywhere is reached over loopback.
pub(super) fn reachable(host: IpAddr) -> IpAddr {
    if host.is_unspecified() {
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    } else {
        host
    }
}

/// Later ones win: generated, environment, `--var`.
fn variables(
    options: &InstanceOptions,
    origin: &str,
    secrets: &Secrets,
    password: &AdminPassword,
) -> BTreeMap<String, String> {
    let generated = [
        ("PUBLIC_ORIGIN", origin),
        ("INSTANCE_SECRET", secrets.instance_secret.as_str()),
        ("ADMIN_PASSWORD", password.text.as_str()),
        (
            "RUNNER_REGISTRATION_TOKEN",
            secrets.runner_registration_token.as_str(),
        ),
        // No proxy stands before the local run, so no header can be trusted.
        ("CLIENT_ADDRESS_HEADER", ""),
    ];
    let mut vars: BTreeMap<String, String> = generated
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for name in FROM_ENVIRONMENT {
        if let Ok(value) = env::var(name) {
            vars.insert(name.to_owned(), value);
        }
    }
    vars.extend(options.vars.iter().cloned());
    vars
}

/// Names the local bucket's S3 side unless there is another S3 endpoint, or an empty one, which means none.
fn add_own_s3(
    vars: &mut BTreeMap<String, String>,
    site: &Description,
    bucket: &BucketS3,
) -> Outcome<()> {
    if vars.contains_key("S3_ENDPOINT") {
        return Ok(());
    }
    let name = site
        .local_bucket()
        .ok_or_else(|| Failure::new("wrangler.toml binds no bucket"))?;
    let own = [
        (
            "S3_ENDPOINT",
            format!("http://127.0.0.1:{}{S3_PATH}", bucket.port),
        ),
        ("S3_BUCKET", name),
        ("S3_REGION", "auto".to_owned()),
        ("S3_ACCESS_KEY_ID", bucket.access_key_id.to_owned()),
        ("S3_SECRET_ACCESS_KEY", bucket.secret_access_key.clone()),
    ];
    vars.extend(own.map(|(name, value)| (name.to_owned(), value)));
    Ok(())
}

/// The tracker gets no secret of the site.
fn tracker_variables(options: &InstanceOptions) -> BTreeMap<String, String> {
    let no_header = ("CLIENT_ADDRESS_HEADER".to_owned(), String::new());
    std::iter::once(no_header)
        .chain(options.vars.iter().cloned())
        .collect()
}

/// The site, or what a test puts in its place.
fn site_script() -> Script {
    match env::var("EDGETUBE_RUNS_CONTRACTS") {
        Ok(_) => worker::CONTRACTS,
        Err(_) => worker::SITE,
    }
}

/// The tracker, or what a test puts in its place.
fn tracker_script() -> Script {
    match env::var("EDGETUBE_TRACKER_CRASHES") {
        Ok(_) => worker::CRASHING_TRACKER,
        Err(_) => worker::TRACKER,
    }
}

fn modules(script: Script) -> Outcome<BTreeMap<String, PathBuf>> {
    let mut modules = BTreeMap::new();
    for file in script.files() {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if !file.is_file() {
            return Err(Failure::with_remedy(
                format!("{} is missing", file.display()),
                "run `cargo xtask build`",
            ));
        }
        modules.insert(name.into_owned(), file.clone());
    }
    Ok(modules)
}

/// The wanted port, or a free one for 0. It is released again before workerd takes it: nothing else
/// can be told the origin before the Worker starts.
pub(super) fn take_port(host: IpAddr, port: u16) -> Outcome<u16> {
    let listener = TcpListener::bind(SocketAddr::new(host, port)).map_err(|error| {
        Failure::with_remedy(
            format!("cannot listen on {host} port {port}: {error}"),
            "choose another port with --port, or another address with --host",
        )
    })?;
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|error| Failure::new(format!("cannot learn the port: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_refused_with_advice() {
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let holder = TcpListener::bind(SocketAddr::new(host, 0)).unwrap();
        let taken = holder.local_addr().unwrap().port();
        let failure = take_port(host, taken).unwrap_err();
        assert!(failure.to_string().contains("--port"));
        assert_ne!(take_port(host, 0).unwrap(), taken);
    }

    #[test]
    fn a_given_variable_wins_and_no_header_is_trusted() {
        let mut options = InstanceOptions::on_free_port(PathBuf::from("/nowhere"));
        options.vars = vec![("INSTANCE_SECRET".to_owned(), "given".to_owned())];
        let secrets = Secrets {
            instance_secret: "generated".to_owned(),
            runner_registration_token: "token".to_owned(),
        };
        let password = AdminPassword {
            text: "p".to_owned(),
            is_new: false,
            file: None,
        };
        let vars = variables(&options, "http://localhost:1", &secrets, &password);
        assert_eq!(vars["INSTANCE_SECRET"], "given");
        assert_eq!(vars["CLIENT_ADDRESS_HEADER"], "");
    }
}
