//! A video that comes as one multipart form.
//!
//! Its fields come in any order and its size is known only at its end, so the file goes into storage
//! part by part before anybody knows its title. Up to one part it waits in memory; beyond that it is
//! an upload in progress like a resumable one, whose id nobody is told: if the request dies, cron
//! collects it.

use domain::limits::{PART_BYTES, UPLOAD_MAX_BYTES, UPLOADS_PER_USER};
use ports::{Block, Database, DatabaseError, Platform};
use rest::form::MAX_FORM_BYTES;
use rest::multipart::MAX_COLLECTED_BYTES;
use rest::upload::{VideoCreate, part};
use store::upload::{self as rows, Allowance, NewUpload, UploadRow};

use super::INTENT_MS;
use super::allowance::{admits, allowance, too_large};
use super::blocks::{Blocks, Pending, index, len_of};
use super::details::{Details, StoredPicture};
use super::discard::discard;
use super::finish::{Small, finish_large, publish_small};
use super::open::too_many_open;
use super::parts::{PartWriter, Stopped};
use super::picture::Picture;
use super::publish::NewVideoIds;
use crate::accounts::SignedIn;
use crate::random::hex_token;
use crate::{AppError, Rejection};

/// What a form may have beside the video: pictures, fields, headers of a few parts.
const FORM_OVERHEAD_BYTES: usize = MAX_COLLECTED_BYTES + MAX_FORM_BYTES + 64 * 1024;

/// The video of one form, as it comes in.
///
/// The caller reads a block, pushes what of it belongs to the file, and flushes while it reads the
/// next. After any error it calls [`FormUpload::discard`].
pub struct FormUpload<'a, P: Platform> {
    platform: &'a P,
    user_id: i64,
    allowance: Allowance,
    /// As the client calls it; `None` before the file begins.
    raw_filename: Option<String>,
    received_bytes: u64,
    pending: Pending,
    whole: Option<Blocks>,
    writer: Option<(String, PartWriter<'a, P>)>,
}

impl<'a, P: Platform> FormUpload<'a, P> {
    /// Begins; `content_length` is that of the whole form. One batch.
    ///
    /// # Errors
    /// 413 `max_file_size_reached` or `quota_reached` when the form is certainly too large.
    pub async fn begin(
        platform: &'a P,
        user: &SignedIn,
        content_length: Option<u64>,
    ) -> Result<Self, AppError> {
        let results = platform
            .database()
            .batch(vec![rows::select_allowance(user.user_id, platform.now())])
            .await?;
        let upload = Self {
            platform,
            user_id: user.user_id,
            allowance: allowance(&results, 0)?,
            raw_filename: None,
            received_bytes: 0,
            pending: Pending::default(),
            whole: None,
            writer: None,
        };
        let overhead = u64::try_from(FORM_OVERHEAD_BYTES).map_err(AppError::bug)?;
        upload.check_size(content_length.unwrap_or(0).saturating_sub(overhead))?;
        Ok(upload)
    }

    fn check_size(&self, bytes: u64) -> Result<(), AppError> {
        if bytes > UPLOAD_MAX_BYTES {
            return Err(too_large());
        }
        admits(self.allowance, bytes)
    }

    /// The file begins.
    ///
    /// # Errors
    /// 400 when there was one already.
    pub fn start_file(&mut self, raw_filename: &str) -> Result<(), AppError> {
        if self.raw_filename.is_some() {
            return Err(AppError::invalid_field(
                part::VIDEO_FILE,
                "Only one video at a time",
            ));
        }
        self.raw_filename = Some(raw_filename.to_owned());
        Ok(())
    }

    /// How many bytes to read next: what completes a part, so that most parts are one block.
    #[must_use]
    pub fn wanted_bytes(&self) -> usize {
        index(self.pending.missing_bytes())
    }

    /// Takes the next bytes of the file, at most one part at once.
    ///
    /// # Errors
    /// 413 when the file outgrows the instance's bound or the user's quota.
    pub fn push(&mut self, block: Box<dyn Block>) -> Result<(), AppError> {
        self.received_bytes += len_of(block.as_ref());
        self.check_size(self.received_bytes)?;
        if let Some(blocks) = self.pending.push(block) {
            if self.whole.is_some() {
                return Err(AppError::bug("a part was not flushed"));
            }
            self.whole = Some(blocks);
        }
        Ok(())
    }

    /// Stores a whole part, if there is one: one object write and one batch, the first two more.
    ///
    /// # Errors
    /// 415 when the file is no video, 429 for too many open uploads.
    pub async fn flush(&mut self) -> Result<(), AppError> {
        match self.whole.take() {
            Some(blocks) => self.store(blocks).await,
            None => Ok(()),
        }
    }

