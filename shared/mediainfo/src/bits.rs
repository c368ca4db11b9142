//! Integers from slices, and durations from fractions.

/// Big-endian 16 bits at `at`; 0 where the slice ends.
pub(crate) fn be16(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u16::from_be_bytes)
}

/// Big-endian 32 bits at `at`; 0 where the slice ends.
pub(crate) fn be32(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u32::from_be_bytes)
}

/// Big-endian 64 bits at `at`; 0 where the slice ends.
pub(crate) fn be64(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u64::from_be_bytes)
}

/// Little-endian 16 bits at `at`; 0 where the slice ends.
pub(crate) fn le16(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u16::from_le_bytes)
}

/// Little-endian 32 bits at `at`; 0 where the slice ends.
pub(crate) fn le32(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

/// Little-endian 64 bits at `at`; 0 where the slice ends.
pub(crate) fn le64(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

/// `units` of `1 / per_second` seconds in milliseconds, rounded; `None` for a rate of 0.
pub(crate) fn to_ms(units: u64, per_second: u64) -> Option<u64> {
    if per_second == 0 {
        return None;
    }
    let rounded = (u128::from(units) * 1_000 + u128::from(per_second) / 2) / u128::from(per_second);
    u64::try_from(rounded).ok()
}

/// `numerator / denominator`, `None` unless it is a frame rate that a video can have: above 0, at
/// most 1,000.
pub(crate) fn frame_rate(numerator: u64, denominator: u64) -> Option<f64> {
    // Both fit the mantissa or are cut by a common power of two, which leaves the fraction alone.
    let shift = 64 - numerator.leading_zeros().min(denominator.leading_zeros());
    let shift = shift.saturating_sub(32);
    let numerator = f64::from(u32::try_from(numerator >> shift).ok()?);
    let denominator = f64::from(u32::try_from(denominator >> shift).ok()?);
    let rate = numerator / denominator;
    (rate > 0.0 && rate <= 1_000.0).then_some(rate)
}

/// A number from 0 up to 2^52 as an integer, rounded half up; `None` for all others.
///
/// Done on the bits: there is no checked conversion from float to integer, and formatting a float
/// as text costs 20 KB of Wasm.
pub(crate) fn round(number: f64) -> Option<u64> {
    /// Bits of the fraction of an `f64`.
    const FRACTION_BITS: u32 = 52;
    if !(0.0..4_503_599_627_370_496.0).contains(&number) {
        return None;
    }
    let bits = number.to_bits();
    let exponent = u32::try_from(bits >> FRACTION_BITS & 0x7FF).ok()?;
    // The value is mantissa / 2^shift; below one half when the shift is above that of 0.5.
    let shift = 1_075_u32.checked_sub(exponent)?;
    if shift > FRACTION_BITS + 1 {
        return Some(0);
    }
    let mantissa = bits & ((1 << FRACTION_BITS) - 1) | 1 << FRACTION_BITS;
    Some((mantissa + (1_u64 << shift >> 1)) >> shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding() {
        for (number, expected) in [
            (0.0, Some(0)),
            (-0.0, Some(0)),
            (0.49, Some(0)),
            (0.5, Some(1)),
            (1.0, Some(1)),
            (2_033.5, Some(2_034)),
            (2_033.25, Some(2_033)),
            (4_294_967_296.0, Some(1 << 32)),
            (4_503_599_627_370_495.0, Some((1 << 52) - 1)),
            (4_503_599_627_370_496.0, None),
            (-1.0, None),
            (1e300, None),
            (5e-324, Some(0)),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ] {
            assert_eq!(round(number), expected, "{number}");
        }
    }

    #[test]
    fn integers_end_with_their_slice() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(be16(&bytes, 6), 0x0708);
        assert_eq!(be32(&bytes, 0), 0x0102_0304);
        assert_eq!(be64(&bytes, 0), 0x0102_0304_0506_0708);
        assert_eq!(le16(&bytes, 0), 0x0201);
        assert_eq!(le32(&bytes, 4), 0x0807_0605);
        assert_eq!(le64(&bytes, 0), 0x0807_0605_0403_0201);
        assert_eq!(be16(&bytes, 7), 0);
        assert_eq!(be64(&bytes, 1), 0);
    }

    #[test]
    fn fractions() {
        assert_eq!(to_ms(1, 3), Some(333));
        assert_eq!(to_ms(2, 3), Some(667));
        assert_eq!(to_ms(5, 0), None);
        assert_eq!(to_ms(u64::MAX, 1), None);
        assert_eq!(frame_rate(30_000, 1_001), Some(30_000.0 / 1_001.0));
        assert_eq!(frame_rate(25 << 40, 1 << 40), Some(25.0));
        assert_eq!(frame_rate(0, 1), None);
        assert_eq!(frame_rate(1, 0), None);
        assert_eq!(frame_rate(1_001, 1), None);
    }
}
