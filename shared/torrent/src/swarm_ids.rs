//! Info hashes under which p2p-media-loader's viewers of an HLS rendition meet.
//!
//! They are no torrents: each generation of the player hashes a name of the stream in its own way, and
//! peers of different generations only meet where both derive the same twenty bytes. A tracker that
//! serves them all must know them all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::{Digest as _, Sha1};

use crate::InfoHash;

/// What the names of a video's streams are made of.
#[derive(Debug, Clone, Copy)]
pub struct Streams<'a> {
    /// Absolute URL of the master playlist, letter for letter as the API gives it.
    pub master_url: &'a str,
    /// The video's public id.
    pub video_uuid: &'a str,
    /// Smaller side in pixels of each rendition that the master playlist names, 0 for sound alone.
    pub resolutions: &'a [u32],
}

/// An info hash under which viewers of one stream announce, and the one that stands for the swarm in which they meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwarmName {
    /// As their players derive it.
    pub info_hash: InfoHash,
    /// The newest generation's of the same stream where their players understand that one's, else the same.
    pub swarm: InfoHash,
}

impl SwarmName {
    /// Of viewers who meet only those of their own generation.
    #[must_use]
    pub const fn alone(info_hash: InfoHash) -> Self {
        let swarm = info_hash;
        Self { info_hash, swarm }
    }
}

/// The info hashes of every stream in every generation.
#[must_use]
pub fn swarm_info_hashes(streams: Streams<'_>) -> Vec<InfoHash> {
    let names = swarm_names(streams).into_iter();
    names.map(|name| name.info_hash).collect()
}

/// The names of every stream in every generation.
///
/// Viewers of version 2 meet, however their info hash is derived: what peers say to each other is the same from
/// p2p-media-loader 2.2.1 (PeerTube 8.0) to 2.3.1 (`src/p2p/commands`, `peer-protocol.ts` and `tracker-client.ts` of
/// both), and so is the number of a segment, its place in the media playlist. Version 1 speaks otherwise: its viewers
/// would connect in vain.
#[must_use]
pub fn swarm_names(streams: Streams<'_>) -> Vec<SwarmName> {
    let Streams {
        master_url,
        resolutions,
        ..
    } = streams;
    let has_sound_alone = resolutions.contains(&0);
    let by_place = by_place(streams);
    let mut names = Vec::new();
    for place in 0..resolutions.len() {
        let older = version_1(&format!("2{master_url}+V{place}"));
        names.push(SwarmName::alone(older));
        let info_hash = version_2(&format!("v2-{master_url}-main-{place}"));
        let swarm = by_place.get(place).copied().unwrap_or(info_hash);
        names.push(SwarmName { info_hash, swarm });
    }
    if has_sound_alone {
        names.push(SwarmName {
            info_hash: version_2(&format!("v2-{master_url}-secondary-0")),
            swarm: sound_by_video(streams.video_uuid),
        });
    }
    names.extend(
        info_hashes_by_video(streams)
            .into_iter()
            .map(SwarmName::alone),
    );
    names
}

/// Those of the newest generation alone, which names a stream by the video and the resolution.
#[must_use]
pub fn info_hashes_by_video(streams: Streams<'_>) -> Vec<InfoHash> {
    let Streams {
        video_uuid,
        resolutions,
        ..
    } = streams;
    let of_picture = resolutions
        .iter()
        .map(|side| main_by_video(video_uuid, *side));
    let mut hashes: Vec<InfoHash> = of_picture.collect();
    if resolutions.contains(&0) {
        hashes.push(sound_by_video(video_uuid));
    }
    hashes
}

/// The newest generation's info hashes of what the master playlist names as variants, in its order: from the smallest
/// picture to the largest, or the sound if there is nothing else.
fn by_place(streams: Streams<'_>) -> Vec<InfoHash> {
    let Streams {
        video_uuid,
        resolutions,
        ..
    } = streams;
    let mut sides = resolutions.to_vec();
    sides.sort_unstable();
    if sides.len() > 1 {
        sides.retain(|side| *side > 0);
    }
    let hashes = sides.iter().map(|side| main_by_video(video_uuid, *side));
    hashes.collect()
}

fn main_by_video(video_uuid: &str, side: u32) -> InfoHash {
    let name = match side {
        0 => "default".to_owned(),
        pixels => pixels.to_string(),
    };
    peertube_version_2(&format!("pt-v2-{video_uuid}-main-default-{name}"))
}

fn sound_by_video(video_uuid: &str) -> InfoHash {
    peertube_version_2(&format!("pt-v2-{video_uuid}-secondary-default-default"))
}

/// The info hashes of one generation of players.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Of the renditions with a picture, by their place in the master playlist.
    pub renditions: Vec<InfoHash>,
    /// Of the sound alone, if there is a rendition of it.
    pub sound: Option<InfoHash>,
}

/// The info hashes of the generations that name a stream by its place and not by its resolution, newest
/// first: what a player derives itself for newer ones, it has to be told for these.
#[must_use]
pub fn generations_by_place(streams: Streams<'_>) -> [Generation; 2] {
    let master_url = streams.master_url;
    let places = 0..streams.resolutions.iter().filter(|side| **side > 0).count();
    let has_sound_alone = streams.resolutions.contains(&0);
    [
        Generation {
            renditions: places
                .clone()
                .map(|place| version_2(&format!("v2-{master_url}-main-{place}")))
                .collect(),
            sound: has_sound_alone.then(|| version_2(&format!("v2-{master_url}-secondary-0"))),
        },
        Generation {
            renditions: places
                .map(|place| version_1(&format!("2{master_url}+V{place}")))
                .collect(),
            sound: None,
        },
    ]
}

