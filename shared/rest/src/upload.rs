//! Creating and changing videos.

use domain::Privacy;
use serde::{Deserialize, Serialize};

use crate::{
    IsoDate,
    form::{FieldReader, FieldRules, FormBody},
    problem::InvalidParam,
    vocabulary::{VIDEO_CATEGORIES, VIDEO_LICENCES, label_of, language_label},
};

/// Answer of every upload: `{ video: { id, uuid, shortUUID } }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoCreateResult {
    /// The new video.
    pub video: CreatedVideo,
}

/// Ids of a new video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedVideo {
    /// Row id on this instance.
    pub id: i64,
    /// UUID with dashes, lower case.
    pub uuid: String,
    /// The same in base 58.
    #[serde(rename = "shortUUID")]
    pub short_uuid: String,
}

/// Bounds of a video's attributes, in characters unless said otherwise; PeerTube's.
pub mod limits {
    use std::ops::RangeInclusive;

    /// Title.
    pub const NAME_CHARS: RangeInclusive<usize> = 3..=120;
    /// Description.
    pub const DESCRIPTION_CHARS: RangeInclusive<usize> = 3..=10_000;
    /// How to support the maker.
    pub const SUPPORT_CHARS: RangeInclusive<usize> = 3..=1_000;
    /// Name of a channel for people.
    pub const CHANNEL_NAME_CHARS: RangeInclusive<usize> = 1..=120;
    /// Description of a channel.
    pub const CHANNEL_DESCRIPTION_CHARS: RangeInclusive<usize> = 3..=1_000;
    /// Why the video is not safe for work.
    pub const NSFW_SUMMARY_CHARS: RangeInclusive<usize> = 3..=250;
    /// Tags of a video.
    pub const TAGS: RangeInclusive<usize> = 0..=5;
    /// One tag.
    pub const TAG_CHARS: RangeInclusive<usize> = 2..=30;
    /// Passwords of a video.
    pub const PASSWORDS: RangeInclusive<usize> = 1..=20;
    /// One password.
    pub const PASSWORD_CHARS: RangeInclusive<usize> = 2..=100;
    /// Name of the uploaded file.
    pub const FILENAME_CHARS: RangeInclusive<usize> = 1..=1_000;
    /// Bytes of a thumbnail or preview.
    pub const IMAGE_BYTES: usize = 8 * 1024 * 1024;
    /// All defined flags of content that is not safe for work.
    pub const NSFW_FLAGS: RangeInclusive<u32> = 0..=3;
}

/// Names of multipart parts that carry files.
pub mod part {
    /// The video itself, `POST /videos/upload`.
    pub const VIDEO_FILE: &str = "videofile";
    /// Its thumbnail.
    pub const THUMBNAIL_FILE: &str = "thumbnailfile";
    /// Its preview picture; the same as the thumbnail since 8.1.
    pub const PREVIEW_FILE: &str = "previewfile";
}

/// A change of privacy that a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleUpdate {
    /// When it happens.
    pub update_at: IsoDate,
    /// Public, unlisted or internal; public when the client names none.
    pub privacy: Privacy,
}

/// The attributes of a video that a form names, in the tense of updates: the outer `None` is "not
/// named", the inner one "clear it".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VideoUpdate {
    /// Row id of the channel.
    pub channel_id: Option<i64>,
    /// Title.
    pub name: Option<String>,
    /// Who may see it.
    pub privacy: Option<Privacy>,
    /// Category, one of the 18.
    pub category: Option<Option<u16>>,
    /// Licence, one of the 9.
    pub licence: Option<Option<u16>>,
    /// Language.
    pub language: Option<Option<String>>,
    /// Markdown.
    pub description: Option<Option<String>>,
    /// Markdown.
    pub support: Option<Option<String>>,
    /// Tags, in the client's order, each once.
    pub tags: Option<Vec<String>>,
    /// 1 enabled, 2 disabled, 3 requires approval; also from the older `commentsEnabled`.
    pub comments_policy: Option<u8>,
    /// Whether the page offers downloads.
    pub download_enabled: Option<bool>,
    /// Not safe for work.
    pub nsfw: Option<bool>,
    /// Bits 1 violent, 2 explicit sex.
    pub nsfw_flags: Option<u32>,
    /// Why.
    pub nsfw_summary: Option<Option<String>>,
    /// Hide it until it is transcoded.
    pub wait_transcoding: Option<bool>,
    /// Change the privacy later.
    pub schedule_update: Option<Option<ScheduleUpdate>>,
    /// When it was first published elsewhere.
    pub originally_published_at: Option<Option<IsoDate>>,
    /// Passwords, with the privacy of that name.
    pub video_passwords: Option<Vec<String>>,
}

