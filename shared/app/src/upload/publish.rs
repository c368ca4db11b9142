//! One transaction that makes a video of a stored file.

use domain::limits::FILENAME_MAX_BYTES;
use domain::{UnixMillis, VideoState};
use mediainfo::MediaInfo;
use ports::{Database, DatabaseError, Platform, Statement};
use store::upload::{self as rows, NewPicture, NewSourceFile, NewVideo, UploadRow};

use super::allowance::{check_channel, check_quota};
use super::details::Details;
use super::media::{aspect_ratio, duration_secs, fps};
use super::parts::Stopped;
use crate::federation::outgoing;
use crate::jobs::{NewSource, after_new_video, statements_for_new_video};
use crate::{AppError, Rejection};

/// How a new video is called from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVideoIds {
    /// Row id.
    pub id: i64,
    /// Version 4, lower case.
    pub uuid: String,
}

/// A stored file that is to become a video.
pub(super) struct Original<'a> {
    /// Whose.
    pub(super) user_id: i64,
    /// What they said of it.
    pub(super) details: &'a Details,
    /// Where it lies, below `web-videos/`.
    pub(super) object_key: String,
    /// Exact size.
    pub(super) size_bytes: u64,
    /// What it is.
    pub(super) info: MediaInfo,
    /// The upload that ends with this.
    pub(super) upload: Option<&'a UploadRow>,
    /// What else the batch does: own intended objects, give up others.
    pub(super) also: Vec<Statement>,
}

/// Makes the video: one batch with the quotas checked in it, then the queue is told.
pub(super) async fn publish<P: Platform>(
    platform: &P,
    original: Original<'_>,
) -> Result<NewVideoIds, Stopped> {
    let video = video_row(platform, &original)?;
    let mut batch: Vec<Statement> = original
        .upload
        .map(|row| rows::set_video(&row.id, &row.metadata, &video.uuid, video.now))
        .into_iter()
        .collect();
    let video_index = batch.len();
    batch.push(rows::insert_video(&video));
    if !original.details.tags.is_empty() {
        batch.push(rows::insert_tags(&video));
    }
    if !original.details.password_hmacs.is_empty() {
        let hmacs =
            serde_json::to_string(&original.details.password_hmacs).map_err(AppError::bug)?;
        batch.push(rows::insert_passwords(&video.uuid, &hmacs));
    }
    batch.push(rows::insert_source(&video));
    batch.push(rows::insert_web_file(&video));
    batch.extend(original.details.pictures.iter().map(|picture| {
        let picture = NewPicture {
            filename: picture.filename.clone(),
            width: picture.width,
            height: picture.height,
        };
        rows::insert_picture(&video.uuid, &picture)
    }));
    batch.extend(original.also.iter().cloned());
    batch.extend(statements_for_new_video(platform, &source_of(&video)));
    match platform.database().batch(batch).await {
        Ok(results) => {
            let row = results.get(video_index).and_then(|rows| rows.first());
            let row = row.ok_or_else(|| AppError::bug("the video row did not say its id"))?;
            let id = row.integer(0).map_err(AppError::from)?;
            tell(platform, &video.uuid).await;
            Ok(NewVideoIds {
                id,
                uuid: video.uuid,
            })
        }
        Err(DatabaseError::DemandNotMet { statement, .. }) if statement == video_index => {
            Err(why_not(platform, &original).await)
        }
        Err(DatabaseError::DemandNotMet { statement, .. }) if statement < video_index => {
            Err(Stopped::Overtaken)
        }
        Err(DatabaseError::DemandNotMet { .. }) => Err(Stopped::Failed(AppError::Unavailable {
            cause: "an object of this upload was due to be deleted".to_owned(),
        })),
        Err(error) => Err(Stopped::Failed(error.into())),
    }
}

async fn tell<P: Platform>(platform: &P, video_uuid: &str) {
    if let Err(error) = after_new_video(platform, video_uuid).await {
        platform.log(&format!("the queue was not told of a new video: {error:?}"));
    }
    outgoing::wake(platform).await;
}

/// Why the video row was refused.
async fn why_not<P: Platform>(platform: &P, original: &Original<'_>) -> Stopped {
    let results = platform
        .database()
        .batch(vec![
            rows::select_channel_user(original.details.channel_id),
            rows::select_allowance(original.user_id, platform.now()),
        ])
        .await;
    let results = match results {
        Ok(results) => results,
        Err(error) => return Stopped::Failed(error.into()),
    };
    let refused = check_channel(&results, 0, original.user_id)
        .and_then(|()| check_quota(&results, 1, original.size_bytes))
        .err()
        .unwrap_or_else(|| AppError::rejected(Rejection::Forbidden, "The account is blocked"));
    Stopped::Refused(refused)
}

fn video_row<P: Platform>(platform: &P, original: &Original<'_>) -> Result<NewVideo, AppError> {
    let Original { details, info, .. } = original;
    let filename = original
        .object_key
        .strip_prefix("web-videos/")
        .ok_or_else(|| AppError::bug("an original lies elsewhere"))?;
    debug_assert!(
        details.input_filename.len() <= FILENAME_MAX_BYTES,
        "made by shown_file_name"
    );
    Ok(NewVideo {
        uuid: details.video_uuid.clone(),
        user_id: original.user_id,
        channel_id: details.channel_id,
        name: details.name.clone(),
        description: details.description.clone(),
        support: details.support.clone(),
        category: details.category.map(u32::from),
        licence: details.licence.map(u32::from),
        language: details.language.clone(),
        privacy: details.privacy()?,
        nsfw: details.nsfw,
        nsfw_flags: details.nsfw_flags,
        nsfw_summary: details.nsfw_summary.clone(),
        comments_policy: u32::from(details.comments_policy),
        download_enabled: details.download_enabled,
        wait_transcoding: details.wait_transcoding,
        state: if details.wait_transcoding {
            VideoState::ToTranscode
        } else {
            VideoState::Published
        },
        duration_secs: duration_secs(info),
        aspect_ratio: aspect_ratio(info),
        originally_published_at: details.originally_published_at(),
        scheduled: details
            .scheduled
            .map(|(privacy, at)| (privacy, UnixMillis(at))),
        tags: serde_json::to_string(&details.tags).map_err(AppError::bug)?,
        source: NewSourceFile {
            object_key: original.object_key.clone(),
            filename: filename.to_owned(),
            input_filename: details.input_filename.clone(),
            size_bytes: i64::try_from(original.size_bytes).map_err(AppError::bug)?,
            content_type: info.content_type(),
            width: info.video.map(|video| video.width),
            height: info.video.map(|video| video.height),
            resolution: info.resolution(),
            fps: fps(info),
            has_audio: info.has_audio(),
            has_video: info.has_video(),
        },
        now: platform.now(),
    })
}

fn source_of(video: &NewVideo) -> NewSource {
    NewSource {
        video_uuid: video.uuid.clone(),
        resolution: video.source.resolution,
        width: video.source.width.unwrap_or(0),
        height: video.source.height.unwrap_or(0),
        fps: video.source.fps,
        has_audio: video.source.has_audio,
        has_video: video.source.has_video,
        duration_secs: video.duration_secs,
    }
}
