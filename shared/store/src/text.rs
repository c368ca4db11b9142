//! SQL as it is compiled in.

use std::sync::LazyLock;

/// A text that is made when it is first asked for, of pieces that other texts have as well. As a constant it
/// would carry copies of them, several KB of Wasm in places.
pub(crate) type Text = LazyLock<String>;

/// Bytes that [`bare`] leaves.
pub(crate) const fn bare_len(sql: &[u8]) -> usize {
    walk(sql, &mut [])
}

/// A text without empty lines, indentation and comments (`--` to the end of the line: none of our texts has
/// that in a string). Lines stay lines, as statements end with one. `N` is [`bare_len`].
pub(crate) const fn bare<const N: usize>(sql: &[u8]) -> [u8; N] {
    let mut kept = [0; N];
    walk(sql, &mut kept);
    kept
}

/// Writes what fits, and answers how long all is.
const fn walk(sql: &[u8], kept: &mut [u8]) -> usize {
    let mut len = 0;
    let mut at = 0;
    let mut is_comment = false;
    let mut is_line_empty = true;
    while at < sql.len() {
        let byte = sql[at];
        is_comment |= byte == b'-' && at + 1 < sql.len() && sql[at + 1] == b'-';
        let is_kept = match byte {
            b'\n' => !is_line_empty,
            b' ' => !is_line_empty && !is_comment,
            _ => !is_comment,
        };
        if is_kept {
            if len < kept.len() {
                kept[len] = byte;
            }
            len += 1;
        }
        is_line_empty = byte == b'\n' || is_line_empty && !is_kept;
        is_comment &= byte != b'\n';
        at += 1;
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqlite_does_not_read_is_left_out() {
        const WRITTEN: &[u8] = b"-- Why\n\nCREATE TABLE t (\n    a INT, -- what\n  b - 1\n);";
        const BARE: [u8; bare_len(WRITTEN)] = bare(WRITTEN);
        assert_eq!(&BARE, b"CREATE TABLE t (\na INT, \nb - 1\n);");
    }

    #[test]
    fn no_text_of_a_migration_looks_like_a_comment() {
        for migration in crate::MIGRATIONS {
            assert!(!migration.sql.contains("--"), "{}", migration.version);
            let quotes = migration.sql.matches('\'').count();
            assert_eq!(quotes % 2, 0, "{}", migration.version);
        }
    }
}
