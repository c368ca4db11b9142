//! Any chunking gives the same object.

use proptest::prelude::*;

use crate::client::{assert_clean, client, original};
use crate::media::{PART, mp4_of};

/// What a client does next; numbers are bytes.
#[derive(Debug, Clone)]
enum Step {
    /// Goes on where the server is, with an overlap.
    Forward { overlap: usize, new: usize },
    /// Sends what is safe already.
    Again { start: usize, len: usize },
    /// Leaves a gap.
    Skip { gap: usize, len: usize },
    /// Asks.
    Ask,
    /// Takes the upload up anew by its first call, as a reloaded page does.
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let sizes = prop_oneof![
        1_usize..2_000,
        1..2_000_000_usize,
        PART - 3..PART + 3,
        PART..2 * PART
    ];
    prop_oneof![
        6 => (prop_oneof![Just(0), 1..3_000_usize, Just(PART)], sizes.clone())
            .prop_map(|(overlap, new)| Step::Forward { overlap, new }),
        1 => (0..PART, sizes.clone()).prop_map(|(start, len)| Step::Again { start, len }),
        1 => (1..5_000_usize, sizes).prop_map(|(gap, len)| Step::Skip { gap, len }),
        1 => Just(Step::Ask),
        1 => Just(Step::Reopen),
    ]
}

fn total() -> impl Strategy<Value = usize> {
    prop_oneof![
        20_000..200_000_usize,
        PART - 2..PART + 2,
        2 * PART - 2..2 * PART + 2,
        PART..2 * PART + 100_000,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same_object(total in total(), steps in prop::collection::vec(step(), 0..12)) {
        let client = client();
        let file = mp4_of(total);
        let mut fields = client.fields();
        fields["lastModified"] = 1.into();
        let path = crate::client::path_of(&client.open(&fields, total));
        let mut received = 0;
        for step in steps {
            match step {
                Step::Forward { overlap, new } => {
                    let start = received - overlap.min(received);
                    let end = (received + new).min(total - 1);
                    if start < end {
                        let answer = client.put(&path, &file, start, end);
                        prop_assert_eq!(answer.received(), end.max(received));
                        received = end.max(received);
                    }
                }
                Step::Again { start, len } => {
                    let end = (start + len).min(received);
                    if start < end {
                        prop_assert_eq!(client.put(&path, &file, start, end).received(), received);
                    }
                }
                Step::Skip { gap, len } => {
                    let start = received + gap;
                    let end = (start + len).min(total);
                    if start < end {
                        prop_assert_eq!(client.put(&path, &file, start, end).received(), received);
                    }
                }
                Step::Ask => prop_assert_eq!(client.status(&path, total).received(), received),
                Step::Reopen => {
                    prop_assert_eq!(crate::client::path_of(&client.open(&fields, total)), path.clone());
                }
            }
        }
        let uuid = client.put(&path, &file, received, total).video_uuid();
        prop_assert!(original(&client.platform, &uuid) == file);
        assert_clean(&client.platform);
    }
}
