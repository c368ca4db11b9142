//! What real servers send, each folder with a note of where it is from.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::*;
use crate::inbox::authorise;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/received")
}

fn files() -> Vec<PathBuf> {
    let folders = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    let mut files: Vec<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    files
}

#[test]
fn every_document_is_read() {
    let (mut activities, mut objects) = (0, 0);
    for path in files() {
        let body = fs::read(&path).unwrap();
        let members = parse_document(&body).unwrap();
        let name = path.display();
        if members.contains_key("actor") && members.contains_key("object") {
            let activity = Activity::parse(&body).unwrap_or_else(|error| panic!("{name}: {error}"));
            authorise(&activity).unwrap_or_else(|error| panic!("{name}: {error}"));
            // Typed as it would come to us, or seen between two servers.
            let receivers = ["https://video.test", "http://127.0.0.1:9101"];
            let audience = &activity.audience;
            let reaches = |origin: &&str| audience.may_reach(origin, &activity.actor);
            assert!(receivers.iter().any(reaches), "{name}");
            if let Verb::Create(Object::Embedded(object)) | Verb::Update(Object::Embedded(object)) =
                &activity.verb
            {
                read(&object.raw, &path);
            }
            activities += 1;
        } else {
            read(&members, &path);
            objects += 1;
        }
    }
    assert!(activities > 60 && objects > 12, "{activities} {objects}");
}

fn read(members: &Members, path: &Path) {
    let kind = members["type"].as_str().unwrap();
    let error = match kind {
        "Video" => RemoteVideo::from_members(members.clone()).err(),
        "Note" => RemoteNote::from_members(members.clone()).err(),
        // A key of GoToSocial's is a stub of its actor.
        "Person" if !members.contains_key("inbox") => {
            let key_id = AbsoluteUrl::parse("https://gts.test/users/gus/main-key").unwrap();
            assert_eq!(find_key(members, &key_id).unwrap().id, key_id);
            None
        }
        "Person" | "Group" | "Application" => {
            let actor = RemoteActor::from_members(members.clone());
            assert!(
                actor.as_ref().is_ok_and(|actor| actor.public_key.is_some()),
                "{}",
                path.display()
            );
            actor.err()
        }
        "Playlist" | "WatchAction" => None,
        other => panic!("{}: {other}", path.display()),
    };
    assert_eq!(error, None, "{}", path.display());
}

#[test]
fn a_video_of_peertube_has_its_streams() {
    let body = fs::read(root().join("peertube-6.3/video.json")).unwrap();
    let video = RemoteVideo::from_members(parse_document(&body).unwrap()).unwrap();
    assert_eq!(video.actors.len(), 2);
    assert!(video.audience.is_public() && !video.tracker_urls.is_empty());
    assert!(video.streaming.is_some() || !video.files.is_empty());
}
