//! Who owns an object.

use domain::UnixMillis;
use ports::Statement;

use crate::json;

/// Notes objects that are about to be written, or that have lost their name: cron deletes them after
/// `delete_after`.
#[must_use]
pub fn disown_objects<T: AsRef<str>>(object_keys: &[T], delete_after: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO unowned_object (object_key, delete_after_unix_ms)
         SELECT value, ?2 FROM json_each(?1) WHERE true
         ON CONFLICT (object_key) DO UPDATE SET delete_after_unix_ms = excluded.delete_after_unix_ms",
        vec![json::array(object_keys).into(), delete_after.into()],
    )
}

/// Takes ownership of objects that rows of the same batch name; demands that none of them is due: a
/// due object may be deleted at this very moment.
#[must_use]
pub fn own_objects<T: AsRef<str>>(object_keys: &[T], now: UnixMillis) -> Statement {
    Statement::new(
        "DELETE FROM unowned_object WHERE object_key IN (SELECT value FROM json_each(?1))
           AND delete_after_unix_ms > ?2 RETURNING 1",
        vec![json::array(object_keys).into(), now.into()],
    )
    .demanding(object_keys.len())
}

/// Lets objects that are unowned already be deleted no later than `delete_after`.
#[must_use]
pub fn shorten_unowned<T: AsRef<str>>(object_keys: &[T], delete_after: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE unowned_object SET delete_after_unix_ms = min(delete_after_unix_ms, ?2)
         WHERE object_key IN (SELECT value FROM json_each(?1))",
        vec![json::array(object_keys).into(), delete_after.into()],
    )
}

/// Takes ownership of a thumbnail, if the batch has made its row: a picture that its owner chose may
/// have been there first.
#[must_use]
pub fn own_object_if_named(object_key: &str, thumbnail_filename: &str) -> Statement {
    Statement::new(
        "DELETE FROM unowned_object WHERE object_key = ?1
           AND EXISTS (SELECT 1 FROM thumbnail WHERE filename = ?2)",
        vec![object_key.into(), thumbnail_filename.into()],
    )
}
