//! People who watch now, as the tracker tells.

use app::videos::fold_viewers;
use ports::Platform;
use testkit::{TestPlatform, block_on};

use crate::fixture::{add_video, get, instance, uuid};

fn viewers(platform: &TestPlatform, id: i64) -> u64 {
    get(platform, &format!("/api/v1/videos/{id}")).json["viewers"]
        .as_u64()
        .unwrap()
}

fn fold(platform: &TestPlatform) {
    block_on(fold_viewers(platform)).unwrap();
}

#[test]
fn counts_of_all_shards_are_shown_until_they_expire() {
    let platform = instance();
    add_video(&platform, 1, "root", "Apple");
    add_video(&platform, 2, "root", "Banana");
    let labels = platform.key_value();
    labels.set_label(&format!("viewers/{}", uuid(1)), r#"{"p":4000,"s":7}"#);
    labels.set_label(&format!("viewers/{}#1", uuid(1)), r#"{"p":21}"#);
    labels.set_label(&format!("viewers/{}", uuid(2)), "null");
    labels.set_label("viewers/unknown", r#"{"p":1}"#);
    fold(&platform);
    assert_eq!((viewers(&platform, 1), viewers(&platform, 2)), (4_021, 0));

    labels.expire_labels();
    fold(&platform);
    assert_eq!(viewers(&platform, 1), 0);
}
