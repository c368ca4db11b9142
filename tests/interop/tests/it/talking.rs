//! Comments and replies.

use e2e::video::number;
use interop::Direction;
use interop::comments::author;
use serde_json::Value;

/// A viewer elsewhere comments, and the author replies.
pub fn a_comment_and_its_reply_arrive(on: &Direction<'_>) {
    let (uuid, here) = comment(on, "To be talked about", "What a film");
    let there = arrival(on, &uuid, "What a film");
    assert_eq!(author(&there), on.follower.account_handle());
    let thread = number(&there, "id");
    let _ = on.publisher.reply(&uuid, thread, "Thank you");
    on.until("the publisher shows its reply", || {
        on.publisher.reply_in(&uuid, thread, "Thank you")
    });
    let reply = on.until("the reply arrives", || {
        on.follower.reply_in(&uuid, here, "Thank you")
    });
    assert_eq!(author(&reply), on.publisher.account_handle());
    let answer = on
        .follower
        .reply(&uuid, number(&reply, "id"), "You are welcome");
    assert_ne!(answer, here);
    on.until("the publisher counts three comments", || {
        let video = on.publisher.video(&uuid);
        (video["comments"] == 3 || total(on, &uuid) == 3).then_some(())
    });
}

/// What the author of a comment deletes is gone on the other side.
pub fn a_deleted_comment_disappears(on: &Direction<'_>) {
    let (uuid, here) = comment(on, "To be regretted", "A slip");
    let _ = arrival(on, &uuid, "A slip");
    on.follower.delete_comment(&uuid, here);
    on.until("the comment is gone there", || {
        on.publisher.thread(&uuid, "A slip").is_none().then_some(())
    });
    assert_eq!(on.follower.thread(&uuid, "A slip"), None);
}

/// The publisher's own user comments.
pub fn a_local_comment_is_shown_there(on: &Direction<'_>) {
    on.connect();
    let uuid = on.publisher.publish("With a comment by its author").uuid;
    on.until("the follower has the video", || on.follower.knows(&uuid));
    let _ = on.publisher.comment(&uuid, "Made in a garden");
    let shown = on.until("the author's comment arrives", || {
        on.follower.thread(&uuid, "Made in a garden")
    });
    assert_eq!(author(&shown), on.publisher.account_handle());
}

/// A comment by the follower under a new video; answers the video and the comment's row id there.
fn comment(on: &Direction<'_>, name: &str, words: &str) -> (String, u64) {
    on.connect();
    let uuid = on.publisher.publish(name).uuid;
    on.until("the follower has the video", || on.follower.knows(&uuid));
    let id = on.follower.comment(&uuid, words);
    on.until("the follower shows its comment", || {
        on.follower.thread(&uuid, words)
    });
    (uuid, id)
}

fn arrival(on: &Direction<'_>, uuid: &str, words: &str) -> Value {
    on.until("the comment arrives", || on.publisher.thread(uuid, words))
}

/// Comments of all threads, replies included.
fn total(on: &Direction<'_>, uuid: &str) -> u64 {
    let path = format!("/api/v1/videos/{uuid}/comment-threads");
    let answer = on.publisher.visitor.get(&path).expect_status(200).json();
    number(&answer, "totalNotDeletedComments")
}
