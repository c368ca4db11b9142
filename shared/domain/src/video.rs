//! What a video may be: its privacy and the state of its publication.

/// Who may see a video. Numbers are PeerTube's wire values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Listed and federated.
    Public,
    /// Not listed, open to whoever has the link.
    Unlisted,
    /// The owner and moderators alone.
    Private,
    /// Any signed-in user of this instance.
    Internal,
    /// Whoever knows the video's password.
    PasswordProtected,
}

impl Privacy {
    /// PeerTube's number, 1..=5.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Public => 1,
            Self::Unlisted => 2,
            Self::Private => 3,
            Self::Internal => 4,
            Self::PasswordProtected => 5,
        }
    }

    /// The privacy of that number; `None` outside 1..=5.
    #[must_use]
    pub const fn from_number(number: i64) -> Option<Self> {
        Some(match number {
            1 => Self::Public,
            2 => Self::Unlisted,
            3 => Self::Private,
            4 => Self::Internal,
            5 => Self::PasswordProtected,
            _ => return None,
        })
    }

    /// Whether media files may be fetched without any token.
    #[must_use]
    pub const fn media_is_open(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }
}

/// Where a video is on its way to viewers. Numbers are PeerTube's wire values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoState {
    /// Playable and, if public, listed.
    Published,
    /// Its owner waits for the first rendition before it is listed.
    ToTranscode,
    /// Every attempt to transcode it failed.
    TranscodingFailed,
}

impl VideoState {
    /// PeerTube's number: 1, 2 or 7.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Published => 1,
            Self::ToTranscode => 2,
            Self::TranscodingFailed => 7,
        }
    }

    /// The state of that number, `None` for states this instance does not use.
    #[must_use]
    pub const fn from_number(number: i64) -> Option<Self> {
        Some(match number {
            1 => Self::Published,
            2 => Self::ToTranscode,
            7 => Self::TranscodingFailed,
            _ => return None,
        })
    }
}
