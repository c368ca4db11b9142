//! What a user says of a video while it is uploaded.

use domain::{Privacy, UnixMillis};
use ports::Platform;
use rest::upload::{VideoCreate, VideoUpdate};
use serde::{Deserialize, Serialize};

use super::file_name::shown_file_name;
use crate::AppError;
use crate::media_access::password_hmac;
use crate::random::uuid_v4;

/// What becomes the video row, kept as JSON with an upload in progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Details {
    /// Chosen early, because stored passwords depend on it.
    pub(super) video_uuid: String,
    /// What is stored of its passwords.
    pub(super) password_hmacs: Vec<String>,
    pub(super) channel_id: i64,
    pub(super) name: String,
    /// PeerTube's number.
    pub(super) privacy: i64,
    pub(super) category: Option<u16>,
    pub(super) licence: Option<u16>,
    pub(super) language: Option<String>,
    pub(super) description: Option<String>,
    pub(super) support: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) comments_policy: u8,
    pub(super) download_enabled: bool,
    pub(super) nsfw: bool,
    pub(super) nsfw_flags: u32,
    pub(super) nsfw_summary: Option<String>,
    pub(super) wait_transcoding: bool,
    pub(super) originally_published_at_unix_ms: Option<i64>,
    /// A planned change: PeerTube's number and when.
    pub(super) scheduled: Option<(i64, i64)>,
    /// Fit to be shown.
    pub(super) input_filename: String,
    /// Already in storage; the upload owns them.
    pub(super) pictures: Vec<StoredPicture>,
}

/// A picture that came with the upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredPicture {
    /// The object key is `thumbnails/` and this.
    pub(super) filename: String,
    /// Pixels.
    pub(super) width: u32,
    /// Pixels.
    pub(super) height: u32,
}

impl StoredPicture {
    /// Where it lies.
    pub(super) fn object_key(&self) -> String {
        format!("thumbnails/{}", self.filename)
    }
}

impl Details {
    /// The details of a new video whose file the client called `raw_filename`; defaults are
    /// PeerTube's: comments and downloads on, published at once.
    ///
    /// # Errors
    /// 400 for what contradicts itself.
    pub(super) fn new<P: Platform>(
        platform: &P,
        create: VideoCreate,
        raw_filename: &str,
    ) -> Result<Self, AppError> {
        let VideoUpdate {
            category,
            licence,
            language,
            description,
            support,
            tags,
            comments_policy,
            download_enabled,
            nsfw,
            nsfw_flags,
            nsfw_summary,
            wait_transcoding,
            schedule_update,
            originally_published_at,
            video_passwords,
            ..
        } = create.attributes;
        let video_uuid = uuid_v4(platform);
        let password_hmacs = video_passwords
            .unwrap_or_default()
            .iter()
            .map(|password| password_hmac(platform.settings(), &video_uuid, password))
            .collect::<Result<_, _>>()?;
        let scheduled = schedule_update.flatten();
        let nsfw = nsfw.unwrap_or(false);
        let nsfw_flags = nsfw_flags.unwrap_or(0);
        let nsfw_summary = nsfw_summary.flatten();
        if !nsfw && (nsfw_flags != 0 || nsfw_summary.is_some()) {
            return Err(AppError::invalid_field(
                "nsfw",
                "Flags and summary need a video that is marked as sensitive",
            ));
        }
        Ok(Self {
            video_uuid,
            password_hmacs,
            channel_id: create.channel_id,
            name: create.name,
            privacy: create.privacy.number(),
            category: category.flatten(),
            licence: licence.flatten(),
            language: language.flatten(),
            description: description.flatten(),
            support: support.flatten(),
            tags: tags.unwrap_or_default(),
            comments_policy: comments_policy.unwrap_or(1),
            download_enabled: download_enabled.unwrap_or(true),
            nsfw,
            nsfw_flags,
            nsfw_summary,
            wait_transcoding: wait_transcoding.unwrap_or(false),
            originally_published_at_unix_ms: originally_published_at.flatten().map(|date| date.0),
            scheduled: scheduled.map(|plan| (plan.privacy.number(), plan.update_at.0)),
            input_filename: shown_file_name(raw_filename),
            pictures: Vec::new(),
        })
    }

    /// As the upload row keeps them.
    pub(super) fn to_json(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(AppError::bug)
    }

    /// Reads [`Details::to_json`].
    pub(super) fn from_json(json: &str) -> Result<Self, AppError> {
        serde_json::from_str(json).map_err(AppError::bug)
    }

    /// Who may see the video.
    pub(super) fn privacy(&self) -> Result<Privacy, AppError> {
        Privacy::from_number(self.privacy)
            .ok_or_else(|| AppError::bug(format!("privacy {}", self.privacy)))
    }

    /// When it was first published elsewhere.
    pub(super) fn originally_published_at(&self) -> Option<UnixMillis> {
        self.originally_published_at_unix_ms.map(UnixMillis)
    }
}
