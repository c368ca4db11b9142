//! From notes to the queue.

use std::collections::BTreeSet;

use testkit::{TestPlatform, block_on};

use super::super::tell_lazy_changes;
use super::fixture::{
    UUID, activity, follow, inboxes, instance, meet_bob, notes, publish, queued, run, tell,
};
use crate::federation::keys::LocalActor;

const HOSTS: i64 = 5;

#[test]
fn everybody_behind_a_shared_inbox_is_told_once() {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Channel("engines"), HOSTS);
    let deliveries = tell(&platform);
    let distinct: BTreeSet<_> = inboxes(&deliveries).into_iter().collect();
    assert_eq!((deliveries.len(), distinct.len()), (5, 5));
    let announce = activity(&deliveries[0]);
    assert_eq!(announce["type"], "Announce");
    assert_eq!(
        announce["actor"],
        "https://video.test/video-channels/engines"
    );
    assert_eq!(
        announce["object"],
        format!("https://video.test/videos/watch/{UUID}")
    );
    assert_eq!(deliveries[0].signer_url, announce["actor"]);
    assert_eq!(notes(&platform), [""; 0]);

    assert_eq!(tell(&platform), []);
}

#[test]
fn the_account_creates_what_channel_and_instance_announce() {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Account("ada"), 1);
    follow(&platform, LocalActor::Channel("engines"), 1);
    follow(&platform, LocalActor::Instance, 1);
    let told: Vec<_> = tell(&platform)
        .iter()
        .map(activity)
        .map(|activity| format!("{} {}", activity["type"], activity["actor"]))
        .collect();
    assert_eq!(
        told,
        [
            "\"Create\" \"https://video.test/accounts/ada\"",
            "\"Announce\" \"https://video.test/video-channels/engines\"",
            "\"Announce\" \"https://video.test/accounts/peertube\"",
        ]
    );
    // One Update and one Delete are enough for a server that follows all three.
    for (change, verb) in [
        ("UPDATE video SET name='Note H'", "Update"),
        ("DELETE FROM video", "Delete"),
    ] {
        run(&platform, change);
        let deliveries = tell(&platform);
        assert_eq!(deliveries.len(), 1, "{verb}");
        let activity = activity(&deliveries[0]);
        assert_eq!(activity["type"], verb);
        assert_eq!(activity["actor"], "https://video.test/accounts/ada");
    }
}

#[test]
fn a_video_that_moves_is_shared_by_its_new_channel_alone() {
    let platform = instance();
    run(
        &platform,
        "INSERT INTO channel (id,account_id,name,display_name,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (2,1,'films','Films',1,1)",
    );
    publish(&platform);
    for channel in ["engines", "films"] {
        follow(&platform, LocalActor::Channel(channel), 1);
    }
    let move_to = |channel: u32| {
        let sql = format!("UPDATE video SET channel_id={channel}");
        run(&platform, &sql);
    };
    // What is yet to be published has been shared by nobody.
    move_to(2);
    assert_eq!(notes(&platform), [format!("video {UUID} publish")]);
    let told = || -> Vec<String> {
        let shares = tell(&platform);
        let shares = shares.iter().map(activity).filter_map(|told| {
            let is_undo = told["type"] == "Undo";
            let share = if is_undo { &told["object"] } else { &told };
            let by = told["actor"].as_str()?.rsplit('/').next()?;
            (share["type"] == "Announce").then(|| format!("{} {by}", told["type"]))
        });
        shares.collect()
    };
    assert_eq!(told(), ["\"Announce\" films"]);
    move_to(1);
    assert_eq!(told(), ["\"Undo\" films", "\"Announce\" engines"]);
    // There and back before anybody hears of it.
    move_to(2);
    move_to(1);
    assert_eq!(told(), [""; 0]);
    // Of what is private nobody hears.
    run(&platform, "UPDATE video SET privacy=3");
    drop(tell(&platform));
    move_to(2);
    assert_eq!(told(), [""; 0]);
}

#[test]
fn blocked_servers_are_told_nothing_and_silent_ones_wait() {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Channel("engines"), HOSTS);
    run(
        &platform,
        "INSERT INTO host_block (blocker_id,host,created_at_unix_ms) VALUES (NULL,'h0.test',1)",
    );
    run(
        &platform,
        "INSERT INTO remote_host (host,failures,retry_after_unix_ms) VALUES ('h1.test',2,9)",
    );
    run(
        &platform,
        "INSERT INTO remote_host (host,last_success_unix_ms) VALUES ('h4.test',9)",
    );
    let deliveries = tell(&platform);
    // Who is known to answer comes first.
    assert_eq!(
        inboxes(&deliveries),
        [
            "https://h4.test/inbox",
            "https://h2.test/inbox",
            "https://h3.test/inbox"
        ]
    );
    let waiting = "SELECT inbox_url FROM delayed_delivery";
    assert_eq!(platform.database.dump(waiting), ["https://h1.test/inbox"]);
}

#[test]
fn whoever_is_interrupted_is_followed_by_another_who_goes_on_there() {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Channel("engines"), HOSTS);
    // Somebody has taken it and told up to the third inbox.
    let until = ports::Platform::now(&platform).0 + 1_000;
    assert!(until > 0);
    run(
        &platform,
        "UPDATE outgoing_change SET taken_until_unix_ms=1767225601000,told_inbox='https://h2.test/inbox'",
    );
    assert_eq!(tell(&platform), []);
    platform.advance_ms(2_000);
    let deliveries = tell(&platform);
    assert_eq!(
        inboxes(&deliveries),
        ["https://h3.test/inbox", "https://h4.test/inbox"]
    );
}

