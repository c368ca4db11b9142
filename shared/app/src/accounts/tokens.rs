//! Access and refresh tokens (RFC 6749, password and refresh grants). Only their SHA-256 is stored.

use domain::limits::{ACCESS_TOKEN_MS, PASSWORD_MAX_BYTES, REFRESH_TOKEN_MS, TOKENS_PER_USER};
use domain::time::{MINUTE_MS, SECOND_MS};
use ports::{ClientAddress, Database, DatabaseError, Platform, Rows};
use sha2::{Digest, Sha256};
use store::account::{self, NewToken};

use super::setup::{check_client, ensure_instance};
use super::{SignedIn, password};
use crate::random::hex_token;
use crate::{AppError, Rejection};

/// Token requests one address may make in a window (PeerTube: 15 in 5 minutes).
const ATTEMPTS_PER_WINDOW: i64 = 15;
const WINDOW_MS: i64 = 5 * MINUTE_MS;

/// What somebody asks a token for.
#[derive(Clone, PartialEq, Eq)]
pub enum Grant {
    /// By name or e-mail, and password.
    Password {
        /// Name or e-mail address.
        username: String,
        /// As typed.
        password: String,
    },
    /// By an earlier refresh token, which is used up.
    Refresh {
        /// The token.
        refresh_token: String,
    },
}

/// A fresh pair.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenPair {
    /// Bearer token.
    pub access_token: String,
    /// For one more pair.
    pub refresh_token: String,
    /// Seconds that the first lives.
    pub access_expires_in_secs: u64,
    /// Seconds that the second lives.
    pub refresh_expires_in_secs: u64,
}

const fn secs(ms: i64) -> u64 {
    (ms / SECOND_MS).unsigned_abs()
}

