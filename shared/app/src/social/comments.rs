//! Comments of one video: reading, writing, removing, approving.

use ports::{Database, DatabaseError, Platform, Rows, Statement};
use rest::ids::VideoRef;
use rest::list::{Page, ThreadSort};
use rest::social::{CommentThreads, CommentTree, NewComment, VideoComment};
use store::social::action::{self, Action};
use store::social::comment::{
    self, CommentRow, Replies, SubjectRow, THREAD_REPLIES_MAX, ThreadOrder,
};
use store::social::comment_change::{self, PlaceRow};
use store::video::details;

use super::tree::{self, Orphans};
use super::{reader, shape, too_often};
use crate::accounts::SignedIn;
use crate::federation::outgoing;
use crate::videos::{Viewer, access, check_access, video_key};
use crate::{AppError, Rejection};

/// Longest comment, in characters (PeerTube's bound).
pub const COMMENT_MAX_CHARS: usize = 10_000;
/// Nobody may write.
pub(super) const POLICY_DISABLED: u32 = 2;
/// What is written waits for the video's owner.
pub(super) const POLICY_APPROVAL: u32 = 3;

/// A video that the viewer may see, with the rows of further statements of the same batch.
pub(super) struct Seen {
    pub subject: SubjectRow,
    pub rows: std::vec::IntoIter<Rows>,
}

impl Seen {
    pub fn next_rows(&mut self) -> Rows {
        self.rows.next().unwrap_or_default()
    }
}

/// Runs statements about a video together with the check that the viewer may see it.
pub(super) async fn seen<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
    statements: Vec<Statement>,
) -> Result<Seen, AppError> {
    let key = video_key(video);
    let mut batch = vec![details::select_access(key), comment::select_subject(key)];
    batch.extend(statements);
    let mut rows = platform.database().batch(batch).await?.into_iter();
    let row = details::read_access(&rows.next().unwrap_or_default())?;
    check_access(platform, video, &row.ok_or_else(access::no_video)?, viewer)?;
    let subject = rows.next().unwrap_or_default();
    let subject = subject.first().ok_or_else(access::no_video)?;
    Ok(Seen {
        subject: comment::read_subject(subject)?,
        rows,
    })
}

fn order(page: &Page<ThreadSort>) -> ThreadOrder {
    match (page.sort.by, page.sort.descending) {
        (ThreadSort::CreatedAt, true) => ThreadOrder::Newest,
        (ThreadSort::CreatedAt, false) => ThreadOrder::Oldest,
        (ThreadSort::TotalReplies, true) => ThreadOrder::MostReplies,
        (ThreadSort::TotalReplies, false) => ThreadOrder::FewestReplies,
    }
}

pub(super) fn shaped<P: Platform>(platform: &P, rows: Vec<CommentRow>) -> Vec<VideoComment> {
    let origin = &platform.settings().public_origin;
    rows.into_iter()
        .map(|row| shape::comment(origin, row))
        .collect()
}

/// `GET /videos/{id}/comment-threads`, in one batch. A video without comments has an empty list.
///
/// # Errors
/// 404; 401 or 403 for a viewer who may not see the video.
pub async fn threads<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
    page: Page<ThreadSort>,
) -> Result<CommentThreads, AppError> {
    let (key, reader) = (video_key(video), reader(viewer.user));
    let part = (page.start, page.count);
    let statements = vec![
        comment::select_threads(key, reader, order(&page), part),
        comment::count_threads(key, reader),
    ];
    let mut seen = seen(platform, video, viewer, statements).await?;
    if seen.subject.comments_policy == POLICY_DISABLED {
        return Ok(CommentThreads {
            total: 0,
            total_not_deleted_comments: 0,
            data: Vec::new(),
        });
    }
    let data = shaped(platform, comment::read(&seen.next_rows())?);
    let (total, not_deleted) = comment::read_counts(&seen.next_rows())?;
    Ok(CommentThreads {
        total,
        total_not_deleted_comments: not_deleted,
        data,
    })
}

