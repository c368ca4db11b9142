//! Who signs what is fetched, and in which of the two forms.

use std::cell::Cell;

use activitypub::AbsoluteUrl;
use activitypub::signature::Scheme;
use ports::{Database, Platform};
use serde_json::json;
use store::federation::{host, incoming};

use crate::AppError;
use crate::federation::keys::{self, LocalActor, SigningActor};

/// The instance's signature for one host.
pub(super) struct Signing {
    signer: SigningActor,
    scheme: Cell<Scheme>,
    /// Whether the host has refused the other form.
    has_changed: Cell<bool>,
}

impl Signing {
    /// Begins with the form that the host took or used last.
    ///
    /// # Errors
    /// When the database or the host's crypto fails.
    pub(super) async fn for_host<P: Platform>(platform: &P, name: &str) -> Result<Self, AppError> {
        let signer = keys::local_actor(platform, LocalActor::Instance)
            .await?
            .ok_or_else(|| AppError::bug("the instance has no actor"))?;
        let select = host::select(&json!([name]).to_string());
        let results = platform.database().batch(vec![select]).await?;
        let row = results.first().and_then(|rows| rows.first());
        let row = row.map(host::read).transpose()?;
        Ok(Self {
            signer,
            scheme: Cell::new(row.map_or(Scheme::Cavage, |row| Scheme::of_name(&row.scheme))),
            has_changed: Cell::new(false),
        })
    }

    /// Headers that sign a `GET`.
    ///
    /// # Errors
    /// As [`keys::sign`].
    pub(super) async fn sign<P: Platform>(
        &self,
        platform: &P,
        url: &AbsoluteUrl,
    ) -> Result<Vec<(&'static str, String)>, AppError> {
        keys::sign(platform, &self.signer, self.scheme.get(), "GET", url, None).await
    }

    /// Goes on with the other form, once: answers whether there was one to go on with.
    pub(super) fn change(&self) -> bool {
        if self.has_changed.replace(true) {
            return false;
        }
        self.scheme.set(self.scheme.get().other());
        true
    }

    /// Notes which form the host took, when it was not the one that was expected.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn remember<P: Platform>(
        &self,
        platform: &P,
        name: &str,
    ) -> Result<(), AppError> {
        if self.has_changed.get() {
            let note = incoming::set_scheme(name, self.scheme.get().name());
            platform.database().batch(vec![note]).await?;
        }
        Ok(())
    }
}
