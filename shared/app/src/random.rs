//! Names that nobody can guess.

use ports::Platform;

/// A random version-4 UUID.
pub fn uuid_v4<P: Platform>(platform: &P) -> String {
    let mut bytes = [0u8; 16];
    platform.fill_random(&mut bytes);
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .hyphenated()
        .to_string()
}

/// `2 * BYTES` hexadecimal digits.
pub fn hex_token<const BYTES: usize, P: Platform>(platform: &P) -> String {
    let mut bytes = [0u8; BYTES];
    platform.fill_random(&mut bytes);
    hex::encode(bytes)
}
