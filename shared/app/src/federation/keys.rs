//! Keys of our actors: made on first use, sealed with the instance's secret.
//!
//! An actor gets its key when its document is first asked for or when it first signs, so that a new
//! account costs nothing. Making one takes some hundred milliseconds of the host's time, once.

use activitypub::AbsoluteUrl;
use activitypub::object::Ids;
use activitypub::signature::{Outgoing, Scheme, Unsigned};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ports::{Crypto, Database, Platform};
use store::federation::actor::{self, INSTANCE_NAME, LocalActorRow, NewLocalActor};

use crate::AppError;

pub use store::federation::actor::LocalActor;

/// What a sealed private key was sealed for.
const PURPOSE: &str = "edgetube actor key";

/// One of our actors, ready to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningActor {
    /// Row id in `actor`.
    pub id: i64,
    /// ActivityPub id.
    pub url: String,
    /// Id of the public key in its document.
    pub key_id: String,
    /// `SubjectPublicKeyInfo` in PEM.
    pub public_key_pem: String,
    private_key_sealed: String,
}

/// ActivityPub id of one of ours.
#[must_use]
pub fn local_url(origin: &str, actor: LocalActor<'_>) -> String {
    let ids = Ids { origin };
    match actor {
        LocalActor::Instance => ids.instance(),
        LocalActor::Account(name) => ids.account(name),
        LocalActor::Channel(name) => ids.channel(name),
    }
}

/// Which of ours has that id, by its form alone: whether there is such an account or channel is not
/// looked up.
#[must_use]
pub fn local_actor_of_url<'a>(origin: &str, url: &'a str) -> Option<LocalActor<'a>> {
    let path = url.strip_prefix(origin)?;
    let is_name = |name: &str| !name.is_empty() && !name.contains(['/', '?', '#', '@']);
    match (
        path.strip_prefix("/accounts/").filter(|name| is_name(name)),
        path.strip_prefix("/video-channels/")
            .filter(|name| is_name(name)),
    ) {
        (Some(INSTANCE_NAME), _) => Some(LocalActor::Instance),
        (Some(name), _) => Some(LocalActor::Account(name)),
        (None, Some(name)) => Some(LocalActor::Channel(name)),
        (None, None) => None,
    }
}

fn key_id(actor_url: &str) -> String {
    format!("{actor_url}#main-key")
}

fn ready(row: LocalActorRow) -> SigningActor {
    SigningActor {
        id: row.id,
        key_id: key_id(&row.url),
        url: row.url,
        public_key_pem: row.public_key_pem,
        private_key_sealed: row.private_key_sealed,
    }
}

/// One of ours with its keys, which are made now if there are none yet. `None` when there is no such account
/// or channel.
///
/// # Errors
/// When the database or the host's crypto fails.
pub async fn local_actor<P: Platform>(
    platform: &P,
    which: LocalActor<'_>,
) -> Result<Option<SigningActor>, AppError> {
    let url = local_url(&platform.settings().public_origin, which);
    let select = || actor::select_local(&url);
    let results = platform.database().batch(vec![select()]).await?;
    if let Some(row) = results.first().and_then(|rows| rows.first()) {
        return Ok(Some(ready(actor::read_local(row)?)));
    }
    let pair = platform.crypto().generate_rsa_key().await?;
    let sealed = platform
        .crypto()
        .seal(
            &platform.settings().instance_secret,
            PURPOSE,
            &pair.private_key_der,
        )
        .await?;
    let insert = actor::insert_local(&NewLocalActor {
        actor: which,
        url: &url,
        public_key_id: &key_id(&url),
        public_key_pem: &pair.public_key_pem,
        private_key_sealed: &STANDARD.encode(sealed),
        now: platform.now(),
    });
    // Whoever was first has made the key that counts.
    let results = platform.database().batch(vec![insert, select()]).await?;
    let row = results.get(1).and_then(|rows| rows.first());
    Ok(row.map(actor::read_local).transpose()?.map(ready))
}

