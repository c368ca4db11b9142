//! Turns esbuild's `manifest.json` into a table of asset URLs with the chunks that each one imports,
//! so that pages can preload them. A tree whose browser code has not been built still compiles:
//! names then stay unhashed, which is enough for every test that needs no browser.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
};

const FOLDER: &str = "assets/build";
const MANIFEST: &str = "assets/build/manifest.json";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={MANIFEST}");
    let manifest: BTreeMap<String, String> = match fs::read_to_string(MANIFEST) {
        Ok(text) => serde_json::from_str(&text).expect("manifest.json maps names to paths"),
        Err(_) => BTreeMap::new(),
    };
    let mut table = String::from("static ASSETS: &[(&str, &str, &[&str])] = &[\n");
    for (entry, path) in &manifest {
        let path = path.trim_start_matches('/');
        let mut chunks = BTreeSet::new();
        collect_chunks(path, &mut chunks);
        let chunks: Vec<String> = chunks.iter().map(|chunk| format!("\"/{chunk}\"")).collect();
        table.push_str(&format!(
            "    ({entry:?}, \"/{path}\", &[{}]),\n",
            chunks.join(", ")
        ));
    }
    table.push_str("];\n");
    let out_dir = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out_dir).join("assets.rs"), table).expect("OUT_DIR is writable");
}

/// Adds the modules that the one at `path` imports, and theirs. esbuild writes such an import as
/// `from"./chunk-HASH.js"` or `import"./chunk-HASH.js"`.
fn collect_chunks(path: &str, chunks: &mut BTreeSet<String>) {
    let Ok(code) = fs::read_to_string(Path::new(FOLDER).join(path)) else {
        return;
    };
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    for rest in code.split("\"./chunk-").skip(1) {
        let Some((name, _)) = rest.split_once('"') else {
            continue;
        };
        let chunk = format!("{folder}/chunk-{name}");
        if chunks.insert(chunk.clone()) {
            collect_chunks(&chunk, chunks);
        }
    }
}