fn sha256_hex(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

fn invalid_grant(detail: &str) -> AppError {
    AppError::coded(Rejection::BadRequest, "invalid_grant", detail)
}

/// Gives a token pair for a correct password or refresh token.
///
/// # Errors
/// `invalid_client`, `invalid_grant` (400), 403 `account_blocked`, 429 after too many attempts.
pub async fn grant<P: Platform>(
    platform: &P,
    client_id: &str,
    client_secret: &str,
    grant: Grant,
    address: Option<&ClientAddress>,
) -> Result<TokenPair, AppError> {
    count_attempt(platform, address).await?;
    let client = ensure_instance(platform).await?;
    check_client(&client, client_id, client_secret)?;
    match grant {
        Grant::Password { username, password } => {
            let user_id = user_by_password(platform, &username, &password).await?;
            issue(platform, user_id, None).await
        }
        Grant::Refresh { refresh_token } => {
            let hash = sha256_hex(&refresh_token);
            let results = platform
                .database()
                .batch(vec![account::select_refresh(&hash, platform.now())])
                .await?;
            let user_id = match first_row(&results) {
                Some(row) => row.integer(0)?,
                None => return Err(invalid_grant("Invalid grant: refresh token is invalid")),
            };
            issue(platform, user_id, Some(&hash)).await
        }
    }
}

async fn count_attempt<P: Platform>(
    platform: &P,
    address: Option<&ClientAddress>,
) -> Result<(), AppError> {
    let Some(ClientAddress(address)) = address else {
        return Ok(());
    };
    let now_ms = platform.now().0;
    let window = now_ms.div_euclid(WINDOW_MS);
    // Salted with the instance's secret: the table must not give addresses away.
    let salted = format!("{}{address}", platform.settings().instance_secret.0);
    let results = platform
        .database()
        .batch(account::count_login_attempt(&sha256_hex(&salted), window))
        .await?;
    let attempts = first_row(&results).map_or(Ok(1), |row| row.integer(0))?;
    if attempts <= ATTEMPTS_PER_WINDOW {
        return Ok(());
    }
    let retry_after_secs =
        u32::try_from((WINDOW_MS - now_ms.rem_euclid(WINDOW_MS)) / SECOND_MS + 1)
            .map_err(AppError::bug)?;
    Err(AppError::rejected(
        Rejection::TooManyRequests { retry_after_secs },
        "Too many attempts. Try again later.",
    ))
}

async fn user_by_password<P: Platform>(
    platform: &P,
    username: &str,
    typed: &str,
) -> Result<i64, AppError> {
    const WRONG: &str = "Invalid grant: user credentials are invalid";
    if typed.len() > PASSWORD_MAX_BYTES {
        return Err(AppError::coded(
            Rejection::BadRequest,
            "too_long_password",
            format!("The password is longer than {PASSWORD_MAX_BYTES} bytes"),
        ));
    }
    let results = platform
        .database()
        .batch(vec![account::select_login_user(username)])
        .await?;
    let Some(row) = first_row(&results) else {
        // As slow as a wrong password, so that timing does not tell who has an account.
        password::hash(typed, [0; password::SALT_BYTES])?;
        return Err(invalid_grant(WRONG));
    };
    let user = account::login_user(row)?;
    if !password::verify(typed, &user.password_hash)? {
        return Err(invalid_grant(WRONG));
    }
    if user.blocked {
        return Err(AppError::coded(
            Rejection::Forbidden,
            "account_blocked",
            "User is blocked.",
        ));
    }
    Ok(user.id)
}

async fn issue<P: Platform>(
    platform: &P,
    user_id: i64,
    used_refresh_sha256: Option<&str>,
) -> Result<TokenPair, AppError> {
    let now = platform.now();
    let pair = TokenPair {
        access_token: hex_token::<20, P>(platform),
        refresh_token: hex_token::<20, P>(platform),
        access_expires_in_secs: secs(ACCESS_TOKEN_MS),
        refresh_expires_in_secs: secs(REFRESH_TOKEN_MS),
    };
    let mut batch: Vec<_> = used_refresh_sha256
        .map(account::delete_refresh)
        .into_iter()
        .collect();
    batch.extend(account::insert_token(
        &NewToken {
            user_id,
            access_token_sha256: sha256_hex(&pair.access_token),
            access_expires_at: now.plus_ms(ACCESS_TOKEN_MS),
            refresh_token_sha256: sha256_hex(&pair.refresh_token),
            refresh_expires_at: now.plus_ms(REFRESH_TOKEN_MS),
            now,
        },
        TOKENS_PER_USER,
    ));
    batch.push(account::touch_login(user_id, now));
    match platform.database().batch(batch).await {
        Ok(_) => Ok(pair),
        // Somebody used the same refresh token in between.
        Err(DatabaseError::DemandNotMet { .. }) => {
            Err(invalid_grant("Invalid grant: refresh token is invalid"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Forgets the pair of an access token; a token that is not there is no error.
///
/// # Errors
/// When the database fails.
pub async fn revoke<P: Platform>(platform: &P, access_token: &str) -> Result<(), AppError> {
    platform
        .database()
        .batch(vec![account::delete_access(&sha256_hex(access_token))])
        .await?;
    Ok(())
}

/// The user of an access token.
///
/// # Errors
/// 401 `invalid_token` when it is unknown, expired, or its user blocked.
pub async fn authenticate<P: Platform>(
    platform: &P,
    access_token: &str,
) -> Result<SignedIn, AppError> {
    let results = platform
        .database()
        .batch(vec![account::select_token_user(
            &sha256_hex(access_token),
            platform.now(),
        )])
        .await?;
    match first_row(&results) {
        Some(row) => Ok(account::token_user(row)?),
        None => Err(AppError::coded(
            Rejection::Unauthorized,
            "invalid_token",
            "Token is invalid",
        )),
    }
}

fn first_row(results: &[Rows]) -> Option<&ports::Row> {
    results.first().and_then(|rows| rows.first())
}
