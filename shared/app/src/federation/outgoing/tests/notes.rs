//! What triggers note, and what they do not.

use super::fixture::{UUID, instance, meet_bob, notes, publish, run};

fn note(verb: &str) -> String {
    format!("video {UUID} {verb}")
}

const TOLD: &str = "DELETE FROM outgoing_change";

#[test]
fn a_video_is_noted_once_however_often_it_changes() {
    let platform = instance();
    publish(&platform);
    run(&platform, "UPDATE video SET name='Note G'");
    assert_eq!(notes(&platform), [note("publish")]);

    run(&platform, TOLD);
    run(
        &platform,
        "UPDATE video SET name='Note H',updated_at_unix_ms=2",
    );
    run(
        &platform,
        "UPDATE video SET description='x',updated_at_unix_ms=3",
    );
    assert_eq!(notes(&platform), [note("update")]);

    run(&platform, "UPDATE video SET privacy=3");
    assert_eq!(notes(&platform), [note("delete")]);
    run(&platform, "DELETE FROM video");
    assert_eq!(notes(&platform), [note("delete")]);
}

#[test]
fn a_change_while_it_is_being_told_is_told_again() {
    let platform = instance();
    publish(&platform);
    run(
        &platform,
        "UPDATE outgoing_change SET taken_until_unix_ms=9",
    );
    run(&platform, "UPDATE video SET name='Note G'");
    assert_eq!(notes(&platform), [note("publish"), note("update")]);
}

#[test]
fn files_of_a_published_video_are_news() {
    let platform = instance();
    publish(&platform);
    run(&platform, TOLD);
    run(
        &platform,
        "INSERT INTO video_file (id,video_id,kind,resolution,filename,object_key,size_bytes,fps,\
         has_audio,has_video,created_at_unix_ms) VALUES (1,1,'hls',720,'f','k',1,25,1,1,1)",
    );
    assert_eq!(notes(&platform), [note("update")]);
    run(&platform, TOLD);
    run(&platform, "UPDATE video_file SET torrent_filename='t'");
    assert_eq!(notes(&platform), [note("update")]);
    run(&platform, TOLD);
    run(
        &platform,
        "UPDATE video_file SET torrent_retried_at_unix_ms=5",
    );
    assert_eq!(notes(&platform), [""; 0]);
}

#[test]
fn counting_tells_nobody() {
    let platform = instance();
    publish(&platform);
    meet_bob(&platform);
    run(&platform, TOLD);
    run(
        &platform,
        "UPDATE video SET recent_views=recent_views+1,viewers=3,likes=1,dislikes=1,comments=4",
    );
    run(&platform, "UPDATE channel SET listed_videos=7");
    assert_eq!(notes(&platform), [""; 0]);
    // What a view adds is told with the next hour's.
    run(&platform, "UPDATE video SET views=views+1");
    let laziness = "SELECT subject||laziness FROM outgoing_change";
    assert_eq!(platform.database.dump(laziness), [format!("{UUID}2")]);
    run(&platform, "INSERT INTO video_rate VALUES (1,2,1,'y',1)");
    assert_eq!(platform.database.dump(laziness), [format!("{UUID}1")]);
    run(&platform, "UPDATE video SET name='Note H'");
    assert_eq!(platform.database.dump(laziness), [format!("{UUID}0")]);
    run(&platform, "UPDATE video SET views=views+1");
    assert_eq!(platform.database.dump(laziness), [format!("{UUID}0")]);
}

#[test]
fn private_and_foreign_videos_are_nobodys_business() {
    let platform = instance();
    meet_bob(&platform);
    run(
        &platform,
        "INSERT INTO video (id,uuid,channel_id,name,privacy,state,created_at_unix_ms,\
         updated_at_unix_ms,published_at_unix_ms) VALUES (5,'5',1,'Secret',3,1,1,1,1)",
    );
    run(&platform, "UPDATE video SET name='x'");
    run(
        &platform,
        "UPDATE account SET display_name='Bobby' WHERE id=2",
    );
    run(&platform, "DELETE FROM video");
    assert_eq!(notes(&platform), [""; 0]);
}

