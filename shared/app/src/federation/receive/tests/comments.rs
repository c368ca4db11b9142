//! Comments under our videos and others'.

use serde_json::{Value, json};

use super::world::{BOB, FAR_VIDEO, FILMS, ORIGIN, OURS, World, activity, note, person, video};

const NOTE: &str = "https://far.test/notes/1";
const COMMENTS: &str =
    "SELECT text||' '||coalesce(parent_id,'-')||' '||coalesce(thread_id,'-')||' '||is_held
     FROM comment ORDER BY id";

fn create(note: Value) -> Value {
    let actor = note["attributedTo"].as_str().unwrap().to_owned();
    activity("Create", &actor, note)
}

#[test]
fn a_comment_is_text_and_stands_once() {
    let world = World::new();
    let html = "<p>Nice <a href=\"https://x.test\">film</a><script>alert(1)</script></p>";
    for _ in 0..3 {
        world.receive(&create(note(NOTE, BOB, OURS, html)));
    }
    assert_eq!(world.dump(COMMENTS), ["Nice film - - 0"]);
    assert_eq!(world.dump("SELECT comments FROM video"), ["1"]);
}

#[test]
fn answers_find_their_thread_through_notes_that_are_fetched() {
    let world = World::new();
    let third = "https://third.test/u/cleo";
    world.serve(&person(third, "cleo"));
    world.serve(&note(NOTE, BOB, OURS, "one"));
    world.serve(&note("https://third.test/n/2", third, NOTE, "two"));
    world.receive(&create(note(
        "https://far.test/notes/3",
        BOB,
        "https://third.test/n/2",
        "three",
    )));
    assert_eq!(
        world.dump(COMMENTS),
        ["one - - 0", "two 1 1 0", "three 2 1 0"]
    );
    // An answer to a comment of ours.
    world.sql(
        "INSERT INTO comment (id,video_id,account_id,text,created_at_unix_ms,updated_at_unix_ms) \
         VALUES (9,1,1,'ours',1,1)",
    );
    world.receive(&create(note(
        "https://far.test/notes/4",
        BOB,
        &format!("{OURS}/comments/9"),
        "four",
    )));
    assert_eq!(world.dump(COMMENTS)[4], "four 9 9 0");
}

#[test]
fn what_is_not_for_everybody_or_not_about_videos_is_not_taken() {
    let world = World::new();
    let mut private = note(NOTE, BOB, OURS, "psst");
    private["to"] = json!([format!("{ORIGIN}/accounts/ada")]);
    world.receive(&create(private));
    let mut alone = note(NOTE, BOB, OURS, "hello");
    alone.as_object_mut().unwrap().remove("inReplyTo");
    world.receive(&create(alone));
    world.gone("https://far.test/gone");
    world.receive(&create(note(NOTE, BOB, "https://far.test/gone", "hello")));
    world.receive(&create(note(NOTE, BOB, OURS, "<p> </p>")));
    assert_eq!(world.dump("SELECT count(*) FROM comment"), ["0"]);
}

#[test]
fn the_owner_decides_who_may_write() {
    let world = World::new();
    world.sql("UPDATE video SET comments_policy=2");
    world.receive(&create(note(NOTE, BOB, OURS, "closed")));
    assert_eq!(world.dump("SELECT count(*) FROM comment"), ["0"]);
    world.sql("UPDATE video SET comments_policy=3");
    world.receive(&create(note(NOTE, BOB, OURS, "held")));
    assert_eq!(world.dump(COMMENTS), ["held - - 1"]);
    assert_eq!(world.dump("SELECT comments FROM video"), ["0"]);
    world.sql("UPDATE video SET comments_policy=1");
    world
        .sql("INSERT INTO host_block (blocker_id,host,created_at_unix_ms) VALUES (1,'far.test',1)");
    world.receive(&create(note(
        "https://far.test/notes/2",
        BOB,
        OURS,
        "blocked",
    )));
    assert_eq!(world.dump("SELECT count(*) FROM comment"), ["1"]);
}

#[test]
fn a_comment_changes_and_goes_in_any_order() {
    let world = World::new();
    let mut later = note(NOTE, BOB, OURS, "later");
    later["updated"] = json!("2025-06-02T00:00:00Z");
    world.receive(&activity("Update", BOB, later));
    world.receive(&create(note(NOTE, BOB, OURS, "earlier")));
    assert_eq!(world.dump("SELECT text FROM comment"), ["later"]);
    let tombstone = json!({"type": "Tombstone", "id": NOTE});
    world.receive(&activity("Delete", BOB, tombstone));
    world.receive(&create(note(NOTE, BOB, OURS, "again")));
    assert_eq!(
        world.dump("SELECT text||(deleted_at_unix_ms IS NOT NULL) FROM comment"),
        ["1"]
    );
    // Deleted four days before it came.
    let second = "https://far.test/notes/2";
    world.receive(&activity("Delete", BOB, json!(second)));
    world.gone(second);
    world.platform.advance_ms(4 * 86_400_000);
    world.receive(&create(note(second, BOB, OURS, "late")));
    assert_eq!(world.dump("SELECT count(*) FROM comment"), ["1"]);
}