/// `GET /videos/{id}/comment-threads/{threadId}`, in one batch.
///
/// # Errors
/// 404; 400 for a comment of another video or one that begins no thread; 401 or 403 for a viewer who may not
/// see the video.
pub async fn thread<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
    thread_id: i64,
) -> Result<CommentTree, AppError> {
    let (key, reader) = (video_key(video), reader(viewer.user));
    let replies = Replies {
        thread_ids: &[thread_id],
        start: 0,
        count: THREAD_REPLIES_MAX,
    };
    let statements = vec![
        comment_change::select_place(thread_id),
        comment::select_one(key, reader, thread_id),
        comment::select_replies(key, reader, replies),
    ];
    let mut seen = seen(platform, video, viewer, statements).await?;
    let rows = seen.next_rows();
    let place = place_on(&seen.subject, &rows)?;
    if place.thread_id.is_some() {
        return Err(AppError::rejected(
            Rejection::BadRequest,
            "Video comment is not a thread.",
        ));
    }
    let first = comment::read(&seen.next_rows())?;
    let first = shaped(platform, first).pop();
    let first = first.filter(|_| seen.subject.comments_policy != POLICY_DISABLED);
    let mut first = first.ok_or_else(|| AppError::not_found("No comments were found"))?;
    let answers = shaped(platform, comment::read(&seen.next_rows())?);
    first.total_replies = counted(&answers, |_| true);
    first.total_replies_from_video_author = counted(&answers, |one| one.is_by_video_owner);
    Ok(tree::build(first, answers, Orphans::Dropped))
}

