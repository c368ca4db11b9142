//! Registration tokens, and runners that come and go.

use ports::{Database, DatabaseError, Platform};
use rest::ResultList;
use rest::runner::{RegisterResult, RegistrationToken, Runner};
use store::runner::{self as rows, NewRunner, Page};

use super::answers::unknown_runner_token;
use super::first_number;
use super::secrets::sha256_hex;
use crate::random::hex_token;
use crate::{AppError, Rejection};

/// A runner that wants to work here. Lengths are checked by the caller.
#[derive(Clone, Copy)]
pub struct Registration<'a> {
    /// An admin's, or the configured one.
    pub registration_token: &'a str,
    /// Unique, 1–100 characters.
    pub name: &'a str,
    /// At most 1,000 characters.
    pub description: Option<&'a str>,
    /// Of the runner program.
    pub version: Option<&'a str>,
}

/// Registers a runner and gives it its token, which is told this once.
///
/// # Errors
/// 404 for an unknown registration token, 400 for a name that is taken.
pub async fn register<P: Platform>(
    platform: &P,
    registration: Registration<'_>,
) -> Result<RegisterResult, AppError> {
    let runner_token = format!("ptrt-{}", hex_token::<32, P>(platform));
    let hash = sha256_hex(&runner_token);
    let new = NewRunner {
        name: registration.name,
        description: registration.description,
        version: registration.version,
        runner_token_sha256: &hash,
        now: platform.now(),
    };
    let token = registration.registration_token;
    // Compared by digest: how long it takes says nothing about the configured token.
    let is_configured = platform
        .settings()
        .runner_registration_token
        .as_ref()
        .is_some_and(|configured| sha256_hex(&configured.0) == sha256_hex(token));
    let (is_known, inserted) = if is_configured {
        let results = platform
            .database()
            .batch(vec![rows::insert_runner(&new)])
            .await?;
        (true, results.into_iter().next())
    } else {
        let statements = vec![
            rows::select_registration_token(token),
            rows::insert_runner_by_token(&new, token),
        ];
        let mut results = platform.database().batch(statements).await?.into_iter();
        let is_known = results.next().is_some_and(|rows| !rows.is_empty());
        (is_known, results.next())
    };
    if !is_known {
        return Err(AppError::not_found("Registration token is invalid"));
    }
    match inserted.as_ref().and_then(|rows| rows.first()) {
        Some(row) => Ok(RegisterResult {
            id: row.integer(0)?,
            runner_token,
        }),
        None => Err(AppError::rejected(
            Rejection::BadRequest,
            "This runner name already exists on this instance",
        )),
    }
}

/// Forgets the runner that asks; its jobs go back to pending when they stall.
///
/// # Errors
/// 404 `unknown_runner_token`.
pub async fn unregister<P: Platform>(platform: &P, runner_token: &str) -> Result<(), AppError> {
    let statement = rows::delete_runner_by_token(&sha256_hex(runner_token));
    let results = platform.database().batch(vec![statement]).await?;
    if results.first().is_none_or(Vec::is_empty) {
        return Err(unknown_runner_token());
    }
    Ok(())
}

/// Forgets a runner for an admin and puts its jobs back to pending.
///
/// # Errors
/// 404 when there is no such runner.
pub async fn delete_runner<P: Platform>(platform: &P, id: i64) -> Result<(), AppError> {
    let statements = vec![
        rows::give_back_jobs_of_runner(id, platform.now()),
        rows::delete_runner(id).demanding(1),
    ];
    match platform.database().batch(statements).await {
        Ok(_) => Ok(()),
        Err(DatabaseError::DemandNotMet { .. }) => Err(AppError::not_found("Runner not found")),
        Err(error) => Err(error.into()),
    }
}

/// A page of runners.
///
/// # Errors
/// When the database fails.
pub async fn list_runners<P: Platform>(
    platform: &P,
    page: Page,
) -> Result<ResultList<Runner>, AppError> {
    let statements = vec![rows::count_runners(), rows::select_runners(page)];
    let results = platform.database().batch(statements).await?;
    let total = first_number(&results)?;
    let data = results.get(1).into_iter().flatten().map(|row| {
        let runner = rows::runner(row)?;
        Ok(Runner {
            id: runner.id,
            name: runner.name,
            description: runner.description,
            ip: String::new(),
            last_contact: runner.last_contact.into(),
            version: runner.version,
            created_at: runner.created_at.into(),
            updated_at: runner.updated_at.into(),
        })
    });
    Ok(ResultList::new(
        total,
        data.collect::<Result<_, AppError>>()?,
    ))
}

/// Makes a registration token; admins read it in the list.
///
/// # Errors
/// When the database fails.
pub async fn generate_registration_token<P: Platform>(platform: &P) -> Result<(), AppError> {
    let token = format!("ptrrt-{}", hex_token::<32, P>(platform));
    let statement = rows::insert_registration_token(&token, platform.now());
    platform.database().batch(vec![statement]).await?;
    Ok(())
}

/// Deletes a registration token, and by the schema the runners that used it.
///
/// # Errors
/// 404 when there is no such token.
pub async fn delete_registration_token<P: Platform>(platform: &P, id: i64) -> Result<(), AppError> {
    let statement = rows::delete_registration_token(id);
    let results = platform.database().batch(vec![statement]).await?;
    if results.first().is_none_or(Vec::is_empty) {
        return Err(AppError::not_found("Registration token not found"));
    }
    Ok(())
}

/// A page of registration tokens.
///
/// # Errors
/// When the database fails.
pub async fn list_registration_tokens<P: Platform>(
    platform: &P,
    page: Page,
) -> Result<ResultList<RegistrationToken>, AppError> {
    let statements = vec![
        rows::count_registration_tokens(),
        rows::select_registration_tokens(page),
    ];
    let results = platform.database().batch(statements).await?;
    let total = first_number(&results)?;
    let data = results.get(1).into_iter().flatten().map(|row| {
        let token = rows::registration_token(row)?;
        Ok(RegistrationToken {
            id: token.id,
            registration_token: token.token,
            created_at: token.created_at.into(),
            updated_at: token.updated_at.into(),
            registered_runners_count: token.runners,
        })
    });
    Ok(ResultList::new(
        total,
        data.collect::<Result<_, AppError>>()?,
    ))
}
