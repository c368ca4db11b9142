//! Times the software keys of `soft-crypto` where they matter, in Wasm: a program for `wasm32-wasip2` that the
//! test host for Spin runs (`spin-host --command`). Prints one line of JSON; all times in milliseconds.

use std::time::Instant;

use ports::{Crypto, PortError, RsaScheme};
use serde_json::json;
use soft_crypto::SoftCrypto;

/// Enough that a clock of microseconds does not matter.
const SIGNATURES: u32 = 20;
const CHECKS: u32 = 200;
const MESSAGE: &[u8] = b"(request-target): post /inbox";

fn main() -> Result<(), PortError> {
    pollster::block_on(measure())
}

async fn measure() -> Result<(), PortError> {
    let started = Instant::now();
    let key = SoftCrypto.generate_rsa_key().await?;
    let generate_ms = ms(started, 1);
    let mut signature = Vec::new();
    let started = Instant::now();
    for _ in 0..SIGNATURES {
        signature = SoftCrypto.sign_rsa(&key.private_key_der, MESSAGE).await?;
    }
    let sign_ms = ms(started, SIGNATURES);
    let started = Instant::now();
    for _ in 0..CHECKS {
        let holds = SoftCrypto
            .verify_rsa(
                RsaScheme::V15Sha256,
                &key.public_key_pem,
                MESSAGE,
                &signature,
            )
            .await?;
        assert!(holds, "a signature of ours does not hold");
    }
    let verify_ms = ms(started, CHECKS);
    println!(
        "{}",
        json!({ "generate_ms": generate_ms, "sign_ms": sign_ms, "verify_ms": verify_ms })
    );
    Ok(())
}

fn ms(started: Instant, rounds: u32) -> f64 {
    started.elapsed().as_secs_f64() * 1_000.0 / f64::from(rounds)
}