fn counted(answers: &[VideoComment], wanted: impl Fn(&VideoComment) -> bool) -> u64 {
    let number = answers
        .iter()
        .filter(|answer| !answer.is_deleted && wanted(answer))
        .count();
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn place_on(subject: &SubjectRow, rows: &Rows) -> Result<PlaceRow, AppError> {
    let row = rows
        .first()
        .ok_or_else(|| AppError::not_found("Video comment thread not found"))?;
    let place = comment_change::read_place(row)?;
    if place.video_id != subject.video_id {
        return Err(AppError::coded(
            Rejection::BadRequest,
            "comment_not_associated_to_video",
            "Video comment is not associated to this video.",
        ));
    }
    Ok(place)
}

/// `POST /videos/{id}/comment-threads`: begins a thread.
///
/// # Errors
/// 404; 401 or 403 for a viewer who may not see the video; 409 where nobody may write; 429.
pub async fn write_first<P: Platform>(
    platform: &P,
    video: &VideoRef,
    user: &SignedIn,
    password: Option<&str>,
    text: &str,
) -> Result<NewComment, AppError> {
    write(platform, video, (user, password), None, text).await
}

/// `POST /videos/{id}/comments/{commentId}`: answers a comment.
///
/// # Errors
/// As [`write_first`]; 400 or 404 for a comment that is not there, 409 for one that is deleted.
pub async fn write_reply<P: Platform>(
    platform: &P,
    video: &VideoRef,
    user: &SignedIn,
    password: Option<&str>,
    (parent_id, text): (i64, &str),
) -> Result<NewComment, AppError> {
    write(platform, video, (user, password), Some(parent_id), text).await
}

async fn write<P: Platform>(
    platform: &P,
    video: &VideoRef,
    (user, password): (&SignedIn, Option<&str>),
    parent_id: Option<i64>,
    text: &str,
) -> Result<NewComment, AppError> {
    let viewer = Viewer {
        user: Some(user),
        password,
    };
    let place = parent_id.map(comment_change::select_place);
    let mut seen = seen(platform, video, viewer, place.into_iter().collect()).await?;
    if seen.subject.comments_policy == POLICY_DISABLED {
        return Err(AppError::rejected(
            Rejection::Conflict,
            "Video comments are disabled for this video.",
        ));
    }
    if parent_id.is_some() {
        let rows = seen.next_rows();
        let place = place_on(&seen.subject, &rows)?;
        let is_hidden = place.is_held && !manages_comments(&seen.subject, user);
        if place.is_deleted || is_hidden {
            return Err(AppError::rejected(
                Rejection::Conflict,
                "This comment cannot be answered.",
            ));
        }
    }
    let new = comment_change::NewComment {
        video_id: seen.subject.video_id,
        account_id: user.account_id,
        parent_id,
        text,
        is_held: is_held(&seen.subject, user),
        now: platform.now(),
    };
    let id = insert(platform, &new).await?;
    let written = comment::select_one(video_key(video), reader(Some(user)), id);
    let results = platform.database().batch(vec![written]).await?;
    let rows = results.first().map_or(Ok(Vec::new()), comment::read)?;
    outgoing::wake(platform).await;
    shaped(platform, rows)
        .pop()
        .map(|comment| NewComment { comment })
        .ok_or_else(|| AppError::rejected(Rejection::Conflict, "The comment was removed."))
}

async fn insert<P: Platform>(
    platform: &P,
    new: &comment_change::NewComment<'_>,
) -> Result<i64, AppError> {
    let mut batch = Vec::from(action::count(new.account_id, Action::Comment, new.now));
    batch.extend(comment_change::insert(new));
    let results = match platform.database().batch(batch).await {
        Err(DatabaseError::DemandNotMet { .. }) => {
            return Err(too_often(platform, Action::Comment));
        }
        other => other?,
    };
    match results.last().and_then(|rows| rows.first()) {
        Some(row) => Ok(row.integer(0)?),
        // The thread or the video is full, or its place went away in between.
        None => Err(AppError::rejected(
            Rejection::Conflict,
            "There is no room for this comment.",
        )),
    }
}

/// Whether a comment waits for approval. On another server's video it waits for that server's.
fn is_held(subject: &SubjectRow, user: &SignedIn) -> bool {
    subject.comments_policy == POLICY_APPROVAL
        && (subject.remote_url.is_some() || !manages_comments(subject, user))
}

fn manages_comments(subject: &SubjectRow, user: &SignedIn) -> bool {
    subject.owner_account_id == user.account_id || user.role.manages_all_videos()
}

/// `DELETE /videos/{id}/comments/{commentId}`, by its author, the video's owner and moderators.
///
/// # Errors
/// 404; 400 for a comment of another video; 403 for others; 409 when it is deleted already.
pub async fn delete<P: Platform>(
    platform: &P,
    video: &VideoRef,
    user: &SignedIn,
    comment_id: i64,
) -> Result<(), AppError> {
    let (subject, place) = changed(platform, video, user, comment_id).await?;
    if place.is_deleted {
        return Err(AppError::rejected(
            Rejection::Conflict,
            "This comment is already deleted",
        ));
    }
    if place.author_id != Some(user.account_id) && !manages_comments(&subject, user) {
        return Err(AppError::rejected(
            Rejection::Forbidden,
            "Cannot remove video comment of another user",
        ));
    }
    let batch = vec![comment_change::delete(comment_id, platform.now())];
    platform.database().batch(batch).await?;
    outgoing::wake(platform).await;
    Ok(())
}

/// `POST /videos/{id}/comments/{commentId}/approve`, by the video's owner and moderators.
///
/// # Errors
/// 404; 400 for a comment of another video or one that is not held; 403 for others; 409 when it is deleted.
pub async fn approve<P: Platform>(
    platform: &P,
    video: &VideoRef,
    user: &SignedIn,
    comment_id: i64,
) -> Result<(), AppError> {
    let (subject, place) = changed(platform, video, user, comment_id).await?;
    if place.is_deleted {
        return Err(AppError::rejected(
            Rejection::Conflict,
            "This comment is deleted",
        ));
    }
    if !manages_comments(&subject, user) || subject.remote_url.is_some() {
        return Err(AppError::rejected(
            Rejection::Forbidden,
            "Cannot approve a comment on a video of another user",
        ));
    }
    if !place.is_held {
        return Err(AppError::rejected(
            Rejection::BadRequest,
            "This comment is not held for review",
        ));
    }
    let origin = &platform.settings().public_origin;
    let url = shape::comment_url(origin, &subject.video_uuid, comment_id);
    let approval = format!("{url}/approve-reply");
    let batch = vec![comment_change::approve(comment_id, Some(&approval))];
    platform.database().batch(batch).await?;
    outgoing::wake(platform).await;
    Ok(())
}

async fn changed<P: Platform>(
    platform: &P,
    video: &VideoRef,
    user: &SignedIn,
    comment_id: i64,
) -> Result<(SubjectRow, PlaceRow), AppError> {
    // Rights here come from the comment and the video's owner, not from who may see the video: an author may
    // take back words under a video that was hidden since.
    let batch = vec![
        comment::select_subject(video_key(video)),
        comment_change::select_place(comment_id),
    ];
    let results = platform.database().batch(batch).await?;
    let subject = results.first().and_then(|rows| rows.first());
    let subject = comment::read_subject(subject.ok_or_else(access::no_video)?)?;
    let place = place_on(&subject, results.get(1).unwrap_or(&Vec::new()))?;
    let is_stranger = place.author_id != Some(user.account_id) && !manages_comments(&subject, user);
    if place.is_held && is_stranger {
        return Err(AppError::not_found("Video comment thread not found"));
    }
    Ok((subject, place))
}
