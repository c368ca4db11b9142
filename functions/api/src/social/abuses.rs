//! Reports.

use app::social::{self, AbuseQuery, NewReport, Reported};
use ports::{Body, Platform};
use rest::form::{FieldReader, FieldRules};
use rest::ids::VideoRef;
use rest::list::{DateSort, Page};
use serde_json::json;

use super::row_id;
use crate::answer::{json, no_content, no_store};
use crate::credentials::signed_in;
use crate::videos::{query_form, refused};
use crate::{Answer, RequestHead, form};

/// Characters of a reason and of a moderator's note (PeerTube's bounds).
const REASON_CHARS: std::ops::RangeInclusive<usize> = 2..=3_000;
/// Longest video in seconds that a moment may lie in: a month.
const MOMENT_MAX_SECS: u32 = 31 * 24 * 3_600;

fn number(text: &str) -> Option<i64> {
    match VideoRef::parse(text) {
        Some(VideoRef::Id(id)) => Some(id),
        _ => None,
    }
}

fn reported(reader: &mut FieldReader<'_>) -> Option<Reported> {
    let video = reader.known("video.id", VideoRef::parse);
    let from = reader.number("video.startAt", 0..=MOMENT_MAX_SECS);
    let to = reader.number("video.endAt", 0..=MOMENT_MAX_SECS);
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        reader.refuse("video.startAt", "must be before endAt");
    }
    let comment = reader.known("comment.id", number).map(Reported::Comment);
    let account = reader.known("account.id", number).map(Reported::Account);
    video
        .map(|video| Reported::Video(video, from, to))
        .or(comment)
        .or(account)
}

/// `POST /abuses`
pub(super) async fn report<P: Platform>(platform: &P, head: &RequestHead, body: Body) -> Answer {
    let user = signed_in(platform, head).await?;
    let form = form::read_fields(head, body).await?;
    let mut reader = FieldReader::body(&form);
    let reported = reported(&mut reader);
    let reason = reader.required_text("reason", REASON_CHARS);
    let rules = FieldRules {
        items: 0..=8,
        chars: 1..=30,
    };
    let predefined = reader.list("predefinedReasons", &rules).unwrap_or_default();
    if reported.is_none() && !reader.has_refused() {
        reader.refuse(
            "video.id",
            "video id or account id or comment id is required",
        );
    }
    let (Some(reported), Some(reason), false) = (reported, reason, reader.has_refused()) else {
        return Ok(refused(reader.into_refused()));
    };
    let new = NewReport {
        reported,
        reason: reason.to_owned(),
        predefined,
    };
    let id = social::report(platform, &user, &new).await?;
    json(&json!({ "abuse": { "id": id } })).map(no_store)
}

/// `GET /users/me/abuses` (`mine`) and `GET /abuses`
pub(super) async fn list<P: Platform>(platform: &P, head: &RequestHead, mine: bool) -> Answer {
    let user = signed_in(platform, head).await?;
    let form = query_form(head)?;
    let mut reader = FieldReader::query(&form);
    let page = Page::<DateSort>::from_query(&mut reader);
    let kind =
        |kind: &str| matches!(kind, "account" | "video" | "comment").then(|| kind.to_owned());
    let query = AbuseQuery {
        part: (page.start, page.count),
        id: reader.number("id", 1..=i64::from(u32::MAX)),
        state: reader.number("state", 1..=3),
        kind: reader.known("filter", kind),
        predefined_reason: reader.text("predefinedReason", 1..=30).map(str::to_owned),
        search: reader.text("search", 1..=200).map(str::to_owned),
        own_alone: mine,
    };
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    json(&social::abuses(platform, &user, &query).await?).map(no_store)
}

/// `PUT /abuses/{id}`
pub(super) async fn update<P: Platform>(
    platform: &P,
    head: &RequestHead,
    id: &str,
    body: Body,
) -> Answer {
    let user = signed_in(platform, head).await?;
    let id = row_id("id", id)?;
    let form = form::read_fields(head, body).await?;
    let mut reader = FieldReader::body(&form);
    let state = reader.number("state", 1..=3);
    let note = reader.text("moderationComment", REASON_CHARS);
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    social::update_abuse(platform, &user, id, (state, note)).await?;
    Ok(no_content())
}

/// `DELETE /abuses/{id}`
pub(super) async fn delete<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let user = signed_in(platform, head).await?;
    social::delete_abuse(platform, &user, row_id("id", id)?).await?;
    Ok(no_content())
}
