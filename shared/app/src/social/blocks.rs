//! Accounts and servers that a user, or the instance for everybody, does not want to hear of.

use ports::{Database, DatabaseError, Platform, Rows};
use rest::IsoDate;
use serde_json::{Map, Value, json};
use store::social::AuthorRow;
use store::social::block::{self, Part};
use store::video::list;

use super::{demand_moderator, names, shape};
use crate::accounts::SignedIn;
use crate::videos::urls;
use crate::{AppError, Rejection};

/// Names of one question about blocks, at most.
const STATUS_NAMES_MAX: usize = 100;

/// Who blocks.
#[derive(Debug, Clone, Copy)]
pub enum Blocker<'a> {
    /// The user, for themselves.
    User(&'a SignedIn),
    /// The instance, for everybody, by one of its moderators.
    Instance(&'a SignedIn),
}

impl<'a> Blocker<'a> {
    const fn user(self) -> &'a SignedIn {
        match self {
            Self::User(user) | Self::Instance(user) => user,
        }
    }

    /// Their account, `None` for the instance.
    fn id(self) -> Result<Option<i64>, AppError> {
        match self {
            Self::User(user) => Ok(Some(user.account_id)),
            Self::Instance(user) => {
                demand_moderator(user)?;
                Ok(None)
            }
        }
    }
}

/// Blocks an account by its handle.
///
/// # Errors
/// 403; 404 for an unknown account; 409 for the user's own.
pub async fn block_account<P: Platform>(
    platform: &P,
    blocker: Blocker<'_>,
    handle: &str,
) -> Result<(), AppError> {
    let id = blocker.id()?;
    let name = names::stored_name(&platform.settings().public_origin, handle);
    if name == blocker.user().username {
        return Err(AppError::rejected(
            Rejection::Conflict,
            "You cannot block yourself.",
        ));
    }
    let batch = block::block_account(id, &name, platform.now()).into();
    match platform.database().batch(batch).await {
        Err(DatabaseError::DemandNotMet { .. }) => Err(AppError::not_found("Account not found")),
        other => Ok(other.map(|_| ())?),
    }
}

/// Takes that back.
///
/// # Errors
/// 403; 404 when the account is not blocked.
pub async fn unblock_account<P: Platform>(
    platform: &P,
    blocker: Blocker<'_>,
    handle: &str,
) -> Result<(), AppError> {
    let name = names::stored_name(&platform.settings().public_origin, handle);
    let batch = vec![block::unblock_account(blocker.id()?, &name)];
    match platform.database().batch(batch).await {
        Err(DatabaseError::DemandNotMet { .. }) => {
            Err(AppError::not_found("Account block entry not found."))
        }
        other => Ok(other.map(|_| ())?),
    }
}

/// Blocks a server.
///
/// # Errors
/// 403; 400 for what is no host; 409 for this one.
pub async fn block_host<P: Platform>(
    platform: &P,
    blocker: Blocker<'_>,
    host: &str,
) -> Result<(), AppError> {
    let id = blocker.id()?;
    let host = names::host(host)?;
    if host == urls::host(&platform.settings().public_origin) {
        return Err(AppError::rejected(
            Rejection::Conflict,
            "You cannot block your own server.",
        ));
    }
    let batch = vec![block::block_host(id, &host, platform.now())];
    platform.database().batch(batch).await?;
    Ok(())
}

/// Takes that back.
///
/// # Errors
/// 403; 400 for what is no host; 404 when the server is not blocked.
pub async fn unblock_host<P: Platform>(
    platform: &P,
    blocker: Blocker<'_>,
    host: &str,
) -> Result<(), AppError> {
    let batch = vec![block::unblock_host(blocker.id()?, &names::host(host)?)];
    match platform.database().batch(batch).await {
        Err(DatabaseError::DemandNotMet { .. }) => {
            Err(AppError::not_found("Server block entry not found."))
        }
        other => Ok(other.map(|_| ())?),
    }
}

