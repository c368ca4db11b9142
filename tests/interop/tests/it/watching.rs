//! Views.

use interop::Direction;

/// Somebody watches elsewhere, and the publisher counts it.
pub fn a_view_is_counted_at_the_origin(on: &Direction<'_>) {
    on.connect();
    let uuid = on.publisher.publish("To be watched").uuid;
    on.until("the follower has the video", || on.follower.knows(&uuid));
    on.follower.watch_to_the_end(&uuid);
    on.until("the publisher counts the view", || {
        (on.publisher.views(&uuid) == 1).then_some(())
    });
}
