//! Upload quotas: total and per day, counted in bytes of uploaded sources as PeerTube does.

use thiserror::Error;

/// A bound on stored bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// No bound; `-1` on the wire.
    Unlimited,
    /// At most this many bytes.
    Bytes(u64),
}

impl Quota {
    /// From the stored or wire number: negative is unlimited.
    #[must_use]
    pub fn from_number(number: i64) -> Self {
        u64::try_from(number).map_or(Self::Unlimited, Self::Bytes)
    }

    fn admits(self, used_bytes: u64, new_bytes: u64) -> bool {
        match self {
            Self::Unlimited => true,
            Self::Bytes(bound) => used_bytes.saturating_add(new_bytes) <= bound,
        }
    }
}

/// Which of a user's quotas an upload would break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QuotaExceeded {
    /// The total over all uploads.
    #[error("the user video quota is exceeded with this video")]
    Total,
    /// The last 24 hours.
    #[error("the user daily video quota is exceeded with this video")]
    Daily,
}

/// Whether `new_bytes` more may be uploaded.
///
/// # Errors
/// The quota that would be broken, the total one first.
pub fn check(
    total: Quota,
    daily: Quota,
    used_bytes: u64,
    used_today_bytes: u64,
    new_bytes: u64,
) -> Result<(), QuotaExceeded> {
    if !total.admits(used_bytes, new_bytes) {
        return Err(QuotaExceeded::Total);
    }
    if !daily.admits(used_today_bytes, new_bytes) {
        return Err(QuotaExceeded::Daily);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_admit_up_to_their_bound_inclusive() {
        let ten = Quota::Bytes(10);
        assert_eq!(check(ten, Quota::Unlimited, 4, 4, 6), Ok(()));
        assert_eq!(
            check(ten, Quota::Unlimited, 4, 4, 7),
            Err(QuotaExceeded::Total)
        );
        assert_eq!(
            check(Quota::Unlimited, ten, 400, 4, 7),
            Err(QuotaExceeded::Daily)
        );
        assert_eq!(
            check(ten, ten, u64::MAX, 0, 1),
            Err(QuotaExceeded::Total),
            "no wrap"
        );
    }
}
