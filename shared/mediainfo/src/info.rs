//! What a probe finds.

/// Formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// ISO base media: MP4, M4V, 3GP, M4A, fragmented or not (ISO 14496-12).
    Mp4,
    /// `QuickTime`, the ancestor of the former.
    QuickTime,
    /// Matroska (RFC 9559).
    Matroska,
    /// `WebM`, a subset of the former.
    WebM,
    /// Audio Video Interleave, `OpenDML` included.
    Avi,
    /// Ogg (RFC 3533) with Vorbis, Opus, FLAC or Theora.
    Ogg,
    /// MPEG audio frames, with or without ID3 tags.
    Mp3,
    /// FLAC (RFC 9639).
    Flac,
    /// RIFF WAVE or RF64.
    Wav,
}

/// The first picture track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VideoTrack {
    /// Pixels, as shown: after rotation.
    pub width: u32,
    /// Pixels, as shown: after rotation.
    pub height: u32,
    /// Clockwise degrees that a player turns the coded picture by: 0, 90, 180 or 270.
    pub rotation: u16,
    /// Frames per second on average; `None` when the container does not say.
    pub fps: Option<f64>,
    /// Codec by ffmpeg's name, `h264` for instance; `None` when it is not known here.
    pub codec: Option<&'static str>,
}

/// The first sound track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioTrack {
    /// Codec by ffmpeg's name, `aac` for instance; `None` when it is not known here.
    pub codec: Option<&'static str>,
}

/// What the file is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MediaInfo {
    /// Its format.
    pub container: Container,
    /// Its length; `None` when the container does not say, as in a recording of a browser.
    pub duration_ms: Option<u64>,
    /// Its picture.
    pub video: Option<VideoTrack>,
    /// Its sound.
    pub audio: Option<AudioTrack>,
}

impl MediaInfo {
    /// Whether there is a picture track.
    #[must_use]
    pub const fn has_video(&self) -> bool {
        self.video.is_some()
    }

    /// Whether there is a sound track.
    #[must_use]
    pub const fn has_audio(&self) -> bool {
        self.audio.is_some()
    }

    /// Media type to store and to serve the original with.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        match (self.container, self.has_video()) {
            (Container::Mp4, true) => "video/mp4",
            (Container::Mp4, false) => "audio/mp4",
            (Container::QuickTime, _) => "video/quicktime",
            (Container::Matroska, true) => "video/x-matroska",
            (Container::Matroska, false) => "audio/x-matroska",
            (Container::WebM, true) => "video/webm",
            (Container::WebM, false) => "audio/webm",
            (Container::Avi, _) => "video/x-msvideo",
            (Container::Ogg, true) => "video/ogg",
            (Container::Ogg, false) => "audio/ogg",
            (Container::Mp3, _) => "audio/mpeg",
            (Container::Flac, _) => "audio/flac",
            (Container::Wav, _) => "audio/wav",
        }
    }

    /// Usual extension of a file name, with its dot.
    #[must_use]
    pub const fn extension(&self) -> &'static str {
        match (self.container, self.has_video()) {
            (Container::Mp4, true) => ".mp4",
            (Container::Mp4, false) => ".m4a",
            (Container::QuickTime, _) => ".mov",
            (Container::Matroska, true) => ".mkv",
            (Container::Matroska, false) => ".mka",
            (Container::WebM, _) => ".webm",
            (Container::Avi, _) => ".avi",
            (Container::Ogg, true) => ".ogv",
            (Container::Ogg, false) => ".ogg",
            (Container::Mp3, _) => ".mp3",
            (Container::Flac, _) => ".flac",
            (Container::Wav, _) => ".wav",
        }
    }

    /// The smaller side in pixels, PeerTube's "resolution"; 0 for sound alone.
    #[must_use]
    pub fn resolution(&self) -> u32 {
        self.video.map_or(0, |video| video.width.min(video.height))
    }
}
