//! Two instances, one of which copies the other's video: shown at the origin, the same bytes, played when the origin
//! fails, and gone when it is taken back.

use std::time::Duration;

use e2e::tracker::http::announce;
use e2e::{Client, Instance, Transcoder, video, wait};
use http::Method;
use serde_json::{Value, json};

use crate::browser::run_script;
use crate::federation::{PATIENCE, far_video, follow, host, instance, upload};

const COPIES: &str = "/api/v1/server/redundancy/videos";
/// Transcoding of five seconds is done; only messages are under way.
const QUEUE_PATIENCE: Duration = Duration::from_secs(30);

fn put(client: &Client, path: &str, value: &Value) {
    let headers = [("content-type", "application/json")];
    let body = value.to_string();
    let answer = client.call(Method::PUT, path, &headers, body.as_bytes());
    let _ = answer.expect_status(204);
}

fn redundancies(client: &Client, uuid: &str) -> Value {
    video::details(client, uuid)["streamingPlaylists"][0]["redundancies"].clone()
}

/// The only copy that is kept there.
fn copy(admin: &Client) -> Value {
    let list = admin.get(&format!("{COPIES}?target=remote-videos"));
    list.expect_status(200).json()["data"][0]["redundancies"]["streamingPlaylists"][0].clone()
}

fn bytes(client: &Client, url: &str, range: &str) -> Vec<u8> {
    client
        .get_with(url, &[("range", range)])
        .expect_status(206)
        .body
}

/// Whether the mirror's own tracker is among those of the video there.
fn is_met_here(admin: &Client, mirror: &Instance, uuid: &str) -> bool {
    let announce = format!("{}/tracker/announce", mirror.origin());
    let seen = video::details(admin, uuid);
    let urls = seen["trackerUrls"].as_array().expect("a list");
    urls.iter().any(|url| *url == announce)
}

/// Viewers whom the origin tells a hash find each other at the mirror, which the origin has no part in.
fn viewers_meet(origin: &Client, mirror: &Client, uuid: &str) {
    let accept = [("accept", "application/activity+json")];
    let path = format!("/videos/watch/{uuid}");
    let document = origin.get_with(&path, &accept).expect_status(200).json();
    let links = document["url"].as_array().expect("links");
    let tags = links.iter().filter_map(|link| link["tag"].as_array());
    let hashes: Vec<&str> = tags
        .flatten()
        .filter(|tag| tag["type"] == "Infohash")
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    assert!(!hashes.is_empty(), "{document}");
    for hash in hashes {
        let mut info_hash = [0; 20];
        hex::decode_to_slice(hash, &mut info_hash).expect("40 hex digits");
        for (number, peer_id) in [(1, b"-AA0001-000000000001"), (2, b"-AA0001-000000000002")] {
            let port = 7_000 + number;
            let answer = announce(mirror, &info_hash, peer_id, port, "&left=9");
            assert_eq!(answer.member("incomplete").size(), u64::from(number));
        }
    }
}

#[test]
fn a_copy_is_shown_at_its_origin_and_played_when_the_origin_fails() {
    let (origin, mirror) = (instance(), instance());
    let (owner, admin) = (origin.admin(), mirror.admin());
    follow(&admin, host(&origin));
    let uploaded = upload(&owner, "Copied");
    Transcoder::drain(&origin);
    let here = video::wait_until_transcoded(&owner, &uploaded.uuid, QUEUE_PATIENCE);
    let renditions = video::renditions(&here).len();
    assert!(renditions > 1);
    let _ = far_video(&admin, "Copied");
    wait::until("the stream is known elsewhere", PATIENCE, || {
        let seen = video::details(&admin, &uploaded.uuid);
        let files = seen["streamingPlaylists"][0]["files"].as_array()?.len();
        (files == renditions).then_some(())
    });

    let by_host = format!("/api/v1/server/redundancy/{}", host(&origin));
    put(&admin, &by_host, &json!({ "redundancyAllowed": true }));
    let following = admin
        .get("/api/v1/server/following")
        .expect_status(200)
        .json();
    assert_eq!(
        following["data"][0]["following"]["hostRedundancyAllowed"],
        true
    );
    let folder = format!(
        "{}/static/redundancy/hls/{}",
        mirror.origin(),
        uploaded.uuid
    );
    let shown = json!([{ "baseUrl": folder }]);
    wait::until("the origin shows the copy", PATIENCE, || {
        (redundancies(&owner, &uploaded.uuid) == shown).then_some(())
    });
    assert_eq!(redundancies(&admin, &uploaded.uuid), shown, "there, too");
    let theirs = owner
        .get(&format!("{COPIES}?target=my-videos"))
        .expect_status(200)
        .json();
    assert_eq!(theirs["total"], 1);
    let kept = copy(&admin);
    assert_eq!(
        (&kept["state"], &kept["strategy"]),
        (&json!("kept"), &json!("recently-added"))
    );

    assert!(is_met_here(&admin, &mirror, &uploaded.uuid));
    viewers_meet(&owner, &mirror.visitor(), &uploaded.uuid);

    let playlist = &here["streamingPlaylists"][0];
    let mut urls = vec![
        video::text(playlist, "playlistUrl"),
        video::text(playlist, "segmentsSha256Url"),
    ];
    for file in video::renditions(&here) {
        urls.extend([
            video::text(file, "fileUrl"),
            video::text(file, "playlistUrl"),
        ]);
    }
    let visitor = mirror.visitor();
    for url in urls {
        let name = url.rsplit('/').next().unwrap_or_default();
        let copied = format!("{folder}/{name}");
        for range in ["bytes=0-99", "bytes=-77"] {
            assert_eq!(
                bytes(&owner, url, range),
                bytes(&visitor, &copied, range),
                "{url}"
            );
        }
        let whole = |client: &Client, url: &str| client.get(url).expect_status(200).body;
        assert!(whole(&owner, url) == whole(&visitor, &copied), "{url}");
    }
    let accept = [("accept", "application/activity+json")];
    let id = format!("/redundancy/streaming-playlists/hls/{}", uploaded.uuid);
    let document = visitor.get_with(&id, &accept).expect_status(200).json();
    assert_eq!(document["type"], "CacheFile");
    assert_eq!(document["url"]["href"], folder);

    let extra = json!({
        "watch": format!("/w/{}", uploaded.short_uuid),
        "folder": folder,
        "mirrorWatch": format!("{}/w/{}", mirror.origin(), uploaded.short_uuid),
    });
    run_script("mirrors.mjs", &origin, &extra);

    put(&admin, &by_host, &json!({ "redundancyAllowed": false }));
    wait::until("the origin shows it no more", PATIENCE, || {
        (redundancies(&owner, &uploaded.uuid) == json!([])).then_some(())
    });
    assert!(!is_met_here(&admin, &mirror, &uploaded.uuid));
    wait::until("its files are removed", PATIENCE, || {
        mirror.run_cron();
        let objects = mirror.objects();
        let is_left = objects.iter().any(|(key, _)| key.starts_with("mirrors/"));
        (!is_left).then_some(())
    });
}
