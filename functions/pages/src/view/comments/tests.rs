use rest::IsoDate;

use super::*;
use crate::sample;

fn comment(id: i64, text: &str) -> VideoComment {
    VideoComment {
        id,
        url: format!("https://tube.example/videos/watch/x/comments/{id}"),
        text: text.to_owned(),
        thread_id: 1,
        in_reply_to_comment_id: None,
        video_id: 1,
        created_at: IsoDate(1_767_323_045_678),
        updated_at: IsoDate(1_767_323_045_678),
        deleted_at: None,
        held_for_review: false,
        is_deleted: false,
        total_replies_from_video_author: 0,
        total_replies: 0,
        account: Some(sample::account()),
        is_by_video_owner: false,
    }
}

fn tree(comment: VideoComment, children: Vec<CommentTree>) -> CommentTree {
    CommentTree { comment, children }
}

fn stone(id: i64, children: Vec<CommentTree>) -> CommentTree {
    let mut comment = comment(id, "");
    comment.is_deleted = true;
    comment.account = None;
    tree(comment, children)
}

fn comments(threads: &[CommentTree]) -> Comments<'_> {
    Comments {
        video_name: "Bunny & friends",
        uuid: sample::UUID,
        short_uuid: sample::SHORT_UUID,
        address: "https://tube.example/videos/watch/x",
        is_open: true,
        needs_approval: false,
        is_managed: false,
        reader_account_id: None,
        comment_id: None,
        page: 1,
        total: 1,
        not_deleted: 1,
        threads,
    }
}

fn part(comments: &Comments<'_>) -> String {
    render_comments_part(&sample::site(), comments)
}

/// The nesting of the comments in `html`: `1(2(3)4)`.
fn nesting(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if let Some(id) = rest.strip_prefix("<li class=\"said\" id=\"comment-") {
            out.push_str(&id[..id.find('"').unwrap()]);
            out.push(' ');
        } else if rest.starts_with("<ol class=\"answers\"") {
            out.push('(');
        } else if rest.starts_with("</ol></li>") {
            out.push(')');
        }
        rest = &rest[1..];
    }
    out
}

#[test]
fn answers_are_nested_until_there_is_no_room() {
    let leaf = |id| tree(comment(id, "x"), vec![]);
    let deep = tree(comment(4, "x"), vec![tree(comment(5, "x"), vec![leaf(6)])]);
    let threads = [tree(
        comment(1, "x"),
        vec![
            tree(comment(2, "x"), vec![tree(comment(3, "x"), vec![deep])]),
            leaf(7),
        ],
    )];
    let html = part(&comments(&threads));
    assert_eq!(nesting(&html), "1 (2 (3 (4 5 6 ))7 )");
}

#[test]
fn a_tombstone_stays_while_it_keeps_a_place() {
    let threads = [
        stone(1, vec![tree(comment(2, "still here"), vec![])]),
        stone(3, vec![]),
    ];
    let html = part(&comments(&threads));
    assert!(html.contains("This comment was deleted."));
    assert!(html.contains("still here"));
    assert!(!html.contains("comment-3"));
}

#[test]
fn strangers_words_are_words() {
    let evil = "See https://a.example/?a=1&b=2 <script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=y>";
    let mut said = comment(1, evil);
    let who = said.account.as_mut().unwrap();
    who.display_name = "<b>Eve</b>".to_owned();
    who.host = "other.example".to_owned();
    said.url = "javascript:alert(2)".to_owned();
    let html = part(&comments(&[tree(said, vec![])]));
    for forbidden in ["<script", "<img", "href=\"javascript", "<b>"] {
        assert!(!html.contains(forbidden), "{forbidden} in {html}");
    }
    assert!(html.contains("rel=\"noopener nofollow ugc\""));
    assert!(!html.contains("Original"));
    assert!(html.contains("@ada@other.example"));
}

#[test]
fn other_servers_comments_link_their_original() {
    let mut said = comment(1, "hi");
    said.account.as_mut().unwrap().host = "other.example".to_owned();
    said.url = "https://other.example/notes/1".to_owned();
    let html = part(&comments(&[tree(said, vec![])]));
    assert!(
        html.contains(
            "href=\"https://other.example/notes/1\" rel=\"noopener nofollow ugc\">Original"
        )
    );
}

#[test]
fn controls_are_for_those_who_may() {
    let mut held = comment(1, "x");
    held.held_for_review = true;
    let threads = [tree(held, vec![])];
    let controls = |reader, managed| {
        let html = part(&Comments {
            reader_account_id: reader,
            is_managed: managed,
            ..comments(&threads)
        });
        let controls = html.split("data-do=\"").skip(1);
        controls
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(controls(None, false), "");
    assert_eq!(controls(Some(3), false), "reply delete");
    assert_eq!(controls(Some(9), false), "reply report block");
    assert_eq!(controls(Some(9), true), "reply approve delete report block");
}

#[test]
fn what_is_left_out_is_linked() {
    let mut first = comment(1, &"word ".repeat(1_000));
    first.total_replies = 5;
    let threads = [tree(first, vec![tree(comment(2, "x"), vec![])])];
    let html = part(&Comments {
        total: 25,
        ..comments(&threads)
    });
    let path = format!("/w/{}/comments", sample::SHORT_UUID);
    assert!(html.contains(&format!("{path}?comment=1#comment-1\">Read all of it")));
    assert!(html.contains(&format!("{path}?comment=1\" data-page>Show 4 more")));
    assert!(html.contains(&format!("{path}?page=2\" rel=\"next\"")));
}

#[test]
fn a_page_of_the_longest_comments_has_a_bound() {
    let text = "&".repeat(10_000);
    let answers = || (2..=4).map(|id| tree(comment(id, &text), vec![])).collect();
    let threads: Vec<CommentTree> = (0..THREADS_PER_PAGE)
        .map(|_| tree(comment(1, &text), answers()))
        .collect();
    let html = part(&Comments {
        reader_account_id: Some(9),
        is_managed: true,
        ..comments(&threads)
    });
    assert!(html.len() < 150_000, "{} bytes", html.len());
}

#[test]
fn moments_seek_only_beside_the_player() {
    let threads = [tree(comment(1, "at 1:02"), vec![])];
    let comments = comments(&threads);
    assert!(part(&comments).contains("data-seek=\"62\""));
    assert!(!render_comments(&sample::site(), &comments).contains("data-seek"));
}

#[test]
fn a_closed_video_says_so() {
    let html = part(&Comments {
        is_open: false,
        ..comments(&[])
    });
    assert!(html.contains("Comments are closed"));
    assert!(!html.contains("<form"));
}
