//! Where another server's video is at home, and under which names its viewers meet there.

use torrent::{Streams, generations_by_place, info_hashes_by_video};

use crate::federation::remote_document::RemoteDocument;

/// Where another server's video is at home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteOrigin {
    /// Its page there.
    pub page_url: String,
    /// Where its viewers meet.
    pub meeting: Meeting,
}

/// Under which info hashes viewers of a video meet at their own server's tracker, which serves those alone
/// that its version derives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meeting {
    /// As everywhere here: by the video's id and the rendition's resolution.
    ByVideo,
    /// Under these, 40 hex digits each.
    Listed {
        /// By the rendition's place.
        renditions: Vec<String>,
        /// Of the sound alone.
        sound: Option<String>,
    },
    /// The origin lists none that is known: its tracker would refuse ours.
    Nowhere,
}

impl Meeting {
    pub(super) fn of(document: &RemoteDocument, video_uuid: &str) -> Self {
        let Some(hls) = &document.streaming else {
            return Self::Nowhere;
        };
        let resolutions: Vec<u32> = hls
            .files
            .iter()
            .map(|file| u32::from(file.resolution))
            .collect();
        let streams = Streams {
            master_url: &hls.master_url,
            video_uuid,
            resolutions: &resolutions,
        };
        let is_listed = |hash: &str| {
            hls.info_hashes
                .iter()
                .any(|listed| listed.eq_ignore_ascii_case(hash))
        };
        // A server whose viewers meet so may list what older ones derive as well.
        let by_video = info_hashes_by_video(streams);
        if by_video.iter().any(|hash| is_listed(&hash.to_string())) {
            return Self::ByVideo;
        }
        for generation in &generations_by_place(streams) {
            let renditions: Vec<String> = generation
                .renditions
                .iter()
                .map(ToString::to_string)
                .collect();
            if renditions.iter().any(|hash| is_listed(hash)) {
                return Self::Listed {
                    renditions,
                    sound: generation.sound.as_ref().map(ToString::to_string),
                };
            }
        }
        Self::Nowhere
    }
}

#[cfg(test)]
mod tests {
    use torrent::swarm_info_hashes;

    use super::*;
    use crate::federation::remote_document::{RemoteHls, RemoteMedia};

    const MASTER: &str = "http://127.0.0.1:9101/static/streaming-playlists/hls/\
        f6bd870b-2bf2-433a-82c6-aa2f60e4e83e/f66b8a31-ce55-4733-a737-75482d10d80d-master.m3u8";
    const UUID: &str = "f6bd870b-2bf2-433a-82c6-aa2f60e4e83e";

    fn meeting(info_hashes: &[String]) -> Meeting {
        let file = RemoteMedia {
            url: String::new(),
            media_type: "video/mp4".to_owned(),
            resolution: 240,
            width: None,
            height: Some(240),
            size_bytes: 1,
            fps: 25,
            has_audio: true,
            has_video: true,
            torrent_url: None,
            magnet_uri: None,
            metadata_url: None,
        };
        let document = RemoteDocument {
            streaming: Some(RemoteHls {
                master_url: MASTER.to_owned(),
                hashes_url: None,
                info_hashes: info_hashes.to_vec(),
                files: vec![file],
            }),
            ..RemoteDocument::default()
        };
        Meeting::of(&document, UUID)
    }

    #[test]
    fn viewers_meet_as_the_origins_version_has_it() {
        let of_6_3 = "89c34f3f1259896e9e9b2ee7d6dbe2fcbe6811dc".to_owned();
        let listed = meeting(std::slice::from_ref(&of_6_3));
        let expected = Meeting::Listed {
            renditions: vec![of_6_3],
            sound: None,
        };
        assert_eq!(listed, expected);
        // All generations, as our own documents list them.
        let ours: Vec<String> = swarm_info_hashes(Streams {
            master_url: MASTER,
            video_uuid: UUID,
            resolutions: &[240],
        })
        .iter()
        .map(ToString::to_string)
        .collect();
        assert_eq!(meeting(&ours), Meeting::ByVideo);
        assert_eq!(meeting(&["00".repeat(20)]), Meeting::Nowhere);
        assert_eq!(meeting(&[]), Meeting::Nowhere);
    }
}
