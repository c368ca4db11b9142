//! Passwords at rest: argon2id (RFC 9106) from RustCrypto.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::AppError;

/// Memory of one hash in KiB. OWASP's second recommended setting for argon2id (19 MiB, 2 passes, one
/// lane): the least memory it accepts without a third pass. It fits many times into a Worker's 128 MB.
///
/// In Wasm on workerd one hash takes 26 to 48 ms of an EPYC core (`cargo xtask bench cpu`): little for who signs
/// in, once in weeks, as tokens are refreshed without it; the same for whoever guesses, whom limits stop before.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory; see [`MEMORY_KIB`].
const PASSES: u32 = 2;
/// Bytes of salt.
pub(crate) const SALT_BYTES: usize = 16;

fn hasher() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(AppError::bug)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string of `password`.
pub(crate) fn hash(password: &str, salt: [u8; SALT_BYTES]) -> Result<String, AppError> {
    Ok(hasher()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(AppError::bug)?
        .to_string())
}

/// Whether `password` is the one of `phc`, with the cost written in `phc`.
pub(crate) fn verify(password: &str, phc: &str) -> Result<bool, AppError> {
    let expected = PasswordHash::new(phc).map_err(AppError::bug)?;
    match hasher()?.verify_password(password.as_bytes(), &expected) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(AppError::bug(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_verifies() {
        let phc = hash("correct horse", [7; SALT_BYTES]).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(verify("correct horse", &phc).unwrap());
        assert!(!verify("correct horse ", &phc).unwrap());
    }
}
