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
        self.container.content_type_of(self.has_video())
    }

    /// Usual extension of a file name, with its dot.
    #[must_use]
    pub const fn extension(&self) -> &'static str {
        self.container.extension_of(self.has_video())
    }

    /// The smaller side in pixels, PeerTube's "resolution"; 0 for sound alone.
    #[must_use]
    pub fn resolution(&self) -> u32 {
        self.video.map_or(0, |video| video.width.min(video.height))
    }
}

impl Container {
    /// Media type before more than the first bytes are known: that of a file with pictures.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        self.content_type_of(true)
    }

    /// Extension before more than the first bytes are known, with its dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        self.extension_of(true)
    }

    const fn content_type_of(self, has_video: bool) -> &'static str {
        match (self, has_video) {
            (Self::Mp4, true) => "video/mp4",
            (Self::Mp4, false) => "audio/mp4",
            (Self::QuickTime, _) => "video/quicktime",
            (Self::Matroska, true) => "video/x-matroska",
            (Self::Matroska, false) => "audio/x-matroska",
            (Self::WebM, true) => "video/webm",
            (Self::WebM, false) => "audio/webm",
            (Self::Avi, _) => "video/x-msvideo",
            (Self::Ogg, true) => "video/ogg",
            (Self::Ogg, false) => "audio/ogg",
            (Self::Mp3, _) => "audio/mpeg",
            (Self::Flac, _) => "audio/flac",
            (Self::Wav, _) => "audio/wav",
        }
    }

    const fn extension_of(self, has_video: bool) -> &'static str {
        match (self, has_video) {
            (Self::Mp4, true) => ".mp4",
            (Self::Mp4, false) => ".m4a",
            (Self::QuickTime, _) => ".mov",
            (Self::Matroska, true) => ".mkv",
            (Self::Matroska, false) => ".mka",
            (Self::WebM, _) => ".webm",
            (Self::Avi, _) => ".avi",
            (Self::Ogg, true) => ".ogv",
            (Self::Ogg, false) => ".ogg",
            (Self::Mp3, _) => ".mp3",
            (Self::Flac, _) => ".flac",
            (Self::Wav, _) => ".wav",
        }
    }
}
