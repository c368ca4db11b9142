//! Parts of a large file on their way into one multipart upload.

use domain::limits::PART_BYTES;
use mediainfo::Container;
use ports::{Block, Database, DatabaseError, ObjectStore, Platform, PortError, Statement};
use store::upload::{self as rows, UploadPart, UploadRow};

use super::INTENT_MS;
use super::blocks::{Blocks, head_of, len_of};
use super::media::{self, SNIFF_BYTES};
use crate::AppError;
use crate::random::{hex_token, uuid_v4};

/// Why writing stopped.
#[derive(Debug)]
pub(super) enum Stopped {
    /// Somebody else moved the upload on: their bytes count, ours are forgotten.
    Overtaken,
    /// The file is none that this instance takes: the upload has to go.
    Refused(AppError),
    /// Anything else; the client may try again.
    Failed(AppError),
}

impl From<PortError> for Stopped {
    fn from(error: PortError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<AppError> for Stopped {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

/// One writer of one upload. What it has stored counts only once [`rows::advance`] says so, and that
/// demands that nobody else was there in between.
pub(super) struct PartWriter<'a, P: Platform> {
    platform: &'a P,
    upload_id: String,
    /// What is safe, as this writer knows it.
    received_bytes: u64,
    multipart: Option<(String, String)>,
    /// Numbers from here on are this writer's alone.
    next_number: u32,
    tail_object_key: Option<String>,
}

impl<'a, P: Platform> PartWriter<'a, P> {
    /// A writer behind the bytes of `row` that holds the part numbers from `first_number` on.
    pub(super) fn new(platform: &'a P, row: &UploadRow, first_number: u32) -> Self {
        Self {
            platform,
            upload_id: row.id.clone(),
            received_bytes: row.received_bytes,
            multipart: row.multipart.clone(),
            next_number: first_number,
            tail_object_key: row.tail_object_key.clone(),
        }
    }

    /// What is safe in storage.
    pub(super) const fn received_bytes(&self) -> u64 {
        self.received_bytes
    }

    /// The bytes behind the last whole part that earlier chunks left.
    pub(super) async fn load_tail(&self) -> Result<Option<Box<dyn Block>>, Stopped> {
        let Some(object_key) = &self.tail_object_key else {
            return Ok(None);
        };
        let len_bytes = super::blocks::index(self.received_bytes % PART_BYTES);
        // Only whoever moves the upload on gives its tail up.
        let Some(object) = self.platform.objects().get(object_key, None).await? else {
            return Err(Stopped::Overtaken);
        };
        let tail = object.body.into_stream().read(len_bytes).await?;
        match tail.filter(|block| block.len() == len_bytes) {
            Some(block) => Ok(Some(block)),
            None => Err(Stopped::Failed(AppError::bug(
                "the tail object is too short",
            ))),
        }
    }

    /// Stores the next part: [`PART_BYTES`], or fewer for the last one.
    ///
    /// One object write and one batch; the first part two more of each.
    pub(super) async fn store_part(&mut self, blocks: Blocks) -> Result<(), Stopped> {
        let len_bytes: u64 = blocks.iter().map(|block| len_of(block.as_ref())).sum();
        if self.multipart.is_none() {
            self.start(&blocks).await?;
        }
        let Some((object_key, multipart_id)) = &self.multipart else {
            return Err(Stopped::Failed(AppError::bug("no multipart upload")));
        };
        let number = u16::try_from(self.next_number).map_err(AppError::bug)?;
        self.next_number += 1;
        let put = self
            .platform
            .objects()
            .put_part(object_key, multipart_id, number, &blocks)
            .await;
        let stored = match put {
            Ok(stored) => stored,
            Err(error) => return Err(self.why_refused(error).await),
        };
        let part = UploadPart {
            number: u32::from(stored.number),
            etag: stored.etag,
        };
        let start = self.received_bytes - self.received_bytes % PART_BYTES;
        let note_part = rows::insert_part(&self.upload_id, &part);
        self.advance(start + len_bytes, None, vec![note_part]).await
    }

    /// Storage does not know an upload any more that somebody else completed or gave up.
    async fn why_refused(&self, error: PortError) -> Stopped {
        let select = vec![rows::select_upload(&self.upload_id)];
        let row = match self.platform.database().batch(select).await {
            Ok(results) => results.into_iter().flatten().next(),
            Err(database_error) => return Stopped::Failed(database_error.into()),
        };
        let is_ours = row.map(|row| rows::upload_row(&row)).is_some_and(|row| {
            row.is_ok_and(|row| {
                row.received_bytes == self.received_bytes
                    && !row.is_dropped
                    && row.video_uuid.is_none()
            })
        });
        if is_ours {
            Stopped::Failed(error.into())
        } else {
            Stopped::Overtaken
        }
    }

    /// Looks whether the file is one, and opens its multipart upload.
    async fn start(&mut self, blocks: &[Box<dyn Block>]) -> Result<(), Stopped> {
        let container = check_head(blocks)?;
        let object_key = object_key(self.platform, container.extension());
        let multipart_id = self
            .platform
            .objects()
            .start_multipart(&object_key, container.content_type())
            .await?;
        let noted = self
            .platform
            .database()
            .batch(vec![rows::set_multipart(
                &self.upload_id,
                &object_key,
                &multipart_id,
            )])
            .await;
        match noted {
            Ok(_) => {
                self.multipart = Some((object_key, multipart_id));
                Ok(())
            }
            Err(error) => {
                // No row names it. If this fails too, or we die before it, the bucket's own rule for
                // unfinished multipart uploads removes it (R2: after 7 days by default).
                let aborted = self
                    .platform
                    .objects()
                    .abort_multipart(&object_key, &multipart_id)
                    .await;
                if let Err(abort_error) = aborted {
                    self.platform
                        .log(&format!("an unnoted multipart upload stays: {abort_error}"));
                }
                Err(overtaken_or(error))
            }
        }
    }

    /// Keeps fewer bytes than a part as an object of their own, under a fresh name, until more come.
    ///
    /// `object_key` is intended (see [`rows::intend`]). One object write, one batch.
    pub(super) async fn store_tail(
        &mut self,
        object_key: String,
        blocks: &[Box<dyn Block>],
    ) -> Result<(), Stopped> {
        let start = self.received_bytes - self.received_bytes % PART_BYTES;
        let len_bytes: u64 = blocks.iter().map(|block| len_of(block.as_ref())).sum();
        if start == 0 && head_of(blocks, SNIFF_BYTES).len() == SNIFF_BYTES {
            check_head(blocks)?;
        }
        self.platform
            .objects()
            .put_blocks(&object_key, "application/octet-stream", blocks)
            .await?;
        let own = rows::own(&object_key, self.platform.now());
        self.advance(start + len_bytes, Some(object_key), vec![own])
            .await
    }

    async fn advance(
        &mut self,
        to_bytes: u64,
        tail_object_key: Option<String>,
        more: Vec<Statement>,
    ) -> Result<(), Stopped> {
        let now = self.platform.now();
        let from = i64::try_from(self.received_bytes).map_err(AppError::bug)?;
        let to = i64::try_from(to_bytes).map_err(AppError::bug)?;
        let mut batch = vec![rows::advance(
            &self.upload_id,
            from,
            to,
            tail_object_key.as_deref(),
            now,
        )];
        batch.extend(more);
        batch.extend(
            self.tail_object_key
                .iter()
                .map(|old| rows::disown(old, now)),
        );
        self.platform
            .database()
            .batch(batch)
            .await
            .map_err(overtaken_or)?;
        self.received_bytes = to_bytes;
        self.tail_object_key = tail_object_key;
        Ok(())
    }
}

/// The first statement of every batch here demands that nobody else moved the upload.
fn overtaken_or(error: DatabaseError) -> Stopped {
    match error {
        DatabaseError::DemandNotMet { statement: 0, .. } => Stopped::Overtaken,
        other => Stopped::Failed(other.into()),
    }
}

/// Looks at the first bytes of a file.
pub(super) fn check_head(blocks: &[Box<dyn Block>]) -> Result<Container, Stopped> {
    media::sniff(&head_of(blocks, SNIFF_BYTES)).map_err(Stopped::Refused)
}

/// A fresh place for an original. Its resolution is not in the name, unlike PeerTube's: the name is
/// needed before the last byte is here, and objects cannot be renamed.
pub(super) fn object_key<P: Platform>(platform: &P, extension: &str) -> String {
    format!("web-videos/{}{}", uuid_v4(platform), extension)
}

/// A fresh place for a tail, and the time after which nobody wants it unless a row names it.
pub(super) fn tail_place<P: Platform>(
    platform: &P,
    upload_id: &str,
) -> (String, domain::UnixMillis) {
    let object_key = format!("uploads/{upload_id}/{}", hex_token::<8, P>(platform));
    (object_key, platform.now().plus_ms(INTENT_MS))
}
