//! CacheFile: another server has a copy of a video's stream, and shows it to whoever plays the video.
//!
//! Only the actor of a whole server is believed, of files on its own host, so that nobody sends viewers to somebody
//! else. What the files hold is of no concern here: players check every segment by its hash.

use activitypub::AbsoluteUrl;
use activitypub::incoming::{Members, RemoteCacheFile};
use domain::UnixMillis;
use domain::time::DAY_MS;
use ports::{Database, MirrorSource, Platform, Statement};
use store::federation::remote_actor::{ActorKind, ActorRow};
use store::mirror::{self, NewMirror};

use super::{Outcome, Received, has_come, pass_on};
use crate::AppError;
use crate::federation::actors::refused;
use crate::federation::local_ids::{self, LocalId};
use crate::federation::{fetch, outgoing, videos};

/// Copies of one video that are known. PeerTube's player asks all of them in turn.
const MAX_PER_VIDEO: u32 = 16;
/// A promise for longer counts as one for so long.
const MAX_LIFETIME_MS: i64 = 365 * DAY_MS;

/// A copy as its server says that it is.
pub(super) async fn stated<P: Platform>(
    platform: &P,
    actor: &ActorRow,
    members: &Members,
) -> Result<Outcome, AppError> {
    let file =
        RemoteCacheFile::from_members(members).map_err(|error| refused(error.to_string()))?;
    if actor.kind != ActorKind::Instance || file.id.host() != actor.host {
        return Err(refused("a copy is not of the server that speaks of it"));
    }
    fetch::check_address(&platform.settings().federation, &file.base_url)
        .map_err(|error| refused(error.to_string()))?;
    if actor.is_blocked || !accepts(platform, actor).await? {
        return Ok(Outcome::default());
    }
    let Some(video) = videos::stored(platform, &file.video).await? else {
        return Ok(Outcome::default());
    };
    let now = platform.now();
    let latest = now.plus_ms(MAX_LIFETIME_MS);
    let expires_at = file.expires_unix_ms.map(|at| UnixMillis(at).min(latest));
    if !video.is_open || expires_at.is_some_and(|at| at <= now) {
        let drop = mirror::drop_by_url(actor.id, file.id.as_str());
        return Ok(Outcome::of(vec![drop]));
    }
    let keep = mirror::keep(
        NewMirror {
            video_id: video.id,
            actor_id: actor.id,
            url: file.id.as_str(),
            base_url: file.base_url.as_str(),
            expires_at,
            now,
        },
        MAX_PER_VIDEO,
    );
    let mut statements = vec![keep];
    statements.extend(has_come(Some(file.id.as_str())));
    Ok(Outcome::of(statements))
}

async fn accepts<P: Platform>(platform: &P, actor: &ActorRow) -> Result<bool, AppError> {
    match platform.settings().federation.mirrors.accepts_from {
        MirrorSource::Nobody => Ok(false),
        MirrorSource::Anybody => Ok(true),
        MirrorSource::Followings => {
            let select = mirror::select_is_followed(actor.id);
            let results = platform.database().batch(vec![select]).await?;
            let row = results.first().and_then(|rows| rows.first());
            Ok(row.map(|row| row.boolean(0)).transpose()?.unwrap_or(false))
        }
    }
}

/// Others who know a video of ours hear of its copies as we do.
pub(super) fn pass_on<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    file: &Members,
) -> Option<Statement> {
    let text = |name: &str| file.get(name)?.as_str();
    let origin = &platform.settings().public_origin;
    let Some(LocalId::Video(uuid)) = local_ids::parse(origin, text("object")?) else {
        return None;
    };
    let json = pass_on::text(received)?;
    let actor_id = received.actor.id;
    Some(mirror::pass_on(&uuid, actor_id, text("id")?, &json))
}

/// What takes back a copy, by its own id.
pub(super) fn undone<P: Platform>(
    platform: &P,
    actor: &ActorRow,
    id: &AbsoluteUrl,
) -> [Statement; 2] {
    let until = platform.now().plus_ms(outgoing::TRIED_FOR_MS);
    [
        mirror::remember_undone(actor.id, id.as_str(), until),
        mirror::drop_by_url(actor.id, id.as_str()),
    ]
}
