//! Under which viewers of a copy meet at our tracker.

use ports::Database;
use testkit::block_on;

use super::super::{Target, list, remove};
use super::world::{FOLDER, UUID, World};

/// What the origin lists, as no player that is known here would derive it.
const TOLD: &str = "00112233445566778899aabbccddeeff00112233";

/// What the tracker serves of video 2.
fn served(world: &World) -> Vec<String> {
    let select = store::tracker::select_info_hashes(UUID);
    let results = block_on(world.platform.database.batch(vec![select])).unwrap();
    let mut hashes: Vec<String> = results[0].iter().map(|row| row.text(0).unwrap()).collect();
    hashes.sort_unstable();
    hashes
}

fn has_origin_say(world: &World, listed: &str) {
    world.platform.database.run(&format!(
        "UPDATE remote_video SET document=json_set(document,'$.streaming.info_hashes',json('{listed}'))"
    ));
}

/// Of both renditions of the stream with that master playlist; the fixture says the same resolution of both.
fn derived(master: &str) -> Vec<String> {
    let streams = torrent::Streams {
        master_url: &format!("{FOLDER}/{master}"),
        video_uuid: UUID,
        resolutions: &[360, 360],
    };
    let hashes = torrent::swarm_info_hashes(streams);
    hashes.iter().map(ToString::to_string).collect()
}

fn sorted(mut hashes: Vec<String>) -> Vec<String> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

#[test]
fn viewers_of_a_copy_meet_here_for_as_long_as_it_is_whole() {
    let world = World::new();
    has_origin_say(&world, &format!(r#"["{TOLD}","no hash"]"#));
    world.add();
    assert_eq!(served(&world), [""; 0], "nothing is there yet");
    let _ = world.run();
    let mut expected = derived("2-master.m3u8");
    expected.push(TOLD.to_owned());
    assert_eq!(served(&world), sorted(expected));

    // The origin has another stream: its copy begins anew, and is no copy until then.
    let new = format!("{FOLDER}/new-master.m3u8");
    let master = world.files.borrow()[&format!("{FOLDER}/2-master.m3u8")].clone();
    world.serve(&new, &master);
    world.platform.database.run(&format!(
        "UPDATE remote_video SET document=json_set(document,'$.streaming.master_url','{new}')"
    ));
    world.platform.advance_ms(15 * 60_000);
    block_on(super::super::keep_up(&world.platform)).unwrap();
    assert_eq!(world.mirrors().len(), 1);
    assert_eq!(served(&world), [""; 0]);
    let _ = world.run();
    let mut expected = derived("new-master.m3u8");
    expected.push(TOLD.to_owned());
    assert_eq!(served(&world), sorted(expected));

    let shown = block_on(list(&world.platform, Target::Others, (0, 15), false)).unwrap();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let copy = &shown["data"][0]["redundancies"]["streamingPlaylists"][0];
    block_on(remove(&world.platform, copy["id"].as_i64().unwrap())).unwrap();
    assert_eq!(served(&world), [""; 0]);
}

#[test]
fn an_origin_takes_no_swarm_of_our_videos() {
    let world = World::new();
    let database = &world.platform.database;
    testkit::rows::add_video(database);
    let torrents = "11".repeat(20);
    let (streams, later) = ("22".repeat(20), "33".repeat(20));
    let register = |hash: &String| {
        let (info_hash, name) = (hash.clone(), hash.clone());
        store::tracker::insert_swarms(1, &[store::tracker::Swarm { info_hash, name }])
    };
    block_on(database.batch(vec![register(&streams)])).unwrap();
    database.run(&format!(
        "INSERT INTO video_file (video_id,kind,resolution,filename,object_key,info_hash,size_bytes,fps,\
         has_audio,has_video,created_at_unix_ms) VALUES (1,'hls',360,'f','f','{torrents}',1,25,1,1,1)"
    ));
    has_origin_say(&world, &format!(r#"["{torrents}","{streams}","{later}"]"#));
    world.add();
    let _ = world.run();
    let is_theirs = |hash: &String| served(&world).contains(hash);
    assert_eq!(
        [&torrents, &streams, &later].map(is_theirs),
        [false, false, true]
    );
    // A rendition that is made later has its own all the same.
    block_on(database.batch(vec![register(&later)])).unwrap();
    assert!(!is_theirs(&later));
}
