//! The files of a video as feeds name them.

use rest::video::{VideoFile, VideoStreamingPlaylist};

/// HLS as podcast readers and PeerTube spell it.
pub(crate) const HLS_TYPE: &str = "application/x-mpegURL";
/// A torrent (BEP 3).
pub(crate) const TORRENT_TYPE: &str = "application/x-bittorrent";

/// A playable file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Media {
    pub url: String,
    pub media_type: &'static str,
    pub size_bytes: u64,
    /// Smaller side in pixels, 0 for sound alone.
    pub resolution: u16,
    /// For people: `720p`.
    pub label: String,
    /// Frames a second; 0 without a picture, negative when not known.
    pub fps: i32,
    pub has_audio: bool,
    pub has_video: bool,
    pub torrent_url: Option<String>,
    pub magnet_uri: Option<String>,
}

/// What a reader downloads or plays unless told otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enclosure<'a> {
    pub url: &'a str,
    pub media_type: &'static str,
    /// 0 when not known.
    pub size_bytes: u64,
}

/// Everything playable of one video.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Files {
    /// Plain files, best first.
    pub web: Vec<Media>,
    /// Renditions of the HLS form, best first; each plays by itself, too.
    pub hls: Vec<Media>,
    /// Address of the master playlist.
    pub master_url: Option<String>,
}

impl Files {
    pub(crate) fn new(
        web: Option<Vec<VideoFile>>,
        playlists: Option<Vec<VideoStreamingPlaylist>>,
    ) -> Self {
        let all = |files: Vec<VideoFile>| files.into_iter().filter_map(media).collect();
        let playlist = playlists.and_then(|playlists| playlists.into_iter().next());
        let (hls, master_url) = match playlist {
            Some(playlist) => (all(playlist.files), Some(playlist.playlist_url)),
            None => (Vec::new(), None),
        };
        Self {
            web: all(web.unwrap_or_default()),
            hls,
            master_url,
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Media> {
        self.web.iter().chain(&self.hls)
    }

    /// Sound and picture are in files of their own.
    pub(crate) fn are_split(&self) -> bool {
        let some = |audio, video| {
            self.iter()
                .any(|file| file.has_audio == audio && file.has_video == video)
        };
        some(true, false) && some(false, true) && !some(true, true)
    }

    /// The best whole file; the master playlist where no file is whole.
    pub(crate) fn best(&self) -> Option<Enclosure<'_>> {
        let best_of = |wanted: &dyn Fn(&Media) -> bool| {
            // Of equals the first: plain files go before HLS.
            self.iter()
                .filter(|file| wanted(file))
                .reduce(|best, file| {
                    if file.resolution > best.resolution {
                        file
                    } else {
                        best
                    }
                })
        };
        let whole = best_of(&|file| file.has_audio && file.has_video);
        let any = || {
            if self.are_split() {
                None
            } else {
                best_of(&|_| true)
            }
        };
        whole
            .or_else(any)
            .map(Media::enclosure)
            .or_else(|| self.master())
    }

    pub(crate) fn master(&self) -> Option<Enclosure<'_>> {
        self.master_url.as_deref().map(|url| Enclosure {
            url,
            media_type: HLS_TYPE,
            size_bytes: 0,
        })
    }
}

impl Media {
    pub(crate) fn enclosure(&self) -> Enclosure<'_> {
        Enclosure {
            url: &self.url,
            media_type: self.media_type,
            size_bytes: self.size_bytes,
        }
    }
}

fn media(file: VideoFile) -> Option<Media> {
    let url = file.file_url?;
    Some(Media {
        media_type: media_type(&url, file.has_video),
        size_bytes: file.size,
        resolution: file.resolution.id,
        label: file.resolution.label.into_owned(),
        fps: file.fps,
        has_audio: file.has_audio,
        has_video: file.has_video,
        torrent_url: file.torrent_url,
        magnet_uri: file.magnet_uri,
        url,
    })
}

/// By extension, as PeerTube has it; an original keeps its own.
fn media_type(url: &str, has_video: bool) -> &'static str {
    let extension = url.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "webm" if has_video => "video/webm",
        "webm" => "audio/webm",
        "ogv" => "video/ogg",
        "ogg" if has_video => "video/ogg",
        "ogg" => "audio/ogg",
        "mkv" | "mk3d" => "video/x-matroska",
        "mov" | "qt" => "video/quicktime",
        "avi" => "video/x-msvideo",
        "mp3" => "audio/mpeg",
        "flac" => "audio/flac",
        "wav" => "audio/wav",
        "aac" => "audio/aac",
        "m4v" => "video/x-m4v",
        "ts" | "mts" | "m2ts" => "video/mp2t",
        // What Apple calls sound in MP4.
        _ if !has_video => "audio/x-m4a",
        _ => "video/mp4",
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn file(resolution: u16, has_audio: bool, has_video: bool) -> Media {
        let url = format!("https://video.test/{resolution}.mp4");
        Media {
            media_type: media_type(&url, has_video),
            url,
            size_bytes: 1,
            resolution,
            label: String::new(),
            fps: 25,
            has_audio,
            has_video,
            torrent_url: None,
            magnet_uri: None,
        }
    }

    fn check(web: Vec<Media>, hls: Vec<Media>, expected: Option<&str>) {
        let files = Files {
            web,
            hls,
            master_url: Some("https://video.test/master.m3u8".to_owned()),
        };
        let best = files.best();
        assert_eq!(
            best.map(|best| best.url.trim_start_matches("https://video.test/")),
            expected
        );
    }

    #[test]
    fn the_best_whole_file_is_enclosed() {
        let whole = |resolution| file(resolution, true, true);
        check(vec![], vec![whole(720), whole(360)], Some("720.mp4"));
        check(vec![whole(1080)], vec![whole(720)], Some("1080.mp4"));
        check(vec![whole(360)], vec![whole(720)], Some("720.mp4"));
        check(vec![], vec![file(720, false, true)], Some("720.mp4"));
        check(vec![], vec![file(0, true, false)], Some("0.mp4"));
        check(vec![], vec![], Some("master.m3u8"));
    }

    #[test]
    fn sound_in_a_file_of_its_own_needs_the_playlist() {
        let split = vec![file(720, false, true), file(0, true, false)];
        check(vec![], split, Some("master.m3u8"));
    }

    #[test]
    fn types_follow_extension_and_picture() {
        assert_eq!(
            media_type("https://video.test/a.MKV", true),
            "video/x-matroska"
        );
        assert_eq!(media_type("https://video.test/a.mp4", false), "audio/x-m4a");
        assert_eq!(media_type("https://video.test/a", true), "video/mp4");
    }
}
