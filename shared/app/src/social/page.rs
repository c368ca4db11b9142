//! What a page of comments shows.

use ports::{Database, Platform};
use rest::ids::{self, VideoRef};
use rest::social::{CommentTree, VideoComment};
use store::social::comment::{self, Replies, SubjectRow, ThreadOrder};
use store::video::list;

use super::comments::{POLICY_APPROVAL, POLICY_DISABLED, seen, shaped};
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
    let wanted = match query.comment_id {
        Some(id) => comment::select_thread_of(key, reader, id),
        None => comment::select_threads(key, reader, ThreadOrder::Newest, (start, query.per_page)),
    };
    let statements = vec![wanted, comment::count_threads(key, reader)];
    let mut seen = seen(platform, video, viewer, statements).await?;
    let firsts = comment::read(&seen.next_rows())?;
    let counts = comment::read_counts(&seen.next_rows())?;
    let mut page = CommentsPage::empty(platform, seen.subject, viewer, counts);
    if !page.is_open {
        return Ok(page);
    }
    let (part, orphans) = match query.comment_id {
        Some(_) => ((start, query.per_page), Orphans::OnFirst),
        None => ((0, query.first_replies), Orphans::Dropped),
    };
    if query.comment_id.is_some() {
        let first = firsts.first();
        let first = first.ok_or_else(|| AppError::not_found("Comment not found"))?;
        page.thread_id = Some(first.id);
    }
    let thread_ids: Vec<i64> = firsts.iter().map(|row| row.id).collect();
    if thread_ids.is_empty() {
        return Ok(page);
    }
    let replies = Replies {
        thread_ids: &thread_ids,
        start: part.0,
        count: part.1,
    };
    let batch = vec![
        comment::select_replies(key, reader, replies),
        comment::count_replies(key, reader, &thread_ids),
    ];
    let results = platform.database().batch(batch).await?;
    let answers = comment::read(results.first().unwrap_or(&Vec::new()))?;
    if page.thread_id.is_some() {
        page.total = list::read_count(results.get(1).unwrap_or(&Vec::new()))?;
    }
    page.threads = trees(shaped(platform, firsts), shaped(platform, answers), orphans);
    Ok(page)
}

/// Every first comment with those of the answers that are its own.
fn trees(
    firsts: Vec<VideoComment>,
    mut answers: Vec<VideoComment>,
    orphans: Orphans,
) -> Vec<CommentTree> {
    let mut trees = Vec::with_capacity(firsts.len());
    for first in firsts {
        let is_own = |answer: &VideoComment| answer.thread_id == first.id;
        let (own, others) = answers.into_iter().partition(is_own);
        answers = others;
        trees.push(tree::build(first, own, orphans));
    }
    trees
}

impl CommentsPage {
    /// A page without comments; nobody learns how many a closed video has.
    fn empty<P: Platform>(
        platform: &P,
        subject: SubjectRow,
        viewer: Viewer<'_>,
        (total, not_deleted): (u64, u64),
    ) -> Self {
        let is_open = subject.comments_policy != POLICY_DISABLED;
        let is_managed = viewer.user.is_some_and(|user| {
            user.account_id == subject.owner_account_id || user.role.manages_all_videos()
        });
        let origin = &platform.settings().public_origin;
        Self {
            video_short_uuid: ids::short_uuid(&subject.video_uuid).unwrap_or_default(),
            video_url: subject
                .remote_url
                .unwrap_or_else(|| urls::video(origin, &subject.video_uuid)),
            video_name: subject.video_name,
            video_uuid: subject.video_uuid,
            is_open,
            needs_approval: subject.comments_policy == POLICY_APPROVAL,
            is_managed,
            viewer_account_id: viewer.user.map(|user| user.account_id),
            thread_id: None,
            total: if is_open { total } else { 0 },
            not_deleted: if is_open { not_deleted } else { 0 },
            threads: Vec::new(),
        }
    }
}
