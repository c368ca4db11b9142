//! Blocking who is elsewhere.

use interop::Direction;

/// The publisher's administrator blocks a commenter of the follower's side: what they write is not
/// shown at the publisher, and is again, or new words are, when the block is gone.
pub fn a_blocked_account_is_not_heard(on: &Direction<'_>) {
    on.connect();
    let uuid = on.publisher.publish("With a loud guest").uuid;
    on.until("the follower has the video", || on.follower.knows(&uuid));
    let _ = on.follower.comment(&uuid, "Heard before");
    on.until("the comment is shown", || {
        on.publisher.thread(&uuid, "Heard before")
    });
    let guest = on.follower.account_handle();
    let block = on.publisher.block_account(&guest);
    on.until("the guest's comments are hidden", || {
        let shown = on.publisher.thread(&uuid, "Heard before");
        shown.is_none().then_some(())
    });
    drop(block);
    let _ = on.follower.comment(&uuid, "Heard after");
    on.until("the guest is heard again", || {
        on.publisher.thread(&uuid, "Heard after")
    });
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
