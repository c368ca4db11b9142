//! Bundles TypeScript and CSS with esbuild and writes the manifest that the pages compile in.
//!
//! Every `*.ts` and `*.css` directly in `functions/pages/client` is an entry point; folders below it
//! hold what the entry points import. `manifest.json` maps `watch.ts` to `client/watch-HASH.js`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::failure::{Failure, Outcome};
use crate::fingerprint;
use crate::places;
use crate::progress::Step;
use crate::setup::node::{self, Node};

/// Oldest browsers served: those with `<dialog>` and ES2022 modules.
const BROWSERS: &str = "es2022,chrome100,firefox100,safari15.4";
/// For the platform that serves the files: their names carry a hash of their content.
const HEADERS: &str = "/client/*\n  Cache-Control: public, max-age=31536000, immutable\n";
/// Files of the folder that are not to be served.
const NOT_SERVED: &str = "manifest.json\n";

#[derive(Deserialize)]
struct Metafile {
    outputs: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
struct Output {
    #[serde(rename = "entryPoint")]
    entry_point: Option<String>,
}

/// Builds the browser code unless nothing has changed since the last time; answers whether it did.
///
/// # Errors
/// If a type is wrong or a file cannot be bundled.
pub fn build(node: &Node) -> Outcome<bool> {
    let sources = places::client_sources();
    let inputs = [sources.clone(), places::root().join("package-lock.json")];
    let fingerprint = fingerprint::of(&inputs, &[BROWSERS, HEADERS])?;
    let stamp = places::scratch().join("browser-code.stamp");
    let manifest = places::assets().join("manifest.json");
    if fingerprint::is_current(&stamp, &fingerprint) && manifest.is_file() {
        return Ok(false);
    }
    let entries = entry_points(&sources)?;
    let step = Step::start("browser code");
    check_types(&step, node, &sources)?;
    let metafile = bundle(&step, &entries)?;
    write_folder(&metafile)?;
    fingerprint::record(&stamp, &fingerprint)?;
    step.finish(&format!("{} entry points", entries.len()));
    Ok(true)
}

fn entry_points(sources: &Path) -> Outcome<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(sources) else {
        return Ok(Vec::new());
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            path.is_file()
                && !name.ends_with(".d.ts")
                && (name.ends_with(".ts") || name.ends_with(".css"))
        })
        .collect();
    files.sort();
    Ok(files)
}

fn check_types(step: &Step, node: &Node, sources: &Path) -> Outcome<()> {
    if !sources.join("tsconfig.json").is_file() {
        return Ok(());
    }
    step.run(
        node.script("typescript/bin/tsc")
            .args(["--noEmit", "--pretty", "false", "-p"])
            .arg(sources),
    )
}

/// Bundles into a fresh folder and returns what esbuild says about it.
fn bundle(step: &Step, entries: &[PathBuf]) -> Outcome<Metafile> {
    let output = places::assets().join("client");
    let metafile = places::scratch().join("browser-code.json");
    if output.is_dir() {
        fs::remove_dir_all(&output).map_err(|error| Failure::io("remove", &output, &error))?;
    }
    fs::create_dir_all(&output).map_err(|error| Failure::io("create", &output, &error))?;
    let scratch = places::scratch();
    fs::create_dir_all(&scratch).map_err(|error| Failure::io("create", &scratch, &error))?;
    if entries.is_empty() {
        return Ok(Metafile {
            outputs: BTreeMap::new(),
        });
    }
    step.run(
        Command::new(node::esbuild()?)
            .args(entries)
            .args(["--bundle", "--minify", "--format=esm"])
            .args(["--entry-names=[name]-[hash]", "--chunk-names=chunk-[hash]"])
            .args(["--asset-names=[name]-[hash]", "--legal-comments=none"])
            .arg(format!("--target={BROWSERS}"))
            .arg(format!("--outdir={}", output.display()))
            .arg(format!("--metafile={}", metafile.display()))
            .current_dir(places::root()),
    )?;
    let text =
        fs::read_to_string(&metafile).map_err(|error| Failure::io("read", &metafile, &error))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("esbuild's metafile is malformed: {error}")))
}

fn write_folder(metafile: &Metafile) -> Outcome<()> {
    let manifest = serde_json::to_string_pretty(&manifest(metafile))
        .map_err(|error| Failure::new(format!("cannot write the manifest: {error}")))?;
    for (name, text) in [
        ("manifest.json", manifest.as_str()),
        ("_headers", HEADERS),
        (".assetsignore", NOT_SERVED),
    ] {
        let path = places::assets().join(name);
        // The Worker is built again when the manifest is newer; its content decides.
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        fs::write(&path, text).map_err(|error| Failure::io("write", &path, &error))?;
    }
    Ok(())
}

/// Entry point's file name to the path below the assets folder.
fn manifest(metafile: &Metafile) -> BTreeMap<String, String> {
    metafile
        .outputs
        .iter()
        .filter_map(|(output, about)| {
            let entry = about.entry_point.as_deref()?;
            let name = Path::new(entry).file_name()?.to_string_lossy().into_owned();
            let file = Path::new(output)
                .file_name()?
                .to_string_lossy()
                .into_owned();
            Some((name, format!("client/{file}")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_names_entry_points_and_no_chunks() {
        let text = r#"{"outputs":{
            "functions/pages/assets/build/client/watch-AAAA.js":{"entryPoint":"functions/pages/client/watch.ts"},
            "functions/pages/assets/build/client/site-BBBB.css":{"entryPoint":"functions/pages/client/site.css"},
            "functions/pages/assets/build/client/chunk-CCCC.js":{}}}"#;
        let metafile: Metafile = serde_json::from_str(text).unwrap();
        let expected = BTreeMap::from([
            ("site.css".to_owned(), "client/site-BBBB.css".to_owned()),
            ("watch.ts".to_owned(), "client/watch-AAAA.js".to_owned()),
        ]);
        assert_eq!(manifest(&metafile), expected);
    }
}
