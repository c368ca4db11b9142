//! What pages ask of the use cases: one batch each.

use app::videos;
use rest::ids::VideoRef;
use testkit::block_on;

use crate::fixture::{add_files, add_video, instance, set, uuid};

#[test]
fn the_home_page_costs_one_batch() {
    let platform = instance();
    for number in 1..=4 {
        add_video(&platform, number, "ada", &format!("v{number}"));
    }
    set(&platform, 2, "recent_views", 5i64);
    let before = platform.database.batches();
    let home = block_on(videos::home(&platform, 3, 1)).unwrap();
    assert_eq!(platform.database.batches() - before, 1);
    let names: Vec<_> = home
        .latest
        .iter()
        .map(|item| item.video.name.as_str())
        .collect();
    assert_eq!(names, ["v4", "v3", "v2"]);
    assert_eq!(home.trending[0].video.name, "v2");
}

#[test]
fn the_watch_page_costs_one_batch_and_leaves_the_video_out_of_its_neighbours() {
    let platform = instance();
    for number in 1..=4 {
        add_video(&platform, number, "ada", &format!("v{number}"));
    }
    add_video(&platform, 5, "bob", "elsewhere");
    add_files(&platform, 3);
    let before = platform.database.batches();
    let page = block_on(videos::watch_page(&platform, &VideoRef::Uuid(uuid(3)), 2)).unwrap();
    assert_eq!(platform.database.batches() - before, 1);
    assert_eq!(page.video.video.name, "v3");
    assert_eq!(page.storyboard.unwrap().sprite_width, 192);
    let names: Vec<_> = page
        .related
        .iter()
        .map(|item| item.video.name.as_str())
        .collect();
    assert_eq!(names, ["v4", "v2"]);
    set(&platform, 3, "privacy", 3i64);
    assert!(block_on(videos::watch_page(&platform, &VideoRef::Uuid(uuid(3)), 2)).is_err());
}

#[test]
fn pages_of_channels_and_accounts_cost_one_batch() {
    let platform = instance();
    for number in 1..=3 {
        add_video(&platform, number, "ada", &format!("v{number}"));
    }
    let before = platform.database.batches();
    let channel = block_on(videos::channel_page(&platform, "ada_channel", 2, 2)).unwrap();
    assert_eq!(platform.database.batches() - before, 1);
    assert_eq!(channel.channel.name, "ada_channel");
    assert_eq!(channel.videos.total, Some(3));
    assert_eq!(channel.videos.data[0].video.name, "v1");

    let before = platform.database.batches();
    let account = block_on(videos::account_page(&platform, "ada", 1, 2)).unwrap();
    assert_eq!(platform.database.batches() - before, 1);
    assert_eq!(account.channels[0].name, "ada_channel");
    assert_eq!(account.videos.total, Some(3));
    assert!(block_on(videos::account_page(&platform, "none", 1, 2)).is_err());

    let found = block_on(videos::search(&platform, "V2", 1, 10)).unwrap();
    assert_eq!(found.total, Some(1));
}
