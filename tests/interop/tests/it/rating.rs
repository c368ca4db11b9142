//! Likes and dislikes.

use interop::Direction;

/// A viewer elsewhere likes, dislikes and thinks better of it; both sides count alike.
pub fn likes_and_dislikes_arrive(on: &Direction<'_>) {
    on.connect();
    let uuid = on.publisher.publish("To be rated").uuid;
    on.until("the follower has the video", || on.follower.knows(&uuid));
    for (rating, counts) in [("like", (1, 0)), ("dislike", (0, 1)), ("none", (0, 0))] {
        on.follower.rate(&uuid, rating);
        on.until(&format!("the publisher counts {counts:?}"), || {
            (on.publisher.ratings(&uuid) == counts).then_some(())
        });
        on.until(&format!("the follower counts {counts:?}"), || {
            (on.follower.ratings(&uuid) == counts).then_some(())
        });
    }
    on.publisher.rate(&uuid, "like");
    on.until("the author's own like is counted by the follower", || {
        (on.follower.ratings(&uuid) == (1, 0)).then_some(())
    });
}
