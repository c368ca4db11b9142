//! What a received request claims: which key signed what, and whether that is enough.

use super::{Algorithm, DigestHeaders, RequestView, SignatureError, cavage, rfc9421};
use crate::AbsoluteUrl;
use crate::date::parse_http_date;
use crate::limits::MAX_CLOCK_SKEW_SECS;

/// Which of the two forms. Remembered per host, to answer in the form that a server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// draft-cavage-http-signatures-12.
    Cavage,
    /// RFC 9421.
    Rfc9421,
}

impl Scheme {
    /// As it is remembered: `cavage` or `rfc9421`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cavage => "cavage",
            Self::Rfc9421 => "rfc9421",
        }
    }

    /// The form of this name; draft-cavage, which most understand, for any other.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        if name == Self::Rfc9421.name() {
            Self::Rfc9421
        } else {
            Self::Cavage
        }
    }

    /// What is offered to whoever refuses this one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Cavage => Self::Rfc9421,
            Self::Rfc9421 => Self::Cavage,
        }
    }
}

/// What a signature has to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The present, in seconds since 1970.
    pub now_unix_secs: i64,
    /// For requests with a body: the headers that it was compared with, of which one must be
    /// covered. Nothing for a signed GET.
    pub body: Option<DigestHeaders>,
}