fn by<P: Platform>(platform: &P, row: Option<AuthorRow>) -> Result<Value, AppError> {
    let settings = platform.settings();
    let account = match row {
        Some(row) => shape::author(&settings.public_origin, row),
        None => shape::instance(&settings.public_origin, &settings.instance_name),
    };
    serde_json::to_value(account).map_err(AppError::bug)
}

fn listed(results: &[Rows], data: Vec<Value>) -> Result<Value, AppError> {
    let total = list::read_count(results.get(1).unwrap_or(&Vec::new()))?;
    Ok(json!({ "total": total, "data": data }))
}

/// `GET …/blocklist/accounts`: last blocked first.
///
/// # Errors
/// 403.
pub async fn blocked_accounts<P: Platform>(
    platform: &P,
    blocker: Blocker<'_>,
    part: Part<'_>,
) -> Result<Value, AppError> {
    let batch = block::select_accounts(blocker.id()?, part).into();
    let results = platform.database().batch(batch).await?;
    let rows = block::read_accounts(results.first().unwrap_or(&Vec::new()))?;
    let origin = &platform.settings().public_origin;
    let data: Result<Vec<Value>, AppError> = rows
        .into_iter()
        .map(|row| {
            Ok(json!({
                "byAccount": by(platform, row.blocker)?,
                "blockedAccount": shape::author(origin, row.blocked),
                "createdAt": IsoDate(row.created_at_unix_ms),
            }))
        })
        .collect();
    listed(&results, data?)
}

/// `GET …/blocklist/servers`: last blocked first.
///
/// # Errors
/// 403.
pub async fn blocked_hosts<P: Platform>(
    platform: &P,
    blocker: Blocker<'_>,
    part: Part<'_>,
) -> Result<Value, AppError> {
    let batch = block::select_hosts(blocker.id()?, part).into();
    let results = platform.database().batch(batch).await?;
    let rows = block::read_hosts(results.first().unwrap_or(&Vec::new()))?;
    let data: Result<Vec<Value>, AppError> = rows
        .into_iter()
        .map(|row| {
            Ok(json!({
                "byAccount": by(platform, row.blocker)?,
                "blockedServer": { "host": row.host },
                "createdAt": IsoDate(row.created_at_unix_ms),
            }))
        })
        .collect();
    listed(&results, data?)
}

/// `GET /blocklist/status`: which of these the instance and the user block.
///
/// # Errors
/// 400 for too many names.
pub async fn block_status<P: Platform>(
    platform: &P,
    user: Option<&SignedIn>,
    (accounts, hosts): (&[String], &[String]),
) -> Result<Value, AppError> {
    if accounts.len() + hosts.len() > STATUS_NAMES_MAX {
        return Err(AppError::rejected(
            Rejection::BadRequest,
            format!("At most {STATUS_NAMES_MAX} names may be asked for at once"),
        ));
    }
    let origin = &platform.settings().public_origin;
    let stored: Vec<String> = accounts
        .iter()
        .map(|handle| names::stored_name(origin, handle))
        .collect();
    let lower: Vec<String> = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
    let reader_id = user.map(|user| user.account_id);
    let batch = block::select_status(&stored, &lower, reader_id).into();
    let results = platform.database().batch(batch).await?;
    let handles = stored.iter().map(|name| {
        let (alone, host) = names::split(origin, name);
        (name, format!("{alone}@{host}"))
    });
    Ok(json!({
        "accounts": status(results.first(), handles)?,
        "hosts": status(results.get(1), lower.iter().map(|host| (host, host.clone())))?,
    }))
}

fn status<'a>(
    rows: Option<&Rows>,
    names: impl Iterator<Item = (&'a String, String)>,
) -> Result<Map<String, Value>, AppError> {
    let mut blocked = Vec::new();
    for row in rows.unwrap_or(&Vec::new()) {
        blocked.push((row.text(0)?, row.boolean(1)?));
    }
    let mut answer = Map::new();
    for (name, shown) in names {
        let is = |by_user| {
            blocked
                .iter()
                .any(|(one, by)| one == name && *by == by_user)
        };
        let status = json!({ "blockedByServer": is(false), "blockedByUser": is(true) });
        answer.insert(shown, status);
    }
    Ok(answer)
}
