//! Reports.

use activitypub::object::{Addressing, Context, Flag, Ids, encode};
use ports::Platform;
use store::federation::outgoing::report;

use super::super::letter::Letter;
use super::one_row;
use crate::AppError;
use crate::social::REASONS;

/// The moderators of the server where it is hear what one of ours reports, and from whom, as at PeerTube.
pub(super) async fn flag<P: Platform>(platform: &P, id: i64) -> Result<Vec<Letter>, AppError> {
    let Some(row) = one_row(platform, report::select(id)).await? else {
        return Ok(Vec::new());
    };
    let row = report::read(&row)?;
    let numbers: Vec<usize> =
        serde_json::from_str(&row.predefined_reasons).map_err(AppError::bug)?;
    let reasons = numbers.iter().filter_map(|number| {
        let at = number.checked_sub(1)?;
        REASONS.get(at).copied()
    });
    let reasons: Vec<&str> = reasons.collect();
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let (activity_id, reporter_url) = (ids.report(id), ids.account(&row.reporter_name));
    let addressing = Addressing::only(&[&row.flagged_url]);
    let flag = Flag::new(
        &activity_id,
        &reporter_url,
        &row.object_url,
        &row.reason,
        &addressing,
    )
    .because_of(&reasons)
    .between(row.start_at_secs, row.end_at_secs);
    let json = encode(Context::Plain, &flag);
    Ok(vec![Letter {
        activity: String::from_utf8(json).map_err(AppError::bug)?,
        id: activity_id.clone(),
        signer_url: reporter_url.clone(),
        others: vec![row.flagged_inbox],
        ..Letter::default()
    }])
}