impl VideoUpdate {
    /// Reads the body of `PUT /videos/{id}`.
    ///
    /// # Errors
    /// Every field that breaks its bound.
    pub fn from_form(form: &FormBody) -> Result<Self, Vec<InvalidParam>> {
        let mut reader = FieldReader::body(form);
        let update = Self::read(&mut reader);
        reader.finish().map(|()| update)
    }

    fn read(reader: &mut FieldReader<'_>) -> Self {
        let update = Self {
            channel_id: reader.number("channelId", 1..=i64::MAX),
            name: read_name(reader),
            privacy: reader.known("privacy", privacy_of),
            category: reader.change_known("category", |id| numbered(VIDEO_CATEGORIES, id)),
            licence: reader.change_known("licence", |id| numbered(VIDEO_LICENCES, id)),
            language: reader
                .change_known("language", |id| language_label(id).map(|_| id.to_owned())),
            description: owned(reader.change_text("description", limits::DESCRIPTION_CHARS)),
            support: owned(reader.change_text("support", limits::SUPPORT_CHARS)),
            tags: reader.list(
                "tags",
                &FieldRules {
                    items: limits::TAGS,
                    chars: limits::TAG_CHARS,
                },
            ),
            comments_policy: read_comments_policy(reader),
            download_enabled: reader.boolean("downloadEnabled"),
            nsfw: reader.boolean("nsfw"),
            nsfw_flags: reader.number("nsfwFlags", limits::NSFW_FLAGS),
            nsfw_summary: owned(reader.change_text("nsfwSummary", limits::NSFW_SUMMARY_CHARS)),
            wait_transcoding: reader.boolean("waitTranscoding"),
            schedule_update: read_schedule(reader),
            originally_published_at: reader.change_date("originallyPublishedAt"),
            video_passwords: read_passwords(reader),
        };
        if update.privacy == Some(Privacy::PasswordProtected) && update.video_passwords.is_none() {
            reader.refuse("videoPasswords", "must be given with this privacy");
        }
        update
    }
}

/// What `PUT /video-channels/{handle}` changes; `None` leaves as it is, `Some(None)` clears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelUpdate {
    /// Name for people.
    pub display_name: Option<String>,
    /// Markdown.
    pub description: Option<Option<String>>,
    /// Markdown.
    pub support: Option<Option<String>>,
    /// Whether `support` becomes that of all its videos, too.
    pub bulk_videos_support_update: bool,
    /// Whether viewers of its videos may send them to each other. Not known to PeerTube.
    pub p2p_enabled: Option<bool>,
}

impl ChannelUpdate {
    /// Reads the body of `PUT /video-channels/{handle}`.
    ///
    /// # Errors
    /// Every field that breaks its bound.
    pub fn from_form(form: &FormBody) -> Result<Self, Vec<InvalidParam>> {
        let mut reader = FieldReader::body(form);
        let update = Self {
            display_name: reader
                .text("displayName", limits::CHANNEL_NAME_CHARS)
                .map(str::to_owned),
            description: owned(
                reader.change_text("description", limits::CHANNEL_DESCRIPTION_CHARS),
            ),
            support: owned(reader.change_text("support", limits::SUPPORT_CHARS)),
            bulk_videos_support_update: reader
                .boolean("bulkVideosSupportUpdate")
                .unwrap_or_default(),
            p2p_enabled: reader.boolean("p2pEnabled"),
        };
        reader.finish().map(|()| update)
    }
}

