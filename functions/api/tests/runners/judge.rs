//! What must hold of every instance at rest, and of everything that is published.

use std::collections::BTreeSet;

use hls::MediaPlaylist;
use serde_json::Value;
use sha1::Digest as _;

use crate::fixture::Instance;
use crate::media::{pieces_of, slice};

impl Instance {
    /// Object keys that rows name.
    fn named(&self) -> BTreeSet<String> {
        let queries = [
            "SELECT object_key FROM video_source WHERE object_key IS NOT NULL",
            "SELECT object_key FROM video_file",
            "SELECT 'torrents/' || torrent_filename FROM video_file WHERE torrent_filename IS NOT NULL",
            "SELECT 'streaming-playlists/hls/' || v.uuid || '/' || f.playlist_filename
             FROM video_file f JOIN video v ON v.id = f.video_id WHERE f.playlist_filename IS NOT NULL",
            "SELECT 'streaming-playlists/hls/' || v.uuid || '/' || p.master_filename
             FROM streaming_playlist p JOIN video v ON v.id = p.video_id",
            "SELECT 'streaming-playlists/hls/' || v.uuid || '/' || p.sha256_filename
             FROM streaming_playlist p JOIN video v ON v.id = p.video_id",
            "SELECT 'thumbnails/' || filename FROM thumbnail",
            "SELECT 'storyboards/' || filename FROM storyboard",
        ];
        queries.iter().flat_map(|sql| self.host.dump(sql)).collect()
    }

    /// Every object has an owner or a time to go, never both; every named object is there.
    pub fn assert_no_orphans(&self) {
        let named = self.named();
        let unowned: BTreeSet<String> = self
            .host
            .dump("SELECT object_key FROM unowned_object")
            .into_iter()
            .collect();
        let stored: BTreeSet<String> = self.host.bucket().keys().into_iter().collect();
        let lost: Vec<_> = named.difference(&stored).collect();
        assert!(lost.is_empty(), "named, not stored: {lost:?}");
        let orphans: Vec<_> = stored
            .iter()
            .filter(|key| !named.contains(*key) && !unowned.contains(*key))
            .collect();
        assert!(orphans.is_empty(), "stored, nobody's: {orphans:?}");
        let doomed: Vec<_> = named.intersection(&unowned).collect();
        assert!(doomed.is_empty(), "named and to be deleted: {doomed:?}");
    }

    /// The text of a stored object.
    pub fn text(&self, object_key: &str) -> String {
        let bytes = self.host.bucket().bytes(object_key);
        String::from_utf8(bytes.unwrap_or_else(|| panic!("no {object_key}"))).unwrap()
    }