/// PeerTube's fork of p2p-media-loader 0.6 and 1.0: SHA-1 as it is.
fn version_1(name: &str) -> InfoHash {
    InfoHash(Sha1::digest(name).into())
}

/// p2p-media-loader 2.2, PeerTube 8.0: MD5 without its first byte, as Base64 text.
fn version_2(name: &str) -> InfoHash {
    let [_, kept @ ..] = <[u8; 16]>::from(Md5::digest(name));
    base64_text(kept)
}

/// PeerTube 8.2: the first fifteen bytes of SHA-1, as Base64 text.
fn peertube_version_2(name: &str) -> InfoHash {
    let hash: [u8; 20] = Sha1::digest(name).into();
    let mut kept = [0; 15];
    kept.copy_from_slice(&hash[..15]);
    base64_text(kept)
}

/// Twenty characters that stand on the wire as they are.
fn base64_text(bytes: [u8; 15]) -> InfoHash {
    let mut text = [0; 20];
    // Fifteen bytes are twenty characters without padding: they always fit.
    let written = STANDARD.encode_slice(bytes, &mut text);
    debug_assert_eq!(written, Ok(text.len()));
    InfoHash(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        let text =
            peertube_version_2("pt-v2-9c9de5e8-0a1e-484a-b099-e80766180a6d-main-default-720");
        assert_eq!(text.0, *b"FuGEr478XuVjbIYvey2c");
        // RFC 1321, appendix A.5: MD5 of "abc" is 900150983cd24fb0d6963f7d28e17f72.
        assert_eq!(version_2("abc").0, *b"AVCYPNJPsNaWP30o4X9y");
        // FIPS 180-4 example.
        assert_eq!(
            version_1("abc").to_string(),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
    }

    #[test]
    fn what_a_peertube_lists_is_found_in_its_generation() {
        // A recording of PeerTube 6.3.0: the master playlist and the Infohash tag beside it.
        let streams = Streams {
            master_url: "http://127.0.0.1:9101/static/streaming-playlists/hls/\
                f6bd870b-2bf2-433a-82c6-aa2f60e4e83e/f66b8a31-ce55-4733-a737-75482d10d80d-master.m3u8",
            video_uuid: "f6bd870b-2bf2-433a-82c6-aa2f60e4e83e",
            resolutions: &[240],
        };
        let [_, oldest] = generations_by_place(streams);
        assert_eq!(
            oldest.renditions[0].to_string(),
            "89c34f3f1259896e9e9b2ee7d6dbe2fcbe6811dc"
        );
    }

    #[test]
    fn every_stream_has_a_hash_of_each_generation() {
        let streams = |resolutions| Streams {
            master_url: "https://video.test/static/streaming-playlists/hls/u/m.m3u8",
            video_uuid: "u",
            resolutions,
        };
        assert_eq!(swarm_info_hashes(streams(&[360, 720])).len(), 6);
        let with_sound = swarm_info_hashes(streams(&[0, 360, 720]));
        assert_eq!(with_sound.len(), 11);
        let distinct: std::collections::BTreeSet<_> = with_sound.iter().collect();
        assert_eq!(distinct.len(), 11);
        assert!(with_sound.contains(&peertube_version_2("pt-v2-u-main-default-default")));
    }

    #[test]
    fn viewers_whose_players_understand_each_other_have_one_swarm() {
        let master_url = "https://video.test/static/streaming-playlists/hls/u/m.m3u8";
        let names = |resolutions| {
            swarm_names(Streams {
                master_url,
                video_uuid: "u",
                resolutions,
            })
        };
        // As published: the newest rendition last.
        let ladder = names(&[0, 720, 360]);
        let swarm_of = |names: &[SwarmName], info_hash: InfoHash| {
            let mut of = names.iter().filter(|name| name.info_hash == info_hash);
            let only = of.next().unwrap().swarm;
            assert_eq!(of.next(), None);
            only
        };
        let by_place =
            |kind: &str, place: u32| version_2(&format!("v2-{master_url}-{kind}-{place}"));
        for (place, side) in [(0, 360), (1, 720)] {
            let by_video = main_by_video("u", side);
            assert_eq!(swarm_of(&ladder, by_place("main", place)), by_video);
            assert_eq!(swarm_of(&ladder, by_video), by_video);
            // Another protocol.
            let oldest = version_1(&format!("2{master_url}+V{place}"));
            assert_eq!(swarm_of(&ladder, oldest), oldest);
        }
        // The sound is no variant where there is a picture, and where there is none it is the only one.
        let third = by_place("main", 2);
        assert_eq!(swarm_of(&ladder, third), third);
        let sound = swarm_of(&ladder, by_place("secondary", 0));
        assert_eq!(
            sound,
            peertube_version_2("pt-v2-u-secondary-default-default")
        );
        let alone = names(&[0]);
        assert_eq!(swarm_of(&alone, by_place("main", 0)), main_by_video("u", 0));
    }
}
