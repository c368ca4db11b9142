//! URLs of the bundled browser code.
//!
//! `cargo xtask build` writes `assets/build/manifest.json`; the build script compiles it in. The
//! hashed names never change their content, so they are served as immutable.

// `ASSETS`: entry point, its URL path, and those of the chunks that it imports; sorted by entry.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Folder under which every bundled file is served.
pub const CLIENT_PREFIX: &str = "/client/";

/// URL path of a bundled entry point such as `watch.ts` or `site.css`.
///
/// Without a manifest, or for an entry that it lacks, this is `/client/watch.js`.
#[must_use]
pub fn asset_url(entry: &str) -> String {
    match find(entry) {
        Some((_, url, _)) => (*url).to_owned(),
        None => match entry.strip_suffix(".ts") {
            Some(stem) => format!("{CLIENT_PREFIX}{stem}.js"),
            None => format!("{CLIENT_PREFIX}{entry}"),
        },
    }
}

/// URL paths of the modules that an entry point needs at once, itself first, for preloads.
#[must_use]
pub fn module_urls(entry: &str) -> Vec<String> {
    let chunks = find(entry).map_or(&[][..], |(_, _, chunks)| chunks);
    let chunks = chunks.iter().map(|chunk| (*chunk).to_owned());
    core::iter::once(asset_url(entry)).chain(chunks).collect()
}

fn find(entry: &str) -> Option<&'static (&'static str, &'static str, &'static [&'static str])> {
    let at = ASSETS
        .binary_search_by(|(name, _, _)| (*name).cmp(entry))
        .ok()?;
    ASSETS.get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_an_unknown_entry_without_a_hash() {
        assert_eq!(asset_url("no-such-entry.ts"), "/client/no-such-entry.js");
        assert_eq!(asset_url("no-such-entry.css"), "/client/no-such-entry.css");
        assert_eq!(
            module_urls("no-such-entry.ts"),
            ["/client/no-such-entry.js"]
        );
    }

    #[test]
    fn table_is_sorted_so_that_the_search_finds_every_entry() {
        for (entry, path, chunks) in ASSETS {
            assert_eq!(asset_url(entry), *path);
            assert_eq!(module_urls(entry).len(), chunks.len() + 1);
        }
    }
}