    /// Checks master playlist, media playlists, hash document and torrents of a video against each other
    /// and against the media, and that exactly these renditions are there.
    pub fn assert_hls(&self, video_uuid: &str, resolutions: &[u32]) {
        let folder = format!("streaming-playlists/hls/{video_uuid}");
        let names = self.host.one(&format!(
            "SELECT p.master_filename, p.sha256_filename FROM streaming_playlist p
             JOIN video v ON v.id = p.video_id WHERE v.uuid = '{video_uuid}'"
        ));
        let (master_filename, hashes) = names.split_once('|').unwrap();
        let master = self.text(&format!("{folder}/{master_filename}"));
        let hashes: Value =
            serde_json::from_str(&self.text(&format!("{folder}/{hashes}"))).unwrap();
        let files = self.host.dump(&format!(
            "SELECT f.resolution, f.filename, f.playlist_filename, f.torrent_filename, f.info_hash
             FROM video_file f JOIN video v ON v.id = f.video_id
             WHERE v.uuid = '{video_uuid}' AND f.kind = 'hls' ORDER BY f.resolution"
        ));
        let found: Vec<u32> = files
            .iter()
            .map(|file| file.split('|').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(found, resolutions);
        assert_eq!(hashes.as_object().unwrap().len(), resolutions.len());
        let variants = master.lines().filter(|line| line.ends_with(".m3u8"));
        assert_eq!(variants.count(), resolutions.len(), "{master}");
        self.assert_swarms(video_uuid, master_filename, &files);
        for file in files {
            let parts: Vec<&str> = file.split('|').collect();
            assert!(master.contains(parts[2]), "{master} lacks {}", parts[2]);
            let mp4 = self.host.bucket().bytes(&format!("{folder}/{}", parts[1]));
            let mp4 = mp4.unwrap();
            self.assert_segments(&folder, &parts, &mp4, &hashes[parts[1]]);
            self.assert_torrent(video_uuid, &parts, &mp4);
        }
    }

    /// The tracker serves viewers of the current playlist, whatever generation their players are of, and those who
    /// understand each other meet.
    fn assert_swarms(&self, video_uuid: &str, master: &str, files: &[String]) {
        let served = self
            .host
            .rows(store::tracker::select_info_hashes(video_uuid));
        let number_of = |file: &String| file.split('|').next().unwrap().parse().unwrap();
        let resolutions: Vec<u32> = files.iter().map(number_of).collect();
        let swarms = torrent::swarm_names(torrent::Streams {
            master_url: &format!(
                "https://video.test/static/streaming-playlists/hls/{video_uuid}/{master}"
            ),
            video_uuid,
            resolutions: &resolutions,
        });
        let swarms = swarms
            .iter()
            .map(|name| (name.info_hash.to_string(), name.swarm.to_string()));
        let torrents = files.iter().map(|file| {
            let info_hash = file.rsplit('|').next().unwrap().to_owned();
            (info_hash.clone(), info_hash)
        });
        for (info_hash, swarm) in swarms.chain(torrents) {
            assert!(served.contains(&info_hash), "{info_hash} not in {served:?}");
            let named = store::tracker::select_swarm_of(&info_hash);
            assert_eq!(self.host.rows(named), [swarm]);
            let of = self.host.rows(store::tracker::select_video_of(&info_hash));
            assert_eq!(of, [video_uuid]);
        }
    }

    fn assert_segments(&self, folder: &str, parts: &[&str], mp4: &[u8], hashes: &Value) {
        let text = self.text(&format!("{folder}/{}", parts[2]));
        let playlist = MediaPlaylist::parse(&text).unwrap();
        assert_eq!(playlist.uri, parts[1], "the playlist names our file");
        let hashes = hashes.as_object().unwrap();
        assert_eq!(hashes.len(), playlist.segments.len());
        for segment in &playlist.segments {
            let digest = sha2::Sha256::digest(slice(mp4, segment.range));
            assert_eq!(
                hashes[&segment.range.to_string()],
                hex::encode(digest),
                "bytes {}",
                segment.range
            );
        }
        let last = playlist.segments.last().unwrap().range;
        assert!(last.end() <= u64::try_from(mp4.len()).unwrap());
    }

    fn assert_torrent(&self, video_uuid: &str, parts: &[&str], file: &[u8]) {
        let path = format!("/static/streaming-playlists/hls/{video_uuid}/{}", parts[1]);
        let bytes = self.host.bucket().bytes(&format!("torrents/{}", parts[3]));
        let torrent = torrent::Torrent::decode(&bytes.unwrap()).unwrap();
        assert_eq!(torrent.info.info_hash().to_string(), parts[4]);
        assert_eq!(
            torrent.info.name,
            format!("A video-with a slash {}p.mp4", parts[0])
        );
        let size = u64::try_from(file.len()).unwrap();
        assert_eq!(torrent.info.length_bytes, size);
        let pieces = pieces_of(file, torrent.info.piece_length_bytes);
        assert_eq!(torrent.info.pieces, pieces);
        assert_eq!(torrent.web_seeds, [format!("https://video.test{path}")]);
        assert_eq!(
            torrent.trackers,
            [
                &format!("wss://video.test/tracker/socket/{video_uuid}"),
                "https://video.test/tracker/announce"
            ]
        );
    }
}
