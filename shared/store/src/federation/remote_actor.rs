//! Actors, whoever they are, and the rows of those of other servers.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

/// What an actor is to this instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// A whole server.
    Instance,
    /// Somebody.
    Account,
    /// A channel, or a group that only announces.
    Channel,
}

impl ActorKind {
    /// As in the column.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Account => "account",
            Self::Channel => "channel",
        }
    }

    fn parse(name: &str) -> Result<Self, DatabaseError> {
        match name {
            "instance" => Ok(Self::Instance),
            "account" => Ok(Self::Account),
            "channel" => Ok(Self::Channel),
            other => Err(DatabaseError::Bug {
                cause: format!("an actor of kind {other}"),
            }),
        }
    }
}

/// An actor as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorRow {
    /// Row id.
    pub id: i64,
    /// ActivityPub id.
    pub url: String,
    /// What it is.
    pub kind: ActorKind,
    /// Host and port; empty for ours.
    pub host: String,
    /// The account's row, for accounts.
    pub account_id: Option<i64>,
    /// The channel's row, for channels that have an owner.
    pub channel_id: Option<i64>,
    /// Where it receives; `None` for ours.
    pub inbox_url: Option<String>,
    /// Where its server receives; `None` for ours.
    pub shared_inbox_url: Option<String>,
    /// What it did; `None` for ours.
    pub outbox_url: Option<String>,
    /// Its followers; `None` for ours.
    pub followers_url: Option<String>,
    /// Its playlists; `None` for ours.
    pub playlists_url: Option<String>,
    /// Whether the instance blocks it or its host.
    pub is_blocked: bool,
    /// When its document was last read.
    pub fetched_at: UnixMillis,
}

/// Whether the instance blocks the actor `x` or its host: an account, and whoever owns a channel.
macro_rules! is_blocked {
    () => {
        "(EXISTS (SELECT 1 FROM host_block hb WHERE hb.host = x.host AND hb.blocker_id IS NULL)
          OR EXISTS (SELECT 1 FROM account ba WHERE ba.is_blocked = 1 AND ba.id = coalesce(x.account_id,
            (SELECT bc.account_id FROM channel bc WHERE bc.id = x.channel_id))))"
    };
}
macro_rules! columns {
    () => {
        concat!(
            "x.id, x.url, x.kind, x.host, x.account_id, x.channel_id, x.inbox_url, x.shared_inbox_url,
             x.outbox_url, x.followers_url, ",
            is_blocked!(),
            ", x.fetched_at_unix_ms, x.playlists_url"
        )
    };
}

/// Selects an actor by its id, ours or not.
#[must_use]
pub fn select_by_url(url: &str) -> Statement {
    Statement::new(
        concat!("SELECT ", columns!(), " FROM actor x WHERE x.url = ?1"),
        vec![url.into()],
    )
}

/// Selects the actor of a whole server, by its host.
#[must_use]
pub fn select_instance(host: &str) -> Statement {
    Statement::new(
        concat!(
            "SELECT ",
            columns!(),
            " FROM actor x WHERE x.host = ?1 AND x.kind = 'instance' LIMIT 1"
        ),
        vec![host.into()],
    )
}

/// Selects the actor of another server whose account or channel has this handle, `name@host`. Where both
/// have it the channel comes first: people follow channels.
#[must_use]
pub fn select_by_handle(handle: &str) -> Statement {
    Statement::new(
        concat!(
            "SELECT ",
            columns!(),
            " FROM actor x WHERE x.channel_id = (SELECT id FROM channel WHERE name = ?1)
              UNION ALL SELECT ",
            columns!(),
            " FROM actor x WHERE x.account_id = (SELECT id FROM account WHERE name = ?1) LIMIT 1"
        ),
        vec![handle.into()],
    )
}

/// Reads any of the above.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(row: &Row) -> Result<ActorRow, DatabaseError> {
    Ok(ActorRow {
        id: row.integer(0)?,
        url: row.text(1)?,
        kind: ActorKind::parse(&row.text(2)?)?,
        host: row.text(3)?,
        account_id: row.optional_integer(4)?,
        channel_id: row.optional_integer(5)?,
        inbox_url: row.optional_text(6)?,
        shared_inbox_url: row.optional_text(7)?,
        outbox_url: row.optional_text(8)?,
        followers_url: row.optional_text(9)?,
        is_blocked: row.boolean(10)?,
        fetched_at: row.time(11)?,
        playlists_url: row.optional_text(12)?,
    })
}

