//! Whether a user may upload so much into a channel.

use domain::quota::{Quota, QuotaExceeded, check};
use ports::Rows;
use store::upload::{self as rows, Allowance};

use crate::{AppError, Rejection};

/// Reads [`rows::select_channel_user`] at `index`.
///
/// # Errors
/// 400 for a channel that is not there, 403 for one of somebody else.
pub(super) fn check_channel(results: &[Rows], index: usize, user_id: i64) -> Result<(), AppError> {
    let row = results.get(index).and_then(|rows| rows.first());
    match row.map(|row| row.integer(0)).transpose()? {
        Some(owner) if owner == user_id => Ok(()),
        Some(_) => Err(AppError::rejected(
            Rejection::Forbidden,
            "You cannot publish in a channel of somebody else",
        )),
        None => Err(AppError::invalid_field(
            "channelId",
            "There is no such video channel",
        )),
    }
}

/// Reads [`rows::select_allowance`] at `index`.
pub(super) fn allowance(results: &[Rows], index: usize) -> Result<Allowance, AppError> {
    let row = results.get(index).and_then(|rows| rows.first());
    // The user was there a moment ago, when their token was checked.
    let row = row.ok_or_else(|| AppError::rejected(Rejection::Forbidden, "The account is gone"))?;
    Ok(rows::allowance(row)?)
}

/// Whether `new_bytes` more fit into both quotas, as far as [`rows::select_allowance`] at `index` knows.
///
/// # Errors
/// 413 `quota_reached`.
pub(super) fn check_quota(results: &[Rows], index: usize, new_bytes: u64) -> Result<(), AppError> {
    admits(allowance(results, index)?, new_bytes)
}

/// Whether `new_bytes` more fit.
///
/// # Errors
/// 413 `quota_reached`.
pub(super) fn admits(allowance: Allowance, new_bytes: u64) -> Result<(), AppError> {
    check(
        Quota::from_number(allowance.quota_bytes),
        Quota::from_number(allowance.quota_daily_bytes),
        allowance.used_bytes,
        allowance.used_today_bytes,
        new_bytes,
    )
    .map_err(over_quota)
}

fn over_quota(exceeded: QuotaExceeded) -> AppError {
    let detail = match exceeded {
        QuotaExceeded::Total => "The user video quota is exceeded with this video.",
        QuotaExceeded::Daily => "The user daily video quota is exceeded with this video.",
    };
    AppError::coded(Rejection::PayloadTooLarge, "quota_reached", detail)
}

/// 413 for a file above the instance's bound.
pub(super) fn too_large() -> AppError {
    AppError::coded(
        Rejection::PayloadTooLarge,
        "max_file_size_reached",
        "This file is too large. It exceeds the maximum file size authorized",
    )
}