/// A signature that covers enough and is fresh, but that no key has confirmed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    scheme: Scheme,
    key_id: String,
    algorithm: Algorithm,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Claim {
    /// The form that was used.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// `keyId` as sent: the id of a key, often of an actor with a fragment (`…#main-key`), from
    /// PeerTube the bare id of the actor, from GoToSocial a document of its own (`…/main-key`).
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Where the key or its actor can be fetched: the key id without its fragment. Nothing when it
    /// is no URL, as in `acct:user@host`.
    #[must_use]
    pub fn key_url(&self) -> Option<AbsoluteUrl> {
        let url = AbsoluteUrl::parse(&self.key_id).ok()?;
        Some(url.without_fragment())
    }

    /// How to verify.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The bytes that the key has to have signed.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// The signature over [`Self::message`].
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

/// Reads the signature of a request, and whether it covers what it must and is fresh.
///
/// With `Signature-Input` there is RFC 9421 in `Signature`, otherwise draft-cavage (RFC 9421,
/// appendix A), which may also stand in `Authorization` (draft-cavage 3.1). Of several signatures
/// the first that is enough counts.
///
/// # Errors
/// The rule that is broken; of several signatures, that of the last.
pub fn claim(view: &RequestView<'_>, needs: Needs) -> Result<Claim, SignatureError> {
    let signature = view.header("signature")?;
    if let Some(input) = view.header("signature-input")? {
        let signature = signature.ok_or(SignatureError::MissingParameter {
            parameter: "signature",
        })?;
        let mut outcome = Err(SignatureError::Missing);
        for parsed in rfc9421::parse(&input, &signature)? {
            outcome = parsed.and_then(|parsed| claim_rfc9421(parsed, view, needs));
            if outcome.is_ok() {
                break;
            }
        }
        return outcome;
    }
    let text = match signature {
        Some(text) => text,
        None => view
            .header("authorization")?
            .as_deref()
            .and_then(|text| text.strip_prefix("Signature "))
            .ok_or(SignatureError::Missing)?
            .to_owned(),
    };
    claim_cavage(cavage::parse(&text)?, view, needs)
}

/// PeerTube's demands: the target, the host, the digest of a body, and a time.
fn claim_cavage(
    parsed: cavage::Parsed,
    view: &RequestView<'_>,
    needs: Needs,
) -> Result<Claim, SignatureError> {
    let must = |is_covered, component| cover(is_covered, component);
    must(parsed.covers("(request-target)"), "(request-target)")?;
    must(parsed.covers("host"), "host")?;
    must(
        is_body_covered(needs.body, |name| parsed.covers(name)),
        "digest",
    )?;
    let created = parsed
        .created_unix_secs
        .filter(|_| parsed.covers("(created)"));
    let date = date_of(view, parsed.covers("date"))?;
    must(created.is_some() || date.is_some(), "date")?;
    check_times(
        needs.now_unix_secs,
        [created, date],
        parsed.expires_unix_secs,
    )?;
    Ok(Claim {
        scheme: Scheme::Cavage,
        message: parsed.signing_string(view)?.into_bytes(),
        key_id: parsed.key_id,
        algorithm: Algorithm::RsaV15Sha256,
        signature: parsed.signature,
    })
}

fn claim_rfc9421(
    parsed: rfc9421::Parsed,
    view: &RequestView<'_>,
    needs: Needs,
) -> Result<Claim, SignatureError> {
    cover(parsed.covers("@method"), "@method")?;
    cover(is_target_covered(&parsed, view), "@target-uri")?;
    cover(
        is_body_covered(needs.body, |name| parsed.covers(name)),
        "content-digest",
    )?;
    let date = date_of(view, parsed.covers("date"))?;
    let created = parsed.created_unix_secs;
    cover(created.is_some() || date.is_some(), "created")?;
    check_times(
        needs.now_unix_secs,
        [created, date],
        parsed.expires_unix_secs,
    )?;
    Ok(Claim {
        scheme: Scheme::Rfc9421,
        message: parsed.base(view)?.into_bytes(),
        key_id: parsed.key_id,
        algorithm: parsed.algorithm,
        signature: parsed.signature,
    })
}

/// The whole target: in one component or in parts, a query included when there is one.
fn is_target_covered(parsed: &rfc9421::Parsed, view: &RequestView<'_>) -> bool {
    let host = parsed.covers("@authority") || parsed.covers("host");
    let query = view.query().is_none() || parsed.covers("@query");
    let path = parsed.covers("@path") && query || parsed.covers("@request-target");
    parsed.covers("@target-uri") || host && path
}

/// A digest that was compared with the body; one that was only signed says nothing.
fn is_body_covered(body: Option<DigestHeaders>, covers: impl Fn(&str) -> bool) -> bool {
    body.is_none_or(|compared| {
        compared.digest && covers("digest") || compared.content_digest && covers("content-digest")
    })
}

fn cover(is_covered: bool, component: &'static str) -> Result<(), SignatureError> {
    if is_covered {
        Ok(())
    } else {
        Err(SignatureError::NotCovered { component })
    }
}

fn date_of(view: &RequestView<'_>, is_covered: bool) -> Result<Option<i64>, SignatureError> {
    if !is_covered {
        return Ok(None);
    }
    let text = view
        .header("date")?
        .ok_or_else(|| SignatureError::AbsentComponent {
            component: "date".to_owned(),
        })?;
    parse_http_date(&text)
        .map(Some)
        .ok_or(SignatureError::BadDate)
}

/// Every moment that is signed must be near the present (RFC 9421, 7.2.2 asks for freshness).
fn check_times(
    now_unix_secs: i64,
    signed_at: [Option<i64>; 2],
    expires_unix_secs: Option<i64>,
) -> Result<(), SignatureError> {
    for at in signed_at.into_iter().flatten() {
        let age_secs = now_unix_secs.saturating_sub(at);
        if !(-MAX_CLOCK_SKEW_SECS..=MAX_CLOCK_SKEW_SECS).contains(&age_secs) {
            return Err(SignatureError::ClockSkew { age_secs });
        }
    }
    let Some(expires) = expires_unix_secs else {
        return Ok(());
    };
    if signed_at[0].is_some_and(|created| created > expires) {
        return Err(SignatureError::Validity);
    }
    // Senders' clocks may be behind by as much as they may be ahead.
    let since_secs = now_unix_secs.saturating_sub(expires);
    if since_secs > MAX_CLOCK_SKEW_SECS {
        return Err(SignatureError::Expired { since_secs });
    }
    Ok(())
}
