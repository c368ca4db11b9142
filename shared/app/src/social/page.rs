//! What a page of comments shows.

use ports::{Database, Platform};
use rest::ids::{self, VideoRef};
use rest::social::CommentTree;
use store::social::comment::{self, Replies, ThreadOrder};
use store::social::comment_change;

use super::comments::{seen, shaped};
use super::reader;
use super::tree::{self, Orphans};
use crate::AppError;
use crate::videos::{Viewer, urls, video_key};

/// Which comments of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommentsQuery {
    /// One thread: the one that this comment belongs to, whether it began it or not. Else all threads.
    pub comment_id: Option<i64>,
    /// From 1.
    pub page: u32,
    /// Threads of a page, or answers of a page of one thread.
    pub per_page: u32,
    /// Answers that each thread shows among others.
    pub first_replies: u32,
}

/// A page of comments.
#[derive(Debug, Clone, PartialEq)]
pub struct CommentsPage {
    /// Title of the video.
    pub video_name: String,
    /// Its UUID.
    pub video_uuid: String,
    /// Its short UUID.
    pub video_short_uuid: String,
    /// Its ActivityPub id: what people of other servers search for.
    pub video_url: String,
    /// Whether people may write.
    pub is_open: bool,
    /// Whether what strangers write waits for the owner.
    pub needs_approval: bool,
    /// Whether the viewer may remove and approve.
    pub is_managed: bool,
    /// Account of the viewer.
    pub viewer_account_id: Option<i64>,
    /// The thread that is shown alone.
    pub thread_id: Option<i64>,
    /// Threads, or answers of the one thread, on all pages.
    pub total: u64,
    /// Comments and answers that are not deleted.
    pub not_deleted: u64,
    /// This page. A thread may show less answers than it has.
    pub threads: Vec<CommentTree>,
}

/// A page of comments in two batches: threads, then their answers.
///
/// # Errors
/// 404 for an unknown video or comment; 401 or 403 for a viewer who may not see the video.
pub async fn comments_page<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
    query: CommentsQuery,
) -> Result<CommentsPage, AppError> {
    let (key, reader) = (video_key(video), reader(viewer.user));
    let start = query.page.saturating_sub(1).saturating_mul(query.per_page);
    let statements = match query.comment_id {
        Some(id) => vec![
            comment_change::select_place(id),
            comment::count_threads(key, reader),
        ],
        None => vec![
            comment::select_threads(key, reader, ThreadOrder::Newest, (start, query.per_page)),
            comment::count_threads(key, reader),
        ],
    };
    let mut seen = seen(platform, video, viewer, statements).await?;
    let subject = seen.subject.clone();
    let rows = seen.next_rows();
    let (total, not_deleted) = comment::read_counts(&seen.next_rows())?;
    let is_managed = viewer.user.is_some_and(|user| {
        user.account_id == subject.owner_account_id || user.role.manages_all_videos()
    });
    let mut page = CommentsPage {
        video_short_uuid: ids::short_uuid(&subject.video_uuid).unwrap_or_default(),
        video_url: subject.remote_url.unwrap_or_else(|| {
            urls::video(&platform.settings().public_origin, &subject.video_uuid)
        }),
        video_name: subject.video_name,
        video_uuid: subject.video_uuid,
        is_open: subject.comments_policy != 2,
        needs_approval: subject.comments_policy == 3,
        is_managed,
        viewer_account_id: reader.account_id,
        thread_id: None,
        total,
        not_deleted,
        threads: Vec::new(),
    };
    if !page.is_open {
        (page.total, page.not_deleted) = (0, 0);
        return Ok(page);
    }
    let (firsts, replies, orphans) = match query.comment_id {
        Some(id) => {
            let place = rows.first().map(comment_change::read_place).transpose()?;
            let place = place.filter(|place| place.video_id == subject.video_id);
            let place = place.ok_or_else(|| AppError::not_found("Comment not found"))?;
            let thread_id = place.thread_id.unwrap_or(id);
            page.thread_id = Some(thread_id);
            let batch = vec![comment::select_one(key, reader, thread_id)];
            let results = platform.database().batch(batch).await?;
            let first = comment::read(results.first().unwrap_or(&Vec::new()))?;
            if first.is_empty() {
                return Err(AppError::not_found("Comment not found"));
            }
            (first, (start, query.per_page), Orphans::OnFirst)
        }
        None => (
            comment::read(&rows)?,
            (0, query.first_replies),
            Orphans::Dropped,
        ),
    };
    let thread_ids: Vec<i64> = firsts.iter().map(|row| row.id).collect();
    if thread_ids.is_empty() {
        return Ok(page);
    }
    let replies = Replies {
        thread_ids: &thread_ids,
        start: replies.0,
        count: replies.1,
    };
    let batch = vec![
        comment::select_replies(key, reader, replies),
        comment::count_replies(key, reader, &thread_ids),
    ];
    let results = platform.database().batch(batch).await?;
    let answers = comment::read(results.first().unwrap_or(&Vec::new()))?;
    if page.thread_id.is_some() {
        page.total = results
            .get(1)
            .and_then(|rows| rows.first())
            .map_or(Ok(0), |row| row.unsigned(0))?;
    }
    let mut answers = shaped(platform, answers);
    for first in shaped(platform, firsts) {
        let (own, others) = answers
            .into_iter()
            .partition(|answer| answer.thread_id == first.id);
        answers = others;
        page.threads.push(tree::build(first, own, orphans));
    }
    Ok(page)
}
