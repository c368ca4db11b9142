//! URLs of the bundled browser code.
//!
//! `cargo xtask build` writes `assets/build/manifest.json`; the build script compiles it in. The
//! hashed names never change their content, so they are served as immutable.

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Folder under which every bundled file is served.
pub const CLIENT_PREFIX: &str = "/client/";

/// URL path of a bundled entry point such as `watch.ts` or `site.css`.
///
/// Without a manifest, or for an entry that it lacks, this is `/client/watch.js`.
#[must_use]
pub fn asset_url(entry: &str) -> String {
    match ASSETS.binary_search_by(|(name, _)| (*name).cmp(entry)) {
        Ok(at) => ASSETS[at].1.to_owned(),
        Err(_) => match entry.strip_suffix(".ts") {
            Some(stem) => format!("{CLIENT_PREFIX}{stem}.js"),
            None => format!("{CLIENT_PREFIX}{entry}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_an_unknown_entry_without_a_hash() {
        assert_eq!(asset_url("no-such-entry.ts"), "/client/no-such-entry.js");
        assert_eq!(asset_url("no-such-entry.css"), "/client/no-such-entry.css");
    }

    #[test]
    fn table_is_sorted_so_that_the_search_finds_every_entry() {
        for (entry, path) in ASSETS {
            assert_eq!(asset_url(entry), *path);
        }
    }
}
