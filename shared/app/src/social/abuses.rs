//! Reports about videos, comments and accounts.

use ports::{Database, DatabaseError, Platform};
use rest::IsoDate;
use rest::ids::{self, VideoRef};
use serde_json::{Value, json};
use store::social::abuse::{self, AbuseRow, Filter, NewAbuse, Target};
use store::social::action::{self, Action};
use store::video::list;

use super::{comments, demand_moderator, shape, too_often};
use crate::accounts::SignedIn;
use crate::federation::outgoing;
use crate::videos::{Viewer, urls};
use crate::{AppError, Rejection};

/// PeerTube's names of reasons; the first has number 1.
pub(crate) const REASONS: [&str; 8] = [
    "violentOrRepulsive",
    "hatefulOrAbusive",
    "spamOrMisleading",
    "privacy",
    "rights",
    "serverRules",
    "thumbnails",
    "captions",
];
/// PeerTube's labels of states; the first has number 1.
const STATES: [&str; 3] = ["Pending", "Rejected", "Accepted"];

/// What somebody reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reported {
    /// An account by its row id.
    Account(i64),
    /// A video, and from where to where in seconds.
    Video(VideoRef, Option<u32>, Option<u32>),
    /// A comment by its row id.
    Comment(i64),
}

/// A report as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    /// What.
    pub reported: Reported,
    /// Why, 2..=3000 characters.
    pub reason: String,
    /// PeerTube's names of reasons; unknown ones are refused.
    pub predefined: Vec<String>,
}

fn reason_number(name: &str) -> Option<u8> {
    let index = REASONS.iter().position(|known| *known == name)?;
    u8::try_from(index + 1).ok()
}

/// `POST /abuses`. Answers the report's row id.
///
/// # Errors
/// 400 for an unknown reason; 404 when what is reported is not there; 403 for the user's own video; 429.
pub async fn report<P: Platform>(
    platform: &P,
    user: &SignedIn,
    new: &NewReport,
) -> Result<i64, AppError> {
    let numbers: Option<Vec<u8>> = new
        .predefined
        .iter()
        .map(|name| reason_number(name))
        .collect();
    let Some(numbers) = numbers else {
        return Err(AppError::invalid_field(
            "predefinedReasons",
            "has an item that is not a known value",
        ));
    };
    let target = match &new.reported {
        Reported::Account(id) => Target::Account(*id),
        Reported::Comment(id) => Target::Comment(*id),
        Reported::Video(video, from, to) => {
            let viewer = Viewer::of(Some(user));
            let seen = comments::seen(platform, video, viewer, Vec::new()).await?;
            if seen.subject.owner_account_id == user.account_id {
                return Err(AppError::rejected(
                    Rejection::Forbidden,
                    "You cannot report a video you own.",
                ));
            }
            Target::Video(seen.subject.video_id, *from, *to)
        }
    };
    let predefined_reasons = serde_json::to_string(&numbers).map_err(AppError::bug)?;
    let now = platform.now();
    let mut batch = Vec::from(action::count(user.account_id, Action::Report, now));
    batch.push(abuse::insert(&NewAbuse {
        remote_url: None,
        reporter_id: Some(user.account_id),
        reporter_url: None,
        target,
        reason: &new.reason,
        predefined_reasons: &predefined_reasons,
        now,
    }));
    let results = match platform.database().batch(batch).await {
        Err(DatabaseError::DemandNotMet { .. }) => return Err(too_often(platform, Action::Report)),
        other => other?,
    };
    let Some(row) = results.last().and_then(|rows| rows.first()) else {
        return Err(AppError::not_found("What is reported was not found"));
    };
    outgoing::wake(platform).await;
    Ok(row.integer(0)?)
}

/// Which reports; `None` does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AbuseQuery {
    /// Items to leave out, and items at most.
    pub part: (u32, u32),
    /// The one with that row id.
    pub id: Option<i64>,
    /// PeerTube's number.
    pub state: Option<u8>,
    /// `account`, `video` or `comment`.
    pub kind: Option<String>,
    /// PeerTube's name.
    pub predefined_reason: Option<String>,
    /// In the reason.
    pub search: Option<String>,
    /// The user's own reports alone; else all, for moderators.
    pub own_alone: bool,
}