#[test]
fn comments_are_noted_by_whose_they_are_and_where() {
    let platform = instance();
    publish(&platform);
    meet_bob(&platform);
    run(&platform, TOLD);
    run(
        &platform,
        "INSERT INTO comment (id,remote_url,video_id,account_id,text,is_held,created_at_unix_ms,\
         updated_at_unix_ms) VALUES (1,NULL,1,1,'ours',0,1,1),(2,NULL,1,1,'ours, held',1,1,1),\
         (3,NULL,2,1,'ours, held there',1,1,1),(4,'https://far.test/c/4',1,2,'theirs, held',1,1,1),\
         (5,'https://far.test/c/5',1,2,'theirs, held',1,1,1),(6,'https://far.test/c/6',2,2,'theirs',0,1,1)",
    );
    assert_eq!(notes(&platform), ["comment 1 create", "comment 3 create"]);
    run(&platform, TOLD);
    run(
        &platform,
        "UPDATE comment SET is_held=0 WHERE id IN (2,3,4)",
    );
    assert_eq!(notes(&platform), ["comment 2 create", "comment 4 approve"]);
    run(&platform, TOLD);
    run(&platform, "UPDATE comment SET deleted_at_unix_ms=9,text=''");
    let deleted = [
        "comment 1 delete",
        "comment 2 delete",
        "comment 3 delete",
        "comment 4 delete",
        "comment 5 refuse",
    ];
    assert_eq!(notes(&platform), deleted);
}

#[test]
fn rates_are_told_to_the_origin_and_counted_by_ours() {
    let platform = instance();
    publish(&platform);
    meet_bob(&platform);
    run(&platform, TOLD);
    run(
        &platform,
        "INSERT INTO video_rate VALUES (2,1,1,NULL,1),(2,2,1,'x',1),(1,2,1,'y',1)",
    );
    let (ours, counted) = ("rate 2:1 rate".to_owned(), note("update"));
    assert_eq!(notes(&platform), [ours.clone(), counted.clone()]);
    run(&platform, "DELETE FROM video_rate");
    assert_eq!(notes(&platform), [ours, counted]);
    let first = "SELECT details FROM outgoing_change WHERE kind='rate'";
    assert_eq!(platform.database.dump(first), ["{\"before\":null}"]);
}

#[test]
fn follows_are_noted_by_direction() {
    let platform = instance();
    meet_bob(&platform);
    run(
        &platform,
        "INSERT INTO actor (id,url,kind,host,preferred_username,account_id,public_key_id,public_key_pem,\
         private_key_sealed,fetched_at_unix_ms) \
         VALUES (1,'https://video.test/accounts/ada','account','','ada',1,'','','x',1)",
    );
    run(
        &platform,
        "INSERT INTO follow (id,follower_id,target_id,state,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (1,1,90,'pending',1,1),(2,90,1,'pending',1,1)",
    );
    assert_eq!(notes(&platform), ["follow 1 follow"]);
    run(&platform, TOLD);
    run(&platform, "UPDATE follow SET state='accepted'");
    assert_eq!(notes(&platform), ["follow 2 accept"]);
    run(&platform, TOLD);
    run(&platform, "UPDATE follow SET state='rejected' WHERE id=2");
    run(&platform, "DELETE FROM follow");
    assert_eq!(notes(&platform), ["follow 2 reject", "follow 1 undo"]);
    // One that ends before it was told has been none.
    run(&platform, TOLD);
    run(
        &platform,
        "INSERT INTO follow (id,follower_id,target_id,state,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (1,1,90,'pending',1,1)",
    );
    assert_eq!(notes(&platform), ["follow 1 follow"]);
    run(&platform, "DELETE FROM follow");
    assert_eq!(notes(&platform), [""; 0]);
}

#[test]
fn an_account_that_goes_says_so_for_all_that_it_had() {
    let platform = instance();
    publish(&platform);
    for sql in [
        "INSERT INTO actor (id,url,kind,host,preferred_username,account_id,public_key_id,public_key_pem,\
         private_key_sealed,fetched_at_unix_ms) \
         VALUES (1,'https://video.test/accounts/ada','account','','ada',1,'','','x',1)",
        "INSERT INTO actor (id,url,kind,host,preferred_username,channel_id,public_key_id,public_key_pem,\
         private_key_sealed,fetched_at_unix_ms) VALUES \
         (2,'https://video.test/video-channels/engines','channel','','engines',1,'','','x',1)",
        "INSERT INTO comment (id,video_id,account_id,text,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (1,1,1,'hello',1,1)",
        TOLD,
        "DELETE FROM user",
    ] {
        run(&platform, sql);
    }
    assert_eq!(
        notes(&platform),
        ["account ada delete", "channel engines delete"]
    );
    let signers = "SELECT url FROM actor ORDER BY id";
    assert_eq!(platform.database.dump(signers).len(), 2);
}
