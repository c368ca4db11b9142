//! What must work between our instance and a real PeerTube, each step in both directions and seen
//! on both sides.

mod blocking;
mod changing;
mod collecting;
mod following;
mod mirroring;
mod playing;
mod rating;
mod reporting;
mod talking;
mod watching;

use interop::{Direction, Pair};

/// A step that leaves follows and blocks as they are.
fn beside_others(way: fn(&Pair) -> Direction<'_>, step: fn(&Direction<'_>)) {
    if let Some(pair) = Pair::shared() {
        let _calm = pair.calm();
        step(&way(pair));
    }
}

/// A step that nothing else may run beside.
fn alone(way: fn(&Pair) -> Direction<'_>, step: fn(&Direction<'_>)) {
    if let Some(pair) = Pair::shared() {
        let _alone = pair.alone();
        step(&way(pair));
    }
}

macro_rules! both_ways {
    ($($run:ident: $module:ident::$step:ident,)*) => {
        /// Our videos, seen from PeerTube.
        mod ours_there {
            $(#[test] fn $step() { super::$run(super::Pair::from_us, super::$module::$step); })*
        }
        /// PeerTube's videos, seen from us.
        mod theirs_here {
            $(#[test] fn $step() { super::$run(super::Pair::from_them, super::$module::$step); })*
        }
    };
}

both_ways! {
    alone: blocking::a_blocked_account_is_not_heard,
    alone: blocking::a_blocked_server_is_not_heard,
    alone: blocking::a_blocked_server_is_not_shown,
    alone: following::a_followed_account_shows_what_it_had,
    alone: following::a_followed_channel_shows_what_it_had,
    alone: following::an_instance_is_unfollowed_and_followed_again,
    beside_others: changing::a_deleted_video_disappears,
    beside_others: changing::a_renamed_channel_is_renamed_there,
    beside_others: changing::a_renamed_video_is_renamed_there,
    beside_others: changing::a_video_made_private_disappears,
    beside_others: collecting::a_playlist_arrives_changes_and_disappears,
    beside_others: following::a_channel_is_found_by_its_handle,
    beside_others: following::a_channel_is_followed_and_unfollowed,
    beside_others: following::a_video_is_found_by_its_url,
    beside_others: following::an_account_is_followed_and_unfollowed,
    beside_others: following::an_instance_is_followed,
    beside_others: following::new_videos_arrive,
    beside_others: mirroring::a_copy_is_shown_at_its_origin,
    beside_others: playing::a_video_is_played_from_its_origin,
    beside_others: rating::likes_and_dislikes_arrive,
    beside_others: reporting::a_report_arrives,
    beside_others: talking::a_comment_and_its_reply_arrive,
    beside_others: talking::a_deleted_comment_disappears,
    beside_others: talking::a_local_comment_is_shown_there,
    beside_others: watching::a_view_is_counted_at_the_origin,
    beside_others: watching::what_was_watched_is_in_the_statistics_of_the_origin,
}
