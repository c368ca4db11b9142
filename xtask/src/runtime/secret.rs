//! Random secrets of a local instance.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::failure::{Failure, Outcome};

/// Letters and digits that cannot be mistaken for one another when read aloud.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// 20 letters of 5 bits each: 100 bits.
const PASSWORD_LETTERS: usize = 20;

/// `bytes` random bytes in hexadecimal.
///
/// # Errors
/// If the system has no source of randomness.
pub fn hex(bytes: usize) -> Outcome<String> {
    Ok(random(bytes)?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// A password to be typed by a person.
///
/// # Errors
/// If the system has no source of randomness.
pub fn password() -> Outcome<String> {
    let random = random(PASSWORD_LETTERS)?;
    Ok(random
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte & 31)]))
        .collect())
}

fn random(count: usize) -> Outcome<Vec<u8>> {
    let path = Path::new("/dev/urandom");
    let mut bytes = vec![0; count];
    File::open(path)
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|error| Failure::io("read", path, &error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_their_length_and_differ() {
        assert_eq!(hex(32).unwrap().len(), 64);
        let password = password().unwrap();
        assert_eq!(password.len(), PASSWORD_LETTERS);
        assert_ne!(password, super::password().unwrap());
    }
}
