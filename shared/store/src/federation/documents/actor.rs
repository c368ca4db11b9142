//! Accounts, channels and the instance as actors.

use ports::{DatabaseError, Rows, Statement};

use crate::federation::actor::{INSTANCE_NAME, LocalActor};

/// An account, a channel or the instance, with what its document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorRow {
    /// Its name as registered; `name@host` for those of other servers.
    pub name: String,
    /// Name for people; empty for the instance.
    pub display_name: String,
    /// Markdown.
    pub description: Option<String>,
    /// Markdown, of channels.
    pub support: Option<String>,
    /// The account of a channel.
    pub owner_name: Option<String>,
    /// When.
    pub created_at_unix_ms: i64,
    /// Whether it is ours.
    pub is_local: bool,
    /// Its ActivityPub id, where it has a row as an actor.
    pub url: Option<String>,
    /// `SubjectPublicKeyInfo` in PEM, where it has a row as an actor.
    pub public_key_pem: Option<String>,
}

/// Selects an account, a channel (of any server) or the instance, whose id is `url`.
#[must_use]
pub fn select_actor(which: LocalActor<'_>, url: &str) -> Statement {
    match which {
        LocalActor::Instance => Statement::new(
            "SELECT ?2,'',NULL,NULL,NULL,coalesce((SELECT created_at_unix_ms FROM instance),0),1,x.url,\
             x.public_key_pem FROM (SELECT 1) LEFT JOIN actor x ON x.url=?1",
            vec![url.into(), INSTANCE_NAME.into()],
        ),
        LocalActor::Account(name) => Statement::new(
            "SELECT a.name,a.display_name,a.description,NULL,NULL,a.created_at_unix_ms,\
             a.user_id IS NOT NULL,x.url,x.public_key_pem \
             FROM account a LEFT JOIN actor x ON x.account_id=a.id WHERE a.name=?1",
            vec![name.into()],
        ),
        LocalActor::Channel(name) => Statement::new(
            "SELECT c.name,c.display_name,c.description,c.support,a.name,c.created_at_unix_ms,\
             a.user_id IS NOT NULL,x.url,x.public_key_pem FROM channel c \
             JOIN account a ON a.id=c.account_id LEFT JOIN actor x ON x.channel_id=c.id \
             WHERE c.name=?1",
            vec![name.into()],
        ),
    }
}

/// Reads [`select_actor`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_actor(rows: &Rows) -> Result<Option<ActorRow>, DatabaseError> {
    rows.first()
        .map(|row| {
            Ok(ActorRow {
                name: row.text(0)?,
                display_name: row.text(1)?,
                description: row.optional_text(2)?,
                support: row.optional_text(3)?,
                owner_name: row.optional_text(4)?,
                created_at_unix_ms: row.integer(5)?,
                is_local: row.boolean(6)?,
                url: row.optional_text(7)?,
                public_key_pem: row.optional_text(8)?,
            })
        })
        .transpose()
}

/// Selects the time that stands in the row of an actor of ours whose account or channel is gone; no row
/// for any other.
#[must_use]
pub fn select_deleted(url: &str) -> Statement {
    Statement::new(
        "SELECT fetched_at_unix_ms FROM actor WHERE url=?1 AND host='' AND kind<>'instance' \
         AND account_id IS NULL AND channel_id IS NULL",
        vec![url.into()],
    )
}

/// Reads [`select_deleted`], in milliseconds since 1970.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_deleted(rows: &Rows) -> Result<Option<i64>, DatabaseError> {
    rows.first().map(|row| row.integer(0)).transpose()
}