    async fn store(&mut self, blocks: Blocks) -> Result<(), AppError> {
        let writer = match &mut self.writer {
            Some((_, writer)) => writer,
            none => &mut none.insert(insert(self.platform, self.user_id).await?).1,
        };
        writer.store_part(blocks).await.map_err(refusal)
    }

    /// All of the form is here: makes the video.
    ///
    /// # Errors
    /// 400 without a file or for wrong details, 403, 413, 415 and 422 as resumable uploads.
    pub async fn finish(
        &mut self,
        create: VideoCreate,
        thumbnail: Option<Picture>,
        preview: Option<Picture>,
    ) -> Result<NewVideoIds, AppError> {
        let Some(raw_filename) = self.raw_filename.take() else {
            return Err(AppError::invalid_field(
                part::VIDEO_FILE,
                "Should have a file",
            ));
        };
        if self.received_bytes == 0 {
            return Err(AppError::rejected(
                Rejection::Unprocessable,
                "The file is empty",
            ));
        }
        let mut details = Details::new(self.platform, create, &raw_filename)?;
        let pictures = Picture::select(thumbnail, preview);
        details.pictures = pictures
            .iter()
            .map(|picture| picture.named(self.platform))
            .collect();
        let made = if self.writer.is_none() && self.received_bytes <= PART_BYTES {
            let blocks = self.whole.take().unwrap_or_else(|| self.pending.take());
            let small = Small {
                user_id: self.user_id,
                details: &details,
                blocks,
                pictures,
                upload: None,
                also: Vec::new(),
            };
            publish_small(self.platform, small).await
        } else {
            self.finish_parts(&details, pictures).await
        };
        made.map_err(refusal)
    }

    async fn finish_parts(
        &mut self,
        details: &Details,
        pictures: Vec<Picture>,
    ) -> Result<NewVideoIds, Stopped> {
        self.flush().await?;
        if self.pending.len_bytes() > 0 {
            let last = self.pending.take();
            self.store(last).await?;
        }
        let Some((upload_id, _)) = &self.writer else {
            return Err(Stopped::Failed(AppError::bug("parts without an upload")));
        };
        let database = self.platform.database();
        let keys: Vec<String> = details
            .pictures
            .iter()
            .map(StoredPicture::object_key)
            .collect();
        if !keys.is_empty() {
            let until = self.platform.now().plus_ms(INTENT_MS);
            let intents = keys
                .iter()
                .map(|object_key| rows::intend(object_key, until))
                .collect();
            database.batch(intents).await.map_err(AppError::from)?;
        }
        for (picture, place) in pictures.into_iter().zip(&details.pictures) {
            picture.store(self.platform, place).await?;
        }
        let now = self.platform.now();
        let total_bytes = i64::try_from(self.received_bytes).map_err(AppError::bug)?;
        let mut batch = vec![rows::set_form(
            upload_id,
            total_bytes,
            &details.to_json()?,
            now,
        )];
        batch.extend(keys.iter().map(|object_key| rows::own(object_key, now)));
        database.batch(batch).await.map_err(AppError::from)?;
        finish_large(self.platform, upload_id).await
    }

    /// Removes what is stored of a form that led to nothing.
    pub async fn discard(self) {
        if let Some((upload_id, _)) = self.writer {
            discard(self.platform, &upload_id).await;
        }
    }
}

async fn insert<P: Platform>(
    platform: &P,
    user_id: i64,
) -> Result<(String, PartWriter<'_, P>), AppError> {
    let new = NewUpload {
        id: hex_token::<16, P>(platform),
        user_id,
        fingerprint: None,
        // Not known yet; nobody may write more than this anyway.
        total_bytes: i64::try_from(UPLOAD_MAX_BYTES).map_err(AppError::bug)?,
        metadata: String::new(),
        now: platform.now(),
    };
    match platform
        .database()
        .batch(vec![rows::insert_upload(&new, UPLOADS_PER_USER)])
        .await
    {
        Ok(_) => {}
        Err(DatabaseError::DemandNotMet { .. }) => return Err(too_many_open()),
        Err(error) => return Err(error.into()),
    }
    let row = UploadRow {
        id: new.id.clone(),
        user_id,
        total_bytes: UPLOAD_MAX_BYTES,
        received_bytes: 0,
        multipart: None,
        next_part_number: 1,
        tail_object_key: None,
        metadata: new.metadata,
        is_dropped: false,
        video_uuid: None,
        video_id: None,
    };
    Ok((new.id, PartWriter::new(platform, &row, 1)))
}

fn refusal(stopped: Stopped) -> AppError {
    match stopped {
        Stopped::Refused(error) | Stopped::Failed(error) => error,
        Stopped::Overtaken => AppError::Unavailable {
            cause: "the upload was given up while its form came in".to_owned(),
        },
    }
}
