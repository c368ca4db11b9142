//! Accounts, channels and the instance.

use activitypub::object::{self, Addressing, Context, Ids, Tombstone};
use ports::{Database, Platform, Settings};
use store::federation::actor::LocalActor;
use store::federation::documents::{self as rows, ActorRow};

use super::{Document, Found, followers_of, found, raw};
use crate::AppError;
use crate::federation::keys;

/// The document of an account, a channel or the instance. One of another server, by its handle, leads
/// there; one of ours that was deleted leaves a tombstone, once others have known it.
///
/// # Errors
/// When the database or the host's crypto fails.
pub async fn actor<P: Platform>(
    platform: &P,
    which: LocalActor<'_>,
) -> Result<Option<Found>, AppError> {
    let settings = platform.settings();
    let url = keys::local_url(&settings.public_origin, which);
    let batch = vec![rows::select_actor(which, &url), rows::select_deleted(&url)];
    let results = platform.database().batch(batch).await?;
    let [live, deleted] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let Some(row) = rows::read_actor(live)? else {
        return Ok(match rows::read_deleted(deleted)? {
            Some(at) => Some(Found::Gone(Box::new(tombstone(which, &url, at)?))),
            None => None,
        });
    };
    if !row.is_local {
        return Ok(row.url.map(Found::Elsewhere));
    }
    let public_key_pem = match &row.public_key_pem {
        Some(pem) => pem.clone(),
        None => match keys::local_actor(platform, which).await? {
            Some(made) => made.public_key_pem,
            None => return Ok(None),
        },
    };
    let body = body(settings, which, &url, &row, &public_key_pem)?;
    Ok(found(Document {
        context: Context::Actor,
        body,
        addressing: Addressing::public(&[&followers_of(&url)]),
        actor_url: url.clone(),
        channel_url: None,
        id: url,
    }))
}

/// How the player of a channel's videos looks; nobody can choose that. A channel of another server leads to
/// that channel.
///
/// # Errors
/// When the database fails.
pub async fn channel_player_settings<P: Platform>(
    platform: &P,
    name: &str,
) -> Result<Option<Found>, AppError> {
    let which = LocalActor::Channel(name);
    let url = keys::local_url(&platform.settings().public_origin, which);
    let batch = vec![rows::select_actor(which, &url)];
    let results = platform.database().batch(batch).await?;
    let row = results.first().map(rows::read_actor).transpose()?.flatten();
    let Some(row) = row else {
        return Ok(None);
    };
    if !row.is_local {
        return Ok(row.url.map(Found::Elsewhere));
    }
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let object = ids.channel(&row.name);
    let id = ids.player_settings(&object);
    let body = raw(&object::PlayerSettings {
        id: &id,
        object: &object,
        of: object::PlayerOf::Channel,
    })?;
    Ok(found(Document {
        id,
        context: Context::PlayerSettings,
        body,
        addressing: Addressing::default(),
        actor_url: object,
        channel_url: None,
    }))
}

fn body(
    settings: &Settings,
    which: LocalActor<'_>,
    url: &str,
    row: &ActorRow,
    public_key_pem: &str,
) -> Result<Box<serde_json::value::RawValue>, AppError> {
    let origin = &settings.public_origin;
    let ids = Ids { origin };
    let owner_id = row.owner_name.as_deref().map(|owner| ids.account(owner));
    let (kind, name, summary, page_url) = match which {
        LocalActor::Instance => (
            object::ActorKind::Instance,
            settings.instance_name.as_str(),
            Some(settings.short_description.as_str()),
            format!("{origin}/"),
        ),
        LocalActor::Account(_) => (
            object::ActorKind::Account,
            row.display_name.as_str(),
            row.description.as_deref(),
            format!("{origin}/a/{}", row.name),
        ),
        LocalActor::Channel(_) => (
            object::ActorKind::Channel {
                owner_id: owner_id
                    .as_deref()
                    .ok_or_else(|| AppError::bug("a channel without its account"))?,
                support: row.support.as_deref(),
            },
            row.display_name.as_str(),
            row.description.as_deref(),
            format!("{origin}/c/{}", row.name),
        ),
    };
    raw(&object::Actor {
        kind,
        id: url,
        preferred_username: &row.name,
        name,
        page_url: &page_url,
        shared_inbox: &ids.shared_inbox(),
        summary: summary.filter(|text| !text.is_empty()),
        public_key_pem,
        published_unix_ms: row.created_at_unix_ms,
        avatars: &[],
        banners: &[],
    })
}

fn tombstone(which: LocalActor<'_>, url: &str, at_unix_ms: i64) -> Result<Document, AppError> {
    let body = raw(&Tombstone {
        id: url,
        published_unix_ms: at_unix_ms,
        updated_unix_ms: at_unix_ms,
        deleted_unix_ms: at_unix_ms,
        former_type: match which {
            LocalActor::Channel(_) => "Group",
            LocalActor::Account(_) | LocalActor::Instance => "Person",
        },
    })?;
    Ok(Document {
        id: url.to_owned(),
        context: Context::Plain,
        body,
        addressing: Addressing::public(&[&followers_of(url)]),
        actor_url: url.to_owned(),
        channel_url: None,
    })
}