/// A key of another server's actor, and what an inbox has to know with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Id of the actor.
    pub actor_url: String,
    /// Id of the key.
    pub key_id: String,
    /// `SubjectPublicKeyInfo` in PEM.
    pub public_key_pem: String,
    /// When the actor's document was last read.
    pub fetched_at: UnixMillis,
    /// The form of signature that its host has last used, as in `remote_host.scheme`; `None` when nothing
    /// is noted of it.
    pub scheme: Option<String>,
    /// Whether deliveries to its host wait for better times.
    pub is_host_failing: bool,
    /// Whether the instance blocks it or its host.
    pub is_blocked: bool,
}

/// Selects the key that a signature names: by its id, or, as PeerTube does, by its owner's.
#[must_use]
pub fn select_key(key_id: &str) -> Statement {
    Statement::new(
        concat!(
            "SELECT x.url, x.public_key_id, x.public_key_pem, x.fetched_at_unix_ms, h.scheme,
                coalesce(h.failures > 0 AND h.retry_after_unix_ms > 0, 0), ",
            is_blocked!(),
            " FROM actor x LEFT JOIN remote_host h ON h.host = x.host
              WHERE (x.public_key_id = ?1 OR x.url = ?1) AND x.host <> '' AND x.public_key_pem <> ''
              LIMIT 1"
        ),
        vec![key_id.into()],
    )
}

/// Reads [`select_key`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_key(row: &Row) -> Result<KeyRow, DatabaseError> {
    Ok(KeyRow {
        actor_url: row.text(0)?,
        key_id: row.text(1)?,
        public_key_pem: row.text(2)?,
        fetched_at: row.time(3)?,
        scheme: row.optional_text(4)?,
        is_host_failing: row.boolean(5)?,
        is_blocked: row.boolean(6)?,
    })
}

/// An actor of another server as its document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewActor<'a> {
    /// ActivityPub id.
    pub url: &'a str,
    /// What it is.
    pub kind: ActorKind,
    /// Of the id: host and port.
    pub host: &'a str,
    /// Name in its handle.
    pub preferred_username: &'a str,
    /// `name@host`.
    pub handle: &'a str,
    /// To show.
    pub display_name: &'a str,
    /// Text or Markdown.
    pub description: Option<&'a str>,
    /// Markdown, of channels.
    pub support: Option<&'a str>,
    /// Of a channel: its owner's row. Without it a channel has no row of its own.
    pub owner_account_id: Option<i64>,
    /// Of its key.
    pub public_key_id: &'a str,
    /// `SubjectPublicKeyInfo` in PEM.
    pub public_key_pem: &'a str,
    /// Where it receives.
    pub inbox_url: &'a str,
    /// Where its server receives.
    pub shared_inbox_url: Option<&'a str>,
    /// What it did.
    pub outbox_url: Option<&'a str>,
    /// Its followers.
    pub followers_url: Option<&'a str>,
    /// Its playlists.
    pub playlists_url: Option<&'a str>,
    /// Its page.
    pub page_url: Option<&'a str>,
    /// Its picture.
    pub avatar_url: Option<&'a str>,
    /// When it was made there.
    pub created_at: UnixMillis,
    /// The present.
    pub now: UnixMillis,
}

/// Inserts an actor with its account or channel, or brings them up to date. Handles never change, so that
/// nobody comes into another's name; a handle that another actor has breaks a constraint, and so does an
/// actor that would become another kind. Nothing is changed once the actor has been read later than `now`.
#[must_use]
pub fn upsert(new: &NewActor<'_>) -> Vec<Statement> {
    // The row that the actor names comes first: a trigger on new actors looks at it.
    match (new.kind, new.owner_account_id) {
        (ActorKind::Instance, _) | (ActorKind::Channel, None) => vec![upsert_actor(new)],
        (ActorKind::Account, _) => {
            vec![insert_account(new), upsert_actor(new), update_account(new)]
        }
        (ActorKind::Channel, Some(owner)) => vec![
            insert_channel(new, owner),
            upsert_actor(new),
            update_channel(new, owner),
        ],
    }
}

