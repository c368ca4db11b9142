//! Who answers to a handle.

use ports::{DatabaseError, Rows, Statement};

/// What a handle of this instance names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// A user's account.
    Account,
    /// A video channel.
    Channel,
}

/// An account or channel by its handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorRow {
    /// Which of the two.
    pub kind: ActorKind,
    /// Its name as it was registered.
    pub name: String,
}

/// Selects the account or channel of that name. Handles are typed by people: one that was registered in
/// lower case is found in any ASCII case. An exact match goes first, an account before a channel. Two
/// look-ups in each of two indexes.
#[must_use]
pub fn select_actor(name: &str) -> Statement {
    Statement::new(
        "SELECT kind,name FROM (SELECT 0 AS kind,name FROM account WHERE name IN (?1,?2) \
         UNION ALL SELECT 1,name FROM channel WHERE name IN (?1,?2)) \
         ORDER BY name<>?1,kind LIMIT 1",
        vec![name.into(), name.to_ascii_lowercase().into()],
    )
}

/// Reads [`select_actor`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_actor(rows: &Rows) -> Result<Option<ActorRow>, DatabaseError> {
    rows.first()
        .map(|row| {
            Ok(ActorRow {
                kind: match row.integer(0)? {
                    0 => ActorKind::Account,
                    _ => ActorKind::Channel,
                },
                name: row.text(1)?,
            })
        })
        .transpose()
}
