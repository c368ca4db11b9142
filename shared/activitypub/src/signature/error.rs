use crate::limits::{
    MAX_CLOCK_SKEW_SECS, MAX_COVERED, MAX_SIGNATURE_BYTES, MAX_SIGNATURE_HEADER_BYTES,
    MAX_SIGNATURES,
};

/// Why a request does not count as signed. Never retried by us; the sender has to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Neither `Signature` nor `Signature-Input`.
    #[error("the request is not signed")]
    Missing,
    /// A header longer than we read.
    #[error("the {header} header is longer than {MAX_SIGNATURE_HEADER_BYTES} bytes")]
    HeaderTooLong {
        /// Its name.
        header: &'static str,
    },
    /// Not the header's grammar (draft-cavage 4.1; RFC 8941 for the RFC's headers).
    #[error("the {header} header cannot be read")]
    Malformed {
        /// Its name.
        header: &'static str,
    },
    /// A parameter that must be there (draft-cavage 2.1; RFC 9421, 3.2).
    #[error("the signature names no {parameter}")]
    MissingParameter {
        /// Its name.
        parameter: &'static str,
    },
    /// A parameter whose value cannot be used, or that stands there twice.
    #[error("the signature's {parameter} is unusable")]
    BadParameter {
        /// Its name.
        parameter: &'static str,
    },
    /// An algorithm other than the two of [`super::Algorithm`].
    #[error("signatures by {algorithm} are not supported")]
    UnsupportedAlgorithm {
        /// As the sender calls it.
        algorithm: String,
    },
    /// More signatures in one message than we look at.
    #[error("more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A signature covers more than we look at.
    #[error("a signature covers more than {MAX_COVERED} components")]
    TooManyCovered,
    /// A longer signature than any key makes that we accept.
    #[error("a signature has at most {MAX_SIGNATURE_BYTES} bytes and at least one")]
    SignatureLength,
    /// A component of RFC 9421 that we cannot compute, or not of a request.
    #[error("component {component} is not supported")]
    UnsupportedComponent {
        /// As it stands in the list.
        component: String,
    },
    /// Covered but not in the request, so that the signature cannot be checked.
    #[error("the signature covers {component}, which the request does not have")]
    AbsentComponent {
        /// Its name.
        component: String,
    },
    /// A component that stands in the list twice (RFC 9421, 2.5).
    #[error("the signature covers {component} twice")]
    RepeatedComponent {
        /// Its name.
        component: String,
    },
    /// A header value that would add a line to what is signed.
    #[error("header {header} holds a line break")]
    LineBreak {
        /// Its name.
        header: String,
    },
    /// What must be signed is not (draft-cavage 2.3 leaves this to us; RFC 9421, 7.2.1).
    #[error("the signature does not cover {component}")]
    NotCovered {
        /// What is missing.
        component: &'static str,
    },
    /// No usable `Date` where it is the only sign of time.
    #[error("the Date header cannot be read")]
    BadDate,
    /// Made too long ago, or after our present.
    #[error("the signature is {age_secs} s old; at most {MAX_CLOCK_SKEW_SECS} s off is accepted")]
    ClockSkew {
        /// Negative when it is from the future.
        age_secs: i64,
    },
    /// Past its own end.
    #[error("the signature has expired {since_secs} s ago")]
    Expired {
        /// How long ago.
        since_secs: i64,
    },
    /// Ends before it starts.
    #[error("the signature expires before it was created")]
    Validity,
}