const CLEO: &str = "https://third.test/u/cleo";

/// Something of cleo's with a signature that others can check, made by `creator`.
fn signed(kind: &str, object: Value, creator: &str) -> Value {
    let mut activity = activity(kind, CLEO, object);
    activity["signature"] =
        json!({"type": "RsaSignature2017", "creator": creator, "signatureValue": "x"});
    activity
}

#[test]
fn who_follows_our_video_hears_what_others_elsewhere_write_below_it() {
    let world = World::new();
    world.serve(&person(CLEO, "cleo"));
    let instance = format!("{ORIGIN}/accounts/peertube");
    world.follow(&instance, BOB, "accepted");
    world.receive(&activity("Create", BOB, video(FAR_VIDEO, 1)));
    world.followed_by_bob_and_dora();
    let id = "https://third.test/n/1";
    let written = note(id, CLEO, OURS, "one");
    let create = signed("Create", written.clone(), CLEO);
    let nobody_hears = |activity: &Value| {
        world.receive(activity);
        assert_eq!(world.told(1), [], "{activity}");
    };
    // Nobody would believe us.
    nobody_hears(&activity("Create", CLEO, written.clone()));
    nobody_hears(&signed("Create", written.clone(), BOB));
    // Of what waits for the owner nobody hears.
    world.sql("UPDATE comment SET is_held=1");
    world.sql("DELETE FROM outgoing_change");
    nobody_hears(&create);
    world.sql("UPDATE comment SET is_held=0");
    world.sql("DELETE FROM outgoing_change");
    world.receive(&create);
    assert_eq!(world.told(0), [(instance.clone(), create.clone())]);
    nobody_hears(&create);
    // Nor of what is below a video of somebody else's.
    let elsewhere = note("https://third.test/n/2", CLEO, FAR_VIDEO, "two");
    nobody_hears(&signed("Create", elsewhere, CLEO));
    assert_eq!(world.dump("SELECT count(*) FROM comment"), ["2"]);

    // Mastodon names the key.
    let mut changed = written.clone();
    changed["content"] = json!("changed");
    changed["updated"] = json!("2025-06-02T00:00:00Z");
    let update = signed("Update", changed, &format!("{CLEO}#main-key"));
    world.receive(&update);
    assert_eq!(world.told(0), [], "changes wait for more of them");
    assert_eq!(world.told(1), [(instance.clone(), update.clone())]);
    nobody_hears(&update);
    nobody_hears(&create);

    let delete = signed("Delete", json!(id), CLEO);
    world.receive(&delete);
    let told = world.told(0);
    assert!(told.contains(&(instance, delete.clone())), "{told:?}");
    nobody_hears(&delete);
}

#[test]
fn the_side_of_a_video_says_what_it_shows_of_ours() {
    let world = World::new();
    world.follow(&format!("{ORIGIN}/accounts/peertube"), FILMS, "accepted");
    world.receive(&activity("Create", BOB, video(FAR_VIDEO, 1)));
    world.sql(
        "INSERT INTO comment (id,video_id,account_id,text,is_held,created_at_unix_ms,updated_at_unix_ms) \
         SELECT 9,id,1,'ours',1,1,1 FROM video WHERE remote_url IS NOT NULL",
    );
    let ours = json!(format!(
        "{ORIGIN}/videos/watch/22222222-2222-4222-8222-222222222222/comments/9"
    ));
    let stranger = "https://evil.test/u/eve";
    world.serve(&person(stranger, "eve"));
    world.receive(&activity("ApproveReply", stranger, ours.clone()));
    assert_eq!(world.dump("SELECT is_held FROM comment"), ["1"]);
    world.receive(&activity("ApproveReply", BOB, ours.clone()));
    assert_eq!(
        world.dump("SELECT is_held||reply_approval_url FROM comment"),
        ["0https://far.test/accounts/bob/activities/approvereply"]
    );
    world.receive(&activity("RejectReply", BOB, ours));
    assert_eq!(world.dump("SELECT is_held FROM comment"), ["1"]);
}