/// What a new video needs, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoCreate {
    /// Row id of the channel.
    pub channel_id: i64,
    /// Title.
    pub name: String,
    /// Private when the client names none.
    pub privacy: Privacy,
    /// Name of the uploaded file; only resumable uploads send it as a field.
    pub filename: Option<String>,
    /// The same attributes and the rest of them as the client sent them.
    pub attributes: VideoUpdate,
}

impl VideoCreate {
    /// Reads the text fields of `POST /videos/upload` or of a resumable upload's first call.
    ///
    /// # Errors
    /// Every field that is missing or breaks its bound.
    pub fn from_form(form: &FormBody) -> Result<Self, Vec<InvalidParam>> {
        let mut reader = FieldReader::body(form);
        let attributes = VideoUpdate::read(&mut reader);
        let filename = reader
            .text("filename", limits::FILENAME_CHARS)
            .map(str::to_owned);
        for (path, is_read) in [
            ("channelId", attributes.channel_id.is_some()),
            ("name", attributes.name.is_some()),
        ] {
            if !is_read && !reader.is_refused(path) {
                reader.refuse(path, "is missing");
            }
        }
        match (attributes.channel_id, attributes.name.clone()) {
            (Some(channel_id), Some(name)) if !reader.has_refused() => Ok(Self {
                channel_id,
                name,
                privacy: attributes.privacy.unwrap_or(Privacy::Private),
                filename,
                attributes,
            }),
            _ => Err(reader.into_refused()),
        }
    }
}

fn owned(change: Option<Option<&str>>) -> Option<Option<String>> {
    change.map(|text| text.map(str::to_owned))
}

/// A title that is named must be one: it cannot be cleared.
fn read_name(reader: &mut FieldReader<'_>) -> Option<String> {
    if !reader.form().is_given("name") {
        return None;
    }
    reader
        .required_text("name", limits::NAME_CHARS)
        .map(str::to_owned)
}

fn privacy_of(id: &str) -> Option<Privacy> {
    Privacy::from_number(id.parse().ok()?)
}

fn numbered(table: &[(u16, &'static str)], id: &str) -> Option<u16> {
    let id = id.parse().ok()?;
    label_of(table, id).map(|_| id)
}

fn read_comments_policy(reader: &mut FieldReader<'_>) -> Option<u8> {
    reader.number("commentsPolicy", 1..=3).or_else(|| {
        reader
            .boolean("commentsEnabled")
            .map(|enabled| if enabled { 1 } else { 2 })
    })
}

fn read_schedule(reader: &mut FieldReader<'_>) -> Option<Option<ScheduleUpdate>> {
    const UPDATE_AT: &str = "scheduleUpdate.updateAt";
    if !reader.form().has_object("scheduleUpdate") {
        return reader.form().is_given("scheduleUpdate").then_some(None);
    }
    if reader.form().text(UPDATE_AT).is_none() {
        reader.refuse(UPDATE_AT, "is missing");
    }
    let update_at = reader.date(UPDATE_AT);
    let privacy = reader.known("scheduleUpdate.privacy", |id| {
        privacy_of(id).filter(|privacy| {
            matches!(
                privacy,
                Privacy::Public | Privacy::Unlisted | Privacy::Internal
            )
        })
    });
    let privacy = privacy.unwrap_or(Privacy::Public);
    update_at.map(|update_at| Some(ScheduleUpdate { update_at, privacy }))
}

fn read_passwords(reader: &mut FieldReader<'_>) -> Option<Vec<String>> {
    let passwords = reader.form().texts("videoPasswords");
    if passwords.is_empty() {
        return None;
    }
    let is_password = |text: &&str| limits::PASSWORD_CHARS.contains(&text.chars().count());
    if !limits::PASSWORDS.contains(&passwords.len()) || !passwords.iter().all(is_password) {
        reader.refuse_secret(
            "videoPasswords",
            "must be 1 to 20 of 2 to 100 characters each",
        );
        return None;
    }
    Some(passwords.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
