//! `/w/{id}/comments`: a page of its own, and the part of it that the watch page fetches once its video
//! plays. So the watch page stays small and costs the database nothing more, and who reads without
//! scripts follows a link.

use askama::Template;
use rest::social::{CommentTree, VideoComment};

use super::{Frame, Pager, actor::ActorLine, print};
use crate::{
    Site,
    assets::asset_url,
    markdown::{self, Rendered},
    text::{Day, count},
};

/// Threads of a page.
pub const THREADS_PER_PAGE: u32 = 10;
/// Answers under each thread among others.
pub const FIRST_REPLIES: u32 = 3;
/// Answers of a page of one thread.
pub const REPLIES_PER_PAGE: u32 = 50;
/// Answers deeper than this stand below each other: a phone has no room for more.
const LEVELS_MAX: usize = 3;
/// HTML of a comment among others, in bytes: 10 times 4 of them are 100 KB at most.
const TEXT_BYTES: usize = 2_000;
/// HTML of the comment that a page is about: 10,000 characters of which each is an escape of six bytes.
const WHOLE_TEXT_BYTES: usize = 80_000;

/// Comments of a video, as somebody sees them.
#[derive(Clone, Copy, Debug)]
pub struct Comments<'a> {
    /// Title of the video.
    pub video_name: &'a str,
    /// Its UUID.
    pub uuid: &'a str,
    /// Its short UUID.
    pub short_uuid: &'a str,
    /// Its ActivityPub id.
    pub address: &'a str,
    /// Whether people may write.
    pub is_open: bool,
    /// Whether what strangers write waits for the owner.
    pub needs_approval: bool,
    /// Whether the reader may remove and approve.
    pub is_managed: bool,
    /// Account of the reader; `None` for a stranger, for whom no controls are printed.
    pub reader_account_id: Option<i64>,
    /// The comment that the page is about, with its thread.
    pub comment_id: Option<i64>,
    /// Page, from 1.
    pub page: u32,
    /// Threads, or answers of the one thread, on all pages.
    pub total: u64,
    /// Comments that are not deleted, for the heading.
    pub not_deleted: u64,
    /// The threads of this page.
    pub threads: &'a [CommentTree],
}

#[derive(Template)]
#[template(path = "comments.html")]
struct CommentsPage<'a> {
    frame: Frame<'a>,
    script: String,
    title: &'a str,
    uuid: &'a str,
    watch_href: String,
    path: String,
    shown: &'static str,
    section: String,
}

#[derive(Template)]
#[template(path = "comment_section.html")]
struct Section<'a> {
    heading: String,
    all_href: Option<String>,
    is_open: bool,
    hint: &'static str,
    login_href: String,
    address: &'a str,
    body: String,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "comment.html")]
struct Said {
    id: i64,
    author: Option<ActorLine>,
    by_owner: bool,
    held: bool,
    permalink: String,
    origin: Option<String>,
    day: Day,
    text: Rendered,
    can: Can,
    below: String,
}

/// What the reader may do with a comment.
#[derive(Clone, Copy, Default)]
struct Can {
    reply: bool,
    approve: bool,
    delete: bool,
    report: bool,
}

impl Can {
    const fn any(self) -> bool {
        self.reply || self.approve || self.delete || self.report
    }
}

/// A whole page.
#[must_use]
pub fn render_comments(site: &Site, comments: &Comments<'_>) -> String {
    let path = format!("/w/{}", comments.short_uuid);
    let title = format!("Comments on {}", comments.video_name);
    print(&CommentsPage {
        frame: Frame::hidden(site, &title, "").with_feed(
            title.clone(),
            format!("/feeds/video-comments.xml?videoId={}", comments.uuid),
        ),
        script: asset_url("talk.ts"),
        title: comments.video_name,
        uuid: comments.uuid,
        path: format!("{path}/comments"),
        watch_href: path,
        shown: if comments.reader_account_id.is_some() {
            "reader"
        } else {
            "stranger"
        },
        section: section(site, comments, false),
    })
}

/// The part that the watch page puts under its video. Moments in comments seek there.
#[must_use]
pub fn render_comments_part(site: &Site, comments: &Comments<'_>) -> String {
    section(site, comments, true)
}

