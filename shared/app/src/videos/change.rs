//! What owners and moderators do to a video.

use domain::time::MINUTE_MS;
use ports::{Database, DatabaseError, Platform, Statement};
use rest::ids::VideoRef;
use rest::upload::VideoUpdate;
use serde_json::{Map, Value as Json};
use store::video::change as rows;
use store::video::details::{self, AccessRow};

use super::access::{self, Guarded, Identity};
use super::one::key;
use crate::accounts::SignedIn;
use crate::federation::outgoing;
use crate::media_access::password_hmac;
use crate::{AppError, Rejection};

/// How long the objects of a deleted video stay, for viewers in the middle of a segment.
pub const DELETE_GRACE_MS: i64 = 10 * MINUTE_MS;

/// The video, if this user may change it.
pub(super) async fn managed<P: Platform>(
    platform: &P,
    video: &VideoRef,
    user: &SignedIn,
) -> Result<AccessRow, AppError> {
    let results = platform
        .database()
        .batch(vec![details::select_access(key(video))])
        .await?;
    let row = details::read_access(results.first().map_or(&Vec::new(), |rows| rows))?
        .ok_or_else(access::no_video)?;
    let guarded = Guarded {
        privacy: None,
        owner_account_id: row.account_id,
        password_hmacs: &[],
        is_remote: row.is_remote,
    };
    if access::manages(guarded, Identity::from(user)) {
        Ok(row)
    } else if row.is_remote {
        Err(access::not_ours())
    } else {
        Err(access::not_manager())
    }
}

/// Runs a batch that demands the right to change the video first, so that losing it in between (the
/// video deleted, given to somebody else) changes nothing.
async fn change<P: Platform>(
    platform: &P,
    video: &AccessRow,
    user: &SignedIn,
    statements: Vec<Statement>,
) -> Result<(), AppError> {
    let manages_all = user.role.manages_all_videos();
    let mut batch = vec![rows::demand_manager(video.id, user.account_id, manages_all)];
    batch.extend(statements);
    match platform.database().batch(batch).await {
        Ok(_) => {
            outgoing::wake(platform).await;
            Ok(())
        }
        Err(DatabaseError::DemandNotMet { statement: 0, .. }) => Err(access::no_video()),
        // The only other demand before the change itself: the new channel.
        Err(DatabaseError::DemandNotMet { statement: 1, .. }) => Err(AppError::rejected(
            Rejection::BadRequest,
            "Unknown video channel for this account",
        )),
        Err(error) => Err(error.into()),
    }
}

/// `PUT /videos/{id}`: writes the attributes that were named, in one transaction. Files keep their names
/// and object keys, whatever changes.
///
/// # Errors
/// 404; 403 for somebody else's video; 400 for a channel that is not the owner's.
pub async fn update<P: Platform>(
    platform: &P,
    video: &VideoRef,
    user: &SignedIn,
    update: &VideoUpdate,
) -> Result<(), AppError> {
    let row = managed(platform, video, user).await?;
    let mut statements = Vec::new();
    if let Some(channel_id) = update.channel_id {
        statements.push(rows::demand_channel_of_owner(row.id, channel_id));
    }
    let changes = Json::Object(named_columns(update)).to_string();
    statements.push(rows::update(row.id, &changes, platform.now()));
    if let Some(tags) = &update.tags {
        statements.extend(rows::replace_tags(
            row.id,
            &Json::from(tags.clone()).to_string(),
        ));
    }
    if let Some(passwords) = &update.video_passwords {
        let hmacs = passwords
            .iter()
            .map(|password| password_hmac(platform.settings(), &row.uuid, password))
            .collect::<Result<Vec<_>, _>>()?;
        statements.extend(rows::replace_passwords(
            row.id,
            &Json::from(hmacs).to_string(),
        ));
    }
    change(platform, &row, user, statements).await
}

/// The columns of `video` that an update names. What is not named is left out; what is cleared is null.
fn named_columns(update: &VideoUpdate) -> Map<String, Json> {
    let text = |change: &Option<Option<String>>| change.clone().map(Json::from);
    let schedule = update.schedule_update.as_ref();
    [
        ("channel_id", update.channel_id.map(Json::from)),
        ("name", update.name.clone().map(Json::from)),
        (
            "privacy",
            update.privacy.map(|privacy| privacy.number().into()),
        ),
        ("category", update.category.map(Json::from)),
        ("licence", update.licence.map(Json::from)),
        ("language", text(&update.language)),
        ("description", text(&update.description)),
        ("support", text(&update.support)),
        ("comments_policy", update.comments_policy.map(Json::from)),
        ("download_enabled", update.download_enabled.map(number)),
        ("nsfw", update.nsfw.map(number)),
        ("nsfw_flags", update.nsfw_flags.map(Json::from)),
        ("nsfw_summary", text(&update.nsfw_summary)),
        ("wait_transcoding", update.wait_transcoding.map(number)),
        (
            "originally_published_at_unix_ms",
            update
                .originally_published_at
                .map(|date| date.map(|date| date.0).into()),
        ),
        (
            "scheduled_privacy",
            schedule.map(|plan| plan.map(|plan| plan.privacy.number()).into()),
        ),
        (
            "scheduled_at_unix_ms",
            schedule.map(|plan| plan.map(|plan| plan.update_at.0).into()),
        ),
    ]
    .into_iter()
    .filter_map(|(column, value)| value.map(|value| (column.to_owned(), value)))
    .collect()
}

/// SQLite keeps booleans as 0 and 1.
fn number(flag: bool) -> Json {
    u8::from(flag).into()
}

/// `DELETE /videos/{id}`: in one transaction the rows go and every object becomes unowned, to be deleted
/// by cron after [`DELETE_GRACE_MS`].
///
/// # Errors
/// 404; 403 for somebody else's video.
pub async fn delete<P: Platform>(
    platform: &P,
    video: &VideoRef,
    user: &SignedIn,
) -> Result<(), AppError> {
    let row = managed(platform, video, user).await?;
    let delete_after = platform.now().plus_ms(DELETE_GRACE_MS);
    change(platform, &row, user, rows::delete(row.id, delete_after)).await
}

/// Makes the planned changes of privacy whose time has come; for cron.
///
/// # Errors
/// When the database fails; the next run makes up for it.
pub async fn apply_schedule<P: Platform>(platform: &P) -> Result<(), AppError> {
    platform
        .database()
        .batch(vec![rows::apply_schedule(platform.now())])
        .await?;
    Ok(())
}
