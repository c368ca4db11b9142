//! What people say about videos: comments, likes, reports, and whom they do not want to hear.
//!
//! Who may do what is decided from one batch, and done in a second one that decides the same again where it
//! could have changed. Nothing here talks to other servers: the database notes each change of ours, and
//! [`crate::federation::outgoing::wake`] has it told.

mod abuses;
mod blocks;
mod comment_lists;
mod comments;
mod names;
mod page;
mod rates;
mod shape;
mod tree;

pub(crate) use abuses::REASONS;
pub use abuses::{AbuseQuery, NewReport, Reported, abuses, delete_abuse, report, update_abuse};
pub use blocks::{
    Blocker, block_account, block_host, block_status, blocked_accounts, blocked_hosts,
    unblock_account, unblock_host,
};
pub use comment_lists::{
    CommentFilter, FeedScope, all_comments, comment_feed, my_comments, remove_comments_of,
};
pub use comments::{COMMENT_MAX_CHARS, approve, delete, thread, threads, write_first, write_reply};
pub use page::{CommentsPage, CommentsQuery, comments_page};
pub use rates::{my_rating, rate, ratings_of};

pub use store::social::block::Part as BlockPart;
use store::social::comment::Reader;

use crate::accounts::SignedIn;
use crate::{AppError, Rejection};

/// What a user sees of comments.
fn reader(user: Option<&SignedIn>) -> Reader {
    Reader {
        account_id: user.map(|user| user.account_id),
        sees_all_held: user.is_some_and(|user| user.role.manages_all_videos()),
    }
}

/// 403 for whoever is no moderator.
fn demand_moderator(user: &SignedIn) -> Result<(), AppError> {
    if user.role.manages_all_videos() {
        Ok(())
    } else {
        Err(AppError::rejected(
            Rejection::Forbidden,
            "User does not have enough user rights",
        ))
    }
}

/// 429 for somebody who does the same too often.
fn too_often<P: ports::Platform>(platform: &P, action: store::social::action::Action) -> AppError {
    let window_ms = action.window_ms();
    let left_ms = window_ms - platform.now().0.rem_euclid(window_ms);
    let retry_after_secs = u32::try_from(left_ms / 1_000 + 1).unwrap_or(1);
    AppError::rejected(
        Rejection::TooManyRequests { retry_after_secs },
        "Too many requests. Try again later.",
    )
}
