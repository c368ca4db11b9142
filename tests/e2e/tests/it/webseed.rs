//! An independent BitTorrent client without any peer.

use std::fs;
use std::process::Command;

use e2e::hash::sha256;
use e2e::programs::{run, tool};
use e2e::published::published;
use e2e::scratch::Scratch;
use e2e::video::text;

#[test]
fn aria2c_fetches_a_rendition_from_the_web_seed_alone() {
    let published = published();
    let rendition = &published.renditions[0];
    let scratch = Scratch::new("webseed");
    let torrent = scratch.join("rendition.torrent");
    let visitor = published.instance.visitor();
    let answer = visitor
        .get(text(&rendition.file, "torrentUrl"))
        .expect_status(200);
    fs::write(&torrent, &answer.body).unwrap();
    run(Command::new(tool("aria2c"))
        .args([
            "--quiet",
            "--no-conf",
            "--seed-time=0",
            "--bt-exclude-tracker=*",
        ])
        .args([
            "--enable-dht=false",
            "--enable-dht6=false",
            "--bt-enable-lpd=false",
        ])
        .args(["--enable-peer-exchange=false", "--check-integrity=true"])
        .args(["--bt-stop-timeout=30", "--timeout=10"])
        .arg("--dir")
        .arg(scratch.path())
        .arg(&torrent));
    let fetched: Vec<_> = fs::read_dir(scratch.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "mp4"))
        .collect();
    assert_eq!(fetched.len(), 1, "{fetched:?}");
    assert_eq!(
        sha256(&fs::read(&fetched[0]).unwrap()),
        sha256(&rendition.bytes)
    );
}
