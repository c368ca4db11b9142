//! Turns esbuild's `manifest.json` into a table of asset URLs, and hashes the inline script for the
//! content security policy. A tree whose browser code has not been built still compiles: names then
//! stay unhashed, which is enough for every test that needs no browser.

use std::{collections::BTreeMap, env, fs, path::Path};

const MANIFEST: &str = "assets/build/manifest.json";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={MANIFEST}");
    let manifest: BTreeMap<String, String> = match fs::read_to_string(MANIFEST) {
        Ok(text) => serde_json::from_str(&text).expect("manifest.json maps names to paths"),
        Err(_) => BTreeMap::new(),
    };
    let mut table = String::from("/// Entry point to URL path, sorted by entry point.\n");
    table.push_str("static ASSETS: &[(&str, &str)] = &[\n");
    for (entry, path) in &manifest {
        let path = path.trim_start_matches('/');
        table.push_str(&format!("    ({entry:?}, \"/{path}\"),\n"));
    }
    table.push_str("];\n");
    let out_dir = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out_dir).join("assets.rs"), table).expect("OUT_DIR is writable");
}
