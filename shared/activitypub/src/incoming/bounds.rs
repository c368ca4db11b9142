use crate::limits::{
    MAX_BODY_BYTES, MAX_JSON_DEPTH, MAX_JSON_ITEMS, MAX_JSON_STRING_BYTES, MAX_JSON_VALUES,
};

/// Which bound a document breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoundsError {
    /// The body as a whole.
    #[error("a body has at most {MAX_BODY_BYTES} bytes")]
    Body,
    /// Containers within each other.
    #[error("containers nest at most {MAX_JSON_DEPTH} deep")]
    Depth,
    /// One list or object.
    #[error("a list has at most {MAX_JSON_ITEMS} items")]
    Items,
    /// All of it.
    #[error("a document has at most {MAX_JSON_VALUES} values")]
    Values,
    /// One string.
    #[error("a string has at most {MAX_JSON_STRING_BYTES} bytes")]
    String,
}

/// Looks at a body once, without memory of its own, before anything is built of it. Says nothing
/// of whether it is JSON.
///
/// # Errors
/// [`BoundsError`] names the bound.
pub fn check_bounds(body: &[u8]) -> Result<(), BoundsError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(BoundsError::Body);
    }
    let mut items = [0_usize; MAX_JSON_DEPTH + 1];
    let (mut depth, mut values) = (0_usize, 1_usize);
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes)?,
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_JSON_DEPTH {
                    return Err(BoundsError::Depth);
                }
                items[depth] = 1;
                values += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => {
                items[depth] += 1;
                values += 1;
                if items[depth] > MAX_JSON_ITEMS {
                    return Err(BoundsError::Items);
                }
            }
            _ => {}
        }
        if values > MAX_JSON_VALUES {
            return Err(BoundsError::Values);
        }
    }
    Ok(())
}

fn skip_string(bytes: &mut core::slice::Iter<'_, u8>) -> Result<(), BoundsError> {
    let mut length = 0;
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return Ok(()),
            b'\\' => {
                bytes.next();
                length += 2;
            }
            _ => length += 1,
        }
        if length > MAX_JSON_STRING_BYTES {
            return Err(BoundsError::String);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    #[test]
    fn each_bound_is_inclusive() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let list = |items: usize| format!("[{}0]", "0,".repeat(items - 1));
        let string = |bytes: usize| format!("\"{}\"", "x".repeat(bytes));
        let lists = |count: usize| format!("[{}0]", "[0,0,0],".repeat(count));
        for (body, error) in [
            (nested(MAX_JSON_DEPTH), None),
            (nested(MAX_JSON_DEPTH + 1), Some(BoundsError::Depth)),
            (nested(200_000), Some(BoundsError::Depth)),
            (list(MAX_JSON_ITEMS), None),
            (list(MAX_JSON_ITEMS + 1), Some(BoundsError::Items)),
            (string(MAX_JSON_STRING_BYTES), None),
            (string(MAX_JSON_STRING_BYTES + 1), Some(BoundsError::String)),
            (format!("[{}]", lists(1_500) + "," + &lists(1_500)), None),
            (
                format!("[{}]", [lists(1_900), lists(1_900), lists(1_900)].join(",")),
                Some(BoundsError::Values),
            ),
            ("[\"\\\"[[[\", \"]\"]".to_owned(), None),
            (" ".repeat(MAX_BODY_BYTES), None),
            (" ".repeat(MAX_BODY_BYTES + 1), Some(BoundsError::Body)),
        ] {
            assert_eq!(check_bounds(body.as_bytes()).err(), error);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_looked_at(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = check_bounds(&body);
        }
    }
}
