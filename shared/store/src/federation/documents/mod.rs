//! What documents of ours are made of. Each item is one statement; a document takes a few of them in one
//! batch.

mod actor;
mod comment;
mod items;
mod known;
mod video;

use ports::Value;

use crate::video::details::VideoKey;

pub use actor::{ActorRow, read_actor, read_deleted, select_actor, select_deleted};
pub use comment::{
    CommentRow, MentionRow, read_comment, read_mentions, select_comment, select_mentions,
};
pub use items::{
    FollowRow, ItemRow, Slice, count_announces, count_follows, count_outbox, read_count,
    read_follow, read_items, select_announce, select_announces, select_comments, select_follow,
    select_follows, select_outbox, select_ratings,
};
pub use known::{KnownRow, read_known, select_known};
pub use video::{HeadRow, read_head, select_head, select_rated};

/// The parameters of `coalesce(?1,(SELECT id FROM video WHERE uuid=?2))`: one of them is NULL.
fn key_params(key: VideoKey<'_>) -> Vec<Value> {
    match key {
        VideoKey::Id(id) => vec![id.into(), Value::Null],
        VideoKey::Uuid(uuid) => vec![Value::Null, uuid.into()],
    }
}
