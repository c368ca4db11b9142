//! Users, their tokens, and the instance row.

use domain::UnixMillis;
use domain::quota::Quota;
use domain::user::Role;
use ports::{DatabaseError, Row, Statement};

/// The OAuth client that every PeerTube app asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthClient {
    /// 32 characters.
    pub id: String,
    /// 32 characters. Not a secret in practice: anybody may ask for it.
    pub secret: String,
}

/// Selects the instance's OAuth client.
#[must_use]
pub fn select_oauth_client() -> Statement {
    Statement::new(
        "SELECT oauth_client_id, oauth_client_secret FROM instance WHERE id = 1",
        vec![],
    )
}

/// Reads [`select_oauth_client`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn oauth_client(row: &Row) -> Result<OauthClient, DatabaseError> {
    Ok(OauthClient {
        id: row.text(0)?,
        secret: row.text(1)?,
    })
}

/// A first user with account and default channel.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Also the account's name.
    pub username: String,
    /// Unique.
    pub email: String,
    /// PHC string.
    pub password_hash: String,
    /// What they may do.
    pub role: Role,
    /// Total quota, -1 for none.
    pub quota_bytes: i64,
    /// Daily quota, -1 for none.
    pub quota_daily_bytes: i64,
    /// Handle of the default channel.
    pub channel_name: String,
    /// Its title.
    pub channel_display_name: String,
    /// When.
    pub now: UnixMillis,
}

/// Inserts the instance row; demands that there was none.
#[must_use]
pub fn insert_instance(client: &OauthClient, now: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO instance (id, oauth_client_id, oauth_client_secret, created_at_unix_ms)
         VALUES (1, ?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING 1",
        vec![
            client.id.as_str().into(),
            client.secret.as_str().into(),
            now.into(),
        ],
    )
    .demanding(1)
}

/// Inserts a user, their account and their default channel.
#[must_use]
pub fn insert_user(user: &NewUser) -> Vec<Statement> {
    vec![
        Statement::new(
            "INSERT INTO user (username, email, password_hash, role, quota_bytes, quota_daily_bytes,
                               created_at_unix_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            vec![
                user.username.as_str().into(),
                user.email.as_str().into(),
                user.password_hash.as_str().into(),
                user.role.number().into(),
                user.quota_bytes.into(),
                user.quota_daily_bytes.into(),
                user.now.into(),
            ],
        ),
        Statement::new(
            "INSERT INTO account (user_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
             SELECT id, username, username, ?2, ?2 FROM user WHERE username = ?1",
            vec![user.username.as_str().into(), user.now.into()],
        ),
        Statement::new(
            "INSERT INTO channel (account_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
             SELECT id, ?2, ?3, ?4, ?4 FROM account WHERE name = ?1",
            vec![
                user.username.as_str().into(),
                user.channel_name.as_str().into(),
                user.channel_display_name.as_str().into(),
                user.now.into(),
            ],
        ),
    ]
}

/// What signing in needs of a user.
#[derive(Debug, Clone)]
pub struct LoginUser {
    /// Row id.
    pub id: i64,
    /// PHC string.
    pub password_hash: String,
    /// May not sign in.
    pub blocked: bool,
}

/// Selects a user by name or e-mail, both without regard to ASCII case.
#[must_use]
pub fn select_login_user(username_or_email: &str) -> Statement {
    Statement::new(
        "SELECT id, password_hash, blocked FROM user
         WHERE username = lower(?1) OR email = ?1 COLLATE NOCASE LIMIT 1",
        vec![username_or_email.into()],
    )
}

/// Reads [`select_login_user`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn login_user(row: &Row) -> Result<LoginUser, DatabaseError> {
    Ok(LoginUser {
        id: row.integer(0)?,
        password_hash: row.text(1)?,
        blocked: row.boolean(2)?,
    })
}

/// Counts one attempt of an address in a window and returns the count.
#[must_use]
pub fn count_login_attempt(address_sha256: &str, window: i64) -> Vec<Statement> {
    vec![
        Statement::new(
            "INSERT INTO login_attempt (address_sha256, window, attempts) VALUES (?1, ?2, 1)
             ON CONFLICT DO UPDATE SET attempts = attempts + 1 RETURNING attempts",
            vec![address_sha256.into(), window.into()],
        ),
        Statement::new(
            "DELETE FROM login_attempt WHERE window < ?1",
            vec![window.into()],
        ),
    ]
}

