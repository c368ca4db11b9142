//! Deliveries that come at the same moment.

use futures_util::future::join4;

use super::*;

#[test]
fn who_needs_a_key_waits_for_the_request_that_fetches_it() {
    let door = Door::new();
    let body = like().to_string().into_bytes();
    let headers = door.sign(&Signer::default(), &body);
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let deliver = || {
        let delivery = Delivery {
            path_and_query: "/inbox",
            headers: &headers,
        };
        accept(
            &door.platform,
            &door.memory,
            delivery,
            body.clone(),
            OnTheWay::default(),
        )
    };
    door.platform.http.fall_silent(BOB);
    let answer_later = async {
        door.platform.wait(10).await;
        door.platform.http.speak_again(BOB);
        Ok(())
    };
    let all = block_on(join4(deliver(), deliver(), deliver(), answer_later));
    assert!(
        matches!(all, (Ok(()), Ok(()), Ok(()), Ok::<(), AppError>(()))),
        "{all:?}"
    );
    assert_eq!(door.fetches(), 1);
}