/// `GET /abuses` and `GET /users/me/abuses`: last made first.
///
/// # Errors
/// 403.
pub async fn abuses<P: Platform>(
    platform: &P,
    user: &SignedIn,
    query: &AbuseQuery,
) -> Result<Value, AppError> {
    if !query.own_alone {
        demand_moderator(user)?;
    }
    let search = query.search.as_ref().map(|words| words.to_lowercase());
    let filter = Filter {
        reporter_id: query.own_alone.then_some(user.account_id),
        id: query.id,
        state: query.state,
        kind: query.kind.as_deref(),
        predefined_reason: query.predefined_reason.as_deref().and_then(reason_number),
        search: search.as_deref(),
    };
    let batch = abuse::select(&filter, query.part).into();
    let results = platform.database().batch(batch).await?;
    let rows = abuse::read(results.first().unwrap_or(&Vec::new()))?;
    let total = list::read_count(results.get(1).unwrap_or(&Vec::new()))?;
    let data: Vec<Value> = rows
        .into_iter()
        .map(|row| shaped(platform, row, !query.own_alone))
        .collect();
    Ok(json!({ "total": total, "data": data }))
}

fn shaped<P: Platform>(platform: &P, row: AbuseRow, for_moderator: bool) -> Value {
    let origin = &platform.settings().public_origin;
    let reasons: Vec<&str> = row
        .predefined_reasons
        .iter()
        .filter_map(|number| REASONS.get(usize::from(number.wrapping_sub(1))))
        .copied()
        .collect();
    let label = STATES.get(usize::from(row.state.wrapping_sub(1)));
    let mut video = video(origin, &row);
    let mut shaped = json!({
        "id": row.id,
        "reason": row.reason,
        "predefinedReasons": reasons,
        "flaggedAccount": row.flagged.map(|row| shape::author(origin, row)),
        "state": { "id": row.state, "label": label },
        "countMessages": 0,
        "createdAt": IsoDate(row.created_at_unix_ms),
        "updatedAt": IsoDate(row.updated_at_unix_ms),
        "comment": row.comment.map(|comment| json!({
            "id": comment.id,
            "threadId": comment.thread_id,
            "text": comment.text,
            "deleted": comment.is_deleted != 0,
            "video": {
                "id": comment.video_id,
                "name": comment.video_name,
                "uuid": comment.video_uuid,
                "shortUUID": ids::short_uuid(&comment.video_uuid),
            },
        })),
    });
    if for_moderator {
        if let Some(video) = video.as_object_mut() {
            video.insert("countReports".to_owned(), row.video_count.into());
            video.insert("nthReport".to_owned(), row.video_count.into());
        }
        shaped["moderationComment"] = row.moderation_comment.into();
        shaped["reporterAccount"] = json!(row.reporter.map(|row| shape::author(origin, row)));
        shaped["countReportsForReporter"] = row.reporter_count.into();
        shaped["countReportsForReportee"] = row.flagged_count.into();
    }
    shaped["video"] = video;
    shaped
}

fn video(origin: &str, row: &AbuseRow) -> Value {
    let Some(uuid) = &row.video_uuid else {
        return Value::Null;
    };
    let now = row.video.as_ref();
    json!({
        "id": now.map(|video| video.id),
        "uuid": uuid,
        "shortUUID": ids::short_uuid(uuid),
        "name": row.video_name,
        "nsfw": now.is_some_and(|video| video.nsfw != 0),
        "startAt": row.start_at_secs,
        "endAt": row.end_at_secs,
        "deleted": now.is_none(),
        "blacklisted": false,
        "thumbnailPath": now
            .and_then(|video| video.picture.as_deref())
            .map(urls::picture_path),
        "channel": now.map(|video| shape::channel(origin, video.channel.clone())),
    })
}

/// `PUT /abuses/{id}`, for moderators: a new state and a note, each where given.
///
/// # Errors
/// 403; 404.
pub async fn update_abuse<P: Platform>(
    platform: &P,
    user: &SignedIn,
    id: i64,
    (state, note): (Option<u8>, Option<&str>),
) -> Result<(), AppError> {
    demand_moderator(user)?;
    let batch = vec![abuse::update(id, state, note, platform.now())];
    demanded(platform.database().batch(batch).await)
}

/// `DELETE /abuses/{id}`, for moderators.
///
/// # Errors
/// 403; 404.
pub async fn delete_abuse<P: Platform>(
    platform: &P,
    user: &SignedIn,
    id: i64,
) -> Result<(), AppError> {
    demand_moderator(user)?;
    demanded(platform.database().batch(vec![abuse::delete(id)]).await)
}

fn demanded<T>(result: Result<T, DatabaseError>) -> Result<(), AppError> {
    match result {
        Ok(_) => Ok(()),
        Err(DatabaseError::DemandNotMet { .. }) => Err(AppError::not_found("Abuse not found")),
        Err(error) => Err(error.into()),
    }
}
