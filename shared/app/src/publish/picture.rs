//! Publishing what storyboard jobs make: sprite sheets and thumbnails.

use ports::{ObjectStore, Platform, Statement};
use rest::runner::{RunnerJobPayload, Sprites};
use store::publish::{
    NewStoryboard, insert_thumbnail, own_object_if_named, own_objects, replace_storyboard,
};
use store::runner as rows;

use super::{Commit, Loaded, commit, reload};
use crate::runners::{Output, REPLACED_MS, filename, settling};
use crate::{AppError, Rejection};

/// Largest side of a sheet: 11 sprites of 192 pixels are 2,112.
const MAX_SIDE: u32 = 8_192;
/// Largest picture that is looked into, in bytes.
const MAX_PICTURE_BYTES: usize = 8 << 20;

/// Publishes the picture of a storyboard job, which is stored.
///
/// # Errors
/// 400 when it is no JPEG, 409 when the attempt ended otherwise; [`AppError::Unavailable`] when storage or
/// database fail.
pub(crate) async fn publish_picture<P: Platform>(
    platform: &P,
    loaded: Loaded,
) -> Result<(), AppError> {
    let RunnerJobPayload::Storyboard(payload) = &loaded.job.payload else {
        return Err(AppError::bug("not a storyboard job"));
    };
    let object_key = loaded.job.object_key(Output::StoryboardFile)?;
    let object = platform.objects().get(object_key, None).await?;
    let object = object.ok_or_else(|| not_a_jpeg("it is missing"))?;
    let bytes = object.body.into_bytes(MAX_PICTURE_BYTES).await?;
    let (width, height) = jpeg_size(&bytes).ok_or_else(|| not_a_jpeg("it is no JPEG"))?;
    if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
        return Err(not_a_jpeg("its size is impossible"));
    }
    let statements = publishing(
        platform,
        &loaded,
        object_key,
        payload.sprites,
        (width, height),
    )?;
    match commit(platform, statements).await? {
        Commit::Done => Ok(()),
        Commit::Overtaken => match reload(platform, &loaded).await? {
            None => Ok(()),
            Some(_) => Err(AppError::Unavailable {
                cause: format!("outputs of runner job {} are gone", loaded.job.row.uuid),
            }),
        },
    }
}

fn not_a_jpeg(why: &str) -> AppError {
    AppError::rejected(
        Rejection::BadRequest,
        format!("Payload is invalid: storyboardFile cannot be used, {why}"),
    )
}

fn publishing<P: Platform>(
    platform: &P,
    loaded: &Loaded,
    object_key: &str,
    sprites: Sprites,
    (total_width, total_height): (u32, u32),
) -> Result<Vec<Statement>, AppError> {
    let now = platform.now();
    let video_id = loaded.publication.video_id;
    let filename = filename(object_key);
    let mut statements = vec![rows::complete(loaded.held()?, now)];
    if loaded.job.private.is_thumbnail {
        // Named by the size that was asked for: that is how pages look it up.
        statements.extend([
            insert_thumbnail(video_id, sprites.size.width, sprites.size.height, filename),
            own_object_if_named(object_key, filename),
        ]);
    } else {
        let storyboard = NewStoryboard {
            video_id,
            filename,
            total_width,
            total_height,
            sprite_width: sprites.size.width,
            sprite_height: sprites.size.height,
            sprite_duration_secs: sprites.duration,
        };
        statements.extend(replace_storyboard(&storyboard, now.plus_ms(REPLACED_MS)));
        statements.push(own_objects(&[object_key], now));
    }
    statements.extend(rows::settle_video(&settling(platform, video_id)));
    Ok(statements)
}

/// Width and height of a JPEG (ITU-T T.81, B.2.2: the frame header), `None` for anything else.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let (&marker, after) = rest.strip_prefix(&[0xFF])?.split_first()?;
        if marker == 0xFF {
            // Fill bytes before a marker (B.1.1.2).
            rest = &rest[1..];
            continue;
        }
        let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
        let segment = after.get(2..length)?;
        // SOF0..SOF15 without DHT (C4), JPG (C8) and DAC (CC).
        if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            let number = |at: usize| {
                Some(u32::from(u16::from_be_bytes([
                    *segment.get(at)?,
                    *segment.get(at + 1)?,
                ])))
            };
            return Some((number(3)?, number(1)?));
        }
        if matches!(marker, 0xD8..=0xDA) {
            return None;
        }
        rest = &after[length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT_PREVIEW: &[u8] = include_bytes!("../runners/default-preview.jpg");

    #[test]
    fn reads_the_size_of_a_jpeg() {
        assert_eq!(jpeg_size(DEFAULT_PREVIEW), Some((854, 480)));
    }

    #[test]
    fn refuses_everything_else_without_a_panic() {
        assert_eq!(jpeg_size(b""), None);
        assert_eq!(jpeg_size(b"\x89PNG\r\n\x1a\n"), None);
        assert_eq!(jpeg_size(b"\xFF\xD8\xFF\xD9"), None);
        assert_eq!(jpeg_size(b"\xFF\xD8\xFF\xC0\x00\x00"), None);
        for end in 0..200 {
            let _ = jpeg_size(&DEFAULT_PREVIEW[..end]);
        }
    }
}