fn upsert_actor(new: &NewActor<'_>) -> Statement {
    Statement::new(
        "INSERT INTO actor (url, kind, host, preferred_username, public_key_id, public_key_pem, inbox_url,
            shared_inbox_url, outbox_url, followers_url, page_url, avatar_url, fetched_at_unix_ms,
            account_id, channel_id, playlists_url)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
            CASE ?2 WHEN 'account' THEN (SELECT id FROM account WHERE name = ?14) END,
            CASE WHEN ?2 = 'channel' AND ?15 THEN (SELECT id FROM channel WHERE name = ?14) END, ?16)
         ON CONFLICT (url) DO UPDATE SET
            kind = CASE WHEN kind = excluded.kind THEN kind ELSE 'another' END,
            public_key_id = excluded.public_key_id,
            public_key_pem = excluded.public_key_pem, inbox_url = excluded.inbox_url,
            shared_inbox_url = excluded.shared_inbox_url, outbox_url = excluded.outbox_url,
            followers_url = excluded.followers_url, playlists_url = excluded.playlists_url, page_url = excluded.page_url,
            avatar_url = excluded.avatar_url, fetched_at_unix_ms = excluded.fetched_at_unix_ms,
            account_id = coalesce(account_id, excluded.account_id),
            channel_id = coalesce(channel_id, excluded.channel_id)
         WHERE host <> '' AND fetched_at_unix_ms <= excluded.fetched_at_unix_ms",
        vec![
            new.url.into(),
            new.kind.name().into(),
            new.host.into(),
            new.preferred_username.into(),
            new.public_key_id.into(),
            new.public_key_pem.into(),
            new.inbox_url.into(),
            new.shared_inbox_url.into(),
            new.outbox_url.into(),
            new.followers_url.into(),
            new.page_url.into(),
            new.avatar_url.into(),
            new.now.into(),
            new.handle.into(),
            new.owner_account_id.is_some().into(),
            new.playlists_url.into(),
        ],
    )
}

fn insert_account(new: &NewActor<'_>) -> Statement {
    Statement::new(
        "INSERT INTO account (user_id, name, display_name, description, created_at_unix_ms,
            updated_at_unix_ms)
         SELECT NULL, ?2, ?3, ?4, ?5, ?6
         WHERE NOT EXISTS (SELECT 1 FROM actor WHERE url = ?1 AND account_id IS NOT NULL)",
        vec![
            new.url.into(),
            new.handle.into(),
            new.display_name.into(),
            new.description.into(),
            new.created_at.into(),
            new.now.into(),
        ],
    )
}

fn update_account(new: &NewActor<'_>) -> Statement {
    Statement::new(
        "UPDATE account SET display_name = ?2, description = ?3, updated_at_unix_ms = ?4
         WHERE id = (SELECT account_id FROM actor WHERE url = ?1) AND user_id IS NULL
            AND (display_name <> ?2 OR description IS NOT ?3)",
        vec![
            new.url.into(),
            new.display_name.into(),
            new.description.into(),
            new.now.into(),
        ],
    )
}

fn insert_channel(new: &NewActor<'_>, owner_account_id: i64) -> Statement {
    Statement::new(
        "INSERT INTO channel (account_id, name, display_name, description, support,
            created_at_unix_ms, updated_at_unix_ms)
         SELECT ?7, ?2, ?3, ?4, ?8, ?5, ?6
         WHERE NOT EXISTS (SELECT 1 FROM actor WHERE url = ?1 AND channel_id IS NOT NULL)",
        vec![
            new.url.into(),
            new.handle.into(),
            new.display_name.into(),
            new.description.into(),
            new.created_at.into(),
            new.now.into(),
            owner_account_id.into(),
            new.support.into(),
        ],
    )
}

fn update_channel(new: &NewActor<'_>, owner_account_id: i64) -> Statement {
    Statement::new(
        "UPDATE channel SET account_id = ?5, display_name = ?2, description = ?3, support = ?6,
            updated_at_unix_ms = ?4
         WHERE id = (SELECT channel_id FROM actor WHERE url = ?1)
            AND (display_name <> ?2 OR description IS NOT ?3 OR account_id <> ?5 OR support IS NOT ?6)",
        vec![
            new.url.into(),
            new.display_name.into(),
            new.description.into(),
            new.now.into(),
            owner_account_id.into(),
            new.support.into(),
        ],
    )
}

/// Notes how many follow an actor of another server and whom it follows, as its server counts.
#[must_use]
pub fn set_counts(url: &str, followers: i64, following: i64) -> Statement {
    Statement::new(
        "UPDATE actor SET followers = ?2, following = ?3
         WHERE url = ?1 AND host <> '' AND (followers <> ?2 OR following <> ?3)",
        vec![url.into(), followers.into(), following.into()],
    )
}

/// Deletes an actor of another server and all that was its own. Comments stay as tombstones.
#[must_use]
pub fn delete(url: &str) -> [Statement; 3] {
    let of = |sql| Statement::new(sql, vec![url.into()]);
    [
        of(
            "DELETE FROM channel WHERE id = (SELECT channel_id FROM actor WHERE url = ?1 AND host <> '')",
        ),
        of("DELETE FROM account WHERE user_id IS NULL
             AND id = (SELECT account_id FROM actor WHERE url = ?1 AND host <> '')"),
        of("DELETE FROM actor WHERE url = ?1 AND host <> ''"),
    ]
}
