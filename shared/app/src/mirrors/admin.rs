//! What administrators say and see.

use ports::{Database, DatabaseError, MirrorStrategy, Platform};
use rest::ids::VideoRef;
use store::mirror::{self as rows, Target};

use super::{abort, begin, give_up};
use crate::federation::outgoing;
use crate::federation::remote_document::RemoteDocument;
use crate::{AppError, Rejection};

/// `GET /server/redundancy/videos`: the answer as JSON.
///
/// # Errors
/// When the database fails.
pub async fn list<P: Platform>(
    platform: &P,
    target: Target,
    page: (u32, u32),
    is_descending: bool,
) -> Result<String, AppError> {
    let origin = &platform.settings().public_origin;
    let batch = vec![
        rows::count(target),
        rows::select_page(target, origin, page, is_descending),
    ];
    let results = platform.database().batch(batch).await?;
    let [total, items] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let total = total.first().map(|row| row.integer(0)).transpose()?;
    let items: Vec<String> = items
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<_, _>>()?;
    let (total, items) = (total.unwrap_or_default(), items.join(","));
    Ok(format!("{{\"total\":{total},\"data\":[{items}]}}"))
}

/// `POST /server/redundancy/videos`.
///
/// # Errors
/// PeerTube's: 404, 400 for a video of ours or one that is closed or has no stream, 409 when it is copied already;
/// and 413 when there is no room for it.
pub async fn add<P: Platform>(platform: &P, video: &VideoRef) -> Result<(), AppError> {
    let select = rows::select_original(crate::videos::video_key(video));
    let results = platform.database().batch(vec![select]).await?;
    let row = results.first().and_then(|rows| rows.first());
    let row = row.map(rows::read_original).transpose()?;
    let row = row.ok_or_else(|| AppError::not_found("Video not found"))?;
    let bad = |detail: &str| AppError::rejected(Rejection::BadRequest, detail);
    let Some(document) = row.document else {
        return Err(bad("Cannot create a redundancy on a local video"));
    };
    let copied = || {
        let detail = "This video is already duplicated by your instance.";
        AppError::rejected(Rejection::Conflict, detail)
    };
    if row.is_copied {
        return Err(copied());
    }
    let stream = RemoteDocument::parse(&document)?.streaming;
    let Some(stream) = stream.filter(|_| row.is_open) else {
        return Err(bad(
            "Cannot create a redundancy of a video without an open stream",
        ));
    };
    let video = (row.video_id, row.uuid.as_str());
    match begin(platform, video, &stream, MirrorStrategy::Manual).await {
        Ok(begun) => begun,
        Err(DatabaseError::DemandNotMet { .. }) => {
            let detail = "There is no room for another copy, see MIRROR_MAX_BYTES.";
            Err(AppError::rejected(Rejection::PayloadTooLarge, detail))
        }
        Err(error) => Err(error.into()),
    }
}

/// `DELETE /server/redundancy/videos/{id}`: of one of ours its origin is told; another's is forgotten here.
///
/// # Errors
/// 404.
pub async fn remove<P: Platform>(platform: &P, id: i64) -> Result<(), AppError> {
    match give_up(platform, id, None).await? {
        true => Ok(()),
        false => Err(AppError::not_found("Video redundancy not found")),
    }
}

/// `PUT /server/redundancy/{host}`: whether that server's videos are copied. If not, what was is removed.
///
/// # Errors
/// 404 for a server that is not known here.
pub async fn allow_host<P: Platform>(
    platform: &P,
    host: &str,
    is_allowed: bool,
) -> Result<(), AppError> {
    let mut batch = vec![rows::allow_host(host, is_allowed)];
    if !is_allowed {
        batch.push(rows::select_unfinished_of_host(host));
        batch.push(rows::remove_of_host(host));
    }
    let results = match platform.database().batch(batch).await {
        Err(DatabaseError::DemandNotMet { .. }) => {
            return Err(AppError::not_found(format!("Server {host} not found.")));
        }
        results => results?,
    };
    if is_allowed {
        return super::upkeep::choose(platform).await;
    }
    abort(platform, results.get(1)).await?;
    outgoing::wake(platform).await;
    Ok(())
}