fn section(site: &Site, comments: &Comments<'_>, seeks: bool) -> String {
    let path = format!("/w/{}/comments", comments.short_uuid);
    let writer = Writer {
        site,
        comments,
        path: &path,
        seeks,
    };
    let body: String = comments
        .threads
        .iter()
        .filter_map(|thread| writer.thread(thread))
        .collect();
    let (listed, per_page) = match comments.comment_id {
        Some(id) => (format!("{path}?comment={id}"), REPLIES_PER_PAGE),
        None => (path.clone(), THREADS_PER_PAGE),
    };
    print(&Section {
        heading: count(comments.not_deleted, "comment"),
        all_href: comments.comment_id.map(|_| path.clone()),
        is_open: comments.is_open,
        hint: if comments.needs_approval && !comments.is_managed {
            "Markdown works. The publisher reads it first."
        } else {
            "Markdown works."
        },
        login_href: format!("/login?next=/w/{}", comments.short_uuid),
        address: comments.address,
        body,
        pager: Pager::new(&listed, comments.page, comments.total, per_page),
    })
}

struct Writer<'a> {
    site: &'a Site,
    comments: &'a Comments<'a>,
    path: &'a str,
    seeks: bool,
}

impl Writer<'_> {
    /// A thread; none for a tombstone that keeps nobody's place.
    fn thread(&self, thread: &CommentTree) -> Option<String> {
        let is_alone = self.comments.comment_id.is_some();
        let nothing_left = thread.comment.is_deleted && thread.comment.total_replies == 0;
        if nothing_left && !is_alone && thread.children.is_empty() {
            return None;
        }
        let mut below = self.answers(&thread.children, 1);
        let shown = u64::try_from(shown(&thread.children)).unwrap_or(0);
        let left = thread.comment.total_replies.saturating_sub(shown);
        if !is_alone && left > 0 {
            let words = if shown == 0 {
                format!("Show {}", replies(left))
            } else {
                format!("Show {left} more")
            };
            let (path, id) = (self.path, thread.comment.id);
            below.push_str(&format!(
                "<p class=\"rest\"><a href=\"{path}?comment={id}\" data-page>{words}</a></p>"
            ));
        }
        Some(self.said(&thread.comment, below))
    }

    fn answers(&self, children: &[CommentTree], level: usize) -> String {
        let inner: String = children
            .iter()
            .map(|child| self.answer(child, level))
            .collect();
        if inner.is_empty() {
            return inner;
        }
        format!("<ol class=\"answers\">{inner}</ol>")
    }

    /// An answer with what answers it: below it and further in, or after it where there is no room.
    fn answer(&self, tree: &CommentTree, level: usize) -> String {
        let is_place = !tree.comment.is_deleted || !tree.children.is_empty();
        if !is_place {
            return String::new();
        }
        if level < LEVELS_MAX {
            let below = self.answers(&tree.children, level + 1);
            return self.said(&tree.comment, below);
        }
        let mut out = self.said(&tree.comment, String::new());
        for child in &tree.children {
            out.push_str(&self.answer(child, level));
        }
        out
    }

    fn said(&self, comment: &VideoComment, below: String) -> String {
        let Comments {
            reader_account_id: reader,
            is_managed,
            comment_id,
            ..
        } = *self.comments;
        let author = comment.account.as_ref();
        let is_own = reader.is_some() && author.map(|author| author.id) == reader;
        let limit = if comment_id == Some(comment.id) {
            WHOLE_TEXT_BYTES
        } else {
            TEXT_BYTES
        };
        print(&Said {
            id: comment.id,
            author: author.map(|author| ActorLine::account(self.site, author)),
            by_owner: comment.is_by_video_owner,
            held: comment.held_for_review,
            permalink: format!(
                "{}?comment={}#comment-{}",
                self.path, comment.id, comment.id
            ),
            origin: author
                .filter(|author| author.host != self.site.host())
                .filter(|_| markdown::is_link(&comment.url))
                .map(|_| comment.url.clone()),
            day: comment.created_at.into(),
            text: markdown::render_comment(&comment.text, limit, self.seeks),
            can: reader.map_or_else(Can::default, |_| Can {
                reply: true,
                approve: comment.held_for_review && is_managed,
                delete: is_own || is_managed,
                report: !is_own,
            }),
            below,
        })
    }
}

fn shown(children: &[CommentTree]) -> usize {
    children
        .iter()
        .map(|child| usize::from(!child.comment.is_deleted) + shown(&child.children))
        .sum()
}

fn replies(number: u64) -> String {
    if number == 1 {
        "1 reply".to_owned()
    } else {
        format!("{number} replies")
    }
}

#[cfg(test)]
mod tests;
