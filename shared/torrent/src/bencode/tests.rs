use super::{DecodeError, Value, decode, encode};
use crate::limits::{MAX_DEPTH, MAX_TORRENT_BYTES};
use proptest::prelude::*;

#[test]
fn examples_of_bep_3() {
    let check = |text: &str, value: Value| {
        assert_eq!(decode(text.as_bytes()).unwrap(), value);
        assert_eq!(encode(&value), text.as_bytes());
    };
    check("4:spam", Value::text("spam"));
    check("i3e", Value::Integer(3));
    check("i-3e", Value::Integer(-3));
    check("i0e", Value::Integer(0));
    check("i-9223372036854775808e", Value::Integer(i64::MIN));
    check("0:", Value::text(""));
    check(
        "l4:spam4:eggse",
        Value::List(vec![Value::text("spam"), Value::text("eggs")]),
    );
    let eggs = Value::List(vec![Value::text("a"), Value::text("b")]);
    check("d4:spaml1:a1:bee", Value::dictionary([("spam", eggs)]));
    check(
        "d3:cow3:moo4:spam4:eggse",
        Value::dictionary([("spam", Value::text("eggs")), ("cow", Value::text("moo"))]),
    );
}

#[test]
fn refuses_every_other_text() {
    use DecodeError as E;
    let check = |text: &str, error: E| assert_eq!(decode(text.as_bytes()), Err(error), "{text}");
    check("", E::Truncated);
    check("i3", E::Truncated);
    check("5:spam", E::Truncated);
    check("l", E::Truncated);
    check(
        "d1:ae",
        E::Unexpected {
            byte: b'e',
            position: 4,
        },
    );
    check(
        "ie",
        E::Unexpected {
            byte: b'e',
            position: 1,
        },
    );
    check(
        "i+3e",
        E::Unexpected {
            byte: b'+',
            position: 1,
        },
    );
    check("i03e", E::Number { position: 1 });
    check("i-0e", E::Number { position: 1 });
    check("i-03e", E::Number { position: 2 });
    check("i9223372036854775808e", E::Number { position: 1 });
    check("04:spam", E::Number { position: 0 });
    check("99999999999999999999:", E::Number { position: 0 });
    check("d1:b1:x1:a1:ye", E::KeyOrder { position: 7 });
    check("d1:a1:x1:a1:ye", E::KeyOrder { position: 7 });
    check(
        "di1e1:xe",
        E::Unexpected {
            byte: b'i',
            position: 1,
        },
    );
    check("i1ei2e", E::Trailing { position: 3 });
    check(
        "x",
        E::Unexpected {
            byte: b'x',
            position: 0,
        },
    );
    check(
        &"l".repeat(100),
        E::TooDeep {
            position: MAX_DEPTH,
        },
    );
    check(&format!("l{}e", "i1e".repeat(20_000)), E::TooMany);
    let huge = vec![b'l'; MAX_TORRENT_BYTES + 1];
    assert_eq!(
        decode(&huge),
        Err(E::TooLarge {
            bytes: MAX_TORRENT_BYTES + 1
        })
    );
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::Integer),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let key = prop::collection::vec(any::<u8>(), 0..6);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            prop::collection::btree_map(key, inner, 0..6).prop_map(Value::Dictionary),
        ]
    })
}

proptest! {
    #[test]
    fn decode_undoes_encode(value in any_value()) {
        prop_assert_eq!(decode(&encode(&value)).unwrap(), value);
    }

    #[test]
    fn what_is_read_is_canonical(text in prop::collection::vec(
        prop_oneof![Just(b'd'), Just(b'l'), Just(b'i'), Just(b'e'), Just(b':'), b'0'..=b'9', any::<u8>()],
        0..40,
    )) {
        if let Ok(value) = decode(&text) {
            prop_assert_eq!(encode(&value), text);
        }
    }
}
