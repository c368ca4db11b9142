//! Comments and ratings.

use serde::Serialize;

use crate::IsoDate;
use crate::actor::{Account, ChannelSummary};
use crate::video::VideoListItem;

/// A comment as a reader of its video sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoComment {
    /// Row id on this instance.
    pub id: i64,
    /// `ActivityPub` id.
    pub url: String,
    /// Markdown, or HTML of other software; empty once deleted.
    pub text: String,
    /// First comment of its thread; its own id for a first one.
    pub thread_id: i64,
    /// The comment that it answers.
    pub in_reply_to_comment_id: Option<i64>,
    /// Row id of the video.
    pub video_id: i64,
    /// When it was written.
    pub created_at: IsoDate,
    /// When it last changed.
    pub updated_at: IsoDate,
    /// When it was deleted.
    pub deleted_at: Option<IsoDate>,
    /// Waits for the video's owner.
    pub held_for_review: bool,
    /// A tombstone.
    pub is_deleted: bool,
    /// Answers by the video's owner.
    pub total_replies_from_video_author: u64,
    /// Answers: in the thread for a first comment, direct ones else.
    pub total_replies: u64,
    /// Who wrote it; `null` once deleted.
    pub account: Option<Account>,
    /// Whether the video's owner wrote it. Not on the wire.
    #[serde(skip)]
    pub is_by_video_owner: bool,
}

/// `GET /videos/{id}/comment-threads`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CommentThreads {
    /// Threads on all pages.
    pub total: u64,
    /// Comments and answers that are not deleted.
    pub total_not_deleted_comments: u64,
    /// First comments.
    pub data: Vec<VideoComment>,
}

/// A comment and its answers, `GET /videos/{id}/comment-threads/{threadId}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommentTree {
    /// The comment.
    pub comment: VideoComment,
    /// Answers in order of writing.
    pub children: Vec<CommentTree>,
}

/// Answer to a new comment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NewComment {
    /// The comment.
    pub comment: VideoComment,
}

/// A comment as the video's owner and moderators see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedComment {
    /// Row id on this instance.
    pub id: i64,
    /// `ActivityPub` id.
    pub url: String,
    /// Markdown, or HTML of other software.
    pub text: String,
    /// First comment of its thread; its own id for a first one.
    pub thread_id: i64,
    /// The comment that it answers.
    pub in_reply_to_comment_id: Option<i64>,
    /// Row id of the video.
    pub video_id: i64,
    /// When it was written.
    pub created_at: IsoDate,
    /// When it last changed.
    pub updated_at: IsoDate,
    /// Waits for the video's owner.
    pub held_for_review: bool,
    /// Always empty: nothing is tagged here.
    pub automatic_tags: Vec<String>,
    /// Where it stands.
    pub video: ManagedCommentVideo,
    /// Who wrote it.
    pub account: Option<Account>,
}

/// The video of a [`ManagedComment`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ManagedCommentVideo {
    /// Row id.
    pub id: i64,
    /// UUID with dashes.
    pub uuid: String,
    /// Title.
    pub name: String,
    /// Its channel.
    pub channel: ChannelSummary,
}

/// `like`, `dislike` or `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Rating {
    /// Thumb up.
    Like,
    /// Thumb down.
    Dislike,
    /// Neither.
    None,
}

impl Rating {
    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "like" => Self::Like,
            "dislike" => Self::Dislike,
            "none" => Self::None,
            _ => return None,
        })
    }
}

/// `GET /users/me/videos/{id}/rating`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoRating {
    /// Row id of the video.
    pub video_id: i64,
    /// What the user thinks of it.
    pub rating: Rating,
}

/// An item of `GET /accounts/{name}/ratings`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RatedVideo {
    /// The video.
    pub video: VideoListItem,
    /// `like` or `dislike`.
    pub rating: Rating,
}