/// The same, by its ActivityPub id.
///
/// # Errors
/// As [`local_actor`].
pub async fn local_actor_by_url<P: Platform>(
    platform: &P,
    url: &str,
) -> Result<Option<SigningActor>, AppError> {
    match local_actor_of_url(&platform.settings().public_origin, url) {
        Some(which) => local_actor(platform, which).await,
        None => Ok(None),
    }
}

/// Headers that sign a request, in the given form.
///
/// # Errors
/// When the host's crypto fails, or the key was sealed with another secret.
pub async fn sign<P: Platform>(
    platform: &P,
    signer: &SigningActor,
    scheme: Scheme,
    method: &str,
    url: &AbsoluteUrl,
    body: Option<&[u8]>,
) -> Result<Vec<(&'static str, String)>, AppError> {
    let unsigned = Unsigned::new(
        &Outgoing {
            method,
            url,
            key_id: &signer.key_id,
            now_unix_secs: platform.now().0.div_euclid(1_000),
            body,
        },
        scheme,
    )
    .map_err(AppError::bug)?;
    let sealed = STANDARD
        .decode(&signer.private_key_sealed)
        .map_err(AppError::bug)?;
    let secret = &platform.settings().instance_secret;
    let opened = platform.crypto().open(secret, PURPOSE, &sealed).await?;
    let key = opened.ok_or_else(|| {
        AppError::bug("an actor's key was sealed with another INSTANCE_SECRET than today's")
    })?;
    let signature = platform.crypto().sign_rsa(&key, unsigned.message()).await?;
    Ok(unsigned.headers(&signature))
}

#[cfg(test)]
mod tests {
    use activitypub::signature::{Needs, RequestView, claim};
    use ports::RsaScheme;
    use testkit::{TestPlatform, block_on};

    use super::*;

    #[test]
    fn ids_lead_back_to_actors() {
        let origin = "https://video.test";
        for which in [
            LocalActor::Instance,
            LocalActor::Account("ada"),
            LocalActor::Channel("ada_channel"),
        ] {
            let url = local_url(origin, which);
            assert_eq!(local_actor_of_url(origin, &url), Some(which));
        }
        for url in [
            "https://other.test/accounts/ada",
            "https://video.test/accounts/",
            "https://video.test/accounts/ada/inbox",
            "https://video.test/accounts/ada@other.test",
            "https://video.test/videos/watch/1",
            "https://video.test.evil/accounts/ada",
        ] {
            assert_eq!(local_actor_of_url(origin, url), None, "{url}");
        }
    }

    #[test]
    fn a_key_is_made_once_and_signs_what_it_verifies() {
        let platform = TestPlatform::new();
        block_on(async {
            let first = local_actor(&platform, LocalActor::Instance).await.unwrap();
            let again = local_actor(&platform, LocalActor::Instance).await.unwrap();
            assert_eq!(first, again);
            let nobody = LocalActor::Account("nobody");
            assert_eq!(local_actor(&platform, nobody).await, Ok(None));

            let signer = first.unwrap();
            let url = AbsoluteUrl::parse("https://other.test/actor?x=1").unwrap();
            for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
                let headers = sign(&platform, &signer, scheme, "GET", &url, None)
                    .await
                    .unwrap();
                let mut seen: Vec<(&str, &str)> = headers
                    .iter()
                    .map(|(name, value)| (*name, value.as_str()))
                    .collect();
                seen.push(("Host", "other.test"));
                let view = RequestView {
                    method: "GET",
                    origin: "https://other.test",
                    path_and_query: "/actor?x=1",
                    headers: &seen,
                };
                let needs = Needs {
                    now_unix_secs: platform.now().0 / 1_000,
                    body: None,
                };
                let claim = claim(&view, needs).unwrap();
                assert_eq!(
                    claim.key_id(),
                    "https://video.test/accounts/peertube#main-key"
                );
                let is_valid = platform
                    .crypto()
                    .verify_rsa(
                        RsaScheme::V15Sha256,
                        &signer.public_key_pem,
                        claim.message(),
                        claim.signature(),
                    )
                    .await;
                assert_eq!(is_valid, Ok(true), "{scheme:?}");
            }
        });
    }
}
