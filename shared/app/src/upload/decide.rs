//! What a call on a resumable upload means, by the state the upload is in.

use store::upload::UploadRow;

use super::publish::NewVideoIds;
use super::receive::Chunk;
use crate::{AppError, Rejection};

/// What comes of a call that does not write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// The client should go on behind these bytes.
    Incomplete {
        /// From the start of the file.
        received_bytes: u64,
    },
    /// All bytes are here; the video is not made yet.
    Complete,
    /// The video is made.
    Published(NewVideoIds),
}

/// Where an upload stands for the user who asks.
///
/// # Errors
/// 404 for one that is not there, is given up, or whose video is deleted; 403 for another's.
pub(super) fn standing(row: Option<&UploadRow>, user_id: i64) -> Result<Standing, AppError> {
    let Some(row) = row.filter(|row| !row.is_dropped) else {
        return Err(unknown());
    };
    if row.user_id != user_id {
        return Err(AppError::rejected(
            Rejection::Forbidden,
            "This is somebody else's upload",
        ));
    }
    match (&row.video_uuid, row.video_id) {
        (Some(uuid), Some(id)) => Ok(Standing::Published(NewVideoIds {
            id,
            uuid: uuid.clone(),
        })),
        (Some(_), None) => Err(unknown()),
        (None, _) if row.received_bytes == row.total_bytes => Ok(Standing::Complete),
        (None, _) => Ok(Standing::Incomplete {
            received_bytes: row.received_bytes,
        }),
    }
}

/// Where an upload stands for a chunk that could not be claimed: it brings nothing new, leaves a gap,
/// or does not belong to this file at all.
///
/// A chunk behind a gap is no error, as in PeerTube: the answer says where to go on.
///
/// # Errors
/// As [`standing`]; 409 when the chunk lies outside the file, or the upload was tried too often.
pub(super) fn standing_for(
    row: Option<&UploadRow>,
    user_id: i64,
    chunk: Chunk,
) -> Result<Standing, AppError> {
    let standing = standing(row, user_id)?;
    let Some(row) = row else {
        return Err(unknown());
    };
    if chunk
        .total_bytes
        .is_some_and(|total| total != row.total_bytes)
    {
        return Err(conflict("The upload was announced with another size"));
    }
    if chunk.end > row.total_bytes {
        return Err(conflict("The chunk lies outside the announced size"));
    }
    let brings_more = (chunk.start..chunk.end).contains(&row.received_bytes);
    if matches!(standing, Standing::Incomplete { .. }) && brings_more {
        // It fits, and yet there was no part number left for it: see `claim_chunk`.
        return Err(conflict("The upload was tried too often: start it anew"));
    }
    Ok(standing)
}

fn unknown() -> AppError {
    AppError::not_found("There is no such upload: it was finished, cancelled, or idle for too long")
}

fn conflict(detail: &str) -> AppError {
    AppError::rejected(Rejection::Conflict, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(received_bytes: u64) -> UploadRow {
        UploadRow {
            id: "u".to_owned(),
            user_id: 1,
            total_bytes: 100,
            received_bytes,
            multipart: None,
            next_part_number: 1,
            tail_object_key: None,
            metadata: String::new(),
            is_dropped: false,
            video_uuid: None,
            video_id: None,
        }
    }

    fn status(result: Result<Standing, AppError>) -> Result<Standing, Rejection> {
        result.map_err(|error| match error {
            AppError::Rejected { rejection, .. } => rejection,
            other => panic!("{other:?}"),
        })
    }

    fn chunk(start: u64, end: u64) -> Chunk {
        Chunk {
            start,
            end,
            total_bytes: Some(100),
        }
    }

    #[test]
    fn chunks_that_cannot_be_written() {
        let at = |received_bytes| Ok(Standing::Incomplete { received_bytes });
        for (received, chunk, expected) in [
            (40, chunk(0, 40), at(40)),
            (40, chunk(41, 50), at(40)),
            (40, chunk(40, 101), Err(Rejection::Conflict)),
            (
                40,
                Chunk {
                    start: 40,
                    end: 50,
                    total_bytes: Some(99),
                },
                Err(Rejection::Conflict),
            ),
            (40, chunk(30, 50), Err(Rejection::Conflict)),
            (100, chunk(90, 100), Ok(Standing::Complete)),
        ] {
            let found = status(standing_for(Some(&row(received)), 1, chunk));
            assert_eq!(found, expected, "{received} {chunk:?}");
        }
    }

    #[test]
    fn uploads_that_are_not_there_or_not_mine() {
        assert_eq!(status(standing(None, 1)), Err(Rejection::NotFound));
        assert_eq!(
            status(standing(Some(&row(1)), 2)),
            Err(Rejection::Forbidden)
        );
        let dropped = UploadRow {
            is_dropped: true,
            ..row(1)
        };
        assert_eq!(
            status(standing(Some(&dropped), 1)),
            Err(Rejection::NotFound)
        );
        let deleted = UploadRow {
            video_uuid: Some("v".to_owned()),
            ..row(100)
        };
        assert_eq!(
            status(standing(Some(&deleted), 1)),
            Err(Rejection::NotFound)
        );
        let published = UploadRow {
            video_id: Some(7),
            ..deleted
        };
        assert_eq!(
            status(standing(Some(&published), 1)),
            Ok(Standing::Published(NewVideoIds {
                id: 7,
                uuid: "v".to_owned()
            }))
        );
    }
}
