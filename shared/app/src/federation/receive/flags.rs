//! Flag: another server reports something of ours, or that it has seen here.

use activitypub::AbsoluteUrl;
use activitypub::incoming::{Members, text_of_html};
use ports::Platform;
use serde_json::Value;
use store::social::abuse::{self, NewAbuse, Target};

use super::{Outcome, Received, comments};
use crate::AppError;
use crate::federation::{actors, videos};
use crate::social::REASONS;

/// Things of one report that are noted; Mastodon sends an account and the posts.
const MAX_OBJECTS: usize = 20;
/// PeerTube's bound.
const MAX_REASON_CHARS: usize = 3_000;

pub(super) async fn flagged<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    objects: &[AbsoluteUrl],
    content: &str,
) -> Result<Outcome, AppError> {
    let reason = text_of_html(content, MAX_REASON_CHARS);
    let predefined = reasons(&received.activity.raw);
    let mut statements = Vec::new();
    for (at, object) in objects.iter().take(MAX_OBJECTS).enumerate() {
        let Some(target) = target(platform, received, object).await? else {
            continue;
        };
        // One Flag may be about several things, and each is a report.
        let url = received.id().map(|id| match at {
            0 => id.to_owned(),
            at => format!("{id}#{at}"),
        });
        statements.push(abuse::insert(&NewAbuse {
            remote_url: url.as_deref(),
            reporter_id: received.actor.account_id,
            reporter_url: Some(&received.actor.url),
            target,
            reason: &reason,
            predefined_reasons: &predefined,
            now: platform.now(),
        }));
    }
    Ok(Outcome::of(statements))
}

async fn target<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    object: &AbsoluteUrl,
) -> Result<Option<Target>, AppError> {
    if let Some(video) = videos::stored(platform, object).await? {
        let secs = |name: &str| {
            let value = received.activity.raw.get(name)?.as_u64()?;
            u32::try_from(value).ok()
        };
        let target = Target::Video(video.id, secs("startAt"), secs("endAt"));
        return Ok(video.is_open.then_some(target));
    }
    if let Some(comment) = comments::known_comment(platform, object).await? {
        return Ok(Some(Target::Comment(comment.id)));
    }
    // One of ours may have been known to nobody as an actor yet.
    let actor = if actors::is_ours(platform, object) {
        actors::by_url(platform, object).await?
    } else {
        actors::stored(platform, object.as_str()).await?
    };
    Ok(actor
        .and_then(|actor| actor.account_id)
        .map(Target::Account))
}

/// Numbers of the reasons that stand in `tag`, as a JSON array.
fn reasons(raw: &Members) -> String {
    let tags = match raw.get("tag") {
        Some(Value::Array(tags)) => tags.as_slice(),
        _ => &[],
    };
    let number = |tag: &Value| {
        let name = tag.get("name")?.as_str()?.trim_start_matches('#');
        let at = REASONS.iter().position(|known| *known == name)?;
        Some((at + 1).to_string())
    };
    let mut numbers: Vec<String> = tags.iter().take(REASONS.len()).filter_map(number).collect();
    numbers.dedup();
    format!("[{}]", numbers.join(","))
}
