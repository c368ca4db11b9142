//! Rows to the API's types.

use rest::IsoDate;
use rest::actor::{Account, ChannelSummary};
use rest::social::{ManagedComment, ManagedCommentVideo, VideoComment};
use store::social::AuthorRow;
use store::social::comment::CommentRow;
use store::social::comment_list::ListedRow;

use super::names;
use crate::videos::shape::avatars;
use crate::videos::urls;

/// An account.
pub(super) fn author(origin: &str, row: AuthorRow) -> Account {
    let (name, host) = names::split(origin, &row.name);
    let changed_at = IsoDate(row.updated_at_unix_ms);
    let avatars = row.actor_id.map_or_else(Vec::new, |id| {
        avatars(origin, id, row.avatar_url.as_deref(), changed_at)
    });
    Account {
        id: row.id,
        url: row.url.unwrap_or_else(|| urls::account(origin, name)),
        host: host.to_owned(),
        name: name.to_owned(),
        following_count: row.following.unwrap_or(0),
        followers_count: row.followers.unwrap_or(0),
        created_at: IsoDate(row.created_at_unix_ms),
        updated_at: IsoDate(row.updated_at_unix_ms),
        display_name: row.display_name,
        description: row.description,
        avatars,
        user_id: row.user_id,
    }
}

/// The instance itself, as who blocks and reports.
pub(super) fn instance(origin: &str, name: &str) -> Account {
    let actor = store::federation::actor::INSTANCE_NAME;
    Account {
        id: 0,
        url: urls::account(origin, actor),
        host: urls::host(origin).to_owned(),
        name: actor.to_owned(),
        following_count: 0,
        followers_count: 0,
        created_at: IsoDate(0),
        updated_at: IsoDate(0),
        display_name: name.to_owned(),
        description: None,
        avatars: Vec::new(),
        user_id: None,
    }
}

/// A channel in a list.
pub(super) fn channel(
    origin: &str,
    (id, handle, display_name): (i64, String, String),
) -> ChannelSummary {
    let (name, host) = names::split(origin, &handle);
    ChannelSummary {
        id,
        url: urls::channel(origin, &handle),
        host: host.to_owned(),
        name: name.to_owned(),
        display_name,
        avatars: Vec::new(),
    }
}

/// ActivityPub id of a comment of ours.
pub(super) fn comment_url(origin: &str, video_uuid: &str, id: i64) -> String {
    format!("{}/comments/{id}", urls::video(origin, video_uuid))
}

/// A comment. Whose tombstone it is nobody is told.
pub(super) fn comment(origin: &str, row: CommentRow) -> VideoComment {
    let is_deleted = row.deleted_at_unix_ms.is_some() || row.author.is_none();
    let own_url = comment_url(origin, &row.video_uuid, row.id);
    VideoComment {
        id: row.id,
        url: row.remote_url.unwrap_or(own_url),
        text: row.text,
        thread_id: row.thread_id.unwrap_or(row.id),
        in_reply_to_comment_id: row.parent_id,
        video_id: row.video_id,
        created_at: IsoDate(row.created_at_unix_ms),
        updated_at: IsoDate(row.updated_at_unix_ms),
        deleted_at: row.deleted_at_unix_ms.map(IsoDate),
        held_for_review: row.is_held != 0,
        is_deleted,
        total_replies_from_video_author: row.owner_replies,
        total_replies: row.replies,
        account: row
            .author
            .filter(|_| !is_deleted)
            .map(|row| author(origin, row)),
        is_by_video_owner: !is_deleted && row.is_by_owner == Some(1),
    }
}

/// A comment in a moderator's list.
pub(super) fn managed(origin: &str, row: ListedRow) -> ManagedComment {
    let own_url = comment_url(origin, &row.video_uuid, row.id);
    ManagedComment {
        id: row.id,
        url: row.remote_url.unwrap_or(own_url),
        text: row.text,
        thread_id: row.thread_id.unwrap_or(row.id),
        in_reply_to_comment_id: row.parent_id,
        video_id: row.video_id,
        created_at: IsoDate(row.created_at_unix_ms),
        updated_at: IsoDate(row.updated_at_unix_ms),
        held_for_review: row.is_held != 0,
        automatic_tags: Vec::new(),
        video: ManagedCommentVideo {
            id: row.video_id,
            uuid: row.video_uuid,
            name: row.video_name,
            channel: channel(origin, row.channel),
        },
        account: row.author.map(|row| author(origin, row)),
    }
}
