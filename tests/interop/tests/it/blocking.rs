//! Blocking who is elsewhere.

use interop::Direction;
use interop::moderation::Block;

/// The publisher's administrator blocks a commenter of the follower's side.
pub fn a_blocked_account_is_not_heard(on: &Direction<'_>) {
    let guest = on.follower.account_handle();
    let block = || on.publisher.block_account(&guest);
    // What their server says for its viewers waits for its turn behind it.
    is_not_heard(on, "account", block, |uuid| {
        let before = on.publisher.views(uuid);
        on.follower.watch_to_the_end(uuid);
        on.until("the publisher counts a view", || {
            (on.publisher.views(uuid) > before).then_some(())
        });
    });
}

/// The publisher's administrator blocks the whole server of the follower's side.
pub fn a_blocked_server_is_not_heard(on: &Direction<'_>) {
    let block = || on.publisher.block_server(&on.follower.host);
    // Nothing else is heard of it that could wait for its turn behind it.
    is_not_heard(on, "server", block, |_| {
        let _ = on.publisher.publish("Published behind it");
    });
}

/// What they wrote and what they write meanwhile is not shown at the publisher, though at home it is; new words
/// are when the block is gone. `witness` ends when what came has had its turn.
fn is_not_heard<'a>(
    on: &Direction<'a>,
    whose: &str,
    block: impl FnOnce() -> Block<'a>,
    witness: impl FnOnce(&str),
) {
    let [before, meanwhile, after] =
        ["before", "meanwhile", "after"].map(|when| format!("Heard {when}, of a blocked {whose}"));
    on.connect();
    let name = format!("With the guest of a blocked {whose}");
    let uuid = on.publisher.publish(&name).uuid;
    on.until("the follower has the video", || on.follower.knows(&uuid));
    let _ = on.follower.comment(&uuid, &before);
    on.until("the comment is shown", || {
        on.publisher.thread(&uuid, &before)
    });
    let block = block();
    on.until("the guest's comments are hidden", || {
        let shown = on.publisher.thread(&uuid, &before);
        shown.is_none().then_some(())
    });
    let _ = on.follower.comment(&uuid, &meanwhile);
    wait_until_told(on, &meanwhile);
    witness(&uuid);
    assert_eq!(on.publisher.thread(&uuid, &meanwhile), None);
    if !on.publisher.is_peertube() {
        assert!(!on.publisher.moderators_see(&meanwhile), "it was taken");
    }
    for words in [&before, &meanwhile] {
        let shown = on.follower.thread(&uuid, words);
        assert!(shown.is_some(), "{words:?} is not shown at home");
    }
    drop(block);
    let _ = on.follower.comment(&uuid, &after);
    on.until("the guest is heard again", || {
        on.publisher.thread(&uuid, &after)
    });
    if on.publisher.is_peertube() {
        on.until("what it hid is shown", || {
            on.publisher.thread(&uuid, &meanwhile)
        });
    }
}

/// Until the publisher has what it hides, as PeerTube does, or the follower has an answer to what is not taken, as
/// with us.
fn wait_until_told(on: &Direction<'_>, words: &str) {
    if on.publisher.is_peertube() {
        on.until("the publisher's moderators see it", || {
            on.publisher.moderators_see(words).then_some(())
        });
    } else {
        on.until("the follower has sent it", || {
            on.follower.has_sent(words)?.then_some(())
        });
    }
}

/// The follower's administrator blocks the publisher's server: its videos leave the lists, and are
/// back when the block is gone.
pub fn a_blocked_server_is_not_shown(on: &Direction<'_>) {
    on.connect();
    let uuid = on.publisher.publish("From a blocked server").uuid;
    on.until("the video is listed", || {
        on.follower.lists(&uuid).then_some(())
    });
    let block = on.follower.block_server(&on.publisher.host);
    on.until("the video is not listed", || {
        (!on.follower.lists(&uuid)).then_some(())
    });
    drop(block);
    on.until("the video is listed again", || {
        on.follower.lists(&uuid).then_some(())
    });
}
