//! The first start of an instance.

use domain::user::Role;
use ports::{Database, DatabaseError, Platform};
use store::account::{self, NewUser, OauthClient};

use super::password;
use crate::random::hex_token;
use crate::{AppError, Rejection};

/// Makes the instance row and the admin if there is none yet; two at once make one.
///
/// A generated password is logged once, as PeerTube does; it is stored nowhere.
///
/// # Errors
/// When the database fails, or the configured admin name is no handle.
pub async fn ensure_instance<P: Platform>(platform: &P) -> Result<OauthClient, AppError> {
    if let Some(client) = stored_client(platform).await? {
        return Ok(client);
    }
    let settings = platform.settings();
    if !domain::user::is_handle(&settings.admin_username) {
        return Err(AppError::bug(
            "ADMIN_USERNAME is no handle: a-z, 0-9, _ and . only, and not peertube",
        ));
    }
    let (admin_password, is_generated) = match &settings.admin_password {
        Some(secret) => (secret.0.clone(), false),
        None => (hex_token::<12, P>(platform), true),
    };
    let mut salt = [0u8; password::SALT_BYTES];
    platform.fill_random(&mut salt);
    let now = platform.now();
    let client = OauthClient {
        id: hex_token::<16, P>(platform),
        secret: hex_token::<16, P>(platform),
    };
    let mut batch = vec![account::insert_instance(&client, now)];
    batch.extend(account::insert_user(&NewUser {
        username: settings.admin_username.clone(),
        email: settings.admin_email.clone(),
        password_hash: password::hash(&admin_password, salt)?,
        role: Role::Administrator,
        quota_bytes: -1,
        quota_daily_bytes: -1,
        channel_name: format!("{}_channel", settings.admin_username),
        channel_display_name: format!("Main {} channel", settings.admin_username),
        now,
    }));
    match platform.database().batch(batch).await {
        Ok(_) => {
            if is_generated {
                platform.log(&format!(
                    "first start: signed-in admin is {}, password {admin_password}",
                    settings.admin_username
                ));
            }
            Ok(client)
        }
        // Another request was faster; its client is the one.
        Err(DatabaseError::DemandNotMet { .. }) => stored_client(platform)
            .await?
            .ok_or_else(|| AppError::bug("the instance row vanished")),
        Err(error) => Err(error.into()),
    }
}

async fn stored_client<P: Platform>(platform: &P) -> Result<Option<OauthClient>, AppError> {
    let results = platform
        .database()
        .batch(vec![account::select_oauth_client()])
        .await?;
    Ok(results
        .first()
        .and_then(|rows| rows.first())
        .map(account::oauth_client)
        .transpose()?)
}

/// The OAuth client for apps. PeerTube gives it only to requests for its own host.
///
/// # Errors
/// When the database fails.
pub async fn oauth_client<P: Platform>(platform: &P) -> Result<OauthClient, AppError> {
    ensure_instance(platform).await
}

/// `invalid_client`, as PeerTube words it.
pub(super) fn check_client(client: &OauthClient, id: &str, secret: &str) -> Result<(), AppError> {
    if client.id == id && client.secret == secret {
        return Ok(());
    }
    Err(AppError::coded(
        Rejection::BadRequest,
        "invalid_client",
        "Invalid client: client is invalid",
    ))
}
