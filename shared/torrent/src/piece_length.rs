//! How long a piece is.

/// Smallest piece that is chosen. WebTorrent asks a web seed once per piece, so the 16 KiB that
/// PeerTube's choice gives small files costs 309 requests for 5 MB; this costs 20.
const SMALLEST_BYTES: u32 = 256 << 10;

/// Largest piece: what common clients read in one go.
const LARGEST_BYTES: u32 = 16 << 20;

/// Pieces aimed at, as in PeerTube: 1,024 of 20 bytes make a .torrent of about 20 KB.
const AIM_PIECES: u64 = 1_024;

/// The piece length for a file of `size_bytes`: the smallest power of two from 256 KiB to 16 MiB
/// that gives at most 1,024 pieces, and 16 MiB for files over 16 GiB.
#[must_use]
pub const fn piece_length_bytes(size_bytes: u64) -> u32 {
    let mut length = SMALLEST_BYTES;
    let mut pieces = size_bytes.div_ceil(262_144);
    while pieces > AIM_PIECES && length < LARGEST_BYTES {
        length *= 2;
        pieces = pieces.div_ceil(2);
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_with_the_file() {
        let check = |size_bytes: u64, length_kib: u32| {
            assert_eq!(
                piece_length_bytes(size_bytes),
                length_kib << 10,
                "{size_bytes}"
            );
        };
        check(0, 256);
        check(5_000_000, 256);
        check(256 << 20, 256);
        check((256 << 20) + 1, 512);
        check(1 << 30, 1_024);
        check(16 << 30, 16 << 10);
        check(100 << 30, 16 << 10);
        check(u64::MAX, 16 << 10);
    }
}