/// A token pair as stored.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whose.
    pub user_id: i64,
    /// Hex.
    pub access_token_sha256: String,
    /// Until when the access token works.
    pub access_expires_at: UnixMillis,
    /// Hex.
    pub refresh_token_sha256: String,
    /// Until when the refresh token works.
    pub refresh_expires_at: UnixMillis,
    /// When.
    pub now: UnixMillis,
}

/// Stores a pair and drops the user's expired and oldest ones beyond `keep`.
#[must_use]
pub fn insert_token(token: &NewToken, keep: u32) -> Vec<Statement> {
    vec![
        Statement::new(
            "INSERT INTO oauth_token (user_id, access_token_sha256, access_expires_at_unix_ms,
                refresh_token_sha256, refresh_expires_at_unix_ms, created_at_unix_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            vec![
                token.user_id.into(),
                token.access_token_sha256.as_str().into(),
                token.access_expires_at.into(),
                token.refresh_token_sha256.as_str().into(),
                token.refresh_expires_at.into(),
                token.now.into(),
            ],
        ),
        Statement::new(
            "DELETE FROM oauth_token WHERE user_id = ?1 AND (refresh_expires_at_unix_ms <= ?2 OR id NOT IN
                (SELECT id FROM oauth_token WHERE user_id = ?1 ORDER BY id DESC LIMIT ?3))",
            vec![token.user_id.into(), token.now.into(), keep.into()],
        ),
    ]
}

/// Remembers that the user signed in.
#[must_use]
pub fn touch_login(user_id: i64, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE user SET last_login_at_unix_ms = ?2 WHERE id = ?1",
        vec![user_id.into(), now.into()],
    )
}

/// The user of a live refresh token.
#[must_use]
pub fn select_refresh(refresh_token_sha256: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "SELECT user_id FROM oauth_token JOIN user ON user.id = user_id
         WHERE refresh_token_sha256 = ?1 AND refresh_expires_at_unix_ms > ?2 AND blocked = 0",
        vec![refresh_token_sha256.into(), now.into()],
    )
}

/// Removes the pair of a refresh token; demands that it was there.
#[must_use]
pub fn delete_refresh(refresh_token_sha256: &str) -> Statement {
    Statement::new(
        "DELETE FROM oauth_token WHERE refresh_token_sha256 = ?1 RETURNING 1",
        vec![refresh_token_sha256.into()],
    )
    .demanding(1)
}

/// Removes the pair of an access token.
#[must_use]
pub fn delete_access(access_token_sha256: &str) -> Statement {
    Statement::new(
        "DELETE FROM oauth_token WHERE access_token_sha256 = ?1",
        vec![access_token_sha256.into()],
    )
}

/// The user behind an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUser {
    /// Row id.
    pub user_id: i64,
    /// Their account's row id.
    pub account_id: i64,
    /// Their name.
    pub username: String,
    /// What they may do.
    pub role: Role,
    /// Total quota.
    pub quota: Quota,
    /// Daily quota.
    pub daily_quota: Quota,
}

/// Selects the user of a live access token.
#[must_use]
pub fn select_token_user(access_token_sha256: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "SELECT user.id, account.id, username, role, quota_bytes, quota_daily_bytes
         FROM oauth_token JOIN user ON user.id = oauth_token.user_id
         JOIN account ON account.user_id = user.id
         WHERE access_token_sha256 = ?1 AND access_expires_at_unix_ms > ?2 AND blocked = 0",
        vec![access_token_sha256.into(), now.into()],
    )
}

/// Reads [`select_token_user`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn token_user(row: &Row) -> Result<TokenUser, DatabaseError> {
    let role = row.integer(3)?;
    Ok(TokenUser {
        user_id: row.integer(0)?,
        account_id: row.integer(1)?,
        username: row.text(2)?,
        role: Role::from_number(role).ok_or_else(|| DatabaseError::Bug {
            cause: format!("role {role}"),
        })?,
        quota: Quota::from_number(row.integer(4)?),
        daily_quota: Quota::from_number(row.integer(5)?),
    })
}
