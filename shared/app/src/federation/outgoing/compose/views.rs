//! Who watches: of others' videos their origin hears it, of ours everybody how many.

use activitypub::object::{Activity, Addressing, Context, Ids, Verb, Viewers, WatchAction, encode};
use domain::time::MINUTE_MS;
use ports::Platform;
use serde_json::Value;
use store::federation::outgoing::view;

use super::super::letter::Letter;
use super::{letter, one_row, public_video, row_id};
use crate::AppError;
use crate::federation::documents;
use crate::videos::viewing::Section;

/// For how long the number of viewers holds: it is told again before.
const VIEWERS_HOLD_MS: i64 = 6 * MINUTE_MS;

/// By the instance, as at PeerTube: nobody is named.
fn by_instance(
    ids: &Ids<'_>,
    id: &str,
    video_url: &str,
    viewers: Option<Viewers>,
    to: &Addressing,
) -> Result<Letter, AppError> {
    let instance_url = ids.instance();
    let mut activity = Activity::new(Verb::View, id, &instance_url, video_url).addressed(to);
    if let Some(viewers) = viewers {
        activity = activity.with_viewers(viewers);
    }
    let json = encode(Context::View, &activity);
    Ok(Letter {
        activity: String::from_utf8(json).map_err(AppError::bug)?,
        id: id.to_owned(),
        signer_url: instance_url.clone(),
        is_fleeting: viewers.is_some(),
        ..Letter::default()
    })
}

/// A view that counts, and that one more watches until then.
pub(super) async fn view<P: Platform>(
    platform: &P,
    subject: &str,
    details: &Value,
) -> Result<Vec<Letter>, AppError> {
    let pair = subject.split_once(':');
    let (video_id, nonce) = pair.ok_or_else(|| AppError::bug("a view has a number"))?;
    let Some(row) = one_row(platform, view::select_origin(row_id(video_id)?)).await? else {
        return Ok(Vec::new());
    };
    let origin = view::read_origin(&row)?;
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let to = Addressing::only(&[&origin.owner_url]);
    let instance_url = ids.instance();
    let id = ids.view(&instance_url, video_id, nonce);
    let mut letters = vec![by_instance(&ids, &id, &origin.video_url, None, &to)?];
    let until = details["until"].as_i64().unwrap_or_default();
    if until > platform.now().0 {
        let viewers = Viewers {
            count: 1,
            expires_unix_ms: until,
        };
        let id = ids.view(&instance_url, video_id, &format!("{nonce}-viewer"));
        letters.push(by_instance(
            &ids,
            &id,
            &origin.video_url,
            Some(viewers),
            &to,
        )?);
    }
    for letter in &mut letters {
        letter.others = vec![origin.owner_inbox.clone()];
    }
    Ok(letters)
}

/// What somebody here has watched of another server's video, for its statistics.
pub(super) async fn watched<P: Platform>(
    platform: &P,
    subject: &str,
    details: &Value,
) -> Result<Vec<Letter>, AppError> {
    let pair = subject.split_once(':');
    let (video_id, uuid) = pair.ok_or_else(|| AppError::bug("a viewing has a name"))?;
    let Some(row) = one_row(platform, view::select_origin(row_id(video_id)?)).await? else {
        return Ok(Vec::new());
    };
    let origin = view::read_origin(&row)?;
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let sections: Vec<Section> =
        serde_json::from_value(details["sections"].clone()).map_err(AppError::bug)?;
    let to = Addressing::only(&[&origin.owner_url]);
    let (instance_url, viewing_url) = (ids.instance(), ids.viewing(uuid));
    let action = WatchAction {
        id: &viewing_url,
        uuid,
        addressing: &to,
        object: &origin.video_url,
        started_unix_ms: details["from"].as_i64().unwrap_or_default(),
        ended_unix_ms: details["until"].as_i64().unwrap_or_default(),
        sections: &sections,
    };
    let create = documents::create(&documents::viewing(&instance_url, &action)?)?;
    Ok(vec![letter(&create, Vec::new(), vec![origin.owner_inbox])])
}

/// How many watch a video of ours now; when nobody does, what was said before runs out.
pub(super) async fn viewers<P: Platform>(
    platform: &P,
    uuid: &str,
) -> Result<Vec<Letter>, AppError> {
    let Some((video, followed)) = public_video(platform, uuid).await? else {
        return Ok(Vec::new());
    };
    let Some(row) = one_row(platform, view::select_viewers(uuid)).await? else {
        return Ok(Vec::new());
    };
    let (video_id, count) = (row.integer(0)?, row.small(1)?);
    if count == 0 || followed.is_empty() {
        return Ok(Vec::new());
    }
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let viewers = Viewers {
        count,
        expires_unix_ms: platform.now().plus_ms(VIEWERS_HOLD_MS).0,
    };
    let id = ids.view(&ids.instance(), video_id, uuid);
    let letter = by_instance(&ids, &id, &video.id, Some(viewers), &video.addressing)?;
    Ok(vec![Letter {
        followers_of: followed,
        ..letter
    }])
}
