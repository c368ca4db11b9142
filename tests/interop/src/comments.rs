//! Comments under a video.

use e2e::video::{number, text};
use serde_json::{Value, json};

use crate::side::Side;

impl Side {
    /// Starts a thread; answers the comment's row id on this side.
    #[must_use]
    pub fn comment(&self, uuid: &str, words: &str) -> u64 {
        self.write(&format!("/api/v1/videos/{uuid}/comment-threads"), words)
    }

    /// Answers a comment; answers the reply's row id on this side.
    #[must_use]
    pub fn reply(&self, uuid: &str, comment_id: u64, words: &str) -> u64 {
        self.write(
            &format!("/api/v1/videos/{uuid}/comments/{comment_id}"),
            words,
        )
    }

    fn write(&self, path: &str, words: &str) -> u64 {
        let body = json!({ "text": words });
        let answer = self.admin.post_json(path, &body).expect_status(200).json();
        number(&answer["comment"], "id")
    }

    /// The thread that starts with these words, as this side shows it to everybody.
    #[must_use]
    pub fn thread(&self, uuid: &str, words: &str) -> Option<Value> {
        let path = format!("/api/v1/videos/{uuid}/comment-threads?count=100&sort=-createdAt");
        let answer = self.visitor.get(&path).expect_status(200).json();
        let threads = answer["data"].as_array()?;
        threads.iter().find(|thread| says(thread, words)).cloned()
    }

    /// The direct reply with these words in a thread.
    #[must_use]
    pub fn reply_in(&self, uuid: &str, thread_id: u64, words: &str) -> Option<Value> {
        let path = format!("/api/v1/videos/{uuid}/comment-threads/{thread_id}");
        let answer = self.visitor.get(&path).expect_status(200).json();
        let children = answer["children"].as_array()?;
        let mut replies = children.iter().map(|child| &child["comment"]);
        replies.find(|reply| says(reply, words)).cloned()
    }

    /// Whether this side's moderators are shown a comment, be it hidden from everybody else or not.
    #[must_use]
    pub fn moderators_see(&self, words: &str) -> bool {
        let comments = self.list("/api/v1/videos/comments?count=100&sort=-createdAt");
        comments.iter().any(|comment| says(comment, words))
    }

    /// Deletes a comment.
    pub fn delete_comment(&self, uuid: &str, comment_id: u64) {
        let path = format!("/api/v1/videos/{uuid}/comments/{comment_id}");
        let _ = self.admin.delete(&path).expect_status(204);
    }
}

/// Handle of a comment's author.
#[must_use]
pub fn author(comment: &Value) -> String {
    let account = &comment["account"];
    format!("{}@{}", text(account, "name"), text(account, "host"))
}

/// Either side may add markup to what the other one sends.
fn says(comment: &Value, words: &str) -> bool {
    let is_deleted = comment["isDeleted"] == true;
    !is_deleted
        && comment["text"]
            .as_str()
            .is_some_and(|text| text.contains(words))
}
