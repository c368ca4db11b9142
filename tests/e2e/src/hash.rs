//! Hashes of what goes in and comes out.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

/// SHA-256 in lower-case hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// SHA-256 of a file.
#[must_use]
pub fn sha256_of_file(path: &Path) -> String {
    let file =
        File::open(path).unwrap_or_else(|error| panic!("cannot open {}: {error}", path.display()));
    sha256_of(file).1
}

/// Length and SHA-256 of all that can be read.
pub fn sha256_of(mut source: impl Read) -> (u64, String) {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut length = 0;
    loop {
        let count = match source.read(&mut buffer) {
            Ok(0) => return (length, hex::encode(hasher.finalize())),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => panic!("cannot read: {error}"),
        };
        hasher.update(&buffer[..count]);
        length += u64::try_from(count).expect("a buffer's length fits 64 bits");
    }
}
