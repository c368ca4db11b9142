//! By hand and by serde: the same bytes.

use super::*;
use rest::Label;
use rest::actor::{AccountSummary, ChannelSummary};
use rest::video::UserHistory;

fn item(text: &str, some: bool) -> VideoListItem {
    let date = IsoDate(1_767_323_045_678);
    let optional = || some.then(|| text.to_owned());
    Video {
        id: 42,
        uuid: text.to_owned(),
        short_uuid: text.to_owned(),
        url: text.to_owned(),
        name: text.to_owned(),
        category: Label::new(some.then_some(15), text.to_owned()),
        licence: Label::new(some.then_some(1), text.to_owned()),
        language: Label::new(optional(), text.to_owned()),
        privacy: Label::new(1, text.to_owned()),
        description: optional(),
        truncated_description: optional(),
        duration: u32::MAX,
        aspect_ratio: some.then_some(1.7778),
        is_local: some,
        is_live: !some,
        live_schedules: None,
        created_at: date,
        updated_at: date,
        published_at: date,
        originally_published_at: some.then_some(date),
        thumbnails: vec![
            Thumbnail {
                height: 157,
                width: 280,
                aspect_ratio: "16:9".to_owned(),
                file_url: text.to_owned(),
            };
            if some { 2 } else { 0 }
        ],
        thumbnail_path: optional(),
        thumbnail_url: None,
        preview_path: optional(),
        preview_url: None,
        embed_path: text.to_owned(),
        embed_url: None,
        views: u64::MAX,
        viewers: 0,
        downloads: 1,
        likes: 10,
        dislikes: 99,
        comments: 100,
        nsfw: some,
        nsfw_flags: 3,
        nsfw_summary: optional(),
        account: AccountSummary {
            id: 7,
            name: text.to_owned(),
            display_name: text.to_owned(),
            url: text.to_owned(),
            host: text.to_owned(),
            avatars: Vec::new(),
        },
        channel: ChannelSummary {
            id: -1,
            name: text.to_owned(),
            display_name: text.to_owned(),
            url: text.to_owned(),
            host: text.to_owned(),
            avatars: vec![
                ActorImage {
                    height: None,
                    width: 48,
                    path: text.to_owned(),
                    file_url: text.to_owned(),
                    created_at: date,
                    updated_at: date,
                };
                usize::from(some)
            ],
        },
        user_history: None,
    }
    .into()
}

fn check(total: Option<u64>, data: Vec<VideoListItem>) {
    let list = ResultList { total, data };
    let by_hand = String::from_utf8(encode(&list).unwrap()).unwrap();
    assert_eq!(by_hand, serde_json::to_string(&list).unwrap());
}

#[test]
fn every_list_is_what_serde_writes() {
    check(None, vec![]);
    check(Some(0), vec![]);
    let control: String = (0..0x20).map(char::from).collect();
    let texts = [
        "",
        "plain",
        "\"quoted\\\"",
        "é 🐰 \u{2028}\u{7f}",
        "eight by\u{1}te",
        "0123456\"89 and more than eight\\",
        &control,
    ];
    for text in texts {
        check(Some(u64::MAX), vec![item(text, true), item(text, false)]);
    }
    let mut with_state = item("a", true);
    with_state.included.wait_transcoding = Some(true);
    let mut with_history = item("a", false);
    with_history.video.user_history = Some(UserHistory { current_time: 5 });
    let mut with_url = item("a", false);
    with_url.video.embed_url = Some("b".to_owned());
    check(Some(3), vec![with_state, with_history, with_url]);
}
