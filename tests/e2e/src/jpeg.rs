//! Size of a JPEG picture.

/// Width and height in pixels, from the frame header (ITU-T T.81, B.2.2); panics if the bytes are
/// not a whole JPEG.
#[must_use]
pub fn size(bytes: &[u8]) -> (u64, u64) {
    assert!(bytes.starts_with(&[0xff, 0xd8, 0xff]), "no JPEG");
    assert!(bytes.ends_with(&[0xff, 0xd9]), "a JPEG without end");
    let word = |at: usize| u64::from(bytes[at]) << 8 | u64::from(bytes[at + 1]);
    let mut at = 2;
    while at + 9 < bytes.len() {
        let marker = bytes[at + 1];
        // All start-of-frame markers; C4, C8 and CC are something else.
        if (0xc0..=0xcf).contains(&marker) && ![0xc4, 0xc8, 0xcc].contains(&marker) {
            return (word(at + 7), word(at + 5));
        }
        at += 2 + usize::try_from(word(at + 2)).expect("16 bits fit");
    }
    panic!("a JPEG without frame header")
}
