//! `POST /videos/upload`: one multipart form, read once, its file passed on by range.

use app::AppError;
use app::accounts::SignedIn;
use app::upload::{FormUpload, NewVideoIds, Picture};
use futures_util::future::join;
use ports::{BlockStream, Body, Platform};
use rest::form::{FormBody, FormError};
use rest::multipart::{FormEvent, FormScanner, boundary_of};
use rest::upload::{VideoCreate, VideoUpdate, part};

use super::{broken_form, content_length, created, wrong_fields};
use crate::{Answer, RequestHead};

/// Takes the form in and makes the video.
pub(super) async fn upload<P: Platform>(
    platform: &P,
    head: &RequestHead,
    user: &SignedIn,
    body: Body,
) -> Answer {
    let content_type = head.header("content-type").unwrap_or_default();
    if !content_type
        .to_ascii_lowercase()
        .starts_with("multipart/form-data")
    {
        return Err(broken_form(FormError::UnsupportedContentType));
    }
    let boundary = boundary_of(content_type).map_err(|error| broken_form(error.into()))?;
    let scanner = FormScanner::new(&boundary, &[part::VIDEO_FILE]).map_err(broken_form)?;
    let mut form = FormUpload::begin(platform, user, content_length(head)).await?;
    match take_in(&mut form, scanner, body.into_stream().as_mut()).await {
        Ok(ids) => created(ids),
        Err(error) => {
            form.discard().await;
            Err(error)
        }
    }
}

/// Reads the form; a part of the file goes out while the next block comes in.
async fn take_in<P: Platform>(
    form: &mut FormUpload<'_, P>,
    mut scanner: FormScanner,
    body: &mut dyn BlockStream,
) -> Result<NewVideoIds, AppError> {
    while !scanner.is_complete() {
        let wanted = form.wanted_bytes();
        let (flushed, read) = join(form.flush(), body.read(wanted)).await;
        flushed?;
        let Some(block) = read? else {
            break;
        };
        let bytes = block.to_vec(0..block.len());
        let events = scanner.feed(&bytes).map_err(broken_form)?;
        for event in events {
            match event {
                FormEvent::FileStart(headers) => {
                    check_early(scanner.form())?;
                    form.start_file(&headers.filename.unwrap_or_default())?;
                }
                FormEvent::FileData(range) => form.push(block.slice(range))?,
                FormEvent::FileHeld(held) => form.push(Box::new(held))?,
                FormEvent::FileEnd => {}
            }
        }
    }
    let mut body = scanner.finish().map_err(broken_form)?;
    let create = VideoCreate::from_form(&body.form).map_err(wrong_fields)?;
    let mut picture = |field: &str| {
        let at = body.files.iter().position(|file| file.name == field);
        at.map(|at| Picture::parse(field, body.files.swap_remove(at).bytes))
            .transpose()
    };
    let thumbnail = picture(part::THUMBNAIL_FILE)?;
    let preview = picture(part::PREVIEW_FILE)?;
    form.finish(create, thumbnail, preview).await
}

/// Fields that came before the file and are wrong need no file.
fn check_early(form: &FormBody) -> Result<(), AppError> {
    VideoUpdate::from_form(form)
        .map(|_| ())
        .map_err(wrong_fields)
}
