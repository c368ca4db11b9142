//! Actors of ours: their keys.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

/// One of our actors with its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalActorRow {
    /// Row id.
    pub id: i64,
    /// ActivityPub id.
    pub url: String,
    /// `SubjectPublicKeyInfo` in PEM.
    pub public_key_pem: String,
    /// Base64 of the sealed private key.
    pub private_key_sealed: String,
}

/// Selects one of our actors by its id; no row when it has no keys yet.
#[must_use]
pub fn select_local(url: &str) -> Statement {
    Statement::new(
        "SELECT id, url, public_key_pem, private_key_sealed FROM actor
         WHERE url = ?1 AND private_key_sealed IS NOT NULL",
        vec![url.into()],
    )
}

/// Reads [`select_local`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_local(row: &Row) -> Result<LocalActorRow, DatabaseError> {
    Ok(LocalActorRow {
        id: row.integer(0)?,
        url: row.text(1)?,
        public_key_pem: row.text(2)?,
        private_key_sealed: row.text(3)?,
    })
}

/// Which of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalActor<'a> {
    /// The instance.
    Instance,
    /// The account of that name.
    Account(&'a str),
    /// The channel of that name.
    Channel(&'a str),
}

/// Keys of an actor that has none yet.
#[derive(Debug, Clone)]
pub struct NewLocalActor<'a> {
    /// Which.
    pub actor: LocalActor<'a>,
    /// ActivityPub id.
    pub url: &'a str,
    /// Of the public key.
    pub public_key_id: &'a str,
    /// `SubjectPublicKeyInfo` in PEM.
    pub public_key_pem: &'a str,
    /// Base64 of the sealed private key.
    pub private_key_sealed: &'a str,
    /// When.
    pub now: UnixMillis,
}

/// Inserts the row of one of our actors, unless another request was faster or there is no such account or
/// channel.
#[must_use]
pub fn insert_local(new: &NewLocalActor<'_>) -> Statement {
    let (sql, name) = match new.actor {
        LocalActor::Instance => (
            "INSERT INTO actor (url, kind, host, preferred_username, public_key_id, public_key_pem,
                private_key_sealed, fetched_at_unix_ms)
             VALUES (?1, 'instance', '', ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            INSTANCE_NAME,
        ),
        LocalActor::Account(name) => (
            "INSERT INTO actor (url, kind, host, preferred_username, account_id, public_key_id,
                public_key_pem, private_key_sealed, fetched_at_unix_ms)
             SELECT ?1, 'account', '', ?2, id, ?3, ?4, ?5, ?6 FROM account
             WHERE name = ?2 AND user_id IS NOT NULL ON CONFLICT DO NOTHING",
            name,
        ),
        LocalActor::Channel(name) => (
            "INSERT INTO actor (url, kind, host, preferred_username, channel_id, public_key_id,
                public_key_pem, private_key_sealed, fetched_at_unix_ms)
             SELECT ?1, 'channel', '', ?2, c.id, ?3, ?4, ?5, ?6 FROM channel c
             JOIN account a ON a.id = c.account_id
             WHERE c.name = ?2 AND a.user_id IS NOT NULL ON CONFLICT DO NOTHING",
            name,
        ),
    };
    Statement::new(
        sql,
        vec![
            new.url.into(),
            name.into(),
            new.public_key_id.into(),
            new.public_key_pem.into(),
            new.private_key_sealed.into(),
            new.now.into(),
        ],
    )
}

/// `preferredUsername` of the instance: PeerTube looks for it under this name.
pub const INSTANCE_NAME: &str = "peertube";
