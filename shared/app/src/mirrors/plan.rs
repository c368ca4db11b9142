//! Which files a stream has: those that the origin's video names, with their sizes, the playlists that the master
//! playlist names, and the hashes of the segments. Pure.

use activitypub::limits::MAX_FILE_BYTES;
use hls::FileName;
use hls::limits::MAX_VARIANTS;
use store::mirror::NewFile;

use crate::federation::remote_document::RemoteHls;

/// Why a stream cannot be copied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PlanError {
    /// Nobody could check what was copied.
    #[error("the stream has no hashes")]
    NoHashes,
    /// A file without a name or a size, or two of one name.
    #[error("{0:?} is no file of a stream")]
    File(String),
    /// A playlist that lies elsewhere, or that nobody would find here.
    #[error("the master playlist names {0:?}")]
    Playlist(String),
    /// None, or more than any player could want.
    #[error("the stream has {0} renditions")]
    Renditions(usize),
}

/// URL and name of a file beside the master playlist, or wherever the origin has it.
fn named(url: &str, size_bytes: u64) -> Result<NewFile, PlanError> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.rsplit('/').next().unwrap_or_default();
    match FileName::parse(name) {
        Ok(name) if !name.as_str().contains("..") => Ok(NewFile {
            name: name.as_str().to_owned(),
            url: url.to_owned(),
            size_bytes,
        }),
        _ => Err(PlanError::File(url.to_owned())),
    }
}

/// Playlists that a master playlist names: lines of their own, and `URI` of sound (RFC 8216, 4.3.4). Subtitles are
/// left out; players take them from the origin.
fn playlists(master: &str) -> impl Iterator<Item = &str> {
    let sound = |line: &'_ str| -> bool {
        line.starts_with("#EXT-X-MEDIA:") && line.contains("TYPE=AUDIO")
    };
    master.lines().map(str::trim).filter_map(move |line| {
        if sound(line) {
            return line.split_once("URI=\"")?.1.split('"').next();
        }
        (!line.is_empty() && !line.starts_with('#')).then_some(line)
    })
}

/// The files of a stream whose master playlist reads so.
pub(super) fn files(stream: &RemoteHls, master: &str) -> Result<Vec<NewFile>, PlanError> {
    let count = stream.files.len();
    if !(1..=MAX_VARIANTS).contains(&count) {
        return Err(PlanError::Renditions(count));
    }
    let hashes_url = stream.hashes_url.as_deref().ok_or(PlanError::NoHashes)?;
    let mut files = vec![named(&stream.master_url, 0)?, named(hashes_url, 0)?];
    let (folder, _) = stream.master_url.rsplit_once('/').unwrap_or_default();
    for name in playlists(master) {
        let is_beside = FileName::parse(name).is_ok();
        let file = named(&format!("{folder}/{name}"), 0).ok();
        let file = file.filter(|_| is_beside && files.len() <= 2 * MAX_VARIANTS);
        files.push(file.ok_or_else(|| PlanError::Playlist(name.to_owned()))?);
    }
    files.dedup_by(|one, other| one.name == other.name);
    for media in &stream.files {
        let file = named(&media.url, media.size_bytes)?;
        if !(1..=MAX_FILE_BYTES).contains(&media.size_bytes) || !file.name.ends_with(".mp4") {
            return Err(PlanError::File(media.url.clone()));
        }
        files.push(file);
    }
    for (index, file) in files.iter().enumerate() {
        if files[..index].iter().any(|other| other.name == file.name) {
            return Err(PlanError::File(file.name.clone()));
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation::remote_document::RemoteMedia;

    fn media(url: &str, size_bytes: u64) -> RemoteMedia {
        RemoteMedia {
            url: url.to_owned(),
            media_type: "video/mp4".to_owned(),
            resolution: 720,
            width: None,
            height: None,
            size_bytes,
            fps: 25,
            has_audio: true,
            has_video: true,
            torrent_url: None,
            magnet_uri: None,
            metadata_url: None,
        }
    }

    fn stream() -> RemoteHls {
        RemoteHls {
            master_url: "https://far.test/hls/m-master.m3u8".to_owned(),
            hashes_url: Some("https://far.test/hls/m-sha256.json".to_owned()),
            info_hashes: Vec::new(),
            files: vec![media("https://cdn.test/x/a-720-fragmented.mp4", 7)],
        }
    }

    const MASTER: &str = "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",URI=\"a-0.m3u8\"\n\
        #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",URI=\"https://far.test/fr.m3u8\"\n\
        #EXT-X-STREAM-INF:BANDWIDTH=1\r\na-720.m3u8\r\n";

    #[test]
    fn a_stream_is_its_playlists_its_hashes_and_its_media() {
        let files = files(&stream(), MASTER).unwrap();
        let shown: Vec<String> = files
            .iter()
            .map(|file| format!("{} {} {}", file.name, file.url, file.size_bytes))
            .collect();
        assert_eq!(
            shown,
            [
                "m-master.m3u8 https://far.test/hls/m-master.m3u8 0",
                "m-sha256.json https://far.test/hls/m-sha256.json 0",
                "a-0.m3u8 https://far.test/hls/a-0.m3u8 0",
                "a-720.m3u8 https://far.test/hls/a-720.m3u8 0",
                "a-720-fragmented.mp4 https://cdn.test/x/a-720-fragmented.mp4 7",
            ]
        );
    }

    #[test]
    fn names_that_lead_elsewhere_are_no_files() {
        let check = |change: fn(&mut RemoteHls), master: &str| {
            let mut stream = stream();
            change(&mut stream);
            files(&stream, master).unwrap_err()
        };
        let keep = |_: &mut RemoteHls| {};
        for line in [
            "https://evil.test/a.m3u8",
            "../a.m3u8",
            "/a.m3u8",
            "a..b",
            ".a",
        ] {
            let wrong = PlanError::Playlist(line.to_owned());
            assert_eq!(check(keep, &format!("#EXTM3U\n{line}\n")), wrong);
        }
        let many: String = (0..100).map(|number| format!("{number}.m3u8\n")).collect();
        assert!(matches!(check(keep, &many), PlanError::Playlist(_)));
        assert_eq!(check(|s| s.hashes_url = None, MASTER), PlanError::NoHashes);
        assert_eq!(check(|s| s.files.clear(), MASTER), PlanError::Renditions(0));
        for url in [
            "https://far.test/a%2fb.mp4",
            "https://far.test/",
            "https://far.test/a.m3u8",
            "https://far.test/..mp4",
        ] {
            let mut stream = stream();
            stream.files[0].url = url.to_owned();
            assert!(
                matches!(files(&stream, MASTER), Err(PlanError::File(_))),
                "{url}"
            );
        }
        let twice = |s: &mut RemoteHls| s.files.push(s.files[0].clone());
        assert!(matches!(check(twice, MASTER), PlanError::File(_)));
        let sizes: [fn(&mut RemoteHls); 2] = [
            |s| s.files[0].size_bytes = 0,
            |s| s.files[0].size_bytes = MAX_FILE_BYTES + 1,
        ];
        for size in sizes {
            assert!(matches!(check(size, MASTER), PlanError::File(_)));
        }
    }
}
