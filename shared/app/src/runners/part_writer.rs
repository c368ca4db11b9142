//! Writing a stream of unknown length as one object.

use domain::limits::PART_BYTES;
use ports::{Block, ObjectInfo, ObjectStore, Platform, PortError, UploadedPart};

use super::OutputTarget;
use crate::{AppError, Rejection};

/// Gathers blocks into parts of [`PART_BYTES`]; up to one part is in memory. What fits into one part is
/// written at once, more becomes a multipart upload. A writer that is dropped unfinished leaves nothing
/// but parts, which storage forgets by itself (R2: after seven days); [`Self::abandon`] does it now.
pub struct PartWriter<'a, P: Platform> {
    platform: &'a P,
    target: OutputTarget,
    pending: Vec<Box<dyn Block>>,
    pending_bytes: u64,
    written_bytes: u64,
    multipart: Option<(String, Vec<UploadedPart>)>,
}

impl<'a, P: Platform> PartWriter<'a, P> {
    /// A writer that has written nothing yet.
    #[must_use]
    pub const fn new(platform: &'a P, target: OutputTarget) -> Self {
        Self {
            platform,
            target,
            pending: Vec::new(),
            pending_bytes: 0,
            written_bytes: 0,
            multipart: None,
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// 413 when the object would be larger than its kind may be; [`AppError::Unavailable`] when storage
    /// fails.
    pub async fn push(&mut self, block: Box<dyn Block>) -> Result<(), AppError> {
        let mut rest = block;
        while !rest.is_empty() {
            let room = PART_BYTES - self.pending_bytes;
            let length = bytes(rest.len());
            if self.written_bytes + self.pending_bytes + length > self.target.max_bytes {
                return Err(too_large(self.target.max_bytes));
            }
            if length <= room {
                self.pending_bytes += length;
                self.pending.push(rest);
                return Ok(());
            }
            // A whole part is written only when more follows: the last one must not be empty.
            let cut = usize::try_from(room).map_err(AppError::bug)?;
            if cut > 0 {
                self.pending.push(rest.slice(0..cut));
                self.pending_bytes += room;
            }
            self.write_part().await?;
            rest = rest.slice(cut..rest.len());
        }
        Ok(())
    }

    async fn write_part(&mut self) -> Result<(), PortError> {
        let objects = self.platform.objects();
        let object_key = &self.target.object_key;
        let (id, parts) = match &mut self.multipart {
            Some(multipart) => multipart,
            empty => {
                let id = objects
                    .start_multipart(object_key, self.target.content_type)
                    .await?;
                empty.insert((id, Vec::new()))
            }
        };
        let number = u16::try_from(parts.len() + 1)
            .map_err(|_| PortError::bug("object storage", "too many parts"))?;
        let part = objects
            .put_part(object_key, id, number, &self.pending)
            .await?;
        parts.push(part);
        self.written_bytes += self.pending_bytes;
        self.pending_bytes = 0;
        self.pending.clear();
        Ok(())
    }

    /// Writes what is left and makes the object.
    ///
    /// # Errors
    /// 400 for an object without bytes; [`AppError::Unavailable`] when storage fails.
    pub async fn finish(mut self) -> Result<ObjectInfo, AppError> {
        if self.pending_bytes == 0 && self.multipart.is_none() {
            return Err(AppError::rejected(
                Rejection::BadRequest,
                "The file is empty",
            ));
        }
        let objects = self.platform.objects();
        if self.multipart.is_none() {
            let target = &self.target;
            return Ok(objects
                .put_blocks(&target.object_key, target.content_type, &self.pending)
                .await?);
        }
        let written = self.write_part().await;
        let Some((id, parts)) = &self.multipart else {
            return Err(AppError::bug("a multipart upload vanished"));
        };
        let completed = match written {
            Ok(()) => {
                objects
                    .complete_multipart(&self.target.object_key, id, parts)
                    .await
            }
            Err(error) => Err(error),
        };
        match completed {
            Ok(info) => Ok(info),
            Err(error) => {
                self.abandon().await;
                Err(error.into())
            }
        }
    }

    /// Lets storage forget the parts written so far.
    pub async fn abandon(self) {
        if let Some((id, _)) = &self.multipart {
            let aborted = self
                .platform
                .objects()
                .abort_multipart(&self.target.object_key, id)
                .await;
            if let Err(error) = aborted {
                self.platform
                    .log(&format!("parts of an abandoned upload stay: {error}"));
            }
        }
    }
}

fn bytes(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// 413 for an output beyond its bound.
fn too_large(max_bytes: u64) -> AppError {
    AppError::coded(
        Rejection::PayloadTooLarge,
        "max_file_size_reached",
        format!("The file is larger than {max_bytes} bytes"),
    )
}
