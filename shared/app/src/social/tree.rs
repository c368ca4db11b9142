//! A thread's rows as a tree.

use std::collections::HashMap;

use rest::social::{CommentTree, VideoComment};

/// Levels of answers. What goes deeper hangs on the deepest: a chain of thousands must not overflow a stack,
/// here or in a client.
pub(super) const DEPTH_MAX: usize = 50;

/// What becomes of an answer whose parent is not among the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orphans {
    /// It is left out, like its parent.
    Dropped,
    /// It hangs on the first comment: its parent is on an earlier page.
    OnFirst,
}

/// Builds the tree of `first` from its answers, which come in order of their ids: a parent before its
/// answers. Counts of answers are filled in for all but the first.
pub(super) fn build(
    first: VideoComment,
    answers: Vec<VideoComment>,
    orphans: Orphans,
) -> CommentTree {
    // Index 0 is the first comment, n + 1 is answer n; a parent's index is below its child's.
    let mut parents: Vec<Option<usize>> = Vec::with_capacity(answers.len());
    let mut depths = vec![0_usize];
    let mut by_id = HashMap::from([(first.id, 0_usize)]);
    for (index, answer) in answers.iter().enumerate() {
        let named = answer
            .in_reply_to_comment_id
            .and_then(|id| by_id.get(&id))
            .copied();
        let parent = named.or((orphans == Orphans::OnFirst).then_some(0));
        let parent = parent.map(|at| {
            if depths[at] >= DEPTH_MAX {
                parents[at - 1].unwrap_or(0)
            } else {
                at
            }
        });
        depths.push(parent.map_or(0, |at| depths[at] + 1));
        parents.push(parent);
        if parent.is_some() {
            by_id.insert(answer.id, index + 1);
        }
    }
    let mut nodes: Vec<CommentTree> = std::iter::once(first)
        .chain(answers)
        .map(|comment| CommentTree {
            comment,
            children: Vec::new(),
        })
        .collect();
    // From the last to the first, so that a node is whole when it moves into its parent.
    while nodes.len() > 1 {
        let at = nodes.len() - 1;
        let mut node = nodes.pop().expect("there is more than one");
        node.children.reverse();
        let Some(parent) = parents[at - 1] else {
            continue;
        };
        let counts = usize::from(!node.comment.is_deleted);
        let by_owner = usize::from(node.comment.is_by_video_owner);
        let above = &mut nodes[parent];
        if parent > 0 {
            above.comment.total_replies += u64::try_from(counts).unwrap_or(0);
            above.comment.total_replies_from_video_author += u64::try_from(by_owner).unwrap_or(0);
        }
        above.children.push(node);
    }
    let mut root = nodes.pop().expect("the first comment is there");
    root.children.reverse();
    root
}

#[cfg(test)]
mod tests {
    use rest::IsoDate;

    use super::*;

    fn comment(id: i64, parent: Option<i64>) -> VideoComment {
        VideoComment {
            id,
            url: String::new(),
            text: String::new(),
            thread_id: 1,
            in_reply_to_comment_id: parent,
            video_id: 1,
            created_at: IsoDate(0),
            updated_at: IsoDate(0),
            deleted_at: None,
            held_for_review: false,
            is_deleted: false,
            total_replies_from_video_author: 0,
            total_replies: 0,
            account: None,
            is_by_video_owner: false,
        }
    }

    fn shown(tree: &CommentTree) -> String {
        let children: Vec<String> = tree.children.iter().map(shown).collect();
        format!("{}({})", tree.comment.id, children.join(" "))
    }

    fn check(answers: &[(i64, i64)], orphans: Orphans, expected: &str) {
        let answers = answers
            .iter()
            .map(|(id, parent)| comment(*id, Some(*parent)))
            .collect();
        let tree = build(comment(1, None), answers, orphans);
        assert_eq!(shown(&tree), expected);
    }

    #[test]
    fn answers_stand_under_what_they_answer_in_order() {
        let answers = [(2, 1), (3, 1), (4, 2), (5, 2), (6, 4)];
        check(&answers, Orphans::Dropped, "1(2(4(6()) 5()) 3())");
    }

    #[test]
    fn what_answers_the_unseen_is_unseen_or_on_top() {
        let answers = [(2, 1), (5, 4), (6, 5)];
        check(&answers, Orphans::Dropped, "1(2())");
        check(&answers, Orphans::OnFirst, "1(2() 5(6()))");
    }

    #[test]
    fn a_long_chain_is_no_deep_tree() {
        let answers = (2..=1_000).map(|id| comment(id, Some(id - 1))).collect();
        let tree = build(comment(1, None), answers, Orphans::Dropped);
        let mut depth = 0;
        let mut total = 1;
        let mut at = &tree;
        while let Some(child) = at.children.first() {
            depth += 1;
            total += at.children.len();
            at = child;
        }
        assert_eq!((depth, total), (DEPTH_MAX, 1_000));
    }
}