#[test]
fn likes_of_our_videos_are_told_together_and_later() {
    let platform = instance();
    publish(&platform);
    follow(&platform, LocalActor::Instance, 1);
    let _ = tell(&platform);
    run(&platform, "INSERT INTO video_rate VALUES (1,1,1,NULL,1)");
    assert_eq!(tell(&platform), []);
    block_on(tell_lazy_changes(&platform, 1)).unwrap();
    assert_eq!(queued(&platform).len(), 1);
}

#[test]
fn a_rate_that_changed_is_undone_first() {
    let platform = instance();
    meet_bob(&platform);
    let mut told = Vec::new();
    for change in [
        "INSERT INTO video_rate VALUES (2,1,1,NULL,1)",
        "UPDATE video_rate SET is_like=0",
        "DELETE FROM video_rate",
    ] {
        run(&platform, change);
        for delivery in tell(&platform) {
            assert_eq!(delivery.inbox_url, "https://far.test/inbox");
            let activity = activity(&delivery);
            told.push(match activity["object"]["type"].as_str() {
                Some(inner) => format!("{} {inner}", activity["type"].as_str().unwrap()),
                None => activity["type"].as_str().unwrap().to_owned(),
            });
        }
    }
    assert_eq!(told, ["Like", "Undo Like", "Dislike", "Undo Dislike"]);
}

#[test]
fn a_comment_goes_to_the_videos_server_and_to_whom_it_answers() {
    let platform = instance();
    meet_bob(&platform);
    run(
        &platform,
        "INSERT INTO actor (id,url,kind,host,preferred_username,public_key_id,public_key_pem,inbox_url,\
         fetched_at_unix_ms) VALUES (91,'https://third.test/u/eve','account','third.test','eve','','',\
         'https://third.test/u/eve/inbox',1)",
    );
    run(
        &platform,
        "INSERT INTO account (id,name,display_name,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (3,'eve@third.test','Eve',1,1)",
    );
    run(&platform, "UPDATE actor SET account_id=3 WHERE id=91");
    run(
        &platform,
        "INSERT INTO comment (id,remote_url,video_id,account_id,parent_id,thread_id,text,\
         created_at_unix_ms,updated_at_unix_ms) VALUES (1,'https://third.test/c/1',2,3,NULL,NULL,'a',1,1),\
         (2,NULL,2,1,1,1,'b',1,1)",
    );
    for verb in ["Create", "Delete"] {
        let deliveries = tell(&platform);
        assert_eq!(
            inboxes(&deliveries),
            ["https://far.test/inbox", "https://third.test/u/eve/inbox"],
            "{verb}"
        );
        let activity = activity(&deliveries[0]);
        assert_eq!(activity["type"], verb);
        run(
            &platform,
            "UPDATE comment SET deleted_at_unix_ms=5,text='' WHERE id=2",
        );
    }
}

/// Row id of our actor ada, which is made when it is first asked for.
fn ada(platform: &TestPlatform) -> i64 {
    let ada = crate::federation::keys::local_actor(platform, LocalActor::Account("ada"));
    block_on(ada).unwrap().unwrap().id
}

#[test]
fn follows_and_their_answers_go_to_one_inbox() {
    let platform = instance();
    meet_bob(&platform);
    assert_eq!(ada(&platform), 91);
    run(
        &platform,
        "INSERT INTO follow (id,follower_id,target_id,state,url,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (1,91,90,'pending',NULL,1,1),(2,90,91,'accepted','https://far.test/f/7',1,1)",
    );
    let mut told = Vec::new();
    for change in [
        "UPDATE follow SET state='rejected' WHERE id=2",
        "DELETE FROM follow",
        "SELECT 1",
    ] {
        for delivery in tell(&platform) {
            assert_eq!(delivery.inbox_url, "https://far.test/u/bob/inbox");
            let activity = activity(&delivery);
            let inner = &activity["object"]["id"];
            told.push(format!(
                "{} {}",
                activity["type"],
                inner.as_str().unwrap_or("-")
            ));
        }
        run(&platform, change);
    }
    assert_eq!(
        told,
        [
            "\"Follow\" -",
            "\"Accept\" https://far.test/f/7",
            "\"Reject\" https://far.test/f/7",
            "\"Undo\" https://video.test/accounts/ada/follows/1",
        ]
    );
}

#[test]
fn a_follow_is_never_known_by_the_id_of_one_that_has_ended() {
    let platform = instance();
    meet_bob(&platform);
    let ada = ada(&platform);
    let ask = || {
        let now = ports::Platform::now(&platform);
        let asked = store::follow::ask(ada, 90, false, now).to_vec();
        block_on(ports::Database::batch(&platform.database, asked)).unwrap();
    };
    let mut ids = Vec::new();
    for _ in 0..2 {
        ask();
        let told = activity(&tell(&platform)[0]);
        assert_eq!(told["type"], "Follow");
        ids.push(told["id"].as_str().unwrap().to_owned());
        run(&platform, "DELETE FROM follow");
        assert_eq!(activity(&tell(&platform)[0])["object"]["id"], told["id"]);
    }
    assert_ne!(ids[0], ids[1]);
}
